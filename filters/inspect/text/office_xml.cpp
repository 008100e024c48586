// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/office_xml.hpp"

#include <algorithm>
#include <string>

#include "gateway/base/text.hpp"

namespace vanthu::inspect {

std::string_view local_name(const char* name) {
  const std::string_view full = name;
  const std::size_t colon = full.find(':');
  return colon == std::string_view::npos ? full : full.substr(colon + 1);
}

std::string_view local_name(const pugi::xml_node& node) { return local_name(node.name()); }

std::string_view attribute(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_attribute& one : node.attributes())
    if (local_name(one.name()) == name) return one.value();
  return {};
}

pugi::xml_node child_named(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node& child : node.children())
    if (local_name(child) == name) return child;
  return {};
}

float points(std::string_view digits, float parts) {
  float value = 0;
  float part = 0;
  for (const char c : digits.substr(0, 8)) {
    if (c == '.' && part == 0) {
      part = 1;
      continue;
    }
    if (c < '0' || c > '9') break;
    const auto digit = static_cast<float>(c - '0');
    value = part > 0 ? value + (part /= 10) * digit : value * 10 + digit;
  }
  return value / parts;
}

void Rows::add(std::string_view text, Zone zone) {
  const std::string normal = text::nfc(text);
  std::string_view rest = normal;
  do {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    add_row(lines_, rest.substr(0, end), zone, row_++);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  } while (!rest.empty());
}

void Rows::add(const FontText& text, Zone zone) {
  // Both readings have the same line ends: fonts draw none.
  std::string_view plain = text.text();
  std::string_view drawn = text.drawn();
  do {
    FontText row;
    const std::size_t end = std::min(plain.find('\n'), plain.size());
    const std::size_t drawn_end = std::min(drawn.find('\n'), drawn.size());
    row.set(plain.substr(0, end), drawn.substr(0, drawn_end), text.font());
    add_row(lines_, row, zone, row_++);
    plain.remove_prefix(std::min(end + 1, plain.size()));
    drawn.remove_prefix(std::min(drawn_end + 1, drawn.size()));
  } while (!plain.empty());
}

}  // namespace vanthu::inspect
