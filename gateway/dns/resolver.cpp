// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dns/resolver.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unbound.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <deque>
#include <fstream>
#include <mutex>
#include <thread>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/dns/rdata.hpp"
#include "gateway/net/await_call.hpp"

namespace vanthu::dns {
namespace {
using Clock = std::chrono::steady_clock;

/// A look-up that is under way: answered once, by whoever comes first (libunbound, the deadline, the end).
class Pending {
 public:
  explicit Pending(std::function<void(Answer)> call) : call_(std::move(call)) {}
  void answer(Answer answer) {
    if (!answered_.exchange(true)) std::exchange(call_, nullptr)(std::move(answer));
  }
  bool answered() const { return answered_; }

 private:
  std::atomic<bool> answered_{false};
  std::function<void(Answer)> call_;
};

Answer failed(std::string why) {
  Answer answer;
  answer.why = std::move(why);
  return answer;
}

Answer read(const ub_result& result) {
  Answer answer;
  answer.secure = result.secure != 0;
  answer.ttl = static_cast<std::uint32_t>(std::max(result.ttl, 0));
  if (result.canonname != nullptr) answer.canonical_name = text::ascii_lower(result.canonname);
  if (answer.canonical_name.ends_with('.')) answer.canonical_name.pop_back();
  if (result.bogus != 0) {
    answer.outcome = Answer::Outcome::bogus;
    answer.why = result.why_bogus != nullptr ? result.why_bogus : "bogus";
    return answer;
  }
  if (result.nxdomain != 0) {
    answer.outcome = Answer::Outcome::no_name;
    return answer;
  }
  if (result.rcode != 0) return failed("rcode " + std::to_string(result.rcode));
  if (result.havedata == 0) {
    answer.outcome = Answer::Outcome::no_data;
    return answer;
  }
  for (std::size_t i = 0; result.data[i] != nullptr; ++i) {
    if (i == limits::dns_records) return failed("more than " + std::to_string(limits::dns_records) + " records");
    answer.rdata.emplace_back(result.data[i], static_cast<std::size_t>(result.len[i]));
  }
  answer.outcome = Answer::Outcome::found;
  return answer;
}

struct FreeContext {
  void operator()(ub_ctx* context) const noexcept { ub_ctx_delete(context); }
};
using Context = std::unique_ptr<ub_ctx, FreeContext>;

Result<Context> make_context(const Resolver::Options& options) {
  Context context(ub_ctx_create());
  if (!context) return fail(status::bad_configuration, "libunbound gives no context");
  const auto wrong = [](const std::string& what, int code) {
    return fail(status::bad_configuration, what + ": " + ub_strerror(code));
  };
  struct Setting {
    const char *key, *value;
  };
  // A forwarder may well be on this host; addresses of this province's own networks have names too.
  for (const Setting& setting : std::to_array<Setting>({{"do-not-query-localhost:", "no"},
                                                        {"unblock-lan-zones:", "yes"},
                                                        {"insecure-lan-zones:", "yes"},
                                                        {"msg-cache-size:", "8m"},
                                                        {"rrset-cache-size:", "16m"},
                                                        {"cache-max-ttl:", "86400"},
                                                        {"edns-buffer-size:", "1232"},
                                                        {"qname-minimisation:", "no"}}))
    if (const int code = ub_ctx_set_option(context.get(), setting.key, setting.value); code != 0)
      return wrong(setting.key, code);
  if (const int code = ub_ctx_async(context.get(), 1); code != 0) return wrong("thread", code);
  if (options.servers.empty()) {
    // Where there is no such file either, libunbound asks from the root servers down.
    if (const int code = ub_ctx_resolvconf(context.get(), nullptr); code != 0 && code != UB_READFILE)
      return wrong("/etc/resolv.conf", code);
  }
  for (const std::string& server : options.servers) {
    const auto spelt = parse_server(server);
    if (!spelt) return fail(status::bad_configuration, "dns.server: " + spelt.error().detail);
    if (const int code = ub_ctx_set_fwd(context.get(), spelt->c_str()); code != 0) return wrong(server, code);
  }
  if (!options.trust_anchor.empty()) {
    if (!std::ifstream(options.trust_anchor).good())
      return fail(status::bad_configuration, "dns.trust-anchor: " + options.trust_anchor + " cannot be read");
    if (const int code = ub_ctx_add_ta_file(context.get(), options.trust_anchor.c_str()); code != 0)
      return wrong(options.trust_anchor, code);
  }
  // Removing a zone that is not there makes libunbound read all of the above now and not at the first look-up.
  if (const int code = ub_ctx_zone_remove(context.get(), "nothing.invalid."); code != 0)
    return wrong("DNS settings" + (options.trust_anchor.empty() ? "" : " with trust anchor " + options.trust_anchor),
                 code);
  return context;
}
}  // namespace

class Resolver::Engine {
 public:
  Engine(Context context, std::chrono::milliseconds timeout)
      : context_(std::move(context)), timeout_(timeout), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    thread_ = std::thread([this] { run(); });
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine() {
    ending_ = true;
    poke();
    thread_.join();
    context_.reset();  // ends libunbound's thread; no callback comes any more
    for (const Waiting& waiting : waiting_) waiting.pending->answer(failed("resolver stopped"));
    close(wake_);
  }

  void look_up(const std::string& name, Type type, std::function<void(Answer)> call) {
    const auto pending = std::make_shared<Pending>(std::move(call));
    if (under_way_.fetch_add(1) >= limits::dns_look_ups) {
      --under_way_;
      return pending->answer(failed("too many look-ups at once"));
    }
    auto job = std::make_unique<Job>(Job{this, pending});
    {
      // A deadline is the same for all, so they fall due in the order they came.
      const std::lock_guard lock(mutex_);
      waiting_.push_back({Clock::now() + timeout_, pending});
    }
    const int code =
        ub_resolve_async(context_.get(), name.c_str(), static_cast<int>(type), 1, job.get(), heard, nullptr);
    if (code != 0) {
      --under_way_;
      return pending->answer(failed(ub_strerror(code)));
    }
    job.release();  // NOLINT(bugprone-unused-return-value): heard() frees it
    poke();
  }

 private:
  struct Job {
    Engine* engine;
    std::shared_ptr<Pending> pending;
  };
  struct Waiting {
    Clock::time_point due;
    std::shared_ptr<Pending> pending;
  };

  static void heard(void* mine, int code, ub_result* result) {
    const std::unique_ptr<Job> job(static_cast<Job*>(mine));
    --job->engine->under_way_;
    job->pending->answer(code != 0 || result == nullptr ? failed(ub_strerror(code)) : read(*result));
    ub_resolve_free(result);
  }

  void poke() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
  }

  /// Answers what is overdue. libunbound goes on asking: a late answer still fills the cache.
  int expire() {
    std::vector<std::shared_ptr<Pending>> overdue;
    int wait = -1;
    {
      const std::lock_guard lock(mutex_);
      const auto now = Clock::now();
      while (!waiting_.empty() && (waiting_.front().pending->answered() || waiting_.front().due <= now)) {
        if (!waiting_.front().pending->answered()) overdue.push_back(std::move(waiting_.front().pending));
        waiting_.pop_front();
      }
      if (!waiting_.empty())
        wait = static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(waiting_.front().due - now).count());
    }
    for (const auto& pending : overdue) pending->answer(failed("no answer in time"));
    return wait;
  }

  void run() {
    std::array<pollfd, 2> sources{{{ub_fd(context_.get()), POLLIN, 0}, {wake_, POLLIN, 0}}};
    while (!ending_) {
      if (poll(sources.data(), sources.size(), expire()) < 0 && errno != EINTR) return;
      std::uint64_t pokes = 0;
      [[maybe_unused]] const auto taken = ::read(wake_, &pokes, sizeof pokes);
      ub_process(context_.get());
    }
  }

  Context context_;
  std::chrono::milliseconds timeout_;
  int wake_;
  std::mutex mutex_;
  std::deque<Waiting> waiting_;
  std::atomic<std::size_t> under_way_{0};
  std::atomic<bool> ending_{false};
  std::thread thread_;  // last: it uses all the others
};

Result<std::unique_ptr<Resolver>> Resolver::start(Options options) {
  auto context = make_context(options);
  if (!context) return context.error();
  return std::unique_ptr<Resolver>(new Resolver(std::make_unique<Engine>(*std::move(context), options.timeout)));
}

Resolver::Resolver(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
Resolver::~Resolver() = default;

void Resolver::look_up(std::string name, Type type, std::function<void(Answer)> call) {
  if (!is_name(name)) {
    Answer none;
    none.outcome = Answer::Outcome::no_name;
    none.why = "not a domain name";
    return call(std::move(none));
  }
  if (!name.ends_with('.')) name += '.';
  engine_->look_up(name, type, std::move(call));
}

boost::asio::awaitable<Answer> Resolver::look_up(std::string name, Type type) {
  const auto start = [this, &name, type](auto call) { look_up(std::move(name), type, std::move(call)); };
  co_return co_await net::await_call<Answer>(start);
}

LookUp Resolver::function() {
  return [this](std::string name, Type type) { return look_up(std::move(name), type); };
}

Result<std::string> parse_server(std::string_view text) {
  std::string host(text);
  std::string port;
  const std::size_t colon = host.rfind(':');
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string::npos || (end + 1 != host.size() && end + 1 != colon))
      return fail(status::bad_arguments, "not an address with or without :PORT: " + std::string(text));
    if (end + 1 == colon) port = host.substr(colon + 1);
    host = host.substr(1, end - 1);
  } else if (colon != std::string::npos && host.find(':') == colon) {
    port = host.substr(colon + 1);
    host.resize(colon);
  }
  std::array<unsigned char, 16> octets{};
  const bool port_fits = port.empty() ? !text.ends_with(':')
                                      : port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos &&
                                            std::stoul(port) >= 1 && std::stoul(port) <= 65535;
  if (!port_fits ||
      (inet_pton(AF_INET, host.c_str(), octets.data()) != 1 && inet_pton(AF_INET6, host.c_str(), octets.data()) != 1))
    return fail(status::bad_arguments, "not an address with or without :PORT: " + std::string(text));
  return port.empty() ? host : host + '@' + port;
}

}  // namespace vanthu::dns
