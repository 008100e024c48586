// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/html.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "filters/inspect/text/html_font.hpp"
#include "filters/inspect/text/legacy.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

struct Entity {
  std::string_view name;
  char32_t character;
};
/// HTML 4's names of the letters Vietnamese text uses, and of punctuation. Other names stay as they are written.
constexpr auto entities =
    std::to_array<Entity>({{"amp", U'&'},
                           {"lt", U'<'},
                           {"gt", U'>'},
                           {"quot", U'"'},
                           {"apos", U'\''},
                           {"nbsp", 0xA0},
                           {"Agrave", 0xC0},
                           {"Aacute", 0xC1},
                           {"Acirc", 0xC2},
                           {"Atilde", 0xC3},
                           {"Egrave", 0xC8},
                           {"Eacute", 0xC9},
                           {"Ecirc", 0xCA},
                           {"Igrave", 0xCC},
                           {"Iacute", 0xCD},
                           {"ETH", 0xD0},
                           {"Ograve", 0xD2},
                           {"Oacute", 0xD3},
                           {"Ocirc", 0xD4},
                           {"Otilde", 0xD5},
                           {"Ugrave", 0xD9},
                           {"Uacute", 0xDA},
                           {"Yacute", 0xDD},
                           {"agrave", 0xE0},
                           {"aacute", 0xE1},
                           {"acirc", 0xE2},
                           {"atilde", 0xE3},
                           {"egrave", 0xE8},
                           {"eacute", 0xE9},
                           {"ecirc", 0xEA},
                           {"igrave", 0xEC},
                           {"iacute", 0xED},
                           {"ograve", 0xF2},
                           {"oacute", 0xF3},
                           {"ocirc", 0xF4},
                           {"otilde", 0xF5},
                           {"ugrave", 0xF9},
                           {"uacute", 0xFA},
                           {"yacute", 0xFD},
                           {"Abreve", 0x102},
                           {"abreve", 0x103},
                           {"Dstrok", 0x110},
                           {"dstrok", 0x111},
                           {"Itilde", 0x128},
                           {"itilde", 0x129},
                           {"Utilde", 0x168},
                           {"utilde", 0x169},
                           {"ndash", 0x2013},
                           {"mdash", 0x2014},
                           {"lsquo", 0x2018},
                           {"rsquo", 0x2019},
                           {"ldquo", 0x201C},
                           {"rdquo", 0x201D},
                           {"hellip", 0x2026},
                           {"shy", 0xAD},
                           {"zwnj", 0x200C},
                           {"zwj", 0x200D},
                           {"ensp", 0x2002},
                           {"emsp", 0x2003},
                           {"Tab", U'\t'},
                           {"NewLine", U'\n'},
                           {"colon", U':'},
                           {"comma", U','},
                           {"semi", U';'},
                           {"sol", U'/'},
                           {"lpar", U'('},
                           {"rpar", U')'},
                           // The letters of the Latin-1 range that stand for others in text of legacy fonts.
                           {"micro", 0xB5},
                           {"sect", 0xA7},
                           {"reg", 0xAE},
                           {"para", 0xB6},
                           {"middot", 0xB7},
                           {"cedil", 0xB8},
                           {"sup1", 0xB9},
                           {"raquo", 0xBB},
                           {"laquo", 0xAB},
                           {"frac14", 0xBC},
                           {"frac12", 0xBD},
                           {"frac34", 0xBE},
                           {"Auml", 0xC4},
                           {"AElig", 0xC6},
                           {"Ccedil", 0xC7},
                           {"Euml", 0xCB},
                           {"Icirc", 0xCE},
                           {"Iuml", 0xCF},
                           {"Ntilde", 0xD1},
                           {"Ouml", 0xD6},
                           {"times", 0xD7},
                           {"Oslash", 0xD8},
                           {"Ucirc", 0xDB},
                           {"Uuml", 0xDC},
                           {"THORN", 0xDE},
                           {"szlig", 0xDF},
                           {"auml", 0xE4},
                           {"aring", 0xE5},
                           {"aelig", 0xE6},
                           {"ccedil", 0xE7},
                           {"euml", 0xEB},
                           {"icirc", 0xEE},
                           {"iuml", 0xEF},
                           {"eth", 0xF0},
                           {"ntilde", 0xF1},
                           {"ouml", 0xF6},
                           {"divide", 0xF7},
                           {"oslash", 0xF8},
                           {"ucirc", 0xFB},
                           {"uuml", 0xFC},
                           {"thorn", 0xFE},
                           {"yuml", 0xFF},
                           {"iexcl", 0xA1},
                           {"cent", 0xA2},
                           {"pound", 0xA3},
                           {"curren", 0xA4},
                           {"yen", 0xA5},
                           {"brvbar", 0xA6},
                           {"uml", 0xA8},
                           {"copy", 0xA9},
                           {"ordf", 0xAA},
                           {"not", 0xAC},
                           {"macr", 0xAF},
                           {"deg", 0xB0},
                           {"plusmn", 0xB1},
                           {"sup2", 0xB2},
                           {"sup3", 0xB3},
                           {"acute", 0xB4},
                           {"ordm", 0xBA},
                           {"iquest", 0xBF},
                           {"Aring", 0xC5}});

/// Elements that begin a line of their own.
constexpr auto blocks = std::to_array<std::string_view>(
    {"address",  "article",  "blockquote", "body", "br",    "caption", "center", "dd",  "div",     "dl",     "dt",
     "fieldset", "footer",   "form",       "h1",   "h2",    "h3",      "h4",     "h5",  "h6",      "header", "hr",
     "html",     "legend",   "li",         "main", "ol",    "option",  "p",      "pre", "section", "table",  "tbody",
     "td",       "textarea", "tfoot",      "th",   "thead", "title",   "tr",     "ul"});

void append(std::string& text, char32_t c) {
  if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) c = 0xFFFD;
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xC0 | c >> 6);
    text += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    text += static_cast<char>(0xE0 | c >> 12);
    text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    text += static_cast<char>(0xF0 | c >> 18);
    text += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (c & 0x3F));
  }
}

/// An entity at `at` ("&#7853;", "&ocirc;"); its length, or 0 when it is none.
std::size_t entity(std::string_view html, std::size_t at, std::string& text) {
  std::string_view rest = html.substr(at + 1, 32);
  if (rest.empty()) return 0;
  if (rest[0] == '#') {
    const bool hexadecimal = rest.size() > 1 && (rest[1] == 'x' || rest[1] == 'X');
    std::size_t i = hexadecimal ? 2 : 1;
    const std::size_t first = i;
    char32_t value = 0;
    for (; i < rest.size(); ++i) {
      const char c = rest[i];
      const int digit = c >= '0' && c <= '9'                  ? c - '0'
                        : hexadecimal && c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : hexadecimal && c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                              : -1;
      if (digit < 0) break;
      value = std::min<char32_t>(value * (hexadecimal ? 16 : 10) + static_cast<char32_t>(digit), 0x110000);
    }
    if (i == first) return 0;
    append(text, value);
    return 1 + i + (i < rest.size() && rest[i] == ';' ? 1 : 0);
  }
  const std::size_t end = rest.find(';');
  if (end == std::string_view::npos) return 0;
  const std::string_view name = rest.substr(0, end);
  const auto* known = std::find_if(entities.begin(), entities.end(), [&](const Entity& e) { return e.name == name; });
  if (known == entities.end()) return 0;
  append(text, known->character);
  return end + 2;
}

struct Tag {
  std::string name;  ///< lower case; with a slash in front for an end tag
  std::size_t end = 0;
};

/// @param quotes_end  whether quotes still do; once one was looked for in vain up to the end none is looked for again
Tag read_tag(std::string_view html, std::size_t at, bool& quotes_end) {
  Tag tag;
  std::size_t i = at + 1;
  if (i < html.size() && html[i] == '/') tag.name += html[i++];
  while (
      i < html.size() && tag.name.size() < 24 &&
      ((html[i] >= 'a' && html[i] <= 'z') || (html[i] >= 'A' && html[i] <= 'Z') || (html[i] >= '0' && html[i] <= '9')))
    tag.name += html[i++];
  char quote = 0;
  for (; i < html.size(); ++i) {
    const char c = html[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (quotes_end && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == '>') {
      break;
    }
  }
  if (i >= html.size()) {
    quotes_end = quotes_end && quote == 0;
    i = std::min(html.find('>', at), html.size());  // a quote that never closes hides nothing
  }
  tag.end = std::min(i + 1, html.size());
  tag.name = text::ascii_lower(tag.name);
  return tag;
}

}  // namespace

namespace {

/// Tags that nothing is inside of, so that no end tag comes.
bool is_void(std::string_view name) {
  constexpr auto words = std::to_array<std::string_view>(
      {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"});
  return std::find(words.begin(), words.end(), name) != words.end();
}

/// Text in the order of the page, and beside it what old fonts draw for it.
class Writer {
 public:
  void add(char c) {
    if (c != ' ') mark_font();
    run_ += c;
  }
  void add(std::string_view utf8) {
    mark_font();
    run_ += utf8;
  }
  void style_sheet(std::string_view css) { fonts_.read_sheet(css); }

  void new_line() {
    end_run();
    for (std::string* one : {&html_.text, &html_.drawn}) {
      while (!one->empty() && one->back() == ' ') one->pop_back();
      if (!one->empty() && one->back() != '\n') *one += '\n';
    }
  }
  void open(std::string_view name, std::string_view tag) {
    // An end tag that may be left out.
    constexpr auto loose = std::to_array<std::string_view>({"p", "li", "td", "th", "tr", "dd", "dt", "option"});
    if (!open_.empty() && open_.back().name == name && std::find(loose.begin(), loose.end(), name) != loose.end())
      close(name);
    if (open_.size() >= static_cast<std::size_t>(limits::xml_depth)) return;
    Font inside = fonts_.inside(name, tag, font());
    if (inside.legacy != font().legacy) end_run();
    open_.push_back({std::string(name), std::move(inside)});
  }
  void close(std::string_view name) {
    for (std::size_t i = open_.size(); i-- > 0 && open_.size() - i <= close_reach;) {
      if (open_[i].name != name) continue;
      const Font& after = i == 0 ? none() : open_[i - 1].font;
      if (after.legacy != font().legacy) end_run();
      open_.resize(i);
      return;
    }
  }
  Html take() {
    end_run();
    return std::move(html_);
  }

 private:
  struct Open {
    std::string name;
    Font font;
  };
  static constexpr std::size_t close_reach = 32;  // tags left open inside of the one that is closed

  static const Font& none() {
    static const Font one;
    return one;
  }
  const Font& font() const { return open_.empty() ? none() : open_.back().font; }

  /// What is seen next begins in another font than what was seen before.
  void mark_font() {
    if (font() == (html_.fonts.empty() ? none() : html_.fonts.back().font)) return;
    html_.fonts.push_back({html_.text.size() + run_.size(), font()});
  }

  void end_run() {
    if (run_.empty()) return;
    const std::optional<LegacyFont> now = font().legacy;
    const bool legacy = now && !has_unicode_letters(run_);
    if (legacy && html_.drawn.empty()) html_.drawn = html_.text;
    if (legacy)
      html_.drawn += drawn_by(run_, *now);
    else if (!html_.drawn.empty())
      html_.drawn += run_;
    html_.text += run_;
    run_.clear();
  }

  Html html_;
  HtmlFonts fonts_;
  std::string run_;
  std::vector<Open> open_;
};

}  // namespace

Html read_html(std::string_view html) {
  Writer out;
  const std::string lower = text::ascii_lower(html);
  // What was once looked for in vain up to the end is not looked for again: this keeps the whole thing linear.
  bool tags_end = true;
  bool quotes_end = true;
  bool comments_end = true;
  bool scripts_end = true;
  for (std::size_t at = 0; at < html.size();) {
    const char c = html[at];
    if (c == '&') {
      std::string character;
      if (const std::size_t length = entity(html, at, character); length > 0) {
        out.add(character);
        at += length;
        continue;
      }
    }
    if (c == '\r' || c == '\n' || c == '\t') {
      out.add(' ');  // in HTML a line end is a blank; tags make lines
      ++at;
      continue;
    }
    if (c != '<') {
      out.add(c);
      ++at;
      continue;
    }
    if (lower.compare(at, 4, "<!--") == 0) {
      const std::size_t end = comments_end ? lower.find("-->", at + 4) : std::string::npos;
      comments_end = end != std::string::npos;
      at = end == std::string::npos ? at + 4 : end + 3;
      continue;
    }
    const char next = at + 1 < html.size() ? html[at + 1] : ' ';
    const bool tag_start =
        next == '/' || next == '!' || next == '?' || (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
    if (!tag_start || !tags_end) {
      out.add(c);
      ++at;
      continue;
    }
    const Tag tag = read_tag(html, at, quotes_end);
    tags_end = html.find('>', at) != std::string_view::npos;
    const bool ends = !tag.name.empty() && tag.name[0] == '/';
    const std::string_view name = ends ? std::string_view(tag.name).substr(1) : tag.name;
    if (std::find(blocks.begin(), blocks.end(), name) != blocks.end()) out.new_line();
    if (ends)
      out.close(name);
    else if (!name.empty() && !is_void(name))
      out.open(name, html.substr(at, tag.end - at));
    at = tag.end;
    if ((tag.name == "script" || tag.name == "style") && scripts_end) {
      const std::size_t end = lower.find("</" + tag.name, at);
      scripts_end = end != std::string::npos;
      if (scripts_end && tag.name == "style") out.style_sheet(html.substr(at, end - at));
      at = end == std::string::npos ? at : end;
    }
  }
  return out.take();
}

Lines lines_of(const Html& html) {
  Lines lines;
  std::uint32_t row = 0;
  std::string_view drawn = html.drawn;
  std::size_t next_font = 0;
  Font font;
  for (std::size_t at = 0; at < html.text.size();) {
    const std::size_t end = std::min(html.text.find('\n', at), html.text.size());
    const std::size_t drawn_end = std::min(drawn.find('\n'), drawn.size());
    // The font of the first letters: of a mark on this line only where they come behind it.
    const std::size_t letters = html.text.find_first_not_of(' ', at);
    for (; next_font < html.fonts.size() && html.fonts[next_font].at <= letters; ++next_font)
      font = html.fonts[next_font].font;
    FontText line;
    line.set(std::string_view(html.text).substr(at, end - at), drawn.substr(0, drawn_end), font);
    add_row(lines, line, Zone::body, row++);
    at = end + 1;
    drawn.remove_prefix(std::min(drawn_end + 1, drawn.size()));
  }
  unweave(lines);
  return lines;
}

std::string without_entities(std::string_view html) {
  std::string text;
  for (std::size_t at = 0; at < html.size();) {
    const std::size_t length = html[at] == '&' ? entity(html, at, text) : 0;
    if (length == 0) text += html[at];
    at += std::max<std::size_t>(length, 1);
  }
  return text;
}

}  // namespace vanthu::inspect
