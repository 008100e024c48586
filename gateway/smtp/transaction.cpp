// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/smtp/transaction.hpp"

#include <algorithm>

#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"
#include "gateway/smtp/hops.hpp"

namespace vanthu::smtp {
namespace {
/// Two ways to one mailbox: it is told whatever either way asked for; NEVER only where both say so.
std::uint8_t merged(std::uint8_t a, std::uint8_t b) {
  const auto asked = [](std::uint8_t flags) -> std::uint8_t {
    if (flags == mail::Notify::unsaid) return mail::Notify::on_failure | mail::Notify::on_delay;
    return flags & static_cast<std::uint8_t>(~mail::Notify::never);
  };
  if (a == b) return a;
  const int both = asked(a) | asked(b);
  return both == 0 ? std::uint8_t{mail::Notify::never} : static_cast<std::uint8_t>(both);
}
}  // namespace

Transaction::Transaction(Services& services, const Peer& peer)
    : services_(services), config_(services.door.services().config), peer_(peer) {}

void Transaction::reset() {
  open_ = false;
  per_recipient_ = false;
  declared_ = 0;
  envelope_ = {};
  targets_ = {};
  slip_.reset();
}

Reply Transaction::mail(Mail command, bool secure) {
  reset();
  if (command.size && *command.size > config_.message_octets)
    return {552, {5, 3, 4}, "message too big: at most " + std::to_string(config_.message_octets) + " octets"};
  if (command.require_tls && !secure)  // RFC 8689 §2: offered under TLS only
    return {530, {5, 7, 10}, "REQUIRETLS wants a session under TLS"};
  filters::Verdict verdict;
  int most = 0;
  try {
    verdict = services_.door.services().chain()->judge_reverse_path(peer_.direction(), peer_.user(),
                                                                    command.reverse_path, day_of(now()));
    envelope_.reverse_path = std::move(command.reverse_path);
    if (command.priority) most = ceiling();
  } catch (const std::exception& error) {
    return outage(error);
  }
  if (verdict.action != filters::Action::accept) {
    log_refusal("mail.refused", verdict, envelope_.reverse_path ? mail::format(*envelope_.reverse_path) : "<>");
    envelope_.reverse_path.reset();
    return verdict.reply;
  }
  envelope_.body = command.body;
  envelope_.utf8 = command.utf8;
  envelope_.envid = std::move(command.envid);
  envelope_.ret = command.ret;
  envelope_.require_tls = command.require_tls;
  envelope_.priority = std::min(command.priority.value_or(0), most);
  per_recipient_ = command.per_recipient;
  declared_ = command.size.value_or(0);
  open_ = true;
  if (!command.priority) return {250, {2, 1, 0}, "ok"};
  const std::string priority = std::to_string(envelope_.priority);
  if (envelope_.priority == *command.priority) return {250, {2, 1, 0}, "ok, priority " + priority};
  return {250, {2, 3, 6}, priority + " is the priority in force"};  // RFC 6710 §4.1: the number stands first
}

/// The highest MT-PRIORITY this sender may ask for (RFC 6710 §4.1).
int Transaction::ceiling() const {
  if (peer_.user() == nullptr) return config_.priority_outside;
  if (!envelope_.reverse_path) return config_.priority_person;
  using Kind = directory::Mailbox::Kind;
  const auto mailbox = services_.door.services().directory.mailbox(mail::key(*envelope_.reverse_path));
  const bool office =
      mailbox && (mailbox->kind == Kind::unit || mailbox->kind == Kind::position || mailbox->kind == Kind::role);
  return office ? config_.priority_office : config_.priority_person;
}

mail::Carriage Transaction::carriage(const mail::Delivery& delivery) const {
  return services_.carriage ? services_.carriage(delivery) : mail::Carriage{};
}

Reply Transaction::rcpt(Rcpt command) {
  mail::Mailbox& forward_path = command.forward_path;
  if (forward_path.domain.empty() && !config_.domains.empty()) forward_path.domain = config_.domains.front();
  if (command.utf8 && !envelope_.utf8) return {553, {5, 6, 7}, "SMTPUTF8 is needed for this address"};
  if (envelope_.forward_paths.size() >= config_.recipients) return status::too_many_recipients;
  if (services_.decisions != nullptr && services_.decisions->is_ours(forward_path))
    return rcpt_answer(std::move(forward_path));
  if (slip_) return {550, {5, 5, 3}, "an answer to a question goes to that address alone"};
  filters::Recipient recipient;
  try {
    const mail::Mailbox* reverse_path = envelope_.reverse_path ? &*envelope_.reverse_path : nullptr;
    recipient = services_.door.services().chain()->judge_forward_path(peer_.direction(), peer_.user(), forward_path,
                                                                      day_of(now()), reverse_path);
  } catch (const std::exception& error) {
    return outage(error);
  }
  if (recipient.verdict.action != filters::Action::accept || recipient.deliveries.empty()) {
    log_refusal("rcpt.refused", recipient.verdict, mail::format(forward_path));
    ++refused_recipients_;
    return recipient.verdict.reply.positive() ? Reply(status::refused) : recipient.verdict.reply;
  }
  if (auto full = full_mailbox(recipient.deliveries)) return *std::move(full);
  for (const mail::Delivery& delivery : recipient.deliveries) {
    auto refusal = refused_by_hop(carriage(delivery), envelope_, declared_, command.utf8);
    if (!refusal) continue;
    log::Event("rcpt.not-carried")
        .with("session", peer_.session)
        .with("path", mail::format(forward_path))
        .with("hop", delivery.next_hop)
        .with("status", format(refusal->enhanced));
    return *std::move(refusal);
  }
  if (std::find(envelope_.forward_paths.begin(), envelope_.forward_paths.end(), forward_path) ==
      envelope_.forward_paths.end()) {
    envelope_.forward_paths.push_back(std::move(forward_path));
    for (mail::Delivery& delivery : recipient.deliveries) add(std::move(delivery), command);
  }
  return {250, {2, 1, 5}, "ok"};
}

/// The store has said so lately. Of a group some may be full: they get a report each, the others their letter.
std::optional<Reply> Transaction::full_mailbox(const std::vector<mail::Delivery>& deliveries) const {
  const mail::Delivery& first = deliveries.front();
  if (deliveries.size() != 1 || first.next_hop != "local" ||
      !services_.door.full().has(mail::key(first.to), std::chrono::steady_clock::now()))
    return std::nullopt;
  const bool later = config_.full_mailbox_reply == "later";
  log::Event("rcpt.full").with("session", peer_.session).with("path", mail::format(first.to));
  const bool vietnamese = services_.door.services().chain()->policy().book().language == filters::Language::vi;
  std::string words = vietnamese ? "hộp thư của người nhận đã đầy" : "the recipient's mailbox is full";
  if (later) words += vietnamese ? ", xin gửi lại sau" : ", try again later";
  return later ? Reply(452, {4, 2, 2}, std::move(words)) : Reply(552, {5, 2, 2}, std::move(words));
}

/// An answer is taken at the door and goes nowhere, so it has no other recipients.
Reply Transaction::rcpt_answer(mail::Mailbox forward_path) {
  if (!envelope_.forward_paths.empty() && !(slip_ && envelope_.forward_paths.front() == forward_path))
    return {550, {5, 5, 3}, "an answer to a question goes to that address alone"};
  try {
    auto slip = services_.decisions->judge(peer_.user(), forward_path, day_of(now()));
    if (!slip) {
      log::Event("rcpt.refused")
          .with("session", peer_.session)
          .with("client", peer_.address)
          .with("user", peer_.login ? peer_.login->address : "")
          .with("status", format(slip.error().reply.enhanced))
          .with("rule", "decision");
      ++refused_recipients_;
      return slip.error().reply;
    }
    slip_ = *std::move(slip);
  } catch (const std::exception& error) {
    return outage(error);
  }
  if (envelope_.forward_paths.empty()) envelope_.forward_paths.push_back(std::move(forward_path));
  return {250, {2, 1, 5}, "ok"};
}

/// A mailbox that is reached twice (by itself and by a group) gets the letter once.
void Transaction::add(mail::Delivery delivery, const Rcpt& command) {
  const auto known = std::find_if(targets_.begin(), targets_.end(),
                                  [&](const Target& target) { return target.delivery.to == delivery.to; });
  if (known != targets_.end()) {
    known->delivery.notify = merged(known->delivery.notify, command.notify);
    return;
  }
  delivery.notify = command.notify;
  delivery.orcpt = command.orcpt;
  targets_.push_back({std::move(delivery), envelope_.forward_paths.size() - 1});
}

std::vector<std::optional<Reply>> Transaction::objections(std::string_view octets) const {
  std::vector<std::optional<Reply>> found(envelope_.forward_paths.size());
  if (services_.carriage) {
    for (const Target& target : targets_)
      if (!found[target.path]) found[target.path] = refused_by_hop(carriage(target.delivery), envelope_, octets);
  }
  if (peer_.direction() != mail::Direction::in) return found;  // our own user may send a letter on that had come to us
  for (const std::string_view address : delivered_to(octets))
    for (const Target& target : targets_)
      if (text::ascii_iequals(address, mail::format(target.delivery.to)))
        found[target.path] = Reply(554, {5, 4, 6}, "mail loop: Delivered-To names this recipient's mailbox already");
  return found;
}

void Transaction::take(const std::vector<std::optional<Reply>>& objections, mail::Envelope& envelope,
                       std::vector<mail::Delivery>& deliveries) const {
  envelope = envelope_;
  envelope.forward_paths.clear();
  for (std::size_t i = 0; i < envelope_.forward_paths.size(); ++i)
    if (!objections[i]) envelope.forward_paths.push_back(envelope_.forward_paths[i]);
  for (const Target& target : targets_)
    if (!objections[target.path]) deliveries.push_back(target.delivery);
}

Reply Transaction::outage(const std::exception& error) const {
  log::Event("directory.failed", log::Level::error).with("session", peer_.session).with("why", error.what());
  return status::directory_unavailable;
}

void Transaction::log_refusal(const char* event, const filters::Verdict& verdict, const std::string& path) const {
  log::Event(event)
      .with("session", peer_.session)
      .with("client", peer_.address)
      .with("user", peer_.login ? peer_.login->address : "")
      .with("path", path)
      .with("status", format(verdict.reply.enhanced))
      .with("rule", verdict.rule);
}

}  // namespace vanthu::smtp
