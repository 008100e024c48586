// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/pool.hpp"

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "filters/inspect/process.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"

namespace vanthu::inspect {
namespace {

/// When the next process is started, a little before the one at work has done its share.
constexpr unsigned spare_after = limits::inspector_messages - limits::inspector_messages / 10;
constexpr std::chrono::seconds spare_after_busy = limits::inspector_busy - std::chrono::seconds(30);

struct Job {
  std::shared_ptr<const Octets> message;  // shared with the session that received it
  Pool::Answer answer;
};

/// Digests of messages that failed once, the oldest forgotten first.
class Failures {
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

filters::Facts failed_facts(const std::string& digest, const Octets& message) {
  filters::Facts facts;
  facts.sha256 = digest;
  facts.octets = message.size();
  facts.findings.push_back({"inspect.failed", "", "twice"});
  return facts;
}

}  // namespace

struct Pool::State {
  Options options;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Job> queue;
  bool stopping = false;
  std::vector<std::optional<Process>> processes;  // one a thread; others only kill(), under `mutex`
  Failures failures;
  std::vector<std::thread> threads;

  bool stopping_now() {
    const std::lock_guard lock(mutex);
    return stopping;
  }

  /// Puts the spare process of one thread, or a new one, in place of the one it has. Called on that thread.
  Result<Done> renew(std::size_t mine, std::optional<Process>& spare) {
    std::optional<Process> old;
    {
      const std::lock_guard lock(mutex);
      old.swap(processes[mine]);
    }
    old.reset();  // kill and reap outside the lock
    if (stopping_now()) return fail(status::shutting_down, "stopping");
    std::optional<Process> fresh;
    fresh.swap(spare);
    if (!fresh || !fresh->become_ready(limits::inspector_start_wait)) {
      auto launched = Process::launch(options.program);
      if (!launched) return launched.error();
      fresh.emplace(*std::move(launched));
      if (auto ready = fresh->become_ready(limits::inspector_start_wait); !ready)
        return fail(ready.error().reply, "inspector " + options.program.string() + ": " + ready.error().detail);
    }
    const std::lock_guard lock(mutex);
    if (stopping) return fail(status::shutting_down, "stopping");
    processes[mine].swap(fresh);
    return done;
  }

  /// @param taken  set when a process has got the message: only then is a failure of the process one of the message
  Result<filters::Facts> ask(std::size_t mine, std::optional<Process>& spare, const Octets& message, bool& taken) {
    // A process killed while it had nothing to do costs nobody anything.
    if (!processes[mine] || !processes[mine]->send(message)) {
      if (auto renewed = renew(mine, spare); !renewed) return fail(status::inspection_failed, renewed.error().detail);
      if (!processes[mine]->send(message)) return fail(status::inspection_failed, "a fresh process takes nothing");
    }
    taken = true;
    std::string digest = hex(sha256(message.view()));  // ours, while the process works: the archive stands on it
    const auto text = processes[mine]->receive(options.deadline);
    if (!text) return text.error();
    boost::system::error_code code;
    boost::json::parse_options strict;
    strict.max_depth = 8;
    std::array<unsigned char, 16384> room;  // on the stack: enough for ordinary facts
    boost::json::monotonic_resource memory(room.data(), room.size());
    const boost::json::value json = boost::json::parse(*text, code, &memory, strict);
    if (code) return fail(status::inspection_failed, "the answer is no JSON");
    auto facts = filters::parse_facts(json);
    if (!facts) return fail(status::inspection_failed, "the answer is wrong: " + facts.error().detail);
    if (facts->octets != message.size()) return fail(status::inspection_failed, "the answer is for another message");
    facts->sha256 = std::move(digest);
    return facts;
  }

  void serve(std::size_t mine, std::promise<Result<Done>> started) {
    std::optional<Process> spare;  // started ahead of need, so that nobody waits for it
    auto first = renew(mine, spare);
    const bool stands = bool(first);
    started.set_value(std::move(first));
    if (!stands) return;
    unsigned served = 0;
    std::chrono::steady_clock::duration busy{};
    for (;;) {
      Job job;
      {
        std::unique_lock lock(mutex);
        wake.wait(lock, [&] { return stopping || !queue.empty(); });
        if (stopping) return;
        job = std::move(queue.front());
        queue.pop_front();
      }
      const auto begun = std::chrono::steady_clock::now();
      bool taken = false;
      auto facts = ask(mine, spare, *job.message, taken);
      busy += std::chrono::steady_clock::now() - begun;
      const bool answered = bool(facts);
      if (!answered) {
        const std::string digest = hex(sha256(job.message->view()));
        log::Event("inspect.failed", log::Level::warning)
            .with("sha256", digest)
            .with("octets", job.message->size())
            .with("why", facts.error().detail);
        // A process that we killed ourselves, or that could not even be started, says nothing about the message.
        if (taken && !stopping_now() && failures.again(digest)) facts = failed_facts(digest, *job.message);
      }
      job.answer(std::move(facts));
      job = {};  // the message's memory is free before a new process starts
      ++served;
      if (!answered || served >= limits::inspector_messages || busy >= limits::inspector_busy) {
        served = 0;
        busy = {};
        if (auto renewed = renew(mine, spare); !renewed && !stopping_now())
          log::Event("inspect.not_started", log::Level::error).with("why", renewed.error().detail);
      } else if (!spare && (served >= spare_after || busy >= spare_after_busy)) {
        if (auto launched = Process::launch(options.program)) spare.emplace(*std::move(launched));
      }
    }
  }
};

Result<std::unique_ptr<Pool>> Pool::start(const Options& options) {
  auto state = std::make_unique<State>();
  state->options = options;
  if (options.processes == 0) return fail(status::bad_configuration, "an inspector pool needs a process");
  state->processes.resize(options.processes);
  std::vector<std::future<Result<Done>>> starts;
  for (std::size_t i = 0; i < options.processes; ++i) {
    std::promise<Result<Done>> promise;
    starts.push_back(promise.get_future());
    state->threads.emplace_back(
        [&state = *state, i, promise = std::move(promise)]() mutable { state.serve(i, std::move(promise)); });
  }
  std::optional<Error> wrong;
  for (auto& start : starts)
    if (auto result = start.get(); !result && !wrong) wrong = result.error();
  std::unique_ptr<Pool> pool(new Pool(std::move(state)));
  if (wrong) return *wrong;  // the pool's destructor ends the threads that did start
  return pool;
}

Pool::Pool(std::unique_ptr<State> state) : state_(std::move(state)) {}

Pool::~Pool() {
  std::deque<Job> left;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    left.swap(state_->queue);
    for (const auto& process : state_->processes)
      if (process) process->kill();
  }
  state_->wake.notify_all();
  for (auto& thread : state_->threads) thread.join();
  for (auto& job : left) job.answer(fail(status::inspection_failed, "stopping"));
}

void Pool::inspect(std::shared_ptr<const Octets> message, Answer answer) {
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->stopping) {
      state_->queue.push_back({std::move(message), std::move(answer)});
      state_->wake.notify_one();
      return;
    }
  }
  answer(fail(status::inspection_failed, "stopping"));
}

Result<filters::Facts> Pool::inspect_and_wait(std::shared_ptr<const Octets> message) {
  std::promise<Result<filters::Facts>> promise;
  auto future = promise.get_future();
  inspect(std::move(message), [&promise](Result<filters::Facts> facts) { promise.set_value(std::move(facts)); });
  return future.get();
}

}  // namespace vanthu::inspect
