// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/conclude.hpp"

#include <algorithm>

#include "gateway/base/ids.hpp"
#include "gateway/base/log.hpp"
#include "gateway/net/offload.hpp"
#include "gateway/relay/reply_reader.hpp"

namespace vanthu::relay {
namespace asio = boost::asio;
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

/// Whom a report goes to: the sender; of a report that nobody takes (RFC 5321 §4.5.5), the postmaster, once.
std::optional<mail::Mailbox> told(const Config& config, const mail::Accepted& accepted) {
  if (accepted.envelope.reverse_path) return accepted.envelope.reverse_path;
  if (config.postmaster.empty()) return std::nullopt;
  for (const mail::Delivery& delivery : accepted.deliveries)
    if (delivery.original == config.postmaster) return std::nullopt;
  const std::size_t at = config.postmaster.rfind('@');
  return mail::Mailbox{config.postmaster.substr(0, at), config.postmaster.substr(at + 1)};
}
}  // namespace

std::vector<mail::Reported> reportable(const mail::Accepted& accepted, const std::vector<spool::Outcome>& outcomes,
                                       const Hop& hop, bool delayed) {
  const bool null_path = !accepted.envelope.reverse_path;
  std::vector<mail::Reported> reported;
  for (const spool::Outcome& outcome : outcomes) {
    const std::uint8_t notify = accepted.deliveries[outcome.index].notify;
    const bool good = outcome.reply.positive();
    if (good && (null_path || (hop.dsn && !hop.lmtp))) continue;
    if (!good && !outcome.settled && (!delayed || null_path)) continue;
    const mail::Action action = good              ? hop.lmtp ? mail::Action::delivered : mail::Action::relayed
                                : outcome.settled ? mail::Action::failed
                                                  : mail::Action::delayed;
    // Who wrote to us from outside hears of a delay only where he asked: his own system tells him of ours.
    const bool unasked =
        action == mail::Action::delayed && accepted.direction == mail::Direction::in && notify == mail::Notify::unsaid;
    if (unasked || (!null_path && !mail::wanted(action, notify))) continue;
    reported.push_back({action, outcome.index, outcome.reply, hop.name, hop.person});
  }
  std::stable_sort(reported.begin(), reported.end(),
                   [](const mail::Reported& a, const mail::Reported& b) { return a.action < b.action; });
  return reported;
}

Reply waiting(const spool::Lease& lease) {
  std::size_t taken = 0;
  const auto last = take_reply(lease.last_reply + "\r\n", taken);
  return last && *last && (*last)->reply.transient() ? (*last)->reply : Reply(status::next_hop_unavailable);
}

Reply given_up(const spool::Lease& lease, mail::Direction direction) {
  if (lease.refused) {
    if (direction == mail::Direction::in) return {550, {5, 7, 1}, "not accepted"};
    if (lease.refused_by.empty()) return {550, {5, 7, 1}, "nobody approved it in time"};
    return {550,
            {5, 7, 1},
            "not approved by " + lease.refused_by + (lease.refused_why.empty() ? "" : ": " + lease.refused_why)};
  }
  Reply reply(550, {5, 4, 7}, lease.returned ? "given up by an administrator" : "delivery time expired");
  if (lease.last_reply.empty()) return reply;
  const Reply last = waiting(lease);
  if (last.enhanced[1] == 7) reply.enhanced = {5, 7, last.enhanced[2]};
  reply.text += "; the last answer was: " + lease.last_reply;
  return reply;
}

asio::awaitable<bool> Conclusion::tell(const spool::Lease& lease, Payload payload, std::vector<mail::Reported> reported,
                                       spool::Change change) const {
  if (reported.empty()) co_return true;
  const auto to = told(config, payload->accepted);
  if (!to) {
    log::Event("dsn.nobody", log::Level::warning).with("message", lease.id);
    co_return true;
  }
  const auto write = [&]() -> Result<bool> {
    mail::Report report;
    report.hostname = config.hostname;
    report.id = message_id();
    report.at = now();
    report.retry_until = lease.received + std::chrono::seconds(config.queue_lifetime_seconds);
    report.to = mail::format(*to);
    const spool::Progress note{lease.source, lease.at.sequence, change};
    const std::string text = mail::dsn(payload->accepted, reported, payload->octets->view(), report);
    return door.notify(lease.id, *to, text, report.id, note);
  };
  auto written = co_await net::offload(slow, write);
  if (!written) {
    log::Event("dsn.failed", log::Level::error).with("message", lease.id).with("why", written.error().detail);
    co_return false;
  }
  if (!*written) log::Event("dsn.nobody", log::Level::warning).with("message", lease.id).with("to", mail::format(*to));
  co_return true;
}

asio::awaitable<void> Conclusion::settle(const spool::Lease& lease, Payload payload, Hop hop,
                                         std::vector<spool::Outcome> outcomes) const {
  for (const spool::Outcome& outcome : outcomes) {
    const mail::Delivery& delivery = payload->accepted.deliveries[outcome.index];
    log_outcome(lease, delivery, hop, outcome);
    if (delivery.next_hop != "local" || hop.name.empty()) continue;
    if (outcome.reply.positive())
      door.full().forget(mail::key(delivery.to));
    else if (outcome.reply.enhanced[1] == 2 && outcome.reply.enhanced[2] == 2)  // RFC 3463 §3.3: mailbox full
      door.full().note(mail::key(delivery.to), std::chrono::steady_clock::now());
  }
  auto reported = reportable(payload->accepted, outcomes, hop, lease.warn_delay);
  if (!reported.empty()) {
    const bool waits =
        std::any_of(outcomes.begin(), outcomes.end(), [](const spool::Outcome& o) { return !o.settled; });
    spool::Change change;
    for (const spool::Outcome& outcome : outcomes)
      if (outcome.settled) change.settled.push_back(outcome.index);
    if (lease.warn_delay && waits) change.told = lease.pending;
    const bool heard = co_await tell(lease, payload, std::move(reported), std::move(change));
    if (!heard)
      for (spool::Outcome& outcome : outcomes)
        if (!outcome.reply.positive()) outcome.settled = false;  // the sender must hear of it: try all again later
    if (heard && lease.warn_delay && waits) queue.delay_told(lease);
  }
  queue.settle(lease, outcomes, now());
}

asio::awaitable<void> Conclusion::settle_all(const spool::Lease& lease, Payload payload, Reply reply) const {
  std::vector<spool::Outcome> outcomes;
  for (const std::uint32_t index : lease.pending) outcomes.push_back({index, true, reply});
  Hop hop;
  hop.person = lease.refused && payload->accepted.direction == mail::Direction::out;
  co_await settle(lease, std::move(payload), std::move(hop), std::move(outcomes));
}

asio::awaitable<void> Conclusion::tell_delay(const spool::Lease& lease, Payload payload, Reply reply) const {
  std::vector<spool::Outcome> outcomes;
  for (const std::uint32_t index : lease.pending) outcomes.push_back({index, false, reply});
  const Hop hop;
  auto reported = reportable(payload->accepted, outcomes, hop, true);
  spool::Change change;
  change.told = lease.pending;
  const bool heard = co_await tell(lease, payload, std::move(reported), std::move(change));
  if (heard) queue.delay_told(lease);
}

asio::awaitable<void> Conclusion::unreachable(const spool::Lease& lease, Payload payload, Reply reply) const {
  if (lease.warn_delay) co_await tell_delay(lease, payload, reply);
  queue.hop_failed(lease.destination, lease, reply, now());
}

asio::awaitable<void> Conclusion::give_up(const spool::Lease& lease, Payload payload) const {
  const Reply reply = given_up(lease, payload->accepted.direction);
  co_await settle_all(lease, std::move(payload), reply);
}

asio::awaitable<void> Conclusion::warn(const spool::Lease& lease, Payload payload) const {
  const Reply reply = waiting(lease);
  co_await tell_delay(lease, std::move(payload), reply);
  queue.give_back(lease, now());
}

}  // namespace vanthu::relay
