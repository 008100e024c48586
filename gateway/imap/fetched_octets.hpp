// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>

/// What the store answers to a question for a letter's octets. Pure.
namespace vanthu::imap {

/// The value of BODY[] in "* 3 FETCH (UID 9 BODY[]<0> {4}\r\nabcd)", the literal in its place; NIL is no octets.
/// Nothing: another line.
std::optional<std::string> fetched_octets(std::string_view line);

}  // namespace vanthu::imap
