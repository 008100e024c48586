// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/smtp/transaction.hpp"

#include <algorithm>

#include "gateway/base/log.hpp"

namespace vanthu::smtp {
namespace {
bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}
}  // namespace

Transaction::Transaction(intake::Door& door, const Peer& peer)
    : door_(door), config_(door.services().config), peer_(peer) {}

void Transaction::reset() {
  open_ = false;
  envelope_ = {};
  deliveries_.clear();
}

Reply Transaction::mail(Mail command) {
  reset();
  envelope_.utf8 = command.utf8;
  if (command.size && *command.size > config_.message_octets)
    return {552, {5, 3, 4}, "message too big: at most " + std::to_string(config_.message_octets) + " octets"};
  filters::Verdict verdict;
  try {
    verdict = door_.services().chain()->judge_reverse_path(peer_.direction(), peer_.user(), command.reverse_path,
                                                           day_of(now()));
  } catch (const std::exception& error) {
    return outage(error);
  }
  if (verdict.action != filters::Action::accept) {
    log_refusal("mail.refused", verdict, command.reverse_path ? mail::format(*command.reverse_path) : "<>");
    return verdict.reply;
  }
  envelope_.reverse_path = std::move(command.reverse_path);
  envelope_.body = command.body;
  open_ = true;
  return {250, {2, 1, 0}, "ok"};
}

Reply Transaction::rcpt(Rcpt command) {
  mail::Mailbox& forward_path = command.forward_path;
  if (forward_path.domain.empty() && !config_.domains.empty()) forward_path.domain = config_.domains.front();
  if (!is_ascii(forward_path.local_part) && !envelope_.utf8)
    return {553, {5, 6, 7}, "SMTPUTF8 is needed for this address"};
  if (envelope_.forward_paths.size() >= config_.recipients) return status::too_many_recipients;
  filters::Recipient recipient;
  try {
    recipient =
        door_.services().chain()->judge_forward_path(peer_.direction(), peer_.user(), forward_path, day_of(now()));
  } catch (const std::exception& error) {
    return outage(error);
  }
  if (recipient.verdict.action != filters::Action::accept || recipient.deliveries.empty()) {
    log_refusal("rcpt.refused", recipient.verdict, mail::format(forward_path));
    ++refused_recipients_;
    return recipient.verdict.reply.positive() ? Reply(status::refused) : recipient.verdict.reply;
  }
  if (std::find(envelope_.forward_paths.begin(), envelope_.forward_paths.end(), forward_path) ==
      envelope_.forward_paths.end()) {
    envelope_.forward_paths.push_back(std::move(forward_path));
    for (mail::Delivery& delivery : recipient.deliveries) {
      // A mailbox that is reached twice (by itself and by a group) gets the letter once.
      const bool known = std::any_of(deliveries_.begin(), deliveries_.end(),
                                     [&](const mail::Delivery& d) { return d.to == delivery.to; });
      if (!known) deliveries_.push_back(std::move(delivery));
    }
  }
  return {250, {2, 1, 5}, "ok"};
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
