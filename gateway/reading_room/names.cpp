// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/names.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "gateway/base/text.hpp"

namespace vanthu::reading_room {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// The next character of UTF-8 that is known to be good.
char32_t take(std::string_view& rest) {
  const auto first = static_cast<unsigned char>(rest.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t c = length == 1 ? first : first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) c = c << 6 | (static_cast<unsigned char>(rest[i]) & 0x3FU);
  rest.remove_prefix(length);
  return c;
}

void put_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}
}  // namespace

std::string to_mutf7(std::string_view utf8) {
  const std::string good = text::nfc(utf8);
  std::string_view rest = good;
  std::string name;
  std::uint32_t bits = 0;
  unsigned held = 0;
  bool shifted = false;
  const auto unit = [&](std::uint32_t sixteen) {
    bits = bits << 16 | sixteen;
    held += 16;
    while (held >= 6) {
      held -= 6;
      name += alphabet[bits >> held & 0x3FU];
      bits &= (1U << held) - 1;
    }
  };
  const auto leave = [&] {
    if (!shifted) return;
    if (held > 0) name += alphabet[bits << (6 - held) & 0x3FU];
    bits = held = 0;
    name += '-';
    shifted = false;
  };
  while (!rest.empty()) {
    const char32_t c = take(rest);
    if (c >= 0x20 && c <= 0x7E) {
      leave();
      name += static_cast<char>(c);
      if (c == '&') name += '-';
      continue;
    }
    if (!shifted) name += '&';
    shifted = true;
    if (c >= 0x10000) {
      unit(0xD800 + ((c - 0x10000) >> 10));
      unit(0xDC00 + ((c - 0x10000) & 0x3FF));
    } else {
      unit(c);
    }
  }
  leave();
  return name;
}

std::optional<std::string> from_mutf7(std::string_view name) {
  std::string utf8;
  while (!name.empty()) {
    const char c = name.front();
    name.remove_prefix(1);
    if (c != '&') {
      utf8 += c;
      continue;
    }
    const std::size_t end = name.find('-');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view run = name.substr(0, end);
    name.remove_prefix(end + 1);
    if (run.empty()) {
      utf8 += '&';
      continue;
    }
    std::uint32_t bits = 0;
    unsigned held = 0;
    char32_t high = 0;
    for (const char letter : run) {
      const std::size_t value = alphabet.find(letter);
      if (value == std::string_view::npos) return std::nullopt;
      bits = bits << 6 | static_cast<std::uint32_t>(value);
      held += 6;
      if (held < 16) continue;
      held -= 16;
      const char32_t unit = bits >> held & 0xFFFF;
      bits &= (1U << held) - 1;
      if (high != 0) {
        if (unit < 0xDC00 || unit > 0xDFFF) return std::nullopt;
        put_utf8(utf8, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
        high = 0;
      } else if (unit >= 0xD800 && unit <= 0xDBFF) {
        high = unit;
      } else if (unit >= 0xDC00 && unit <= 0xDFFF) {
        return std::nullopt;
      } else {
        put_utf8(utf8, unit);
      }
    }
    if (high != 0 || bits != 0) return std::nullopt;
  }
  return utf8;
}

std::string string_of(std::string_view octets) {
  const bool quotable = octets.size() <= 1000 && std::all_of(octets.begin(), octets.end(), [](char c) {
                          return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F;
                        });
  std::string text;
  if (quotable) {
    text = '"';
    for (const char c : octets) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    return text += '"';
  }
  text = '{' + std::to_string(octets.size()) + "}\r\n";
  for (const char c : octets) text += c == '\0' ? '?' : c;
  return text;
}

std::string nstring(const std::optional<std::string>& text) { return text ? string_of(*text) : "NIL"; }

bool fits(std::string_view pattern, std::string_view name) {
  // One row of the table of all beginnings: linear in memory, and no pattern is dear.
  std::vector<bool> row(name.size() + 1, false);
  row[0] = true;
  for (const char p : pattern) {
    std::vector<bool> next(name.size() + 1, false);
    if (p == '*' || p == '%') {
      bool open = false;
      for (std::size_t i = 0; i <= name.size(); ++i) {
        if (i > 0 && p == '%' && name[i - 1] == '/') open = false;
        open = open || row[i];
        next[i] = open;
      }
    } else {
      for (std::size_t i = 0; i < name.size(); ++i) next[i + 1] = row[i] && name[i] == p;
    }
    row = std::move(next);
  }
  return row[name.size()];
}

}  // namespace vanthu::reading_room
