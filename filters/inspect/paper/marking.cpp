// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/marking.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "filters/inspect/paper/letters.hpp"
#include "filters/inspect/paper/number.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

struct Word {
  std::string_view key;  ///< match key
  std::string_view id;
};
constexpr auto levels = std::to_array<Word>({{"mật", "mat"}, {"tối mật", "toi-mat"}, {"tuyệt mật", "tuyet-mat"}});
constexpr auto urgencies = std::to_array<Word>(
    {{"khẩn", "khan"}, {"thượng khẩn", "thuong-khan"}, {"hoả tốc", "hoa-toc"}, {"hoả tốc hẹn giờ", "hoa-toc"}});
constexpr auto labels =
    std::to_array<std::string_view>({"độ mật", "mức độ mật", "mức mật", "dấu mật", "độ khẩn", "mức độ khẩn"});

constexpr std::size_t longest_marking = 60;  // characters

std::string_view id_of(std::string_view key, const Word* begin, const Word* end) {
  const Word* word = std::find_if(begin, end, [&](const Word& w) { return w.key == key; });
  return word == end ? std::string_view{} : word->id;
}
std::string_view level(std::string_view key) { return id_of(key, levels.data(), levels.data() + levels.size()); }
std::string_view urgency(std::string_view key) {
  return id_of(key, urgencies.data(), urgencies.data() + urgencies.size());
}

std::size_t rank(std::string_view id) {
  constexpr auto order = std::to_array<std::string_view>({"none", "mat", "toi-mat", "tuyet-mat"});
  return static_cast<std::size_t>(std::find(order.begin(), order.end(), id) - order.begin());
}
std::size_t urgency_rank(std::string_view id) {
  constexpr auto order = std::to_array<std::string_view>({"none", "khan", "thuong-khan", "hoa-toc"});
  return static_cast<std::size_t>(std::find(order.begin(), order.end(), id) - order.begin());
}

std::string_view stripped(std::string_view text) {
  constexpr std::string_view around = " []()<>{}*-_=.,:;|/\\\"'!~#+";
  while (!text.empty() && around.find(text.front()) != std::string_view::npos) text.remove_prefix(1);
  while (!text.empty() && around.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
  return text;
}

/// "T Ố I M Ậ T" without its blanks: every word is one letter. Empty when it is written normally.
std::string closed_up(std::string_view text) {
  std::string joined;
  std::size_t words = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (length(text.substr(0, end)) != 1) return {};
    joined += text.substr(0, end);
    ++words;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words >= 3 ? joined : std::string();
}

struct Found {
  std::string_view secrecy = "none";
  std::string_view urgency = "none";
  bool capitals = false;  ///< written in capitals throughout
  bool labelled = false;  ///< "Độ mật: …"
};

/// Whether a line can be a marking at all: every level and urgency has one of the letters ậ, ẩ, ố, either as one
/// character or put together with a combining mark (U+0300 to U+036F) once invisible characters are gone.
bool can_be_marking(std::string_view line) {
  for (std::size_t at = 0; at + 1 < line.size(); ++at) {
    const auto first = static_cast<unsigned char>(line[at]);
    if (first < 0xCC) continue;
    if (first == 0xCC || first == 0xCD) return true;
    if (first != 0xE1 || at + 2 >= line.size()) continue;
    const auto second = static_cast<unsigned char>(line[at + 1]);
    const auto third = static_cast<unsigned char>(line[at + 2]);
    if (second == 0xBA && (third == 0xA8 || third == 0xA9 || third == 0xAC || third == 0xAD)) return true;  // Ẩẩ Ậậ
    if (second == 0xBB && (third == 0x90 || third == 0x91)) return true;                                    // Ốố
  }
  return false;
}

/// Reads a whole line as a marking, or several ("MẬT - KHẨN"). Nothing else may stand on it.
Found read_line(std::string_view raw) {
  Found found;
  if (raw.size() > longest_marking * 4 || !can_be_marking(raw) || length(raw) > longest_marking) return found;
  const std::string plain = plain_line(raw);
  std::string_view text = stripped(plain);
  const LetterCount count = count_letters(text);
  if (count.letters < 3 || count.capitals == 0) return found;
  found.capitals = count.letters == count.capitals;
  const std::string key = text::match_key(text);
  std::string_view rest = key;
  for (const std::string_view label : labels) {
    if (rest.substr(0, label.size()) != label || rest.size() <= label.size()) continue;
    const std::string_view after = stripped(rest.substr(label.size()));
    if (after.size() == rest.size() - label.size()) continue;  // a longer word
    rest = after;
    found.labelled = true;
    break;
  }
  const std::string compact = closed_up(key);
  if (!compact.empty()) {
    for (const Word& word : levels) {
      std::string without(word.key);
      without.erase(std::remove(without.begin(), without.end(), ' '), without.end());
      if (compact == without) found.secrecy = word.id;
    }
    for (const Word& word : urgencies) {
      std::string without(word.key);
      without.erase(std::remove(without.begin(), without.end(), ' '), without.end());
      if (compact == without) found.urgency = word.id;
    }
    return found;
  }
  // Only the first letter of a word may be a capital in "Mật", "Tối mật"; "mẬt" is nobody's stamp but costs nothing.
  Found parts = found;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of("-,/;|&+()[]"), rest.size());
    std::string_view piece = stripped(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (piece.empty()) continue;
    if (piece.rfind("bản số", 0) == 0 || piece.rfind("số bản", 0) == 0) break;
    for (const std::string_view copy : {" bản số", " số bản", " bản thứ"})
      if (const std::size_t at = piece.find(copy); at != std::string_view::npos) piece = stripped(piece.substr(0, at));
    if (const auto id = level(piece); !id.empty()) {
      if (rank(id) > rank(parts.secrecy)) parts.secrecy = id;
    } else if (const auto speed = urgency(piece); !speed.empty()) {
      if (urgency_rank(speed) > urgency_rank(parts.urgency)) parts.urgency = speed;
    } else if (piece.substr(0, std::string_view("hoả tốc hẹn giờ").size()) == "hoả tốc hẹn giờ") {
      parts.urgency = "hoa-toc";
    } else {
      return found;  // other words: a sentence
    }
  }
  return parts;
}

}  // namespace

std::string_view secrecy_of_line(std::string_view line) { return read_line(line).secrecy; }
std::string_view urgency_of_line(std::string_view line) { return read_line(line).urgency; }

namespace {

/// A level on a line of its own, and where.
struct Mark {
  std::size_t line = 0;
  std::string_view secrecy;
  bool certain = false;  ///< in a text box, a page header: no list of levels stands there
};

/// Two different levels close together are a list of the levels, not two stamps. Marks are in the order of lines.
bool listed(const std::vector<Mark>& marks, std::size_t at) {
  constexpr std::size_t close = 4;  // lines: a level and its explanation take two or three
  for (std::size_t i = at; i-- > 0 && marks[at].line - marks[i].line <= close;)
    if (marks[i].secrecy != marks[at].secrecy) return true;
  for (std::size_t i = at + 1; i < marks.size() && marks[i].line - marks[at].line <= close; ++i)
    if (marks[i].secrecy != marks[at].secrecy) return true;
  return false;
}

/// Lines with a paper's number or its country's name: a stamp has its place near them.
std::vector<std::size_t> header_evidence(const Lines& lines) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].text.size() > 200) continue;
    bool evidence = read_number(lines[i].text).has_value();
    if (!evidence && count_letters(lines[i].text).capitals > 15) {
      const std::string key = text::match_key(lines[i].text);
      evidence = key == "đảng cộng sản việt nam" || key == "cộng hoà xã hội chủ nghĩa việt nam";
    }
    if (evidence) found.push_back(i);
  }
  return found;
}

bool near(const std::vector<std::size_t>& evidence, std::size_t line) {
  constexpr std::size_t reach = 8;
  const auto next = std::lower_bound(evidence.begin(), evidence.end(), line > reach ? line - reach : 0);
  return next != evidence.end() && *next <= line + reach;
}

}  // namespace

Markings find_markings(const Lines& lines) {
  Markings result;
  std::vector<Mark> marks;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    Found found = read_line(line.text);
    // A narrow frame wraps "TUYỆT MẬT" after its first word.
    if (found.secrecy == "none" && line.text.size() < 12 && i + 1 < lines.size() && can_be_marking(lines[i + 1].text)) {
      const std::string first = text::match_key(line.text);
      if ((first == "tuyệt" || first == "tối") && read_line(lines[i + 1].text).secrecy == "mat")
        found = read_line(line.text + " " + lines[++i].text);
    }
    const bool certain = line.zone == Zone::box || line.zone == Zone::page_header || line.zone == Zone::page_footer;
    const bool head = i < header_lines || certain;
    if (found.secrecy != "none" && (head || found.capitals || found.labelled))
      marks.push_back({i, found.secrecy, certain});
    if (found.urgency != "none" && head && urgency_rank(found.urgency) > urgency_rank(result.urgency)) {
      result.urgency = found.urgency;
      result.urgency_line = i;
    }
  }
  std::optional<std::vector<std::size_t>> evidence;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (rank(marks[i].secrecy) <= rank(result.secrecy)) continue;
    if (!marks[i].certain && listed(marks, i)) {
      if (!evidence) evidence = header_evidence(lines);
      if (!near(*evidence, marks[i].line)) continue;
    }
    result.secrecy = marks[i].secrecy;
    result.secrecy_line = marks[i].line;
  }
  return result;
}

std::string_view secrecy_of_subject(std::string_view subject) {
  const std::string plain = plain_line(subject);
  if (const std::string_view whole = secrecy_of_line(plain); whole != "none") return whole;
  std::string_view rest = plain;
  // "Re: [MẬT] …": what replies and forwards put in front does not take the marking away.
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view prefix : {"re:", "fwd:", "fw:", "tr:", "v/v:", "chuyển tiếp:", "trả lời:"})
      if (rest.size() >= prefix.size() && text::ascii_iequals(rest.substr(0, prefix.size()), prefix)) {
        rest.remove_prefix(prefix.size());
        while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
        again = true;
      }
  }
  if (!rest.empty() && (rest.front() == '[' || rest.front() == '(')) {
    const std::size_t end = rest.find(rest.front() == '[' ? ']' : ')');
    if (end != std::string_view::npos) return secrecy_of_line(rest.substr(1, end - 1));
  }
  const std::size_t colon = rest.find(':');
  if (colon != std::string_view::npos)
    if (const std::string_view id = secrecy_of_line(rest.substr(0, colon)); id != "none") return id;
  const std::size_t dash = rest.find(" - ");
  return dash == std::string_view::npos ? std::string_view("none") : secrecy_of_line(rest.substr(0, dash));
}

}  // namespace vanthu::inspect
