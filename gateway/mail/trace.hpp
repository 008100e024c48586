// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "gateway/base/clock.hpp"
#include "gateway/mail/accepted.hpp"

namespace vanthu::mail {

/// How a message came, as the IANA's "Mail Transmission Types" name it (RFC 3848, RFC 6531 §4.3): "SMTP", "ESMTPS",
/// "UTF8SMTPSA". A session that said HELO has no extensions, so nothing can stand behind "SMTP".
std::string with_protocol(bool extended, bool utf8, bool tls, bool authenticated);

/// The Received field that we put before a message when we deliver it (RFC 5321 §4.4), folded, CRLF included. `client`,
/// `name`, `helo`, `protocol`, `tls`, `id`, `received` and, if there is one forward-path alone, this one ("for"):
/// naming one of several would show a Bcc. The user's name is not shown. Names and addresses were checked by the SMTP
/// grammar, so nothing a peer sent can start a new line here.
std::string received_field(const Accepted& accepted, const std::string& hostname);

/// Date and Message-ID (RFC 6409 §8) for a letter of our own users that lacks them; empty where both are there.
std::string missing_fields(const Accepted& accepted, std::string_view octets, const std::string& hostname);

/// Sender (RFC 5322 §3.6.2) for a letter of our own users that was written on behalf of another and lacks one.
/// @param address  of the login, as the directory spells it: checked by our grammar, so it can start no new line
std::string sender_field(const std::string& address);

}  // namespace vanthu::mail
