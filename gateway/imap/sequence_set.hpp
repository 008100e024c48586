// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Sets of messages as commands and answers write them: "3,7:9" (RFC 9051 §9, sequence-set).
namespace vanthu::imap {

/// The numbers of a set without "*", rising or not; nothing: it is none, or there are more than `most`.
std::optional<std::vector<std::uint32_t>> numbers_of(std::string_view set, std::size_t most);

/// The greatest number of a set without "*"; 0: it has none, or is no set.
std::uint32_t greatest_of(std::string_view set);

/// The same set without "*", by what it means while `last` is the greatest number that there is: nobody is in it who
/// comes later.
/// @return nothing: it is no set, or nobody is in it
std::optional<std::string> up_to(std::string_view set, std::uint32_t last);

}  // namespace vanthu::imap
