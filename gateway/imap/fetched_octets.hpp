// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the store answers to a question for a letter's octets. Pure.
namespace vanthu::imap {

/// The numbers of a set without "*" ("3,7:9"), rising or not; nothing: it is none, or there are more than `most`.
std::optional<std::vector<std::uint32_t>> numbers_of(std::string_view set, std::size_t most);

/// The value of BODY[] in "* 3 FETCH (UID 9 BODY[]<0> {4}\r\nabcd)", the literal in its place; NIL is no octets.
/// Nothing: another line.
std::optional<std::string> fetched_octets(std::string_view line);

}  // namespace vanthu::imap
