// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/relay.hpp"

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <map>
#include <mutex>

#include "gateway/base/ids.hpp"
#include "gateway/base/log.hpp"
#include "gateway/mail/dsn.hpp"
#include "gateway/net/offload.hpp"
#include "gateway/relay/client.hpp"

namespace vanthu::relay {
namespace {
namespace asio = boost::asio;
constexpr std::chrono::seconds idle_connection{20};
}  // namespace

struct Relay::State : std::enable_shared_from_this<Relay::State> {
  explicit State(Services s) : services(std::move(s)) {}

  struct Sleeper {
    std::shared_ptr<asio::steady_timer> timer;  // shared with a cancel() that is on its way while the worker ends
  };

  Services services;
  std::atomic<bool> stopping{false};
  std::atomic<unsigned> workers{0};
  std::mutex mutex;
  std::map<std::string, std::deque<Sleeper>> sleepers;  // by next hop; guarded by `mutex`

  void wake(const std::string& hop) {
    const std::lock_guard lock(mutex);
    auto& waiting = sleepers[hop];
    if (waiting.empty()) return;
    const auto timer = waiting.back().timer;  // the last to fall asleep still has its connection
    waiting.pop_back();
    asio::post(timer->get_executor(), [timer] { timer->cancel(); });
  }

  void forget(const std::string& hop, const std::shared_ptr<asio::steady_timer>& timer) {
    const std::lock_guard lock(mutex);
    std::erase_if(sleepers[hop], [&](const Sleeper& s) { return s.timer == timer; });
  }

  /// The next message, or nothing when the worker shall look again (or stop).
  asio::awaitable<std::optional<spool::Lease>> next(const std::string& hop, std::shared_ptr<asio::steady_timer> timer,
                                                    bool& idle) {
    idle = false;
    if (auto lease = services.queue.take(hop, now())) co_return lease;
    timer->expires_after(idle_connection);
    {
      const std::lock_guard lock(mutex);
      sleepers[hop].push_back({timer});
    }
    // Something may have come between the look and the lying down.
    if (auto lease = services.queue.take(hop, now()); lease || stopping) {
      forget(hop, timer);
      co_return lease;
    }
    if (const auto due = services.queue.next_due(hop)) {
      const auto wait =
          std::chrono::duration_cast<std::chrono::milliseconds>(*due - now()) + std::chrono::milliseconds(1);
      if (wait < idle_connection) timer->expires_after(std::max(wait, std::chrono::milliseconds(1)));
    }
    const auto [code] = co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
    forget(hop, timer);
    idle = !code;
    co_return std::nullopt;
  }

  asio::awaitable<void> work(std::string hop, Endpoint endpoint) {
    const auto self = shared_from_this();
    const auto timer = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor);
    std::unique_ptr<Client> client;
    while (!stopping) {
      bool idle = false;
      auto lease = co_await next(hop, timer, idle);
      if (!lease) {
        if (idle && client && !services.queue.next_due(hop)) {
          co_await client->close();
          client.reset();
        }
        continue;
      }
      try {
        co_await carry(*lease, endpoint, client);
      } catch (const std::exception& error) {
        log::Event("relay.failed", log::Level::error).with("message", lease->id).with("why", error.what());
        client.reset();
        services.queue.settle(*lease, {}, now());
      }
    }
    if (client) co_await client->close();
    --workers;
  }

  asio::awaitable<void> carry(const spool::Lease& lease, const Endpoint& endpoint, std::unique_ptr<Client>& client) {
    Result<std::shared_ptr<const spool::Payload>> payload(lease.warm);
    if (!lease.warm) {
      const auto load = [&] { return services.queue.load(lease); };
      payload = co_await net::offload(services.slow, load);
    }
    if (!payload) {  // damaged: it stays queued and visible, nobody is told that it was delivered
      log::Event("relay.unreadable", log::Level::error).with("message", lease.id).with("why", payload.error().detail);
      services.queue.settle(lease, {}, now());
      co_return;
    }
    if (services.queue.expired(lease, now())) {
      std::vector<spool::Outcome> outcomes;
      for (const std::uint32_t index : lease.pending)
        outcomes.push_back({index, true, {550, {5, 4, 7}, "delivery time expired"}});
      co_await conclude(lease, **payload, endpoint, std::move(outcomes));
      co_return;
    }
    for (bool fresh = false;;) {
      if (!client) {
        auto opened = co_await Client::open(endpoint, services.config.hostname, services.tls);
        if (!opened) {
          log::Event("hop.unavailable", log::Level::warning)
              .with("hop", lease.destination)
              .with("why", opened.error().detail);
          services.queue.hop_failed(lease.destination, lease, opened.error().reply, now());
          co_return;
        }
        client = *std::move(opened);
        fresh = true;
      }
      auto outcomes = co_await client->deliver(*payload, lease.pending);
      if (outcomes) {
        co_await conclude(lease, **payload, endpoint, *std::move(outcomes));
        co_return;
      }
      client.reset();
      if (fresh) {
        log::Event("relay.broken", log::Level::warning)
            .with("message", lease.id)
            .with("hop", lease.destination)
            .with("why", outcomes.error().detail);
        std::vector<spool::Outcome> deferred;
        for (const std::uint32_t index : lease.pending)
          deferred.push_back({index, false, status::next_hop_unavailable});
        services.queue.settle(lease, deferred, now());
        co_return;
      }
      // A kept connection may have been closed by the hop meanwhile: once more on a new one.
    }
  }

  /// Tells the log, the sender of what failed, and the queue: in that order, so that a crash repeats a notice, never
  /// loses it.
  asio::awaitable<void> conclude(const spool::Lease& lease, const spool::Payload& payload, const Endpoint& endpoint,
                                 std::vector<spool::Outcome> outcomes) {
    const std::string hop = endpoint.at.host + ':' + std::to_string(endpoint.at.port);
    std::vector<mail::Failure> failures;
    for (const spool::Outcome& outcome : outcomes) {
      const mail::Delivery& delivery = payload.accepted.deliveries[outcome.index];
      log::Event(outcome.reply.positive() ? "delivered"
                 : outcome.settled        ? "delivery.failed"
                                          : "delivery.deferred",
                 outcome.reply.positive() ? log::Level::info : log::Level::warning)
          .with("message", lease.id)
          .with("to", mail::format(delivery.to))
          .with("hop", hop)
          .with("status", format(outcome.reply.enhanced))
          .with("reply", outcome.reply.text)
          .with("delay_ms", std::int64_t((now() - lease.received).count() / 1000));
      if (outcome.settled && !outcome.reply.positive())
        failures.push_back({delivery.original, mail::format(delivery.to), outcome.reply, hop});
    }
    if (!failures.empty()) {
      const auto tell = [&] {
        std::vector<std::string> originals;
        for (const mail::Failure& failure : failures) originals.push_back(failure.original);
        const std::string id = message_id();
        return services.door.notify(
            payload.accepted, originals,
            mail::dsn(payload.accepted, failures, payload.octets->view(), services.config.hostname, id, now()), id);
      };
      auto told = co_await net::offload(services.slow, tell);
      if (!told) {
        log::Event("dsn.failed", log::Level::error).with("message", lease.id).with("why", told.error().detail);
        for (spool::Outcome& outcome : outcomes)
          if (!outcome.reply.positive()) outcome.settled = false;  // the sender must hear of it: try all again later
      } else if (!*told) {
        log::Event("dsn.nobody", log::Level::warning).with("message", lease.id);
      }
    }
    services.queue.settle(lease, outcomes, now());
  }
};

Relay::Relay(Services services) : state_(std::make_shared<State>(std::move(services))) {
  state_->services.queue.on_due([state = std::weak_ptr(state_)](const std::string& hop) {
    if (const auto alive = state.lock()) alive->wake(hop);
  });
}

Relay::~Relay() { stop(); }

void Relay::start() {
  const Config& config = state_->services.config;
  const auto spawn = [&](const std::string& hop, const std::string& url) {
    if (url.empty()) return;
    const auto endpoint = parse_endpoint(url);
    if (!endpoint) return;  // the configuration was checked
    for (unsigned i = 0; i < config.relay_connections; ++i) {
      ++state_->workers;
      asio::co_spawn(state_->services.context(), state_->work(hop, *endpoint), asio::detached);
    }
  };
  spawn("local", config.relay_local);
  spawn("outside", config.relay_outside);
}

void Relay::stop() {
  state_->stopping = true;
  const std::lock_guard lock(state_->mutex);
  for (auto& [hop, waiting] : state_->sleepers) {
    for (State::Sleeper& sleeper : waiting)
      asio::post(sleeper.timer->get_executor(), [timer = sleeper.timer] { timer->cancel(); });
    waiting.clear();
  }
}

bool Relay::idle() const { return state_->workers == 0; }

}  // namespace vanthu::relay
