// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/policy/fill.hpp"

#include <algorithm>
#include <array>

namespace vanthu::filters {
namespace {
struct Placeholder {
  std::string_view name;
  std::string Quotes::*value;
};
constexpr auto placeholders = std::to_array<Placeholder>({{"part", &Quotes::part},
                                                          {"name", &Quotes::name},
                                                          {"type", &Quotes::type},
                                                          {"finding", &Quotes::finding},
                                                          {"contact", &Quotes::contact}});

const Placeholder* find(std::string_view name) {
  const auto row =
      std::find_if(placeholders.begin(), placeholders.end(), [&](const auto& p) { return p.name == name; });
  return row == placeholders.end() ? nullptr : &*row;
}

/// Calls `plain` for text and `braced` for what stands between '{' and the next '}'.
template <class Plain, class Braced>
void split(std::string_view text, Plain plain, Braced braced) {
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) return plain(text);
    plain(text.substr(0, open));
    braced(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
}
}  // namespace

std::string fill(std::string_view text, const Quotes& quotes) {
  std::string filled;
  split(
      text, [&](std::string_view plain) { filled += plain; },
      [&](std::string_view name) {
        if (const Placeholder* known = find(name))
          filled += quotes.*(known->value);
        else
          (filled += '{').append(name) += '}';
      });
  return filled;
}

std::vector<std::string> unknown_placeholders(std::string_view text) {
  std::vector<std::string> unknown;
  split(
      text, [](std::string_view) {},
      [&](std::string_view name) {
        if (find(name) == nullptr) unknown.push_back("{" + std::string(name) + "}");
      });
  return unknown;
}

}  // namespace vanthu::filters
