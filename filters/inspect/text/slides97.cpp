// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdint>
#include <string>

#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/text/office97.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

/// Record types (MS-PPT 2.13.24).
constexpr std::uint32_t text_chars = 0x0FA0, text_octets = 0x0FA8, c_string = 0x0FBA;
constexpr std::size_t head = 8;

std::uint32_t number(std::string_view octets, std::size_t at, std::size_t width) {
  std::uint32_t value = 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets[at + i]);
  return value;
}

void add(std::string text, Lines& lines, std::uint32_t& row) {
  std::string_view rest = text;
  while (!rest.empty() && lines.size() < limits::text_lines) {
    const std::size_t end = std::min(rest.find_first_of("\r\n\v"), rest.size());
    add_row(lines, rest.substr(0, end), Zone::box, row++);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

}  // namespace

bool read_powerpoint97(std::string_view stream, Lines& lines) {
  bool any = false;
  std::uint32_t row = 0;
  // Containers are gone into by stepping over their heads alone: no depth to follow.
  for (std::size_t at = 0; at + head <= stream.size();) {
    const bool container = (static_cast<unsigned char>(stream[at]) & 0x0FU) == 0x0F;
    const std::uint32_t type = number(stream, at + 2, 2);
    const std::size_t size = number(stream, at + 4, 4);
    at += head;
    if (container) {
      any = true;
      continue;
    }
    const std::string_view body = stream.substr(at, std::min(size, stream.size() - at));
    if (type == text_chars || type == c_string) {
      add(to_utf8(body, "utf-16le").value_or(std::string()), lines, row);
    } else if (type == text_octets) {
      add(to_utf8(body, "iso-8859-1").value_or(std::string()), lines, row);
    }
    at += body.size();
  }
  return any;
}

}  // namespace vanthu::inspect
