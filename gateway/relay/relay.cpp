// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/relay.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <mutex>
#include <set>
#include <unordered_map>
#include <utility>

#include "gateway/base/log.hpp"
#include "gateway/net/offload.hpp"
#include "gateway/net/wake.hpp"
#include "gateway/relay/alarms.hpp"
#include "gateway/relay/carriages.hpp"
#include "gateway/relay/client.hpp"
#include "gateway/relay/conclude.hpp"
#include "gateway/relay/concurrency.hpp"
#include "gateway/relay/https.hpp"
#include "gateway/relay/mx.hpp"
#include "gateway/relay/targets.hpp"

namespace vanthu::relay {
namespace {
namespace asio = boost::asio;
constexpr std::chrono::seconds idle_connection{15};
constexpr std::chrono::minutes carriage_age{5};  // then a named hop is asked again
constexpr std::chrono::seconds probe_pause{60};
constexpr std::chrono::seconds down_pause{60};  // a host that could not be reached comes last
constexpr auto tuple_awaitable = asio::as_tuple(asio::use_awaitable);

using Timer = std::shared_ptr<asio::steady_timer>;  // shared with a cancel() that is on its way while its owner ends

/// Some hosts promise no REQUIRETLS and the others cannot be asked: later they may.
Reply no_secret_host() { return {451, {4, 7, 30}, "no host that could be reached promises REQUIRETLS"}; }
}  // namespace

struct Relay::State : std::enable_shared_from_this<Relay::State> {
  State(Services s, Targets t)
      : services(std::move(s)),
        targets(std::move(t)),
        sts(make_sts(services)),
        mx(targets, services.config.hostname, services.look_up, sts.get()) {}

  static std::unique_ptr<MtaSts> make_sts(const Services& services) {
    const auto& routes = services.config.routes;
    if (std::none_of(routes.begin(), routes.end(), [](const Route& route) { return route.mta_sts; })) return nullptr;
    const auto fetch = [](std::string host, std::vector<std::string> addresses, std::string path,
                          net::TlsContext context) {
      return https_get(std::move(host), std::move(addresses), std::move(path), std::move(context));
    };
    return std::make_unique<MtaSts>(MtaSts::Services{services.look_up, fetch, services.slow},
                                    StsStore(services.config.at("mta-sts")));
  }

  struct Destination {
    explicit Destination(unsigned ceiling) : concurrency(ceiling) {}
    Concurrency concurrency;
    unsigned workers = 0;                        // idle ones with them
    bool starved = false;                        // it stands in `starved`
    std::vector<Timer> sleepers;                 // idle ones, each with a connection
    std::unordered_map<std::string, Time> down;  // hosts that could not be reached, until when they come last
  };

  Services services;
  const Targets targets;
  const std::unique_ptr<MtaSts> sts;
  MxFinder mx;
  Carriages carriages;
  std::atomic<bool> started{false}, stopping{false};
  std::atomic<unsigned> coroutines{0};  // workers and watchman; a hop that only is looked at holds up nobody's end

  std::mutex mutex;  // guards all that follows
  std::unordered_map<std::string, Destination> destinations;
  unsigned workers = 0;             // of all destinations
  std::deque<std::string> starved;  // destinations that have mail and found no worker left
  Alarms alarms;
  Timer watch, probe;           // until stop(): a timer may not outlive its context
  std::set<std::string> asked;  // named hops that are looked at just now

  // --- who works ----------------------------------------------------------------------------------------------------

  /// Something may be due for `key`: wakes an idle worker or starts one more, as far as the bounds let. Any thread.
  void due(const std::string& key) {
    Timer sleeper;
    {
      const std::lock_guard lock(mutex);
      if (stopping) return;
      Destination& destination = destinations.try_emplace(key, services.config.relay_connections).first->second;
      if (!destination.sleepers.empty()) {
        sleeper = destination.sleepers.back();  // the last to fall asleep: the others' connections may grow old
        destination.sleepers.pop_back();
      } else {
        if (destination.workers >= destination.concurrency.allowed()) return;
        if (workers >= limits::relay_workers) {
          make_room(key, destination);
          return;
        }
        ++destination.workers;
        ++workers;
        ++coroutines;
      }
    }
    if (sleeper)
      net::wake(sleeper);
    else
      asio::co_spawn(services.context(), work(key), asio::detached);
  }

  /// All workers are taken: one that only keeps a connection warm shall end, and `key` waits for its place. Guarded.
  void make_room(const std::string& key, Destination& hungry) {
    if (hungry.starved) return;
    hungry.starved = true;
    starved.push_back(key);
    for (auto& [other, destination] : destinations) {
      if (destination.sleepers.empty()) continue;
      net::wake(destination.sleepers.front());
      destination.sleepers.erase(destination.sleepers.begin());
      return;
    }
  }

  /// A worker has found nothing; whether it may lie down (with its timer among the sleepers) or shall end.
  bool lie_down(const std::string& key, const Timer& timer) {
    const std::lock_guard lock(mutex);
    Destination& destination = destinations.at(key);
    if (stopping || !starved.empty() || destination.workers > destination.concurrency.allowed()) return false;
    destination.sleepers.push_back(timer);
    return true;
  }

  void get_up(const std::string& key, const Timer& timer) {
    const std::lock_guard lock(mutex);
    std::erase(destinations.at(key).sleepers, timer);
  }

  void set_alarm(const std::string& key) {
    const auto at = services.queue.next_due(key);
    if (!at) return;
    Timer sooner;
    {
      const std::lock_guard lock(mutex);
      if (alarms.set(key, *at)) sooner = watch;
    }
    if (sooner) net::wake(sooner);
  }

  /// The last act of a worker: its place is free, and what came meanwhile is not forgotten.
  void leave(const std::string& key) {
    std::string next;
    {
      const std::lock_guard lock(mutex);
      --workers;
      const auto found = destinations.find(key);
      if (--found->second.workers == 0 && found->second.down.empty() && !found->second.starved)
        destinations.erase(found);
      if (!starved.empty()) {
        next = std::move(starved.front());
        starved.pop_front();
        destinations.at(next).starved = false;
      }
    }
    if (!next.empty()) due(next);
    if (const auto at = services.queue.next_due(key); at && *at <= now())
      due(key);
    else if (at)
      set_alarm(key);
    --coroutines;
  }

  /// Before a worker takes another message. @param carried  it has just carried one, and more is due
  /// @return false: there are more workers than the destination bears
  bool go_on(const std::string& key, bool carried) {
    bool help = false;
    {
      const std::lock_guard lock(mutex);
      Destination& destination = destinations.at(key);
      if (destination.workers > destination.concurrency.allowed()) return false;
      if (carried) destination.concurrency.good(true);
      help = carried && destination.sleepers.empty() && destination.workers < destination.concurrency.allowed();
    }
    if (help) due(key);
    return true;
  }

  void went_wrong(const std::string& key) {
    const std::lock_guard lock(mutex);
    destinations.at(key).concurrency.failed();
  }

  // --- what they do -------------------------------------------------------------------------------------------------

  asio::awaitable<void> work(std::string key) {
    const auto self = shared_from_this();
    const auto timer = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor);
    std::unique_ptr<Client> client;
    bool carried = false;
    while (!stopping) {
      auto lease = services.queue.take(key, now());
      if (lease && !go_on(key, carried)) {
        services.queue.give_back(*lease, now());
        break;
      }
      carried = false;
      if (!lease) {
        set_alarm(key);
        if (!client || !lie_down(key, timer)) break;
        timer->expires_after(idle_connection);
        lease = services.queue.take(key, now());  // something may have come between the look and the lying down
        if (!lease) {
          const auto [woken] = co_await timer->async_wait(tuple_awaitable);
          get_up(key, timer);
          if (!woken) break;
          continue;
        }
        get_up(key, timer);
      }
      try {
        co_await carry(key, *lease, client);
        carried = client != nullptr;
      } catch (const std::exception& error) {
        log::Event("relay.failed", log::Level::error).with("message", lease->id).with("why", error.what());
        client.reset();
        services.queue.settle(*lease, {}, now());
      }
    }
    if (client) co_await client->close();
    client.reset();
    leave(key);
  }

  asio::awaitable<void> carry(const std::string& key, const spool::Lease& lease, std::unique_ptr<Client>& client) {
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
    const Conclusion conclusion{services.config, services.queue, services.door, services.slow};
    if (services.queue.expired(lease, now())) {
      co_await conclusion.give_up(lease, *payload);
      co_return;
    }
    if (!lease.deliver) {
      co_await conclusion.warn(lease, *payload);
      co_return;
    }
    const Route* route = services.routes.route(key);
    if (route == nullptr) {
      const Reply reply(451, {4, 4, 4}, "no route to this destination in the configuration");
      co_await conclusion.unreachable(lease, *payload, reply);
      co_return;
    }
    const bool secret = (*payload)->accepted.envelope.require_tls;
    const For purpose = secret ? For::secret_mail : For::mail;
    if (client && secret && !carriage(*client, *route).require_tls) {  // another host may promise more
      co_await client->close();
      client.reset();
    }
    while (true) {
      const bool fresh = client == nullptr;
      if (fresh) {
        auto opened = co_await connect(key, *route, purpose);
        if (!opened) {
          const Reply reply = opened.error().reply;
          log::Event("hop.unavailable", log::Level::warning)
              .with("hop", key)
              .with("status", format(reply.enhanced))
              .with("why", opened.error().detail);
          if (reply == no_secret_host()) {  // a matter of this message: all others may go to the hosts that answer
            std::vector<spool::Outcome> outcomes;
            for (const std::uint32_t index : lease.pending) outcomes.push_back({index, false, reply});
            Hop nobody;
            co_await conclusion.settle(lease, *payload, std::move(nobody), std::move(outcomes));
            co_return;
          }
          went_wrong(key);
          if (reply.permanent() && route->mx()) {  // the domain does not exist, or wants no mail
            co_await conclusion.settle_all(lease, *payload, reply);
            co_return;
          }
          co_await conclusion.unreachable(lease, *payload, reply);
          co_return;
        }
        client = *std::move(opened);
      }
      auto delivered = co_await client->deliver(*payload, lease.pending, *route);
      const bool broken = delivered.broken.has_value();
      if (broken && !fresh && !delivered.spoke && delivered.outcomes.empty()) {
        client.reset();  // a kept connection may have been closed by the hop meanwhile: once more on a new one
        continue;
      }
      const Hop hop{client->target().host + ':' + std::to_string(client->target().port), client->target().lmtp,
                    client->capabilities().dsn};
      if (broken) {
        log::Event("relay.broken", log::Level::warning)
            .with("message", lease.id)
            .with("hop", hop.name)
            .with("why", delivered.broken->detail);
        Reply reply = delivered.broken->reply;
        if (!reply.transient()) reply = status::next_hop_unavailable;
        for (const std::uint32_t index : lease.pending) {
          bool named = false;
          for (const spool::Outcome& outcome : delivered.outcomes) named = named || outcome.index == index;
          if (!named) delivered.outcomes.push_back({index, false, reply});
        }
        went_wrong(key);
      }
      if (broken || client->worn()) client.reset();
      co_await conclusion.settle(lease, *payload, hop, std::move(delivered.outcomes));
      co_return;
    }
  }

  // --- connections --------------------------------------------------------------------------------------------------

  /// Hosts that could not be reached lately come last.
  void sort(const std::string& key, std::vector<Target>& hosts) {
    const std::lock_guard lock(mutex);
    auto& down = destinations.try_emplace(key, services.config.relay_connections).first->second.down;
    std::erase_if(down, [at = now()](const auto& entry) { return entry.second <= at; });
    if (down.empty()) return;
    std::stable_partition(hosts.begin(), hosts.end(), [&](const Target& t) { return down.count(t.address) == 0; });
  }

  void note_down(const std::string& key, const Target& host) {
    const std::lock_guard lock(mutex);
    const auto found = destinations.find(key);
    if (found != destinations.end()) found->second.down[host.address] = now() + down_pause;
  }

  static mail::Carriage carriage(const Client& client, const Route& route) {
    return relay::carriage(client.capabilities(), route, client.security());
  }

  /// secret_mail: with REQUIRETLS. a_look: what a hop can carry it says to everybody, so nobody logs in for it: where
  /// the password is wrong, a try a minute would have us locked out.
  enum class For : std::uint8_t { mail, secret_mail, a_look };

  /// The first host that talks to us; for a message with REQUIRETLS the first that promises it too (RFC 8689 §4.2.1),
  /// and one that does not only after every other has been heard and said no. @par Errors  the last host's
  asio::awaitable<Result<std::unique_ptr<Client>>> connect(const std::string& key, const Route& route, For purpose) {
    const bool secret = purpose == For::secret_mail;
    Result<std::vector<Target>> hosts = fail(status::next_hop_unavailable, key);
    if (route.mx()) {
      std::string domain = key.substr(key.find(':') + 1);
      hosts = co_await mx.find(std::move(domain), route);
    } else {
      hosts = targets.named(route);
    }
    if (!hosts) co_return hosts.error();
    sort(key, *hosts);
    if (purpose == For::a_look)
      for (Target& host : *hosts) host.user.clear();
    Error last = fail(status::next_hop_unavailable, "no host");
    std::unique_ptr<Client> open_only;  // a host without REQUIRETLS
    bool unheard = false;
    for (Target& host : *hosts) {
      bool tls_failed = false;
      Target trial = host;
      auto opened = co_await Client::open(std::move(trial), services.config.hostname, services.slow, &tls_failed);
      if (!opened && tls_failed) {  // RFC 7435 §3: an opportunistic handshake that fails leaves us with clear text
        log::Event("hop.tls-failed", log::Level::warning).with("hop", key).with("why", opened.error().detail);
        Target clear = host;
        clear.tls.level = TlsDemand::Level::none;
        opened = co_await Client::open(std::move(clear), services.config.hostname, services.slow, nullptr);
      }
      if (opened) {
        mail::Carriage can = carriage(**opened, route);
        if (!secret || can.require_tls) {
          // Unknown rather than no while there is another host to ask.
          if (!secret && hosts->size() > 1 && host.tls.verifies()) can.require_tls = true;
          if (open_only) co_await open_only->close();
          carriages.note(key, can, now());
          co_return opened;
        }
        if (open_only) co_await open_only->close();
        open_only = *std::move(opened);
        continue;
      }
      unheard = true;
      note_down(key, host);
      last = opened.error();
      last.detail = host.host + ": " + last.detail;
      if (stopping) break;
    }
    if (open_only && !unheard) {
      carriages.note(key, carriage(*open_only, route), now());
      co_return open_only;
    }
    if (open_only) {
      co_await open_only->close();
      co_return fail(no_secret_host(), last.detail);
    }
    // What a hop says before it knows the message is no answer for the message (RFC 5321 §3.1 lets us try later).
    if (!last.reply.transient()) last.reply = status::next_hop_unavailable;
    co_return last;
  }

  // --- by the clock -------------------------------------------------------------------------------------------------

  /// Looks at destinations again when their time has come.
  asio::awaitable<void> keep_watch(Timer timer) {
    const auto self = shared_from_this();
    Time swept = now();
    while (!stopping) {
      std::vector<std::string> keys;
      {
        const std::lock_guard lock(mutex);
        if (swept + probe_pause < now()) {
          swept = now();
          std::erase_if(destinations, [&](const auto& entry) {
            const Destination& d = entry.second;
            return d.workers == 0 &&
                   std::all_of(d.down.begin(), d.down.end(), [&](const auto& host) { return host.second <= swept; });
          });
        }
        keys = alarms.take(now());
        const auto next = alarms.earliest();
        timer->expires_after(next ? std::max<Time::duration>(*next - now(), std::chrono::milliseconds(1))
                                  : Time::duration(probe_pause));
      }
      for (const std::string& key : keys) due(key);
      if (keys.empty()) co_await timer->async_wait(tuple_awaitable);
    }
    --coroutines;
  }

  /// Asks a named hop what it can carry.
  asio::awaitable<void> ask(std::string key) {
    const auto self = shared_from_this();
    if (const Route* route = services.routes.route(key)) {
      auto client = co_await connect(key, *route, For::a_look);
      if (client) co_await (*client)->close();
    }
    const std::lock_guard lock(mutex);
    asked.erase(key);
  }

  /// Asks each of them, at once and whenever nothing was heard of it for a while; none waits for another one's answer.
  asio::awaitable<void> keep_asking(Timer timer) {
    const auto self = shared_from_this();
    while (!stopping) {
      for (const std::string& key : services.routes.named()) {
        if (carriages.noted(key) + carriage_age > now()) continue;
        {
          const std::lock_guard lock(mutex);
          if (!asked.insert(key).second) continue;
        }
        asio::co_spawn(services.context(), ask(key), asio::detached);
      }
      timer->expires_after(probe_pause);
      co_await timer->async_wait(tuple_awaitable);
    }
  }
};

Relay::Relay(std::shared_ptr<State> state) : state_(std::move(state)) {
  state_->services.queue.on_due([state = std::weak_ptr(state_)](const std::string& key) {
    if (const auto alive = state.lock(); alive && alive->started) alive->due(key);
  });
}

Result<std::unique_ptr<Relay>> Relay::make(Services services) {
  auto contexts = TlsContexts::make();
  if (!contexts) return contexts.error();
  auto targets = Targets::make(services.config.routes, *std::move(contexts));
  if (!targets) return targets.error();
  return std::unique_ptr<Relay>(new Relay(std::make_shared<State>(std::move(services), *std::move(targets))));
}

Relay::~Relay() { stop(); }

void Relay::start() {
  State& state = *state_;
  asio::io_context& context = state.services.context();
  state.probe = std::make_shared<asio::steady_timer>(context);
  state.watch = std::make_shared<asio::steady_timer>(context);
  state.started = true;
  ++state.coroutines;
  asio::co_spawn(context, state.keep_watch(state.watch), asio::detached);
  asio::co_spawn(context, state.keep_asking(state.probe), asio::detached);
  for (const std::string& key : state.services.queue.destinations()) state.due(key);
}

void Relay::stop() {
  State& state = *state_;
  state.stopping = true;
  const std::lock_guard lock(state.mutex);
  for (auto& [key, destination] : state.destinations) {
    for (const Timer& sleeper : destination.sleepers) net::wake(sleeper);
    destination.sleepers.clear();
  }
  for (Timer* timer : {&state.watch, &state.probe})
    if (const Timer waking = std::exchange(*timer, nullptr)) net::wake(waking);
}

bool Relay::idle() const { return state_->coroutines == 0; }

mail::Carriage Relay::carriage(const mail::Delivery& delivery) const {
  return state_->carriages.of(state_->services.routes.destination(delivery));
}

}  // namespace vanthu::relay
