// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/head.hpp"

#include <algorithm>

#include "filters/inspect/paper/kinds.hpp"
#include "filters/inspect/paper/letters.hpp"
#include "filters/inspect/paper/marking.hpp"
#include "filters/inspect/paper/number.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

constexpr std::string_view party_phrase = "đảng cộng sản việt nam";
constexpr std::string_view state_phrase = "cộng hoà xã hội chủ nghĩa việt nam";

Role role_of(const std::string& text, const std::string& key) {
  if (only_rule(text)) return Role::rule;
  if (is_party_head(key)) return Role::party_head;
  if (is_state_head(key)) return Role::state_head;
  if (key.starts_with("độc lập") && key.find("hạnh phúc") != std::string::npos && key.size() < 48) return Role::motto;
  // "… số 18-NQ/TW của": a subject that was broken before the number it speaks of.
  if (const auto number = read_number(text); number && (text[0] == 'S' || number->rest.empty())) return Role::number;
  if (read_place_date(text)) return Role::date;
  if (secrecy_of_line(text) != "none" || urgency_of_line(text) != "none") return Role::marking;
  if (!kind_of_title(text).name.empty()) return Role::title;
  return Role::text;
}

/// "… CÁN BỘ Hà Tĩnh, ngày 25 tháng 5": where the place begins when the two blocks ran together on one row.
std::size_t place_behind_capitals(const std::string& text) {
  const std::size_t comma = text.find(", ngày");
  if (comma == std::string::npos || text.size() > 240) return std::string::npos;
  for (std::size_t at = 1; at < comma; ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) continue;
    const LetterCount count = count_letters(std::string_view(text).substr(0, at));
    if (count.letters == count.capitals) continue;
    // The letter before this one is small, the one before that the place's capital.
    std::size_t small = at - 1;
    while (small > 0 && (static_cast<unsigned char>(text[small]) & 0xC0U) == 0x80U) --small;
    std::size_t capital = small == 0 ? 0 : small - 1;
    while (capital > 0 && (static_cast<unsigned char>(text[capital]) & 0xC0U) == 0x80U) --capital;
    return count_letters(std::string_view(text).substr(0, capital)).capitals >= 4 ? capital : std::string::npos;
  }
  return std::string::npos;
}

}  // namespace

bool only_rule(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return std::string_view("*-_=.~ oO").find(c) != std::string_view::npos; });
}

bool is_party_head(std::string_view key) { return key == party_phrase; }

bool is_state_head(std::string_view key) {
  // "CỘNG HÕA": a slip of old fonts that is all over real papers.
  return key == state_phrase || key == "cộng hõa xã hội chủ nghĩa việt nam";
}

std::vector<HeadLine> head_of(const Lines& lines) {
  std::vector<HeadLine> head;
  const auto add = [&](std::string text, std::size_t at) {
    const Line& whole = lines[at];
    HeadLine line{std::move(text), {}, Role::text, whole.row, at, placed(whole), whole.begin, whole.end, whole.page};
    line.key = text::match_key(line.text);
    line.role = role_of(line.text, line.key);
    head.push_back(std::move(line));
  };
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const Line& line = lines[at];
    if (head.size() >= header_lines) break;
    std::string text = plain_line(line.text);
    if (text.empty()) continue;
    // "… ngày 25 tháng 5 / năm 2018": a date that did not fit on its row.
    if (text.starts_with("năm ") && text.size() <= 12 && !head.empty() &&
        head.back().text.find("tháng") != std::string::npos) {
      text = head.back().text + " " + text;
      head.pop_back();
    }
    // "Số: 128" and "TTr-SNV" apart on one row: OCR lost the mark between them.
    if (line.certainty > 0 && text[0] == 'S' && at + 1 < lines.size() && lines[at + 1].row == line.row &&
        !read_number(text)) {
      const std::string rest = plain_line(lines[at + 1].text);
      const std::string joined = text + (rest.find('/') != std::string::npos ? "-" : "/") + rest;
      if (const auto number = read_number(joined); number && known_abbreviation(number->abbreviation)) {
        add(joined, at++);
        continue;
      }
    }
    std::size_t cut_at = std::string::npos;
    for (const std::string_view phrase :
         {"ĐẢNG CỘNG SẢN VIỆT NAM", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"}) {
      const std::size_t place = text.find(phrase);
      if (place != std::string::npos && place > 0 && place + phrase.size() == text.size() && all_capitals(text))
        cut_at = place;
    }
    if (cut_at == std::string::npos) cut_at = place_behind_capitals(text);
    if (cut_at == std::string::npos && text.size() < 160) {
      // "Số 12-CV/TU Hà Tĩnh, ngày 3 tháng 4 năm 2020"
      if (const auto number = read_number(text); number && !number->rest.empty() && read_place_date(number->rest))
        cut_at = text.size() - number->rest.size();
    }
    if (cut_at == std::string::npos) {
      add(std::move(text), at);
      continue;
    }
    std::string left = squeezed(std::string_view(text).substr(0, cut_at));
    add(std::move(left), at);
    add(text.substr(cut_at), at);
  }
  return head;
}
std::size_t find_role(const std::vector<HeadLine>& head, Role role) {
  for (std::size_t i = 0; i < head.size(); ++i)
    if (head[i].role == role) return i;
  return no_line;
}

}  // namespace vanthu::inspect
