// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

/// What a next hop says, to a value. Pure.
namespace vanthu::relay {

struct HopReply {
  Reply reply;                     ///< enhanced code as given, or class.0.0; 1000 octets of text at most
  std::vector<std::string> lines;  ///< text of each line without codes, where there are several (EHLO keywords)
};

/// Takes one whole reply (RFC 5321 §4.2.1) off the front of `input`: "250-a CRLF 250 b CRLF". Bare LF line ends are
/// taken as well. Nothing: not complete yet; `taken` says how many octets it used.
/// @par Errors  bad_line: no reply code, codes that change inside one reply, a line or the number of lines beyond the
/// limits
Result<std::optional<HopReply>> take_reply(std::string_view input, std::size_t& taken);

}  // namespace vanthu::relay
