// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/base/error.hpp"

/// Small pieces of the grammar that the readers of arguments share. As in imap/command.hpp: a take_… moves the front of
/// `rest` on when it succeeds.
namespace vanthu::reading_room {

/// bad_arguments with these words for the peer.
Error wrong_arguments(const char* words);
/// ASCII letters only.
std::string upper(std::string_view text);
bool take_char(std::string_view& rest, char c);
std::optional<std::uint64_t> take_u64(std::string_view& rest);
/// A word of letters, digits, dots, dashes, "=" and "\", in upper case; may be empty.
std::string take_name(std::string_view& rest);
/// "1:100", "-1:-100" (RFC 9394 §4)
std::optional<std::pair<std::int64_t, std::int64_t>> take_positions(std::string_view& rest);

}  // namespace vanthu::reading_room
