// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/mail/accepted.hpp"

namespace vanthu::mail {

/// What a report says of a recipient (RFC 3464 §2.3.3). relayed: on to a hop that does not report itself.
enum class Action : std::uint8_t { failed, delayed, delivered, relayed };

struct Reported {
  Action action = Action::failed;
  std::uint32_t index = 0;  ///< into Accepted::deliveries
  Reply reply;              ///< the next hop's, or ours
  std::string next_hop;     ///< "mx.example:25"; empty: nobody but us has spoken
  bool person = false;      ///< failed, because somebody who was asked did not approve it
};

/// Whether the sender wants to hear of that (RFC 3461 §4.1): unsaid means failure and delay.
bool wanted(Action action, std::uint8_t notify);

struct Report {
  std::string hostname;             ///< ours
  std::string id;                   ///< of the report
  Time at{};                        ///< of the last try
  std::optional<Time> retry_until;  ///< of what is delayed
  std::string to;                   ///< whom it goes to; empty: the reverse-path of the message
};

/// A delivery status notification (RFC 3461 §6, RFC 3464, RFC 6533): some sentences in Vietnamese and English, the
/// machine-readable part, and what came back. CRLF line ends; 7-bit unless a whole 8-bit message is returned or the
/// sender's own address has UTF-8 in it.
///
/// Returned is the header, at most 64 KiB; the whole message (at most limits::dsn_return_octets) where RET=FULL asks
/// for it and something failed. Where a hop refused by policy (x.7.y), the message may be one that bears a marking:
/// then only Date, From, To, Cc and Message-ID come back, no subject and no text.
/// A report to outside names recipients as the sender wrote them, not what they resolve to here.
std::string dsn(const Accepted& accepted, const std::vector<Reported>& reported, std::string_view octets,
                const Report& report);

/// An address with UTF-8 in it as ASCII (RFC 6533 §3, utf-8-addr-xtext): "h\x{1B0}\x{1A1}ng@b.example".
std::string utf8_xtext(std::string_view address);

/// Quoted-printable text with CRLF line ends (RFC 2045 §6.7).
std::string quoted_printable(std::string_view text);

}  // namespace vanthu::mail
