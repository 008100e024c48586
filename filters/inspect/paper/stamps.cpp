// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/stamps.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "filters/inspect/paper/letters.hpp"
#include "filters/inspect/paper/marking.hpp"
#include "filters/inspect/paper/number.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

struct StampRow {
  std::string_view type, text, id, variants;
};
constexpr auto markings = std::to_array<StampRow>({
#include "markings.inc"
});

constexpr std::size_t longest_stamp = 100;  // characters

/// Lines that can carry a stamp: those of the head, and page headers and boxes anywhere.
bool in_reach(const Line& line, std::size_t at) {
  return (at < header_lines || line.zone == Zone::box || line.zone == Zone::page_header) &&
         length(line.text) <= longest_stamp;
}

/// A line without its frame: brackets, dashes, stars.
std::string bare_key(std::string_view text) {
  std::string key = text::match_key(plain_line(text));
  constexpr std::string_view around = " []()<>{}*-_=.,:;|\"'!~";
  const std::size_t begin = key.find_first_not_of(around);
  if (begin == std::string::npos) return {};
  return key.substr(begin, key.find_last_not_of(around) - begin + 1);
}

/// How far a paper may go, in every spelling of the table.
const std::set<std::string, std::less<>>& circulations() {
  static const std::set<std::string, std::less<>> keys = [] {
    std::set<std::string, std::less<>> all;
    constexpr auto elsewhere =
        std::to_array<std::string_view>({"draft", "manuscript", "copy", "arrival-stamp", "declassified"});
    for (const StampRow& row : markings) {
      if (row.type != "handling" || std::find(elsewhere.begin(), elsewhere.end(), row.id) != elsewhere.end()) continue;
      all.insert(text::match_key(row.text));
      for (std::string_view left = row.variants; !left.empty();) {
        const std::size_t end = std::min(left.find(','), left.size());
        all.insert(text::match_key(left.substr(0, end)));
        left.remove_prefix(std::min(end + 1, left.size()));
      }
    }
    return all;
  }();
  return keys;
}

/// What behind "dự thảo" still belongs to the mark: "lần 2", "(lần 3)", a date.
bool counts_drafts(std::string_view rest) {
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '(' || rest.front() == ':')) rest.remove_prefix(1);
  return rest.empty() || rest.starts_with("lần ") || rest.starts_with("ngày ") || rest.starts_with("số ") ||
         (rest.front() >= '0' && rest.front() <= '9');
}

/// "24/8/2016", "24-08-2016", "24 tháng 8 năm 2016" behind "Ngày"; ISO, or empty.
std::string date_behind_day(std::string_view text) {
  const std::string key = text::match_key(text);
  const std::size_t at = key.find("ngày");
  return at == std::string::npos ? std::string() : read_date_words(std::string_view(key).substr(at));
}

/// Digits behind "Số" where no symbol follows: an arrival number.
std::string number_alone(std::string_view text) {
  const std::string key = text::match_key(text);
  std::size_t at = key.find("số");
  if (at == std::string::npos) return {};
  at = key.find_first_not_of(" :.…_", at + std::string_view("số").size());
  if (at == std::string::npos) return {};
  const std::size_t end = std::min(key.find_first_not_of("0123456789", at), key.size());
  if (end == at || end - at > 7) return {};
  const std::size_t next = key.find_first_not_of(' ', end);
  if (next != std::string::npos && (key[next] == '-' || key[next] == '/')) return {};  // a symbol: a paper's own
  return key.substr(at, end - at);
}

}  // namespace

Stamp read_circulation(const Lines& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!in_reach(lines[i], i)) continue;
    const std::string key = bare_key(lines[i].text);
    if (key.size() >= 4 && circulations().count(key) > 0) return {plain_line(lines[i].text), i};
  }
  return {};
}

Stamp read_draft(const Lines& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!in_reach(lines[i], i)) continue;
    const std::string key = bare_key(lines[i].text);
    for (const std::string_view word : {"dự thảo", "bản dự thảo", "bản thảo"})
      if (key.starts_with(word) && counts_drafts(std::string_view(key).substr(word.size())))
        return {plain_line(lines[i].text), i};
  }
  return {};
}

Arrival read_arrival(const Lines& lines) {
  constexpr std::size_t reach = 5;  // lines of the stamp: the office, ĐẾN, number, date, whom it was passed to
  Arrival found;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!in_reach(lines[i], i)) continue;
    const std::string key = bare_key(lines[i].text);
    const bool alone = key == "đến" || key == "công văn đến" || key == "văn bản đến";
    const bool together = key.starts_with("đến số") || key.starts_with("công văn đến số") ||
                          key.starts_with("văn bản đến số") || key.starts_with("số đến");
    if (!alone && !together) continue;
    found.line = i;
    found.end = i + 1;
    for (std::size_t at = i; at < std::min(lines.size(), i + reach); ++at) {
      const std::string text = plain_line(lines[at].text);
      std::string number = number_alone(text);
      std::string date = date_behind_day(text);
      const bool other = at > i && number.empty() && date.empty() && !text::match_key(text).starts_with("chuyển");
      if (other) break;
      if (found.number.empty()) found.number = std::move(number);
      if (found.date.empty()) found.date = std::move(date);
      found.end = at + 1;
    }
    if (!found.number.empty() || !found.date.empty()) return found;
  }
  return {};
}

Stamp read_declassification(const Lines& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!in_reach(lines[i], i)) continue;
    const std::string key = bare_key(lines[i].text);
    if (key.starts_with("giải mật") || key.starts_with("đã giải mật")) return {plain_line(lines[i].text), i};
  }
  return {};
}

}  // namespace vanthu::inspect
