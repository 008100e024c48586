// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/recipients.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "filters/inspect/content/names.hpp"
#include "filters/inspect/paper/letters.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

constexpr std::size_t most_addressed = 20, most_articles = 3, article_octets = 2000, article_lines = 12,
                      article_head_octets = 64;

/// What a list item begins with; U+F0B7 is the bullet of Word's Symbol font, "~" and "=" are dashes as OCR reads them.
/// Empty: no list item.
std::string_view bullet_of(std::string_view text) {
  for (const std::string_view bullet :
       {"-", "+", "*", "~", "=", "\u201C", "\u2022", "\u00B7", "\uF0B7", "\u2013", "\u25CF", "\u25AA"})
    if (text.starts_with(bullet)) return bullet;
  return {};
}

bool dash(std::string_view text) { return !bullet_of(text).empty(); }

/// "(đã ký)", "(Ký tên, đóng dấu)": of the block beside the list.
bool is_signed_mark(std::string_view text) {
  return text.front() == '(' && length(text) < 30 && text::match_key(text).find("ký") != std::string::npos;
}

std::string recipient_of(std::string_view text) {
  for (;;) {
    const std::size_t length = !text.empty() && text.front() == ' ' ? 1 : bullet_of(text).size();
    if (length == 0) break;
    text.remove_prefix(length);
  }
  while (!text.empty() && (text.back() == ';' || text.back() == '.' || text.back() == ',' || text.back() == ' '))
    text.remove_suffix(1);
  return std::string(text);
}

}  // namespace

Addressees read_recipients(const Lines& lines) {
  Addressees found;
  std::vector<std::string>& recipients = found.lines;
  std::size_t at = lines.size();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string key = text::match_key(lines[i].text);
    if (!key.starts_with("nơi nhận") || length(lines[i].text) > 90) continue;
    at = i;  // the last one: appendices come before their papers' ends rarely
    found.line = i;
    found.end = i + 1;
    std::string_view same = std::string_view(lines[i].text);
    const std::size_t colon = same.find(':');
    if (colon != std::string_view::npos) {
      std::string inline_one = recipient_of(same.substr(colon + 1));
      if (!inline_one.empty()) recipients.push_back(std::move(inline_one));
    }
    break;
  }
  constexpr std::size_t most = 60;
  bool with_dashes = false;
  bool open = false;  // the line above did not end its entry
  for (std::size_t i = at + 1; i < lines.size() && recipients.size() < most; ++i) {
    const std::string text = plain_line(lines[i].text);
    if (text.empty() || only_rule(text) || is_signed_mark(text)) continue;
    const bool item = dash(text);
    if (item) with_dashes = true;
    const std::string key = text::match_key(recipient_of(text));
    const bool last = key.starts_with("lưu");
    const bool refers =
        key.starts_with("như trên") || key.starts_with("như điều");  // an entry, were its dash lost or not
    if (!item && !refers) {
      // The signature block ends the list; a line of it may have come in between the items.
      bool more = false;
      for (std::size_t ahead = i + 1; ahead < lines.size() && ahead <= i + 3; ++ahead)
        more = more || dash(plain_line(lines[ahead].text));
      const bool capitals = all_capitals(text) && length(text) > 3;
      if (more && (capitals || (with_dashes && !open && !last))) continue;
      if (capitals) break;
      if (key.starts_with("t/m") || key.starts_with("k/t") || key.starts_with("t/l") || key.starts_with("tm.") ||
          key.starts_with("kt.") || key.starts_with("tl.") || key.starts_with("tuq."))
        break;
      if (with_dashes && !open && !last) break;
      if (with_dashes && open && !recipients.empty() && !last) {
        if (recipients.back().size() > 1000) break;
        recipients.back() += ' ' + recipient_of(text);
        found.end = i + 1;
        open = !(text.back() == ';' || text.back() == '.');
        continue;
      }
    }
    std::string one = recipient_of(text);
    if (one.empty() || length(one) > 200) break;
    recipients.push_back(std::move(one));
    found.end = i + 1;
    open = !(text.back() == ';' || text.back() == '.' || text.back() == ',');
    if (last) break;
  }
  return found;
}

std::vector<std::string> read_addressed_to(const Lines& lines) {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < lines.size() && found.empty(); ++i) {
    const std::string text = plain_line(lines[i].text);
    const std::string key = text::match_key(text);
    if (!key.starts_with("kính gửi") && !key.starts_with("kính trình")) continue;
    bool open = true;  // the addressee goes on in the next line
    if (const std::size_t colon = text.find(':'); colon != std::string::npos && colon < 24) {
      std::string one = recipient_of(std::string_view(text).substr(colon + 1));
      if (!one.empty() && length(one) <= 300) found.push_back(std::move(one));
      open = !found.empty() && (text.back() == ',' || !(text.back() == ';' || text.back() == '.'));
    }
    for (std::size_t next = i + 1; next < lines.size() && found.size() < most_addressed; ++next) {
      const std::string more = plain_line(lines[next].text);
      if (more.empty() || only_rule(more)) continue;
      const bool item = dash(more);
      // Items go on; what is no item belongs to the one above only while that one has not ended, and is short.
      if (!item && (!open || found.empty() || length(more) > 80 || !dash(plain_line(lines[next - 1].text)))) break;
      std::string one = recipient_of(more);
      if (one.empty() || length(one) > 300) break;
      if (item)
        found.push_back(std::move(one));
      else
        found.back() += ' ' + one;
      open = !(more.back() == ';' || more.back() == '.');
      if (more.back() == '.') break;
    }
  }
  return found;
}

std::vector<std::string> read_articles(const Lines& lines, const std::vector<std::string>& recipients) {
  std::vector<std::string> wanted;  // "3"
  for (const std::string& line : recipients) {
    const std::string key = text::match_key(line);
    if (!key.starts_with("như điều")) continue;
    for (std::size_t at = 0; at < key.size() && wanted.size() < most_articles;) {
      const std::size_t digits = key.find_first_of("0123456789", at);
      if (digits == std::string::npos) break;
      at = std::min(key.find_first_not_of("0123456789", digits), key.size());
      wanted.push_back(key.substr(digits, at - digits));
    }
  }
  std::vector<std::string> found;
  if (wanted.empty()) return found;
  std::map<std::string, std::size_t, std::less<>> heads;  // the first line of each article
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string head = text::match_key(plain_line(cut(lines[i].text, article_head_octets)));
    constexpr std::string_view word = "điều ";
    if (!head.starts_with(word)) continue;
    const std::size_t end = std::min(head.find_first_not_of("0123456789", word.size()), head.size());
    heads.emplace(head.substr(word.size(), end - word.size()), i);
  }
  for (const std::string& number : wanted) {
    const auto head = heads.find(number);
    if (head == heads.end()) continue;
    std::string article = plain_line(cut(lines[head->second].text, article_octets));
    for (std::size_t next = head->second + 1; next < lines.size() && next < head->second + article_lines; ++next) {
      const std::string more = plain_line(cut(lines[next].text, article_octets));
      const std::string more_key = text::match_key(more);
      if (more.empty() || more_key.starts_with("điều ") || more_key.starts_with("nơi nhận")) break;
      article += ' ' + more;
    }
    if (article.size() <= article_octets) found.push_back(std::move(article));
  }
  return found;
}

}  // namespace vanthu::inspect
