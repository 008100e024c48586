// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/paper.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "filters/inspect/paper/kinds.hpp"
#include "filters/inspect/paper/letters.hpp"
#include "filters/inspect/paper/marking.hpp"
#include "filters/inspect/paper/number.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

enum class Role { text, party_head, state_head, motto, number, date, rule, marking, title };

/// A line of the header with what it is.
struct HeadLine {
  std::string text;  ///< plain
  std::string key;   ///< match key of it
  Role role = Role::text;
  std::uint32_t row = 0;
};

constexpr std::string_view party_phrase = "đảng cộng sản việt nam";
constexpr std::string_view state_phrase = "cộng hoà xã hội chủ nghĩa việt nam";

bool only_rule(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return std::string_view("*-_=.~ oO").find(c) != std::string_view::npos; });
}

Role role_of(const std::string& text, const std::string& key) {
  if (only_rule(text)) return Role::rule;
  // "CỘNG HÕA": a slip of old fonts that is all over real papers.
  if (key == party_phrase) return Role::party_head;
  if (key == state_phrase || key == "cộng hõa xã hội chủ nghĩa việt nam") return Role::state_head;
  if (starts(key, "độc lập") && key.find("hạnh phúc") != std::string::npos && key.size() < 48) return Role::motto;
  if (read_number(text)) return Role::number;
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

/// The header's lines. Where the two blocks ran together on one row, the country's line is cut off the other one.
std::vector<HeadLine> head_of(const Lines& lines) {
  std::vector<HeadLine> head;
  const auto add = [&](std::string text, std::uint32_t row) {
    HeadLine line{std::move(text), {}, Role::text, row};
    line.key = text::match_key(line.text);
    line.role = role_of(line.text, line.key);
    head.push_back(std::move(line));
  };
  for (const Line& line : lines) {
    if (head.size() >= header_lines) break;
    std::string text = plain_line(line.text);
    if (text.empty()) continue;
    // "… ngày 25 tháng 5 / năm 2018": a date that did not fit on its row.
    if (starts(text, "năm ") && text.size() <= 12 && !head.empty() &&
        head.back().text.find("tháng") != std::string::npos) {
      text = head.back().text + " " + text;
      head.pop_back();
    }
    std::size_t cut_at = std::string::npos;
    for (const std::string_view phrase :
         {"ĐẢNG CỘNG SẢN VIỆT NAM", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"}) {
      const std::size_t at = text.find(phrase);
      if (at != std::string::npos && at > 0 && at + phrase.size() == text.size() && all_capitals(text)) cut_at = at;
    }
    if (cut_at == std::string::npos) cut_at = place_behind_capitals(text);
    if (cut_at == std::string::npos && text.size() < 160) {
      // "Số 12-CV/TU Hà Tĩnh, ngày 3 tháng 4 năm 2020"
      if (const auto number = read_number(text); number && !number->rest.empty() && read_place_date(number->rest))
        cut_at = text.size() - number->rest.size();
    }
    if (cut_at == std::string::npos) {
      add(std::move(text), line.row);
      continue;
    }
    std::string left = squeezed(std::string_view(text).substr(0, cut_at));
    add(std::move(left), line.row);
    add(text.substr(cut_at), line.row);
  }
  return head;
}

/// The first line of the header that carries a number; a line in the body ("1. …", "Căn cứ …") ends the search.
std::size_t find_number(const std::vector<HeadLine>& head) {
  for (std::size_t i = 0; i < head.size(); ++i)
    if (head[i].role == Role::number) return i;
  return none;
}

std::size_t find_role(const std::vector<HeadLine>& head, Role role) {
  for (std::size_t i = 0; i < head.size(); ++i)
    if (head[i].role == role) return i;
  return none;
}

/// Words the name of a body begins with; a line that begins otherwise goes on with the line above.
bool begins_body_name(std::string_view key) {
  constexpr auto words = std::to_array<std::string_view>(
      {"ban ",      "văn phòng", "sở ",        "uỷ ban",     "ubnd",        "ubkt",      "ubmttq",    "đảng uỷ",
       "đảng bộ",   "đảng đoàn", "tỉnh uỷ",    "thành uỷ",   "thị uỷ",      "huyện uỷ",  "chi bộ",    "phòng ",
       "trung tâm", "trường ",   "hội ",       "hội đồng",   "hđnd",        "bộ ",       "cục ",      "chi cục",
       "viện ",     "báo ",      "đài ",       "tỉnh đoàn",  "đoàn ",       "liên đoàn", "công đoàn", "mặt trận",
       "toà án",    "viện kiểm", "công an",    "bệnh viện",  "học viện",    "tổng cục",  "thanh tra", "kho bạc",
       "bảo hiểm",  "quân uỷ",   "trung ương", "huyện đoàn", "tiểu ban",    "xã ",       "phường ",   "thị trấn",
       "kiểm toán", "quốc hội",  "chính phủ",  "thủ tướng",  "thường trực", "tổ "});
  return std::any_of(words.begin(), words.end(), [&](std::string_view w) {
    return starts(key, w) || key == w.substr(0, w.size() - (w.back() == ' ' ? 1 : 0));
  });
}

struct Issuer {
  std::string parent, name;
};

/// The left block above the number: the superior body, then the issuer, either over several lines.
Issuer read_issuer(const std::vector<HeadLine>& head, std::size_t number) {
  std::vector<std::string> bodies;
  bool closed = false;  // a rule closes the block
  for (std::size_t i = number; i-- > 0;) {
    const HeadLine& line = head[i];
    if (line.role == Role::rule) {
      if (!bodies.empty()) closed = true;
      continue;
    }
    if (line.role == Role::party_head || line.role == Role::state_head || line.role == Role::motto) {
      // The right block was read before the left one: it ends the left block's upper edge.
      if (!bodies.empty()) break;
      continue;
    }
    if (line.role != Role::text || closed) continue;
    const LetterCount count = count_letters(line.text);
    if (count.letters == 0 || length(line.text) > 90) continue;
    if (count.capitals * 2 < count.letters) {
      if (!bodies.empty()) break;
      continue;
    }
    bodies.insert(bodies.begin(), line.text);
    if (bodies.size() >= 5) break;
  }
  std::vector<std::string> joined;
  for (std::string& line : bodies) {
    while (!line.empty() && (line.back() == '*' || line.back() == ' ')) line.pop_back();
    if (joined.empty() || begins_body_name(text::match_key(line)))
      joined.push_back(std::move(line));
    else
      joined.back() += ' ' + line;
  }
  // "ĐẢNG UỶ KHỐI / CÁC CƠ QUAN" broken before a word that could begin a name of its own stays apart: rare.
  Issuer issuer;
  if (!joined.empty()) issuer.name = joined.back();
  if (joined.size() > 1) issuer.parent = joined[joined.size() - 2];
  return issuer;
}

bool private_body(std::string_view key) {
  constexpr auto words = std::to_array<std::string_view>(
      {"công ty", "tổng công ty", "tập đoàn", "doanh nghiệp", "ngân hàng tmcp", "ngân hàng thương mại", "hợp tác xã",
       "cty", "cửa hàng", "khách sạn", "nhà hàng", "hộ kinh doanh", "chi nhánh công ty", "xí nghiệp"});
  return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return starts(key, w); });
}

/// Whether the body of the paper begins here, so that its subject has ended.
bool begins_body(const HeadLine& line) {
  if (line.role != Role::text && line.role != Role::title) return true;
  constexpr auto words = std::to_array<std::string_view>({"căn cứ", "- căn cứ", "kính gửi", "kính trình", "kính mời",
                                                          "điều ", "thực hiện ", "xét đề nghị", "ngày ", "- điều lệ",
                                                          "i-", "i.", "phần ", "a.", "nơi nhận"});
  if (std::any_of(words.begin(), words.end(), [&](std::string_view w) { return starts(line.key, w); })) return true;
  const std::string& text = line.text;
  if (text.size() > 1 && text[0] >= '0' && text[0] <= '9') {
    const std::size_t mark = text.find_first_not_of("0123456789");
    if (mark != std::string::npos && (text[mark] == '.' || text[mark] == ')' || text[mark] == '-')) return true;
  }
  return starts(text, "- ") || starts(text, "+ ");
}

std::string without_prefix(std::string subject) {
  for (const std::string_view prefix :
       {"V/v:", "V/v", "v/v", "V/V", "Về việc", "VỀ VIỆC", "(V/v", "Về", "VỀ", "về việc", "về"}) {
    if (!starts(subject, prefix)) continue;
    std::string_view rest = std::string_view(subject).substr(prefix.size());
    if (!rest.empty() && rest[0] != ' ' && rest[0] != ':') continue;
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == ':')) rest.remove_prefix(1);
    if (rest.empty()) continue;
    return std::string(rest);
  }
  return subject;
}

bool begins_subject(std::string_view key) {
  return starts(key, "v/v") || starts(key, "về việc") || starts(key, "(v/v") || starts(key, "về ");
}

constexpr std::size_t subject_lines = 8;

/// Lines from `at` on as one subject.
std::string collect_subject(const std::vector<HeadLine>& head, std::size_t at, std::string subject) {
  for (std::size_t n = 0; at < head.size() && n < subject_lines; ++at, ++n) {
    const HeadLine& line = head[at];
    if (!subject.empty() && at > 0 && line.row > head[at - 1].row + 1) break;  // a gap ends it
    if (line.role == Role::rule || line.role == Role::marking) {
      if (subject.empty()) continue;
      if (line.role == Role::marking) continue;
      break;
    }
    if (subject.empty() && (line.role == Role::date || line.role == Role::party_head || line.role == Role::state_head ||
                            line.role == Role::motto))
      continue;  // the right block came in between
    if (begins_body(line)) break;
    // A second sentence, or a full paragraph, is the body already.
    if (!subject.empty() && length(line.text) > 110) break;
    if (!subject.empty()) subject += ' ';
    subject += line.text;
    if (!subject.empty() && (subject.back() == '.' || subject.back() == ';') && length(subject) > 20) break;
  }
  while (!subject.empty() &&
         (subject.back() == '.' || subject.back() == ' ' || subject.back() == ';' || subject.back() == ')'))
    subject.pop_back();
  return without_prefix(std::move(subject));
}

/// What a list item begins with; U+F0B7 is the bullet of Word's Symbol font. Empty: no list item.
std::string_view bullet_of(std::string_view text) {
  for (const std::string_view bullet : {"-", "+", "*", "\u2022", "\u00B7", "\uF0B7", "\u2013", "\u25CF", "\u25AA"})
    if (starts(text, bullet)) return bullet;
  return {};
}

bool dash(std::string_view text) { return !bullet_of(text).empty(); }

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

/// The lines of "Nơi nhận", the archive's copy included.
std::vector<std::string> read_recipients(const Lines& lines) {
  std::vector<std::string> recipients;
  std::size_t at = lines.size();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string key = text::match_key(lines[i].text);
    if (!starts(key, "nơi nhận") || length(lines[i].text) > 90) continue;
    at = i;  // the last one: appendices come before their papers' ends rarely
    recipients.clear();
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
    if (text.empty() || only_rule(text)) continue;
    const bool item = dash(text);
    if (item) with_dashes = true;
    const std::string key = text::match_key(recipient_of(text));
    const bool last = starts(key, "lưu");
    if (!item) {
      // The signature block ends the list; a line of it may have come in between the items.
      bool more = false;
      for (std::size_t ahead = i + 1; ahead < lines.size() && ahead <= i + 3; ++ahead)
        more = more || dash(plain_line(lines[ahead].text));
      const bool capitals = all_capitals(text) && length(text) > 3;
      if (more && (capitals || (with_dashes && !open && !last))) continue;
      if (capitals) break;
      if (starts(key, "t/m") || starts(key, "k/t") || starts(key, "t/l") || starts(key, "tm.") || starts(key, "kt.") ||
          starts(key, "tl.") || starts(key, "tuq."))
        break;
      if (with_dashes && !open && !last) break;
      if (with_dashes && open && !recipients.empty() && !last) {
        recipients.back() += ' ' + recipient_of(text);
        open = !(text.back() == ';' || text.back() == '.');
        continue;
      }
    }
    std::string one = recipient_of(text);
    if (one.empty() || length(one) > 200) break;
    recipients.push_back(std::move(one));
    open = !(text.back() == ';' || text.back() == '.' || text.back() == ',');
    if (last) break;
  }
  return recipients;
}

constexpr std::size_t most_addressed = 20, most_articles = 3, article_octets = 2000, article_lines = 12;

/// The lines of "Kính gửi", which "Như trên" repeats: behind the colon, or as the items below it.
std::vector<std::string> read_addressed_to(const Lines& lines) {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < lines.size() && found.empty(); ++i) {
    const std::string text = plain_line(lines[i].text);
    const std::string key = text::match_key(text);
    if (!starts(key, "kính gửi") && !starts(key, "kính trình")) continue;
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

/// The articles that a line of "Nơi nhận" refers to ("Như Điều 3"), each from its head to the next article.
std::vector<std::string> read_articles(const Lines& lines, const std::vector<std::string>& recipients) {
  std::vector<std::string> found;
  for (const std::string& line : recipients) {
    const std::string key = text::match_key(line);
    if (!starts(key, "như điều")) continue;
    for (std::size_t at = 0; at < key.size() && found.size() < most_articles;) {
      const std::size_t digits = key.find_first_of("0123456789", at);
      if (digits == std::string::npos) break;
      at = std::min(key.find_first_not_of("0123456789", digits), key.size());
      const std::string wanted = "điều " + key.substr(digits, at - digits);
      for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string head = text::match_key(plain_line(lines[i].text));
        if (!starts(head, wanted) ||
            (head.size() > wanted.size() && head[wanted.size()] >= '0' && head[wanted.size()] <= '9'))
          continue;
        std::string article = plain_line(lines[i].text);
        for (std::size_t next = i + 1; next < lines.size() && next < i + article_lines; ++next) {
          const std::string more = plain_line(lines[next].text);
          const std::string more_key = text::match_key(more);
          if (more.empty() || starts(more_key, "điều ") || starts(more_key, "nơi nhận")) break;
          article += ' ' + more;
        }
        if (article.size() <= article_octets) found.push_back(std::move(article));
        break;
      }
    }
  }
  return found;
}

bool refers(const std::vector<std::string>& recipients, std::string_view words) {
  return std::any_of(recipients.begin(), recipients.end(),
                     [&](const std::string& line) { return starts(text::match_key(line), words); });
}

}  // namespace

namespace {

/// Whether a header can have a line with a number, which begins with "Số" and has a dash or slash; where two blocks ran
/// together it begins behind the first one, before a date. Dashes, and what plain_line() drops or maps, begin with one
/// of four octets. Looks at the lines that head_of() takes, and at some more where lines might vanish.
bool can_have_number(const Lines& lines) {
  std::size_t solid = 0;  // lines that surely stay lines of the header
  for (const Line& line : lines) {
    const std::string_view text = line.text;
    if (solid >= header_lines) return false;
    const char first = text.empty() ? '\0' : text.front();
    if (first > 0x20 && first != 0x7F && first != 'n') ++solid;
    const auto mapped = [](char c) { return c == '\xC2' || c == '\xE2' || c == '\xE3' || c == '\xEF'; };
    const bool marked =
        std::any_of(text.begin(), text.end(), [&](char c) { return c == '-' || c == '/' || mapped(c); });
    if (!marked) continue;
    if (first == 'S' || first == 's' || mapped(first) || (first >= 0 && first <= 0x20) || first == 0x7F) return true;
    if (text.find(',') != std::string_view::npos && text.find_first_of("Ss") != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

std::optional<filters::Paper> read_paper(const Lines& lines) {
  if (!can_have_number(lines)) return std::nullopt;
  const std::vector<HeadLine> head = head_of(lines);
  const std::size_t number_at = find_number(head);
  if (number_at == none) return std::nullopt;
  const auto number = read_number(head[number_at].text);
  const bool party_head = find_role(head, Role::party_head) != none;
  const bool state_head = find_role(head, Role::state_head) != none;

  filters::Paper paper;
  paper.number = number->number;
  paper.symbol = number->symbol;
  const Issuer issuer = read_issuer(head, number_at);
  paper.issuer = issuer.name;

  const std::size_t date_at = find_role(head, Role::date);
  if (date_at != none) {
    const auto place_date = read_place_date(head[date_at].text);
    paper.place = place_date->place;
    paper.date = place_date->date;
  }

  // Party and state write numbers differently; where a paper mixes them, its printed head decides.
  const bool party = party_head || (!state_head && number->party);
  paper.form = party ? "party" : "state";

  const bool known = known_abbreviation(number->abbreviation);
  std::size_t title_at = none;
  for (std::size_t i = 0; i < head.size() && title_at == none; ++i)
    if (head[i].role == Role::title && (i > number_at || party_head || state_head)) title_at = i;
  // A title belongs to the header only if the body has not begun before it.
  for (std::size_t i = number_at + 1; title_at != none && i < title_at; ++i)
    if (head[i].role == Role::text && (starts(head[i].key, "căn cứ") || starts(head[i].key, "kính gửi")))
      title_at = none;

  std::size_t subject_at = none;
  for (std::size_t i = number_at + 1; i < head.size() && subject_at == none; ++i) {
    if (starts(head[i].key, "kính gửi")) break;
    if (starts(head[i].key, "v/v") || starts(head[i].key, "(v/v")) subject_at = i;
  }
  if (subject_at == none && number->rest.size() > 3 && begins_subject(text::match_key(number->rest)))
    paper.subject = collect_subject(head, number_at + 1, number->rest);

  const std::string by_symbol = kind_of_abbreviation(number->abbreviation, number->party || party_head);
  if (title_at != none) {
    const KindName title = kind_of_title(head[title_at].text);
    paper.kind = title.name;
    std::string rest = squeezed(std::string_view(head[title_at].text).substr(title.octets));
    while (!rest.empty() && (rest.front() == ':' || rest.front() == ' ')) rest.erase(0, 1);
    paper.subject = collect_subject(head, title_at + 1, std::move(rest));
  } else if (subject_at != none) {
    paper.subject = collect_subject(head, subject_at, {});
    paper.kind = by_symbol.empty() ? "Công văn" : by_symbol;
  } else {
    paper.kind = by_symbol;
  }
  if (paper.kind.empty() && !known && !number->party) paper.kind = "Công văn";
  // A letter's subject stands under its number, often without "V/v".
  if (paper.kind == "Công văn" && paper.subject.empty() && number_at + 1 < head.size() &&
      head[number_at + 1].role == Role::text && head[number_at + 1].row <= head[number_at].row + 2)
    paper.subject = collect_subject(head, number_at + 1, {});

  // A letter of the state carries no kind in its symbol (12/SNV-TCCB); then the head must be the country's.
  const bool symbol_counts = known || (state_head && !number->party) || (party_head && title_at != none);
  const bool evidence = party_head || state_head || (!paper.issuer.empty() && !paper.date.empty() && known);
  if (!symbol_counts || !evidence || number_at > 40) return std::nullopt;
  if (private_body(text::match_key(paper.issuer)) || private_body(text::match_key(issuer.parent))) return std::nullopt;
  if (paper.kind == "Hợp đồng") return std::nullopt;
  if (paper.issuer.empty() && paper.date.empty()) return std::nullopt;

  const Markings markings = find_markings(lines);
  paper.secrecy = markings.secrecy;
  paper.urgency = markings.urgency;
  paper.recipients = read_recipients(lines);
  if (refers(paper.recipients, "như trên") || refers(paper.recipients, "như kính gửi"))
    paper.addressed_to = read_addressed_to(lines);
  if (refers(paper.recipients, "như điều")) paper.articles = read_articles(lines, paper.recipients);
  paper.confidence = 0.3 + (party_head || state_head ? 0.25 : 0) + (known ? 0.15 : 0.05) +
                     (paper.date.empty() ? 0 : 0.1) + (paper.issuer.empty() ? 0 : 0.1) +
                     (paper.number.empty() ? 0 : 0.05) + (paper.recipients.empty() ? 0 : 0.05);
  paper.confidence = std::min(paper.confidence, 1.0);
  return paper;
}

}  // namespace vanthu::inspect
