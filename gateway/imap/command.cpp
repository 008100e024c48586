// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/command.hpp"

#include <string.h>  // explicit_bzero

#include <charconv>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::imap {
namespace {

/// ATOM-CHAR of RFC 9051 §9
bool atom_char(char c) {
  const auto octet = static_cast<unsigned char>(c);
  if (octet <= 0x20 || octet >= 0x7F) return false;
  return std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
}
bool tag_char(char c) { return c != '+' && (atom_char(c) || c == ']'); }
/// Some clients send UTF-8 here without quotes; a login or folder name says the same either way.
bool astring_char(char c) { return atom_char(c) || c == ']' || static_cast<unsigned char>(c) >= 0x80; }

template <class Allowed>
std::optional<std::string> take_while(std::string_view& rest, std::size_t most, Allowed allowed) {
  std::size_t length = 0;
  while (length < rest.size() && allowed(rest[length])) ++length;
  if (length == 0 || length > most) return std::nullopt;
  std::string word(rest.substr(0, length));
  rest.remove_prefix(length);
  return word;
}

std::optional<std::string> take_quoted(std::string_view& rest) {
  std::string text;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    char c = rest[i];
    if (c == '"') {
      rest.remove_prefix(i + 1);
      return text;
    }
    if (c == '\\') {
      if (++i == rest.size()) return std::nullopt;
      c = rest[i];
      if (c != '"' && c != '\\') return std::nullopt;
    }
    if (c == '\r' || c == '\n') return std::nullopt;
    text += c;
  }
  return std::nullopt;
}

/// "{n}" or "{n+}" at the front.
std::optional<Literal> take_braces(std::string_view& rest) {
  std::string_view r = rest;
  Literal literal;
  if (r.starts_with('~')) {
    literal.binary = true;
    r.remove_prefix(1);
  }
  if (!r.starts_with('{')) return std::nullopt;
  r.remove_prefix(1);
  const auto [end, code] = std::from_chars(r.data(), r.data() + r.size(), literal.octets);
  if (code != std::errc{} || end == r.data() || r.front() == '-') return std::nullopt;
  r.remove_prefix(static_cast<std::size_t>(end - r.data()));
  if (r.starts_with('+')) {
    literal.non_sync = true;
    r.remove_prefix(1);
  }
  if (!r.starts_with('}')) return std::nullopt;
  rest = r.substr(1);
  return literal;
}

std::optional<std::string> take_literal(std::string_view& rest) {
  std::string_view r = rest;
  const auto literal = take_braces(r);
  if (!literal || literal->binary || !r.starts_with("\r\n")) return std::nullopt;
  r.remove_prefix(2);
  if (literal->octets > r.size()) return std::nullopt;
  const auto length = static_cast<std::size_t>(literal->octets);
  std::string text(r.substr(0, length));
  rest = r.substr(length);
  return text;
}

/// Flags in parentheses, as they stand.
std::optional<std::string> take_flags(std::string_view& rest) {
  if (!rest.starts_with('(')) return std::nullopt;
  std::size_t i = 1;
  while (i < rest.size() && (atom_char(rest[i]) || rest[i] == ' ' || rest[i] == '\\' || rest[i] == ']')) ++i;
  if (i == rest.size() || rest[i] != ')') return std::nullopt;
  std::string flags(rest.substr(0, i + 1));
  rest.remove_prefix(i + 1);
  return flags;
}

/// [flags SP] [date-time SP] literal
std::optional<Append> take_append_data(std::string_view rest) {
  Append append;
  if (rest.starts_with('(')) {
    auto flags = take_flags(rest);
    if (!flags || !take_space(rest)) return std::nullopt;
    append.flags = *std::move(flags);
  }
  if (rest.starts_with('"')) {
    auto date = take_quoted(rest);
    if (!date || !take_space(rest)) return std::nullopt;
    append.date = *std::move(date);
  }
  static constexpr std::string_view utf8 = "UTF8 (";
  if (rest.size() > utf8.size() && text::ascii_iequals(rest.substr(0, utf8.size()), utf8)) {
    append.utf8 = true;
    rest.remove_prefix(utf8.size());
  }
  const auto literal = take_announcement(rest);
  if (!literal || (append.utf8 && !literal->binary)) return std::nullopt;
  append.message = *literal;
  return append;
}
}  // namespace

std::optional<std::string> take_tag(std::string_view& rest) {
  return take_while(rest, limits::imap_tag_octets, tag_char);
}

bool take_space(std::string_view& rest) {
  if (!rest.starts_with(' ')) return false;
  rest.remove_prefix(1);
  return true;
}

std::optional<std::string> take_atom(std::string_view& rest) { return take_while(rest, std::string::npos, atom_char); }

std::optional<std::string> take_astring(std::string_view& rest) {
  if (rest.starts_with('"')) return take_quoted(rest);
  if (rest.starts_with('{')) return take_literal(rest);
  return take_while(rest, std::string::npos, astring_char);
}

std::optional<Literal> take_announcement(std::string_view& rest) {
  std::string_view r = rest;
  const auto literal = take_braces(r);
  if (!literal || !r.empty()) return std::nullopt;
  rest = r;
  return literal;
}

Result<Command> parse_command(std::string_view octets, std::string& tag) {
  const auto wrong = [](const char* words) { return fail(Reply(501, {5, 5, 4}, words), words); };
  auto read = take_tag(octets);
  if (!read || (!octets.empty() && octets.front() != ' ')) return wrong("a command begins with a tag");
  tag = *read;
  if (!take_space(octets)) return wrong("a command is: tag, space, name");
  auto verb = take_atom(octets);
  if (!verb) return wrong("a command is: tag, space, name");
  Command command{tag, *std::move(verb), {}};
  for (char& c : command.verb)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (command.verb == "UID") {
    if (!take_space(octets)) return wrong("UID what?");
    const auto second = take_atom(octets);
    if (!second) return wrong("UID what?");
    command.verb += ' ';
    for (const char c : *second) command.verb += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  if (!octets.empty() && !take_space(octets)) return wrong("space expected behind the name of the command");
  command.arguments = std::string(octets);
  return command;
}

AppendHead parse_append(std::string_view arguments) {
  AppendHead head;
  std::string_view rest = arguments;
  if (const auto folder = take_announcement(rest); folder && !folder->binary) {
    head.state = AppendHead::State::folder;
    head.literal = *folder;
    return head;
  }
  auto folder = take_astring(rest);
  if (!folder || folder->empty() || folder->size() > limits::imap_folder_octets || !take_space(rest)) return head;
  auto append = take_append_data(rest);
  if (!append) return head;
  head.append = *std::move(append);
  head.append.folder = *std::move(folder);
  head.literal = head.append.message;
  head.state = AppendHead::State::message;
  return head;
}

std::optional<Append> parse_next_append(std::string_view text) {
  if (!take_space(text)) return std::nullopt;
  return take_append_data(text);
}

std::optional<std::string> quoted_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '\r' || c == '\n' || c == '\0') return std::nullopt;
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result += '"';
}

void wipe(std::string& text) noexcept {
  explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace vanthu::imap
