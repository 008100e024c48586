// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/words.hpp"

#include <algorithm>
#include <array>

#include "gateway/archive/terms.hpp"
#include "gateway/base/text.hpp"
#include "gateway/search/limits.hpp"
#include "gateway/search/sequence.hpp"

namespace vanthu::search {
namespace {

void cut(std::string& word) {
  if (word.size() <= limits::term_octets) return;
  std::size_t end = limits::term_octets;
  while (end > 0 && (static_cast<unsigned char>(word[end]) & 0xC0U) == 0x80U) --end;
  word.resize(end);
}

/// The syllables that are written with y and with i: open, a tone or none, after one of these beginnings.
void one_i(std::string& word) {
  static constexpr std::array<std::string_view, 7> beginnings{"h", "k", "l", "m", "s", "t", "qu"};
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> ends{
      {{"y", "i"}, {"ỳ", "ì"}, {"ý", "í"}, {"ỷ", "ỉ"}, {"ỹ", "ĩ"}, {"ỵ", "ị"}}};
  for (const auto& [y, i] : ends) {
    if (!word.ends_with(y)) continue;
    const std::string_view beginning = std::string_view(word).substr(0, word.size() - y.size());
    if (std::find(beginnings.begin(), beginnings.end(), beginning) != beginnings.end())
      word = std::string(beginning).append(i);
    return;
  }
}

Spelling spelled(std::string_view word) {
  Spelling spelling;
  spelling.marked = text::match_key(word);
  one_i(spelling.marked);
  cut(spelling.marked);
  spelling.bare = text::fold(spelling.marked);
  cut(spelling.bare);
  spelling.number = word_number(spelling.marked, spelling.bare);
  return spelling;
}

struct Abbreviation {
  std::string_view written, text;
};
constexpr Abbreviation abbreviation_rows[] = {
#include "abbreviations.inc"
};

/// What the table says, spelled once.
struct Known {
  std::string written;          // bare
  std::vector<Spelling> words;  // of the text
  std::string_view text;
};

const std::vector<Known>& known_abbreviations() {
  static const std::vector<Known> all = [] {
    std::vector<Known> made;
    for (const Abbreviation& row : abbreviation_rows) {
      Known one{spelled(row.written).bare, {}, row.text};
      for (const std::string_view word : words_in(row.text)) one.words.push_back(spelled(word));
      made.push_back(std::move(one));
    }
    return made;
  }();
  return all;
}

struct Kind {
  std::string_view abbreviation, name, others{};  // others: "QĐi,QyĐ", or "-"
};
constexpr Kind kind_rows[] = {
// what a row leaves out is empty
#include "party-kinds.inc"
#include "state-kinds.inc"
};

/// "Nghị quyết (cá biệt)" is printed without what stands in parentheses.
std::string_view printed_name(std::string_view name) { return name.substr(0, name.find(" (")); }
}  // namespace

Spelling& Speller::of(std::string_view word) {
  if (const auto found = known_.find(word); found != known_.end()) return found->second;
  return known_.emplace(std::string(word), spelled(word)).first->second;
}

std::uint64_t Speller::next_stamp() {
  // Junk has no end of words: what was remembered of it goes with the rest.
  if (known_.size() >= limits::known_words) known_.clear();
  return ++stamps_;
}

std::string readable(std::string_view utf8) {
  std::string clean;
  clean.reserve(utf8.size());
  // U+00AD, U+200B-200F, U+2060, U+FEFF; U+01A2, U+01A3.
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const std::string_view rest = utf8.substr(i);
    const auto octet = [&](std::size_t at) { return at < rest.size() ? static_cast<unsigned char>(rest[at]) : 0U; };
    if (octet(0) < 0xC2) {
      clean += rest[0];
    } else if (octet(0) == 0xC2 && octet(1) == 0xAD) {
      ++i;
    } else if (octet(0) == 0xC6 && (octet(1) == 0xA2 || octet(1) == 0xA3)) {
      clean += octet(1) == 0xA2 ? "Ư" : "ư";
      ++i;
    } else if ((octet(0) == 0xE2 && octet(1) == 0x80 && octet(2) >= 0x8B && octet(2) <= 0x8F) ||
               (octet(0) == 0xE2 && octet(1) == 0x81 && octet(2) == 0xA0) ||
               (octet(0) == 0xEF && octet(1) == 0xBB && octet(2) == 0xBF)) {
      i += 2;
    } else {
      clean += rest[0];
    }
  }
  return text::nfc(clean);
}

std::vector<std::string_view> words_in(std::string_view text) {
  std::vector<std::string_view> words;
  for (const archive::WordSpan span : archive::word_spans(text))
    words.push_back(text.substr(span.begin, span.end - span.begin));
  return words;
}

std::vector<std::string_view> expansions(std::string_view bare_word) {
  std::vector<std::string_view> texts;
  for (const Known& one : known_abbreviations())
    if (one.written == bare_word) texts.push_back(one.text);
  return texts;
}

std::vector<std::string> abbreviations(const std::vector<Spelling>& words) {
  std::vector<std::string> written;
  for (const Known& one : known_abbreviations()) {
    // As everywhere: a word without marks stands for all of them.
    const auto same = [](const Spelling& asked, const Spelling& stands) {
      return asked.has_marks() ? asked.marked == stands.marked : asked.bare == stands.bare;
    };
    if (std::equal(words.begin(), words.end(), one.words.begin(), one.words.end(), same))
      written.push_back(one.written);
  }
  return written;
}

std::string kind_key(std::string_view name) { return text::fold(printed_name(name)); }

std::vector<std::string> kinds_named(std::string_view asked) {
  const std::string key = text::fold(asked);
  std::vector<std::string> keys;
  for (const Kind& row : kind_rows) {
    const std::string name = kind_key(row.name);
    // One without marks, as the numbers of papers are looked for: "QD" is QĐ.
    bool called = key == name || (row.abbreviation != "-" && key == text::fold(row.abbreviation));
    for (std::string_view rest = row.others; !called && !rest.empty() && rest != "-";) {
      called = key == text::fold(rest.substr(0, rest.find(',')));
      rest.remove_prefix(std::min(rest.find(','), rest.size() - 1) + 1);
    }
    if (called && std::find(keys.begin(), keys.end(), name) == keys.end()) keys.push_back(name);
  }
  return keys;
}

std::string known_kinds() {
  std::string all;
  for (const Kind& row : kind_rows) {
    const std::string one(row.abbreviation);
    if (one == "-" || (' ' + all + ' ').find(' ' + one + ' ') != std::string::npos) continue;
    all += (all.empty() ? "" : " ") + one;
  }
  return all;
}

}  // namespace vanthu::search
