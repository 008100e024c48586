// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/list_request.hpp"

#include "gateway/base/text.hpp"
#include "gateway/imap/command.hpp"
#include "gateway/reading_room/grammar.hpp"
#include "gateway/reading_room/limits.hpp"

namespace vanthu::reading_room {
namespace {
using imap::take_astring;
using imap::take_space;
}  // namespace

std::optional<std::vector<std::string>> take_words(std::string_view& rest) {
  std::string_view r = rest;
  if (!take_char(r, '(')) return std::nullopt;
  std::vector<std::string> words;
  while (!take_char(r, ')')) {
    if (!words.empty() && !take_space(r)) return std::nullopt;
    std::string word = take_name(r);
    if (word.empty() || words.size() >= 50) return std::nullopt;
    words.push_back(std::move(word));
  }
  rest = r;
  return words;
}

namespace {
/// A pattern: an astring that may hold % and *.
std::optional<std::string> take_pattern(std::string_view& rest) {
  if (rest.starts_with('"') || rest.starts_with('{')) return take_astring(rest);
  std::size_t length = 0;
  while (length < rest.size() && static_cast<unsigned char>(rest[length]) > 0x20 && rest[length] != '(' &&
         rest[length] != ')' && rest[length] != '{' && rest[length] != '"' && rest[length] != '\x7F')
    ++length;
  if (length == 0) return std::nullopt;
  std::string pattern(rest.substr(0, length));
  rest.remove_prefix(length);
  return pattern;
}
}  // namespace

Result<ListRequest> parse_list(std::string_view rest) {
  ListRequest list;
  if (rest.starts_with('(')) {
    const auto options = take_words(rest);
    if (!options || !take_space(rest)) return wrong_arguments("LIST: options are not understood");
    list.extended = true;
    for (const std::string& option : *options) {
      if (option == "SUBSCRIBED")
        list.select_subscribed = true;
      else if (option == "REMOTE")
        list.select_remote = true;
      else if (option == "RECURSIVEMATCH")
        list.recursive = true;
      else if (option == "SPECIAL-USE")
        list.select_special = true;
      else
        return wrong_arguments("LIST: unknown option");
    }
    if (list.recursive && !list.select_subscribed && !list.select_special)
      return wrong_arguments("RECURSIVEMATCH of what?");
  }
  const auto reference = take_astring(rest);
  if (!reference || !take_space(rest)) return wrong_arguments("LIST wants a reference and a pattern");
  list.reference = *reference;
  if (take_char(rest, '(')) {
    list.extended = true;
    do {
      auto pattern = take_pattern(rest);
      if (!pattern || list.patterns.size() >= limits::patterns)
        return wrong_arguments("LIST: patterns are not understood");
      list.patterns.push_back(*std::move(pattern));
    } while (take_space(rest));
    if (!take_char(rest, ')')) return wrong_arguments("LIST: patterns are not understood");
  } else {
    auto pattern = take_pattern(rest);
    if (!pattern) return wrong_arguments("LIST wants a pattern");
    list.patterns.push_back(*std::move(pattern));
  }
  if (rest.empty()) return list;
  static constexpr std::string_view word = " RETURN (";
  if (!text::ascii_iequals(rest.substr(0, word.size()), word))
    return wrong_arguments("LIST: something stands behind it");
  rest.remove_prefix(word.size());
  list.extended = true;
  bool any = false;
  while (!take_char(rest, ')')) {
    if (any && !take_space(rest)) return wrong_arguments("LIST: RETURN is not understood");
    any = true;
    const std::string name = take_name(rest);
    if (name == "SUBSCRIBED") {
      list.return_subscribed = true;
    } else if (name == "CHILDREN") {
      list.return_children = true;
    } else if (name == "SPECIAL-USE") {
      list.return_special = true;
    } else if (name == "STATUS" && take_space(rest)) {
      auto items = take_words(rest);
      if (!items || items->empty()) return wrong_arguments("STATUS of what?");
      list.status = *std::move(items);
    } else {
      return wrong_arguments("LIST: RETURN is not understood");
    }
  }
  if (!rest.empty()) return wrong_arguments("LIST: something stands behind it");
  return list;
}

}  // namespace vanthu::reading_room
