// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/grammar.hpp"

#include <charconv>

namespace vanthu::reading_room {

Error wrong_arguments(const char* words) { return fail(Reply(501, {5, 5, 4}, words), words); }

std::string upper(std::string_view text) {
  std::string all(text);
  for (char& c : all)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return all;
}

bool take_char(std::string_view& rest, char c) {
  if (!rest.starts_with(c)) return false;
  rest.remove_prefix(1);
  return true;
}

std::optional<std::uint64_t> take_u64(std::string_view& rest) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc{}) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return number;
}

std::string take_name(std::string_view& rest) {
  std::size_t length = 0;
  while (length < rest.size() &&
         ((rest[length] >= 'A' && rest[length] <= 'Z') || (rest[length] >= 'a' && rest[length] <= 'z') ||
          (rest[length] >= '0' && rest[length] <= '9') || rest[length] == '.' || rest[length] == '-' ||
          rest[length] == '=' || rest[length] == '\\'))
    ++length;
  std::string name = upper(rest.substr(0, length));
  rest.remove_prefix(length);
  return name;
}

std::optional<std::pair<std::int64_t, std::int64_t>> take_positions(std::string_view& rest) {
  const auto take = [&]() -> std::optional<std::int64_t> {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc{} || number == 0 || number > 0xFFFFFFFFLL || number < -0xFFFFFFFFLL) return std::nullopt;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    return number;
  };
  const auto first = take();
  if (!first || !take_char(rest, ':')) return std::nullopt;
  const auto last = take();
  if (!last || (*first < 0) != (*last < 0)) return std::nullopt;
  return std::pair{*first, *last};
}

}  // namespace vanthu::reading_room
