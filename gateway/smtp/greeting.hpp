// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/smtp/peer.hpp"
#include "gateway/smtp/server.hpp"

namespace vanthu::smtp {

/// What a session may be offered now beside what its hops can carry.
struct Offer {
  bool secure = false;          ///< under TLS
  bool starttls = false;        ///< in clear, and there is a certificate
  bool xclient = false;         ///< a named host
  std::string_view mechanisms;  ///< of AUTH; empty: none
};

/// The lines of the reply to EHLO (RFC 5321 §4.1.1.1), our name first. 8BITMIME, SMTPUTF8, BINARYMIME, REQUIRETLS and
/// SIZE are what the weakest hop behind this listener can carry: "local" for mx, and "outside" too where our users
/// write; routes that depend on the recipient are looked at when RCPT names one.
std::vector<std::string> greeting(const Services& services, const Peer& peer, const Offer& offer);

}  // namespace vanthu::smtp
