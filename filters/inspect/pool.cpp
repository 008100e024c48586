// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/pool.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>

#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/net/offload.hpp"

namespace vanthu::inspect {
namespace asio = boost::asio;
namespace {

constexpr std::size_t hashed_here = 256U << 10;  // a seventh of a millisecond

filters::Facts failed_facts(const std::string& digest, const Octets& message) {
  filters::Facts facts;
  facts.sha256 = digest;
  facts.octets = message.size();
  facts.findings.push_back({"inspect.failed", "", "twice"});
  return facts;
}

Result<filters::Facts> read_answer(const std::string& text, const Octets& message) {
  boost::system::error_code code;
  boost::json::parse_options strict;
  strict.max_depth = 8;
  std::array<unsigned char, 16384> room;  // on the stack: enough for ordinary facts
  boost::json::monotonic_resource memory(room.data(), room.size());
  const boost::json::value json = boost::json::parse(text, code, &memory, strict);
  if (code) return fail(status::inspection_failed, "the answer is no JSON");
  auto facts = filters::parse_facts(json);
  if (!facts) return fail(status::inspection_failed, "the answer is wrong: " + facts.error().detail);
  if (facts->octets != message.size()) return fail(status::inspection_failed, "the answer is for another message");
  return facts;
}

/// A process's socket on the caller's executor; the process keeps it.
class Answering {
 public:
  Answering(const asio::any_io_executor& executor, int socket) : descriptor_(executor, socket) {}
  Answering(const Answering&) = delete;
  Answering& operator=(const Answering&) = delete;
  ~Answering() { descriptor_.release(); }
  asio::posix::stream_descriptor& descriptor() { return descriptor_; }

 private:
  asio::posix::stream_descriptor descriptor_;
};

}  // namespace

/// Digests of messages that failed once, the oldest forgotten first.
class Pool::Failures {
 public:
  /// True when these octets had failed before.
  bool again(const std::string& digest) {
    const std::lock_guard lock(mutex_);
    if (known_.count(digest) != 0) return true;
    known_.insert(digest);
    order_.push_back(digest);
    if (order_.size() > limits::inspection_failures) {
      known_.erase(order_.front());
      order_.pop_front();
    }
    return false;
  }

 private:
  std::mutex mutex_;
  std::set<std::string> known_;
  std::deque<std::string> order_;
};

/// Who of those that ask for texts, which nobody waits for, may go on: all lanes while no mail stands at the door, one
/// while it does.
class Pool::Turns {
 public:
  explicit Turns(unsigned lanes) : lanes_(lanes) {}
  void arrived() {
    const std::lock_guard lock(mutex_);
    ++at_the_door_;
    last_ = Clock::now();
  }
  void left() {
    {
      const std::lock_guard lock(mutex_);
      --at_the_door_;
      last_ = Clock::now();
    }
    free_.notify_all();
  }
  /// Waits for a turn. False: stopping.
  bool begin() {
    std::unique_lock lock(mutex_);
    while (!stopping_ && taken_ >= allowed()) free_.wait_for(lock, limits::texts_pause);
    if (stopping_) return false;
    ++taken_;
    return true;
  }
  void end() {
    {
      const std::lock_guard lock(mutex_);
      --taken_;
    }
    free_.notify_one();
  }
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    free_.notify_all();
  }

 private:
  using Clock = std::chrono::steady_clock;
  unsigned allowed() const {
    // Between two letters of one client nobody is at the door, and the next one is on its way.
    const bool quiet = at_the_door_ == 0 && Clock::now() - last_ >= limits::texts_pause;
    return quiet ? lanes_ : 1;
  }
  const unsigned lanes_;
  std::mutex mutex_;  // guards all that follows
  std::condition_variable free_;
  std::size_t at_the_door_ = 0;
  unsigned taken_ = 0;
  bool stopping_ = false;
  Clock::time_point last_{};
};

Result<std::unique_ptr<Pool>> Pool::start(const Options& options) {
  std::vector<std::string> arguments{"--seconds", std::to_string(options.deadline.count())};
  if (!options.trust.empty()) arguments.insert(arguments.end(), {"--trust", options.trust.string()});
  if (options.ocr.count() > 0) arguments.insert(arguments.end(), {"--ocr", std::to_string(options.ocr.count())});
  auto lanes = Lanes::start({options.program, options.processes, options.deadline + options.ocr, std::move(arguments)});
  if (!lanes) return lanes.error();
  return std::unique_ptr<Pool>(new Pool(*std::move(lanes), options.processes));
}

Pool::Pool(std::shared_ptr<Lanes> lanes, unsigned threads)
    : lanes_(std::move(lanes)),
      failures_(std::make_unique<Failures>()),
      turns_(std::make_unique<Turns>(threads)),
      hashing_(threads) {}

Pool::~Pool() {
  stop();
  hashing_.join();
}

void Pool::stop() {
  turns_->stop();
  lanes_->stop();
}

asio::awaitable<Result<std::string>> Pool::answer_of(Lanes::Lease& lease, std::size_t most) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  Answering answering(executor, lease.process().socket());
  while (true) {
    co_await answering.descriptor().async_wait(asio::posix::stream_descriptor::wait_read,
                                               asio::as_tuple(asio::use_awaitable));
    auto taken = lease.process().take(most);
    if (!taken) {
      if (lease.overdue()) co_return fail(status::inspection_failed, "no answer before the deadline");
      co_return taken.error();
    }
    if (*taken) co_return **std::move(taken);
  }
}

asio::awaitable<Result<std::optional<Octets>>> Pool::rewrite(std::shared_ptr<const Octets> message) {
  while (true) {
    auto lease = co_await lanes_->take();
    if (!lease) co_return lease.error();
    if (!lease->process().send(*message, wire::rewrite_request)) continue;
    auto text = co_await answer_of(*lease, limits::rewritten_octets);
    if (!text) co_return text.error();
    std::optional<Octets> none;
    const std::string_view answer = *text;
    if (answer.size() == 1 && answer[0] == wire::not_rewritten) {
      lease->answered();
      co_return none;
    }
    if (answer.empty() || answer[0] != wire::rewritten)
      co_return fail(status::inspection_failed, "no message came back");
    lease->answered();
    auto octets = Octets::of(answer.substr(1));
    if (!octets) co_return octets.error();
    co_return std::optional<Octets>(*std::move(octets));
  }
}

asio::awaitable<Result<Texts>> Pool::texts(std::shared_ptr<const Octets> message) {
  while (true) {
    auto lease = co_await lanes_->take();
    if (!lease) co_return lease.error();
    if (!lease->process().send(*message, wire::texts_request)) continue;
    const auto text = co_await answer_of(*lease, 2 * limits::texts_octets);
    if (!text) co_return text.error();
    auto texts = parse_texts(*text);
    if (!texts) co_return fail(status::inspection_failed, "the answer is wrong: " + texts.error().detail);
    lease->answered();
    co_return texts;
  }
}

asio::awaitable<Result<std::string>> Pool::outline(std::shared_ptr<const Octets> message) {
  while (true) {
    auto lease = co_await lanes_->take();
    if (!lease) co_return lease.error();
    if (!lease->process().send(*message, wire::outline_request)) continue;
    auto answer = co_await answer_of(*lease, limits::outline_octets);
    if (!answer) co_return answer.error();
    const auto outline = parse_outline(*answer, message->size());
    if (!outline) co_return fail(status::inspection_failed, "the answer is wrong: " + outline.error().detail);
    lease->answered();
    co_return answer;
  }
}

asio::awaitable<Result<std::string>> Pool::decoded(std::shared_ptr<const Octets> part) {
  while (true) {
    auto lease = co_await lanes_->take();
    if (!lease) co_return lease.error();
    if (!lease->process().send(*part, wire::decode_request)) continue;
    auto answer = co_await answer_of(*lease, limits::rewritten_octets);
    if (!answer) co_return answer.error();
    if (answer->empty() || answer->front() != wire::rewritten)
      co_return fail(status::inspection_failed, "no content came back");
    lease->answered();
    answer->erase(0, 1);
    co_return answer;
  }
}

asio::awaitable<Result<filters::Facts>> Pool::ask(std::shared_ptr<const Octets> message, Attempt& attempt) {
  while (true) {
    auto lease = co_await lanes_->take();
    if (!lease) co_return lease.error();
    // A process killed while it had nothing to do costs nobody anything.
    if (!lease->process().send(*message)) continue;
    attempt = {true, false};
    // The digest is ours, made while the process works: the archive stands on it.
    std::string digest;
    const auto make_digest = [&] { return hex(sha256(message->view())); };
    if (message->size() <= hashed_here)
      digest = make_digest();
    else
      digest = co_await net::offload(hashing_, make_digest);
    auto text = co_await answer_of(*lease, limits::facts_octets);
    if (!text) {
      attempt.died = !lease->overdue() && lease->process().ended();
      co_return text.error();
    }
    auto facts = read_answer(*text, *message);
    if (facts) {
      lease->answered();
      facts->sha256 = std::move(digest);
    }
    co_return facts;
  }
}

/// Counts the messages that wait at the door, as long as they do.
class Pool::AtTheDoor {
 public:
  explicit AtTheDoor(Turns& turns) : turns_(turns) { turns_.arrived(); }
  AtTheDoor(const AtTheDoor&) = delete;
  AtTheDoor& operator=(const AtTheDoor&) = delete;
  ~AtTheDoor() { turns_.left(); }

 private:
  Turns& turns_;
};

asio::awaitable<Result<filters::Facts>> Pool::inspect(std::shared_ptr<const Octets> message, bool patient) {
  const AtTheDoor waiting(*turns_);
  co_return co_await inspected(std::move(message), patient);
}

asio::awaitable<Result<filters::Facts>> Pool::inspected(std::shared_ptr<const Octets> message, bool patient) {
  Attempt attempt;
  auto facts = co_await ask(message, attempt);
  if (!facts && attempt.died && !lanes_->stopping()) {
    log::Event("inspect.again", log::Level::warning).with("octets", message->size()).with("why", facts.error().detail);
    facts = co_await ask(message, attempt);
  }
  // A document that killed its reader has killed nobody else, but has not been read either.
  const bool whole = facts && std::none_of(facts->findings.begin(), facts->findings.end(),
                                           [](const filters::Finding& one) { return one.id == "inspect.failed"; });
  if (whole) co_return facts;
  if (facts) {
    log::Event("inspect.document_failed", log::Level::warning)
        .with("sha256", facts->sha256)
        .with("octets", message->size());
    if (!patient || failures_->again(facts->sha256)) co_return facts;
    co_return fail(status::inspection_failed, "a document in it could not be read");
  }
  const std::string digest = hex(sha256(message->view()));
  log::Event("inspect.failed", log::Level::warning)
      .with("sha256", digest)
      .with("octets", message->size())
      .with("why", facts.error().detail);
  // A process that we killed ourselves, or that could not even be started, says nothing about the message.
  if (attempt.taken && !lanes_->stopping() && failures_->again(digest)) co_return failed_facts(digest, *message);
  co_return facts;
}

namespace {
/// Runs one conversation to its end on this thread.
template <class Value>
Value waited_for(asio::awaitable<Value> conversation) {
  // One a thread: to make one costs a tenth of a short conversation.
  thread_local std::unique_ptr<asio::io_context> context;
  if (!context) context = std::make_unique<asio::io_context>(1);
  std::optional<Value> answer;
  const auto talk = [&]() -> asio::awaitable<void> { answer.emplace(co_await std::move(conversation)); };
  try {
    asio::co_spawn(*context, talk, [](std::exception_ptr failed) {
      if (failed) std::rethrow_exception(failed);
    });
    context->restart();
    context->run();
  } catch (...) {
    context.reset();  // with what is left in it
    throw;
  }
  return *std::move(answer);
}
}  // namespace

Result<filters::Facts> Pool::inspect_and_wait(std::shared_ptr<const Octets> message) {
  return waited_for(inspect(std::move(message), false));
}

Result<filters::Facts> Pool::inspect_behind(std::shared_ptr<const Octets> message) {
  if (!turns_->begin()) return fail(status::shutting_down, "the inspectors are stopping");
  auto facts = waited_for(inspected(std::move(message), false));
  turns_->end();
  return facts;
}

Result<std::optional<Octets>> Pool::rewrite_and_wait(std::shared_ptr<const Octets> message) {
  return waited_for(rewrite(std::move(message)));
}

Result<Texts> Pool::texts_and_wait(std::shared_ptr<const Octets> message) {
  if (!turns_->begin()) return fail(status::shutting_down, "the inspectors are stopping");
  auto texts = waited_for(this->texts(std::move(message)));
  turns_->end();
  return texts;
}

Result<std::string> Pool::decode_and_wait(std::string_view encoding, std::string_view octets) {
  auto part = Octets::create();
  if (!part) return part.error();
  for (const std::string_view piece : {encoding, std::string_view("\n"), octets})
    if (auto added = part->append(piece); !added) return added.error();
  if (auto sealed = part->seal(); !sealed) return sealed.error();
  if (!turns_->begin()) return fail(status::shutting_down, "the inspectors are stopping");
  auto answer = waited_for(decoded(std::make_shared<const Octets>(*std::move(part))));
  turns_->end();
  return answer;
}

Result<std::string> Pool::outline_and_wait(std::shared_ptr<const Octets> message) {
  if (!turns_->begin()) return fail(status::shutting_down, "the inspectors are stopping");
  auto answer = waited_for(outline(std::move(message)));
  turns_->end();
  return answer;
}

}  // namespace vanthu::inspect
