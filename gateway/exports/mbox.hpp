// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "gateway/base/clock.hpp"

/// One message as an mbox file has it, in its reversible form (mboxrd): lines that begin with any number of ">" and
/// "From " get one ">" more. Octets and line ends stay as they are, CRLF too.
/// @par Source  RFC 4155 (the From_ line); qmail's mbox(5) for the quoting
namespace vanthu::exports {

struct Mboxed {
  std::string octets;      ///< from the From_ line up to and with the empty line behind it
  std::size_t begin = 0;   ///< of the message in `octets`
  std::size_t length = 0;  ///< of it, quoted, without what was added behind
  bool ended = false;      ///< it had no line feed at its end: one was added that is not the message's
};

/// @param sender  reverse-path; empty: MAILER-DAEMON
Mboxed to_mboxrd(std::string_view message, std::string_view sender, Time received);

/// The message again: what stands between `begin` and `begin + length`.
std::string from_mboxrd(std::string_view quoted);

}  // namespace vanthu::exports
