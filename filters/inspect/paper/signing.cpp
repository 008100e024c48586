// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/signing.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "filters/inspect/paper/letters.hpp"
#include "filters/inspect/text/syllable.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

/// Posts as they stand in capitals over a signature (domain reference, "Positions").
bool names_post(std::string_view key) {
  constexpr auto words = std::to_array<std::string_view>({"bí thư",
                                                          "phó bí thư",
                                                          "uỷ viên",
                                                          "trưởng ban",
                                                          "phó trưởng",
                                                          "phó ban",
                                                          "chủ nhiệm",
                                                          "phó chủ nhiệm",
                                                          "chánh văn phòng",
                                                          "phó chánh văn phòng",
                                                          "chánh thanh tra",
                                                          "phó chánh thanh tra",
                                                          "trưởng phòng",
                                                          "chủ tịch",
                                                          "phó chủ tịch",
                                                          "giám đốc",
                                                          "phó giám đốc",
                                                          "hiệu trưởng",
                                                          "phó hiệu trưởng",
                                                          "tổng biên tập",
                                                          "phó tổng biên tập",
                                                          "viện trưởng",
                                                          "phó viện trưởng",
                                                          "chánh án",
                                                          "phó chánh án",
                                                          "cục trưởng",
                                                          "phó cục trưởng",
                                                          "chi cục trưởng",
                                                          "bộ trưởng",
                                                          "thứ trưởng",
                                                          "chỉ huy trưởng",
                                                          "chính uỷ",
                                                          "tổ trưởng",
                                                          "trưởng đoàn",
                                                          "thường trực",
                                                          "quyền ",
                                                          "đội trưởng",
                                                          "trưởng trạm",
                                                          "thủ trưởng",
                                                          "người ký",
                                                          "vụ trưởng"});
  return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return key.starts_with(w); });
}

/// "Nguyễn Văn An": two to six words, each a syllable with a capital and small letters behind it.
bool looks_like_name(std::string_view text) {
  if (text.size() > 60) return false;
  std::size_t words = 0;
  std::size_t syllables = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) return false;
    std::size_t first = 1;
    while (first < word.size() && (static_cast<unsigned char>(word[first]) & 0xC0U) == 0x80U) ++first;
    const LetterCount count = count_letters(word);
    if (count.letters != length(word) || count.letters == 0) return false;
    const LetterCount head = count_letters(word.substr(0, first));
    if (head.capitals != 1 || count.capitals != 1) return false;
    ++words;
    if (is_syllable(word)) ++syllables;
  }
  return words >= 2 && words <= 6 && syllables + 1 >= words;
}

/// Nearly all in capitals: "K/T TRƯỞNG BAN", with a slip of OCR at most.
bool in_capitals(std::string_view text) {
  const LetterCount count = count_letters(text);
  return count.letters >= 2 && count.capitals * 10 >= count.letters * 9;
}

bool is_item(std::string_view text) { return text.starts_with("-") || text.starts_with("+") || text.starts_with("•"); }

}  // namespace

bool begins_authority(std::string_view line) {
  const std::string key = text::match_key(line.substr(0, 64));
  constexpr auto words = std::to_array<std::string_view>({"t/m ", "k/t ", "t/l ", "t/u ", "t/uq ", "tm. ", "tm ",
                                                          "kt. ", "kt ",  "tl. ", "tl ",  "tuq. ", "tuq ", "tm.",
                                                          "kt.",  "tl.",  "tuq.", "t/m.", "k/t.",  "t/l.", "q. "});
  return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return key.starts_with(w); });
}

Signing read_signing(const Lines& lines, std::size_t from) {
  constexpr std::size_t name_reach = 9;  // lines between the post and the name: a seal, "(đã ký)", Nơi nhận beside it
  Signing found;
  for (std::size_t i = from; i < lines.size(); ++i) {
    if (lines[i].text.size() > 200) continue;
    const std::string text = plain_line(lines[i].text);
    if (!in_capitals(text)) continue;
    const bool authority = begins_authority(text);
    if (!authority && !names_post(text::match_key(text))) continue;
    Signing now;
    std::size_t at = i;
    for (; at < lines.size() && at < i + 4; ++at) {
      const std::string line = plain_line(lines[at].text);
      if (!in_capitals(line) || is_item(line)) break;
      const std::string key = text::match_key(line);
      if (begins_authority(line)) {
        if (now.authority_line == no_line) now.authority_line = at;
        now.authority += (now.authority.empty() ? "" : " / ") + line;
      } else if (names_post(key) || now.post_line != no_line) {
        if (now.post_line == no_line) now.post_line = at;
        now.post += (now.post.empty() ? "" : " ") + line;
      } else if (!now.authority.empty()) {
        now.authority += ' ' + line;  // "T/M BAN CHẤP HÀNH / ĐẢNG BỘ TỈNH"
      }
    }
    for (std::size_t ahead = at; ahead < lines.size() && ahead < at + name_reach; ++ahead) {
      const std::string line = plain_line(lines[ahead].text);
      if (is_item(line) || !looks_like_name(line)) continue;
      now.signer = line;
      now.signer_line = ahead;
      break;
    }
    if (!now.signer.empty() || (found.signer.empty() && !now.authority.empty())) found = std::move(now);
    i = std::max(at, i + 1) - 1;
  }
  return found;
}

}  // namespace vanthu::inspect
