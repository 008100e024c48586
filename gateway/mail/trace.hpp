// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>

#include "gateway/base/clock.hpp"
#include "gateway/mail/accepted.hpp"

namespace vanthu::mail {

/// The Received field that we put before a message when we deliver it (RFC 5321 §4.4, RFC 3848 for "with"), folded,
/// CRLF included. `client`, `helo`, `tls`, `user`, `id` and `received` of the acceptance are used; the user's name is
/// not shown. The HELO name was checked by the SMTP grammar, so nothing a peer sent can start a new line here.
std::string received_field(const Accepted& accepted, const std::string& hostname);

}  // namespace vanthu::mail
