// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/policy/parties.hpp"

#include <algorithm>

#include "gateway/base/limits.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::filters {

std::optional<directory::Mailbox> mailbox_behind(const Context& context, std::string_view address) {
  if (context.directory == nullptr || address.empty()) return std::nullopt;
  if (auto mailbox = context.directory->mailbox(address)) return mailbox;
  const directory::Resolution resolution = context.directory->resolve(address, context.today);
  if (resolution.kind != directory::Resolution::Kind::mailbox || resolution.targets.empty()) return std::nullopt;
  return resolution.targets.front().mailbox;
}

std::optional<directory::Mailbox> sender_mailbox(const Context& context) {
  if (context.direction != mail::Direction::out || context.directory == nullptr) return std::nullopt;
  if (context.envelope != nullptr && context.envelope->reverse_path)
    if (auto mailbox = mailbox_behind(context, mail::key(*context.envelope->reverse_path))) return mailbox;
  return context.login == nullptr ? std::nullopt : context.directory->mailbox(context.login->address);
}

std::optional<directory::Mailbox> recipient_mailbox(const Context& context, const mail::Delivery& delivery) {
  if (context.directory == nullptr || delivery.next_hop != "local") return std::nullopt;
  return context.directory->mailbox(mail::key(delivery.to));
}

std::string confirming_address(const Context& context) {
  const auto mailbox = sender_mailbox(context);
  using Kind = directory::Mailbox::Kind;
  if (mailbox && (mailbox->kind == Kind::unit || mailbox->registers_mail || context.login == nullptr))
    return mailbox->address;
  return context.login != nullptr ? context.login->address : std::string();
}

Decision confirmation(const Context& context, std::uint64_t hours, std::string why) {
  Decision decision;
  decision.kind = "confirm";
  decision.deciders = {confirming_address(context)};
  decision.hours = static_cast<std::uint32_t>(hours);
  decision.why = std::move(why);
  return decision;
}

Decision review(const Rule& rule, std::string why) {
  Decision decision;
  decision.kind = "review";
  decision.hours = static_cast<std::uint32_t>(rule.hours == 0 ? held_hours : rule.hours);
  if (!rule.on_timeout.empty()) decision.on_timeout = rule.on_timeout;
  decision.why = std::move(why);
  decision.rule = rule.id;
  decision.persons = static_cast<std::uint32_t>(rule.release_by);
  return decision;
}

std::string_view kind_name(directory::Mailbox::Kind kind) {
  switch (kind) {
    case directory::Mailbox::Kind::unit:
      return "unit";
    case directory::Mailbox::Kind::position:
      return "position";
    case directory::Mailbox::Kind::person:
      return "person";
    case directory::Mailbox::Kind::role:
      return "role";
    case directory::Mailbox::Kind::system:
      return "system";
  }
  return "";
}

bool within(const Context& context, std::string_view unit, const std::vector<std::string>& units) {
  std::string at(unit);
  for (std::size_t depth = 0; !at.empty() && depth < limits::unit_depth; ++depth) {  // a loop in the data ends here
    if (std::find(units.begin(), units.end(), at) != units.end()) return true;
    const auto above = context.directory == nullptr ? std::nullopt : context.directory->unit(at);
    at = above ? above->parent : std::string();
  }
  return false;
}

}  // namespace vanthu::filters
