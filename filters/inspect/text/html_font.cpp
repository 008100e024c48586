// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/html_font.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

constexpr std::size_t longest_tag = 2048;  // octets in which attributes are looked for
constexpr std::size_t most_classes = 8;    // of one element

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view stripped(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Calls `visit` with each piece between the marks.
template <class Visit>
void each_piece(std::string_view text, char mark, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(mark), text.size());
    visit(stripped(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// Calls `visit(name, value)` with the attributes of a start tag, names in lower case, values without their quotes.
template <class Visit>
void each_attribute(std::string_view tag, Visit visit) {
  tag = tag.substr(0, longest_tag);
  std::size_t at = std::min(tag.find_first_of(" \t\r\n\f/"), tag.size());
  while (at < tag.size()) {
    while (at < tag.size() && (is_blank(tag[at]) || tag[at] == '/')) ++at;
    const std::size_t name = at;
    while (at < tag.size() && !is_blank(tag[at]) && tag[at] != '=' && tag[at] != '>') ++at;
    const std::string_view word = tag.substr(name, at - name);
    while (at < tag.size() && is_blank(tag[at])) ++at;
    if (at >= tag.size() || tag[at] != '=') {
      if (word.empty()) ++at;
      continue;
    }
    ++at;
    while (at < tag.size() && is_blank(tag[at])) ++at;
    const char quote = at < tag.size() && (tag[at] == '"' || tag[at] == '\'') ? tag[at] : '\0';
    const std::size_t begin = at + (quote != 0 ? 1 : 0);
    const std::size_t end =
        std::min(quote != 0 ? tag.find(quote, begin) : tag.find_first_of(" \t\r\n\f>", begin), tag.size());
    visit(text::ascii_lower(word), tag.substr(std::min(begin, end), end - std::min(begin, end)));
    at = std::min(end + (quote != 0 ? 1 : 0), tag.size());
  }
}

/// A decimal number at the beginning of a text, and what follows it; 0 for none.
float leading_number(std::string_view& text) {
  float value = 0;
  float part = 0;
  std::size_t at = 0;
  for (; at < text.size() && at < 10; ++at) {
    const char c = text[at];
    if (c == '.' && part == 0) {
      part = 1;
    } else if (c >= '0' && c <= '9') {
      if (part > 0) part /= 10;
      value = part > 0 ? value + part * static_cast<float>(c - '0') : value * 10 + static_cast<float>(c - '0');
    } else {
      break;
    }
  }
  text.remove_prefix(at);
  return value;
}

/// The first family of a list, without its quotes.
std::string first_family(std::string_view list) {
  std::string name(list.substr(0, std::min<std::size_t>(list.find(','), 96)));
  name.erase(std::remove_if(name.begin(), name.end(), [](char c) { return c == '"' || c == '\''; }), name.end());
  return squeezed(name);
}

/// HTML's sizes 1 to 7 as browsers print them, in points.
constexpr std::array<float, 7> attribute_sizes{7.5F, 10, 12, 13.5F, 18, 24, 36};

}  // namespace

void HtmlFonts::Given::take(const Given& other) {
  if (!other.family.empty()) family = other.family;
  if (other.size > 0 || other.factor > 0) size = other.size, factor = other.factor;
}

HtmlFonts::Given HtmlFonts::declared(std::string_view declarations) {
  Given given;
  const auto take_size = [&](std::string_view value) {
    const float number = leading_number(value);
    const std::string unit = text::ascii_lower(value.substr(0, 2));
    if (number <= 0) return;
    given.size = unit == "pt" ? number : unit == "px" ? number * 0.75F : 0;
    given.factor = unit == "em" ? number : value.substr(0, 1) == "%" ? number / 100 : 0;
  };
  each_piece(declarations, ';', [&](std::string_view one) {
    const std::size_t colon = one.find(':');
    if (colon == std::string_view::npos) return;
    const std::string property = text::ascii_lower(stripped(one.substr(0, std::min<std::size_t>(colon, 32))));
    const std::string_view value = stripped(one.substr(colon + 1));
    if (property == "font-family") {
      given.family = first_family(value);
    } else if (property == "font-size") {
      take_size(value);
    } else if (property == "font") {  // "italic 14pt/1.5 'Times New Roman', serif"
      const std::size_t digit = value.find_first_of("0123456789");
      if (digit == std::string_view::npos) return;
      take_size(value.substr(digit));
      const std::size_t end = value.find(' ', digit);
      if (end != std::string_view::npos) given.family = first_family(stripped(value.substr(end)));
    }
  });
  return given;
}

void HtmlFonts::read_sheet(std::string_view css) {
  std::string plain;  // without comments, and without the "<!--" that old programs put around
  for (std::size_t at = 0; at < css.size();) {
    if (css.compare(at, 2, "/*") == 0) {
      const std::size_t end = css.find("*/", at + 2);
      at = end == std::string_view::npos ? css.size() : end + 2;
    } else if (css.compare(at, 4, "<!--") == 0) {
      at += 4;
    } else {
      plain += css[at++];
    }
  }
  std::string_view rest = plain;
  while (!rest.empty() && rules_.size() < limits::text_lines) {
    const std::size_t open = rest.find('{');
    if (open == std::string_view::npos) return;
    const std::size_t close = std::min(rest.find('}', open), rest.size());
    const std::string_view selectors = rest.substr(0, open);
    const Given given = declared(rest.substr(open + 1, close - open - 1));
    rest.remove_prefix(std::min(close + 1, rest.size()));
    if (given.family.empty() && given.size <= 0 && given.factor <= 0) continue;
    each_piece(selectors, ',', [&](std::string_view selector) {
      if (selector.empty() || selector.size() > 64 || selector.find_first_of(" \t\r\n>+~:#[*@") != std::string::npos)
        return;
      rules_[text::ascii_lower(selector)].take(given);
    });
  }
}

Font HtmlFonts::inside(std::string_view name, std::string_view tag, const Font& outside) const {
  Given own;
  std::string_view classes;
  each_attribute(tag, [&](const std::string& attribute, std::string_view value) {
    if (attribute == "class") {
      classes = value;
    } else if (attribute == "style") {
      // A quotation mark that HTML has coded ends in a semicolon that is no end of a declaration.
      std::string decoded(value);
      for (std::size_t quote; (quote = decoded.find("&quot;")) != std::string::npos;) decoded.replace(quote, 6, "\"");
      own.take(declared(decoded));
    } else if (name == "font" && attribute == "face") {
      own.take({first_family(value)});
    } else if (name == "font" && attribute == "size" && value.size() == 1 && value[0] >= '1' && value[0] <= '7') {
      own.take({{}, attribute_sizes[static_cast<std::size_t>(value[0] - '1')]});
    }
  });
  Given given;
  if (!rules_.empty()) {
    const auto apply = [&](const std::string& selector) {
      if (const auto rule = rules_.find(selector); rule != rules_.end()) given.take(rule->second);
    };
    apply(std::string(name));
    std::size_t count = 0;
    each_piece(classes, ' ', [&](std::string_view one) {
      if (one.empty() || ++count > most_classes) return;
      const std::string dotted = "." + text::ascii_lower(one);
      apply(dotted);
      apply(std::string(name) + dotted);
    });
  }
  given.take(own);
  const float size = given.size > 0 ? given.size : given.factor > 0 ? given.factor * outside.size : outside.size;
  if (given.family.empty()) {
    Font font = outside;
    font.size = size;
    return font;
  }
  return font_named(given.family, size);
}

}  // namespace vanthu::inspect
