// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/subject.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "filters/inspect/paper/letters.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

/// Whether a name, a sentence cannot end behind this: "… của", "… ngày".
bool left_open(std::string_view key) {
  constexpr auto words = std::to_array<std::string_view>(
      {"của", "và",     "về",       "tại",      "ngày",       "khoá",       "số",      "các",           "theo",
       "cho", "với",    "do",       "đối với",  "trong",      "việc",       "năm",     "tháng",         "lần thứ",
       "ban", "uỷ ban", "hội đồng", "kế hoạch", "nghị quyết", "quyết định", "chỉ thị", "ban chấp hành", ",",
       "-",   "("});
  return std::any_of(words.begin(), words.end(), [&](std::string_view w) {
    if (key.size() <= w.size() || key.substr(key.size() - w.size()) != w) return false;
    return w.size() == 1 || key[key.size() - w.size() - 1] == ' ';
  });
}

/// What never is a line of a subject.
bool ends_head(const HeadLine& line) {
  if (line.role != Role::text && line.role != Role::title) return true;
  constexpr auto words = std::to_array<std::string_view>({"căn cứ", "- căn cứ", "kính gửi", "kính trình", "kính mời",
                                                          "điều 1", "xét đề nghị", "xét tờ trình", "i-", "i.",
                                                          "phần thứ", "a.", "a-", "nơi nhận", "chương i"});
  if (std::any_of(words.begin(), words.end(), [&](std::string_view w) { return line.key.starts_with(w); })) return true;
  const std::string& text = line.text;
  if (text.size() > 1 && text[0] >= '0' && text[0] <= '9') {
    const std::size_t mark = text.find_first_not_of("0123456789");
    if (mark != std::string::npos && mark < 3 && (text[mark] == '.' || text[mark] == ')')) return true;
  }
  return text.starts_with("- ") || text.starts_with("+ ");
}

/// Whether a line begins as the first sentence of a body does: a capital, and one of the words they begin with. Names
/// of bodies stand in subjects too, so they count only on a line longer than the one above: the rest of a broken one is
/// shorter.
bool begins_sentence(const HeadLine& line, std::size_t above) {
  constexpr auto words = std::to_array<std::string_view>(
      {"thực hiện", "ngày ",     "để ",       "nhằm ",      "trong ",     "sau khi",    "theo ",    "qua ",
       "tiếp tục",  "tiếp theo", "vừa qua",   "trên cơ sở", "hiện nay",   "năm ",       "được sự",  "xét ",
       "tại ",      "từ ",       "thời gian", "kế thừa",    "quán triệt", "triển khai", "phúc đáp", "vào hồi",
       "hôm nay",   "nay ",      "kết quả",   "sáng ngày",  "chiều ngày"});
  constexpr auto names = std::to_array<std::string_view>(
      {"ban thường vụ", "thường trực", "tỉnh uỷ", "uỷ ban", "văn phòng", "ban tổ chức", "đồng chí"});
  const LetterCount first = count_letters(std::string_view(line.text).substr(0, 4));
  if (first.capitals == 0 || all_capitals(line.text)) return false;
  const auto begins = [&](std::string_view w) { return line.key.starts_with(w); };
  return std::any_of(words.begin(), words.end(), begins) ||
         (length(line.text) > above && std::any_of(names.begin(), names.end(), begins));
}

/// A capital at the beginning, a full stop at the end, and too long for the rest of a subject.
bool is_sentence(std::string_view text) {
  constexpr std::size_t shortest = 40;
  return text.ends_with('.') && length(text) > shortest && count_letters(text.substr(0, 3)).capitals > 0;
}

/// Where lines have places: whether one stands in the middle of the page as its title does.
bool off_centre(const HeadLine& title, const HeadLine& line) {
  if (!title.placed || !line.placed || title.page != line.page) return false;
  constexpr float tolerance = 9;  // points: half an indent
  return std::abs((title.begin + title.end) - (line.begin + line.end)) / 2 > tolerance;
}

std::string without_prefix(std::string subject) {
  for (const std::string_view prefix :
       {"V/v:", "V/v", "v/v", "V/V", "Về việc", "VỀ VIỆC", "Về", "VỀ", "về việc", "về"}) {
    if (!subject.starts_with(prefix)) continue;
    std::string_view rest = std::string_view(subject).substr(prefix.size());
    if (!rest.empty() && rest[0] != ' ' && rest[0] != ':') continue;
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == ':')) rest.remove_prefix(1);
    if (rest.empty()) continue;
    return std::string(rest);
  }
  return subject;
}

constexpr std::size_t subject_lines = 8;
constexpr std::size_t longest_word = 16;  // characters, with the "Về" that was taken off

}  // namespace

bool begins_subject(std::string_view key) {
  return key.starts_with("v/v") || key.starts_with("về việc") || key.starts_with("(v/v") || key.starts_with("về ");
}

Subject read_subject(const std::vector<HeadLine>& head, std::size_t at, std::string begun, const HeadLine* title) {
  Subject subject;
  subject.text = std::move(begun);
  std::string& text = subject.text;
  if (!text.empty() && at > 0) subject.line = head[at - 1].line;
  for (std::size_t n = 0; at < head.size() && n < subject_lines; ++at, ++n) {
    const HeadLine& line = head[at];
    if (!text.empty() && at > 0 && line.row > head[at - 1].row + 1) break;  // a gap ends it
    if (line.role == Role::marking) continue;
    if (line.role == Role::rule) {
      if (text.empty()) continue;
      break;
    }
    if (text.empty() && (line.role == Role::date || line.role == Role::party_head || line.role == Role::state_head ||
                         line.role == Role::motto))
      continue;  // the right block came in between
    if (ends_head(line)) break;
    if (title != nullptr && off_centre(*title, line)) break;
    // Cells side by side are a table already.
    if (!text.empty() && title != nullptr && at + 1 < head.size() && head[at + 1].row == line.row) break;
    const bool goes_on = !text.empty() && left_open(text::match_key(text));
    if (!text.empty() && !goes_on && begins_sentence(line, at > 0 ? length(head[at - 1].text) : 0)) break;
    // "KẾT LUẬN / CỦA BAN THƯỜNG VỤ TỈNH UỶ / về …": whose it is stands between the title and the subject.
    if (text.empty() && title != nullptr && at + 1 < head.size() && line.key.starts_with("của ") &&
        begins_subject(head[at + 1].key))
      continue;
    // A second sentence, or a full paragraph, is the body already. A line was broken where it was full: the next one is
    // hardly longer.
    if (!text.empty() && length(line.text) > 110) break;
    if (!text.empty() && !goes_on && is_sentence(line.text)) break;
    if (!text.empty() && at > 0 && !head[at - 1].text.empty() && n > 0 &&
        length(line.text) > length(head[at - 1].text) + longest_word && !goes_on)
      break;
    if (text.empty()) subject.line = line.line;
    if (!text.empty()) text += ' ';
    text += line.text;
    if ((text.back() == '.' || text.back() == ';') && length(text) > 20) break;
  }
  while (!text.empty() && (text.back() == '.' || text.back() == ' ' || text.back() == ';')) text.pop_back();
  if (text.starts_with("(") && text.back() == ')') text = text.substr(1, text.size() - 2);
  text = without_prefix(std::move(text));
  return subject;
}

}  // namespace vanthu::inspect
