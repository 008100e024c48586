// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/smtp/xtext.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "gateway/base/text.hpp"

namespace vanthu::smtp {
namespace {
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&](std::uint32_t octet) { out += static_cast<char>(static_cast<unsigned char>(octet)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | point >> 6);
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3F));
    put(0x80 | (point >> 6 & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

/// Takes "\x{HEX}" off the front: one to six digits, no surrogate, no control. Zero: it is not that.
std::uint32_t take_code_point(std::string_view& text) {
  if (!text.starts_with("\\x{")) return 0;
  const std::size_t end = text.find('}');
  if (end == std::string_view::npos || end < 4 || end > 9) return 0;
  std::uint32_t point = 0;
  for (const char c : text.substr(3, end - 3)) {
    const int digit = hex_digit(c);
    if (digit < 0) return 0;
    point = point << 4 | static_cast<std::uint32_t>(digit);
  }
  const bool control = point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029;
  if (control || (point >= 0xD800 && point < 0xE000) || point > 0x10FFFF) return 0;
  text.remove_prefix(end + 1);
  return point;
}
}  // namespace

Result<std::string> decode_xtext(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int octet = static_cast<unsigned char>(text[i]);
    if (octet == '=' || octet <= 0x20 || octet >= 0x7F) return fail(status::bad_arguments, "xtext");
    if (octet == '+') {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      octet = high * 16 + low;
      if (high < 0 || low < 0 || octet < 0x20 || octet >= 0x7F) return fail(status::bad_arguments, "xtext");
      i += 2;
    }
    out += static_cast<char>(octet);
  }
  return out;
}

Result<std::string> decode_utf8_address(std::string_view text) {
  if (!text::is_utf8(text)) return fail(status::bad_arguments, "not UTF-8");
  std::string out;
  while (!text.empty()) {
    if (const std::uint32_t point = take_code_point(text)) {
      append_utf8(out, point);
      continue;
    }
    const auto octet = static_cast<unsigned char>(text.front());
    if (octet <= 0x20 || octet == 0x7F || octet == '+' || octet == '=' || octet == '\\')
      return fail(status::bad_arguments, "utf-8 address");
    // C1 controls are two octets in UTF-8; no terminal or log needs them from a stranger.
    if (octet == 0xC2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xA0)
      return fail(status::bad_arguments, "utf-8 address");
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace vanthu::smtp
