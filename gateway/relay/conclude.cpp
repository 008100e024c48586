// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/conclude.hpp"

#include "gateway/base/ids.hpp"
#include "gateway/base/log.hpp"
#include "gateway/mail/dsn.hpp"
#include "gateway/net/offload.hpp"

namespace vanthu::relay {
namespace {
void log_outcome(const spool::Lease& lease, const mail::Delivery& delivery, const Hop& hop,
                 const spool::Outcome& outcome) {
  const bool good = outcome.reply.positive();
  log::Event(good              ? "delivered"
             : outcome.settled ? "delivery.failed"
                               : "delivery.deferred",
             good ? log::Level::info : log::Level::warning)
      .with("message", lease.id)
      .with("to", mail::format(delivery.to))
      .with("hop", hop.name)
      .with("status", format(outcome.reply.enhanced))
      .with("reply", outcome.reply.text)
      .with("delay_ms", std::int64_t((now() - lease.received).count() / 1000));
}
}  // namespace

boost::asio::awaitable<void> Conclusion::settle(const spool::Lease& lease,
                                                std::shared_ptr<const spool::Payload> payload, Hop hop,
                                                std::vector<spool::Outcome> outcomes) const {
  std::vector<mail::Failure> failures;
  for (const spool::Outcome& outcome : outcomes) {
    const mail::Delivery& delivery = payload->accepted.deliveries[outcome.index];
    log_outcome(lease, delivery, hop, outcome);
    if (outcome.settled && !outcome.reply.positive())
      failures.push_back({delivery.original, mail::format(delivery.to), outcome.reply, hop.name});
  }
  if (!failures.empty()) {
    const auto tell = [&] {
      std::vector<std::string> originals;
      for (const mail::Failure& failure : failures) originals.push_back(failure.original);
      const std::string id = message_id();
      return door.notify(payload->accepted, originals,
                         mail::dsn(payload->accepted, failures, payload->octets->view(), config.hostname, id, now()),
                         id);
    };
    auto told = co_await net::offload(slow, tell);
    if (!told) {
      log::Event("dsn.failed", log::Level::error).with("message", lease.id).with("why", told.error().detail);
      for (spool::Outcome& outcome : outcomes)
        if (!outcome.reply.positive()) outcome.settled = false;  // the sender must hear of it: try all again later
    } else if (!*told) {
      log::Event("dsn.nobody", log::Level::warning).with("message", lease.id);
    }
  }
  queue.settle(lease, outcomes, now());
}

boost::asio::awaitable<void> Conclusion::settle_all(const spool::Lease& lease,
                                                    std::shared_ptr<const spool::Payload> payload, Reply reply) const {
  std::vector<spool::Outcome> outcomes;
  for (const std::uint32_t index : lease.pending) outcomes.push_back({index, true, reply});
  Hop hop{config.hostname, false, false};
  co_await settle(lease, std::move(payload), std::move(hop), std::move(outcomes));
}

}  // namespace vanthu::relay
