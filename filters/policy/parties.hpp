// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "filters/policy/policy.hpp"

/// Whose mailboxes a message goes between, as far as they are ours.
namespace vanthu::filters {

/// The mailbox behind an address of ours that day (through an alias or a position), or nothing.
std::optional<directory::Mailbox> mailbox_behind(const Context& context, std::string_view address);

/// Out: the mailbox that the reverse-path names, else the login's own. In: nothing, whatever the reverse-path says.
std::optional<directory::Mailbox> sender_mailbox(const Context& context);

/// The mailbox of a local delivery, or nothing.
std::optional<directory::Mailbox> recipient_mailbox(const Context& context, const mail::Delivery& delivery);

/// Whom the sender's confirmation is asked from: a unit's mailbox for what goes out in its name, else the login.
std::string confirming_address(const Context& context);

/// The sender has to say that it shall go. `why` is shown to them.
Decision confirmation(const Context& context, std::uint64_t hours, std::string why);
/// Administrators have to say that it shall go.
Decision review(const Rule& rule, std::string why);

/// "unit", "position", "person", "role", "system"
std::string_view kind_name(directory::Mailbox::Kind kind);

/// Whether `unit` is one of `units` or stands below one of them.
bool within(const Context& context, std::string_view unit, const std::vector<std::string>& units);

}  // namespace vanthu::filters
