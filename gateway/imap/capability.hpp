// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace vanthu::imap {

/// What we offer before login: what our own dialogue does, nothing of the mail store's.
/// @param logins  they are taken now: TLS runs, or need not  @param offer_tls  STARTTLS is possible, and TLS does not
/// run
/// @param mechanisms  "AUTH=PLAIN …", shown with logins
std::string own_capabilities(bool logins, bool offer_tls, std::string_view mechanisms);

/// The mail store's capabilities as a client may see them after login: those of our table that hide no octets from us,
/// in the store's order, none twice; then APPENDLIMIT (RFC 7889), the smaller of its limit and ours.
/// @param words  "IMAP4rev1 IDLE …"  @param append_limit  octets
std::string filter_capabilities(std::string_view words, std::uint64_t append_limit);

/// Whether `name` is one of the words, whatever the case.
bool has_capability(std::string_view words, std::string_view name);

}  // namespace vanthu::imap
