// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/parts.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/exports/limits.hpp"

namespace vanthu::exports {
namespace json = boost::json;

std::string to_wire(const Parts& parts) {
  json::object head = parts.about;
  json::array list;
  std::size_t octets = 0;
  for (const Part& part : parts.list) {
    list.push_back(json::array{part.name, part.octets.size()});
    octets += part.octets.size();
  }
  head["parts"] = std::move(list);
  std::string wire = json::serialize(head) + '\n';
  wire.reserve(wire.size() + octets);
  for (const Part& part : parts.list) wire += part.octets;
  return wire;
}

Result<Parts> parse_parts(std::string_view wire) {
  const auto wrong = [](const char* what) {
    return fail(status::corrupt, std::string("the gateway's answer: ") + what);
  };
  const std::size_t end = wire.find('\n');
  if (end == std::string_view::npos) return wrong("no line");
  json::error_code code;
  json::value head = json::parse(wire.substr(0, end), code);
  if (code || !head.is_object()) return wrong("no JSON");
  wire.remove_prefix(end + 1);
  Parts parts;
  const json::value* list = head.get_object().if_contains("parts");
  if (list == nullptr || !list->is_array() || list->get_array().size() > limits::parts) return wrong("parts");
  for (const json::value& one : list->get_array()) {
    const json::array* pair = one.if_array();
    if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string()) return wrong("parts");
    json::error_code no_number;
    const auto octets = (*pair)[1].to_number<std::size_t>(no_number);
    if (no_number || octets > wire.size()) return wrong("octets");
    std::string name((*pair)[0].get_string());
    if (!is_safe_name(name)) return wrong("a file's name");
    parts.list.push_back({std::move(name), std::string(wire.substr(0, octets))});
    wire.remove_prefix(octets);
  }
  if (!wire.empty()) return wrong("more than it says");
  parts.about = std::move(head.get_object());
  parts.about.erase("parts");
  return parts;
}

bool is_safe_name(std::string_view name) {
  if (name.empty() || name.size() > limits::name_octets || name.front() == '/' || name.back() == '/') return false;
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-' || c == '/';
  };
  if (!std::all_of(name.begin(), name.end(), fits)) return false;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t end = std::min(name.find('/', at), name.size());
    const std::string_view step = name.substr(at, end - at);
    if (step.empty() || step.front() == '.') return false;
    at = end + 1;
  }
  return true;
}

}  // namespace vanthu::exports
