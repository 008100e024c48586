// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mailauth/tag_list.hpp"

#include <algorithm>

#include "gateway/base/limits.hpp"
#include "gateway/base/trim.hpp"

namespace vanthu::mailauth {
namespace {
bool space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool is_tag_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

/// Beyond the RFC's VALCHAR also 8-bit octets: local parts of i= may be UTF-8 (RFC 8616 §4).
bool is_value(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return space(c) || (c > ' ' && c != 0x7f) || static_cast<unsigned char>(c) >= 0x80;
  });
}
}  // namespace

std::optional<TagList> TagList::parse(std::string_view text) {
  TagList list;
  while (!text::trimmed(text).empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const Tag tag{text::trimmed(piece.substr(0, equals)), text::trimmed(piece.substr(equals + 1)),
                  piece.substr(equals + 1)};
    if (!is_tag_name(tag.name) || !is_value(tag.value) || list.find(tag.name) != nullptr ||
        list.tags_.size() == limits::mailauth_tags)
      return std::nullopt;
    list.tags_.push_back(tag);
  }
  return list;
}

const Tag* TagList::find(std::string_view name) const {
  const auto tag = std::find_if(tags_.begin(), tags_.end(), [&](const Tag& t) { return t.name == name; });
  return tag == tags_.end() ? nullptr : &*tag;
}

std::optional<std::string_view> TagList::value(std::string_view name) const {
  const Tag* tag = find(name);
  if (tag == nullptr) return std::nullopt;
  return tag->value;
}

std::vector<std::string_view> colon_list(std::string_view value) {
  std::vector<std::string_view> items;
  while (true) {
    const std::size_t end = std::min(value.find(':'), value.size());
    items.push_back(text::trimmed(value.substr(0, end)));
    if (end == value.size()) return items;
    value.remove_prefix(end + 1);
  }
}

std::string without_space(std::string_view text) {
  std::string result;
  std::copy_if(text.begin(), text.end(), std::back_inserter(result), [](char c) { return !space(c); });
  return result;
}

}  // namespace vanthu::mailauth
