// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/recipient_lines.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "filters/policy/words.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::addressing {
namespace {

constexpr auto list_marks =
    std::to_array<std::string_view>({" ", "-", "+", "*", "–", "—", "•", "·", "●", "▪", "\uF0B7", "."});  // F0B7: Word's
constexpr auto end_marks = std::to_array<std::string_view>({" ", ";", ".", ",", ":", "-", "–", "/", "…"});

template <std::size_t N>
std::string_view without_leading(std::string_view text, const std::array<std::string_view, N>& marks) {
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view mark : marks)
      if (text.starts_with(mark)) text.remove_prefix(mark.size()), found = true;
  }
  return text;
}

std::string_view without_trailing(std::string_view text) {
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view mark : end_marks)
      if (text.ends_with(mark)) text.remove_suffix(mark.size()), found = true;
  }
  return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "1. ", "12) ", "a) "
std::string_view without_number(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && at < 2 && is_digit(text[at])) ++at;
  if (at == 0 && text.size() > 1 && text[0] >= 'a' && text[0] <= 'z' && text[1] == ')') at = 1;
  if (at == 0 || at + 1 >= text.size() || (text[at] != '.' && text[at] != ')') || text[at + 1] != ' ') return text;
  return text.substr(at + 1);
}

std::string_view trimmed(std::string_view text) { return without_trailing(without_leading(text, list_marks)); }

/// Whether `key` begins with the words and nothing of a word follows.
bool begins(std::string_view key, std::string_view words) {
  if (!key.starts_with(words)) return false;
  if (key.size() == words.size()) return true;
  const auto next = static_cast<unsigned char>(key[words.size()]);
  return next < 0x80 && !(next >= 'a' && next <= 'z');
}

/// What the line is headed with ("Nơi nhận:", "Kính gửi:") says nothing about who is meant.
std::string_view without_heading(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon > 24) return text;
  const std::string key = text::match_key(text.substr(0, colon));
  return key == "nơi nhận" || key == "kính gửi" || key == "kính trình" ? text.substr(colon + 1) : text;
}

enum class Bracket : std::uint8_t { purpose, remark, name };

/// What a bracket is: why the paper is sent there, a remark that names nobody, or part of the name.
Bracket kind_of_bracket(std::string_view inside) {
  const std::string key = text::match_key(trimmed(inside));
  if (key.empty()) return Bracket::remark;
  static constexpr auto purposes = std::to_array<std::string_view>(
      {"để",  "thay", "kính", "b/c",   "b.c", "bc",       "báo cáo", "t/h",       "th",     "thực hiện", "thi hành",
       "p/h", "ph",   "phối", "biết",  "t/d", "theo",     "giám",    "chỉ đạo",   "cđ",     "triển",     "phổ biến",
       "xem", "xin",  "đăng", "trình", "đưa", "tham gia", "niêm",    "công khai", "phục vụ"});
  if (std::any_of(purposes.begin(), purposes.end(), [&](std::string_view words) { return begins(key, words); }))
    return Bracket::purpose;
  static constexpr auto remarks = std::to_array<std::string_view>({"qua", "kèm", "bản", "gửi", "có", "mỗi", "đã"});
  const bool counts = std::all_of(key.begin(), key.end(), [](char c) { return is_digit(c) || c == ' ' || c == 'b'; });
  if (counts || is_digit(key.front()) ||
      std::any_of(remarks.begin(), remarks.end(), [&](std::string_view words) { return begins(key, words); }))
    return Bracket::remark;
  return Bracket::name;
}

/// Purpose without brackets: "Thường trực Tỉnh uỷ để b/c".
std::size_t bare_purpose(std::string_view text) {
  std::size_t at = std::string_view::npos;
  for (const std::string_view words : {" để ", " thay báo cáo", " (b/c", " b/c"}) at = std::min(at, text.find(words));
  return at == 0 ? std::string_view::npos : at;
}

/// Where `text` may be cut between two addressees: the separator's place and length.
struct Cut {
  std::size_t at, octets;
};
std::optional<Cut> next_cut(std::string_view text, std::size_t from) {
  static constexpr auto separators =
      std::to_array<std::string_view>({",", ";", ":", " và ", " & ", " - ", " – ", " — ", " cùng "});
  std::optional<Cut> first;
  for (const std::string_view separator : separators) {
    const std::size_t at = text.find(separator, from);
    if (at != std::string_view::npos && (!first || at < first->at)) first = Cut{at, separator.size()};
  }
  return first;
}

bool is_archive(std::string_view key) {
  return begins(key, "lưu") && !begins(key, "lưu trữ") && !begins(key, "lưu hành");
}
bool is_as_above(std::string_view key) {
  static constexpr auto forms = std::to_array<std::string_view>(
      {"như trên", "như kính gửi", "như phần kính gửi", "như mục kính gửi", "như đã kính gửi", "kính gửi như trên",
       "các cơ quan, đơn vị trên", "các đơn vị trên", "như k/g", "như kg"});
  return std::any_of(forms.begin(), forms.end(), [&](std::string_view form) { return begins(key, form); });
}
bool is_articles(std::string_view key) { return begins(key, "như điều") || begins(key, "như đ."); }

std::vector<unsigned> numbers_in(std::string_view text) {
  std::vector<unsigned> numbers;
  for (std::size_t i = 0; i < text.size() && numbers.size() < limits::recipient_pieces;) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), number);
    if (error == std::errc{} && number > 0 && number < 1000) numbers.push_back(number);
    const auto read = static_cast<std::size_t>(end - (text.data() + i));
    i += std::max<std::size_t>(read, 1);
  }
  return numbers;
}

class Reader {
 public:
  explicit Reader(std::string_view printed)
      : line_(filters::shown(printed.substr(0, limits::recipient_line_octets), limits::recipient_line_octets)) {}

  std::vector<PrintedLine> read() {
    std::string_view rest = without_heading(without_number(trimmed(line_)));
    while (!rest.empty() && found_.size() < limits::recipient_pieces) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      entry(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return std::move(found_);
  }

 private:
  /// Takes brackets out; one of purpose ends an entry.
  void entry(std::string_view text) {
    std::string name;
    while (!text.empty()) {
      const std::size_t open = text.find('(');
      const std::size_t close = open == std::string_view::npos ? open : text.find(')', open);
      name += text.substr(0, open);
      if (open == std::string_view::npos) break;
      // A bracket that nobody closed runs to the end of the line.
      const std::string_view inside = text.substr(open + 1, close == std::string_view::npos ? close : close - open - 1);
      const Bracket kind = kind_of_bracket(inside);
      if (kind == Bracket::name) (name += '(').append(inside) += ')';
      if (kind == Bracket::purpose) {
        add(name, trimmed(inside));
        name.clear();
      }
      text.remove_prefix(close == std::string_view::npos ? text.size() : close + 1);
    }
    add(name, {});
  }

  /// A run of names with one purpose; "Lưu" and "Như trên" among them stand for themselves.
  void add(std::string_view text, std::string_view purpose) {
    text = trimmed(text);
    if (purpose.empty())
      if (const std::size_t at = bare_purpose(text); at != std::string_view::npos) {
        purpose = trimmed(text.substr(at + 1));
        text = trimmed(text.substr(0, at));
      }
    for (std::size_t from = 0;;) {
      const auto cut = next_cut(text, from);
      if (!cut) break;
      const std::string key = text::match_key(trimmed(text.substr(cut->at + cut->octets)));
      if (!(is_archive(key) || is_as_above(key) || is_articles(key))) {
        from = cut->at + cut->octets;
        // "Như trên, VPTU": a name behind it begins an entry of its own.
        if (!is_as_above(text::match_key(trimmed(text.substr(0, cut->at))))) continue;
      }
      one(text.substr(0, cut->at), purpose);
      text.remove_prefix(cut->at + cut->octets);
      from = 0;
    }
    one(text, purpose);
  }

  void one(std::string_view text, std::string_view purpose) {
    text = trimmed(text);
    if (text.empty() || found_.size() >= limits::recipient_pieces) return;
    const std::string key = text::match_key(text);
    PrintedLine line;
    line.purpose = purpose;
    if (is_as_above(key)) {
      line.kind = PrintedLine::Kind::as_above;
    } else if (is_articles(key)) {
      line.kind = PrintedLine::Kind::articles;
      line.articles = numbers_in(text);
    } else if (is_archive(key)) {
      line.kind = PrintedLine::Kind::archive;
      text = trimmed(text.substr(std::min(text.size(), std::string_view("Lưu").size())));
    }
    line.text = text;
    if (line.kind == PrintedLine::Kind::addressees || line.kind == PrintedLine::Kind::archive) cut_up(line);
    if (line.kind != PrintedLine::Kind::addressees || !line.pieces.empty()) found_.push_back(std::move(line));
  }

  static void cut_up(PrintedLine& line) {
    const std::string_view text = line.text;
    const auto piece = [&](std::size_t begin, std::size_t end) {
      const std::string_view one = trimmed(text.substr(begin, end - begin));
      if (one.empty()) return;
      const auto at = static_cast<std::size_t>(one.data() - text.data());
      if (line.pieces.size() < limits::recipient_pieces)
        line.pieces.push_back({at, at + one.size()});
      else
        line.pieces.back().end = at + one.size();  // what is too much stays together
    };
    std::size_t begin = 0;
    while (const auto cut = next_cut(text, begin)) {
      piece(begin, cut->at);
      begin = cut->at + cut->octets;
    }
    piece(begin, text.size());
  }

  std::string line_;
  std::vector<PrintedLine> found_;
};

}  // namespace

std::vector<PrintedLine> read_recipient_line(std::string_view printed) { return Reader(printed).read(); }

}  // namespace vanthu::addressing
