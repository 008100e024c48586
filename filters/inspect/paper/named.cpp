// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/named.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "filters/inspect/paper/kinds.hpp"
#include "filters/inspect/paper/letters.hpp"
#include "filters/inspect/paper/number.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

constexpr double by_name = 0.3;  // no rule takes such a paper for one that was read
constexpr std::size_t longest_name = 200;

std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (const char c : plain_line(name)) {
    if (std::string_view("-._ ()[]+,/").find(c) == std::string_view::npos)
      words.back() += c;
    else if (!words.back().empty())
      words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

bool is_number(std::string_view word) {
  return !word.empty() && word.size() <= 4 &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_organ(std::string_view word) {
  const LetterCount count = count_letters(word);
  return count.letters >= 2 && count.letters <= 12 && count.capitals * 3 >= count.letters * 2;
}

filters::Paper made(std::string number, std::string symbol, std::string_view abbreviation, const char* reading) {
  filters::Paper paper;
  paper.form = symbol.find('/') == std::string::npos ? "state" : "party";
  paper.number = std::move(number);
  paper.symbol = std::move(symbol);
  paper.kind = kind_of_abbreviation(abbreviation, paper.form == "party");
  paper.confidence = by_name;
  for (const char* field : {"number", "symbol", "kind"}) {
    filters::Source source;
    source.field = field;
    source.reading = reading;
    source.confidence = by_name;
    if (field != std::string_view("kind") || !paper.kind.empty()) paper.sources.push_back(std::move(source));
  }
  return paper;
}

}  // namespace

std::optional<filters::Paper> paper_of_file_name(std::string_view name) {
  if (name.size() > longest_name) return std::nullopt;
  const std::vector<std::string> words = words_of(name.substr(0, name.rfind('.')));
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    // The number before the kind, or behind it; then who issued it.
    const bool before = is_number(words[i]) && is_abbreviation(words[i + 1]);
    const bool behind = is_abbreviation(words[i]) && is_number(words[i + 1]);
    if (!before && !behind) continue;
    const std::string& number = words[before ? i : i + 1];
    const std::string abbreviation = printed_abbreviation(words[before ? i + 1 : i]);
    const bool organ = i + 2 < words.size() && is_organ(words[i + 2]);
    return made(number, organ ? abbreviation + "/" + words[i + 2] : abbreviation, abbreviation, "file-name");
  }
  return std::nullopt;
}

std::optional<filters::Paper> paper_of_subject(std::string_view subject) {
  if (subject.size() > 4 * longest_name) return std::nullopt;
  const std::string plain = plain_line(subject);
  for (std::size_t at = 0; (at = plain.find_first_of("Ss", at)) != std::string::npos; ++at) {
    if (at > 0 && plain[at - 1] != ' ' && plain[at - 1] != '(') continue;
    const auto number = read_number(std::string_view(plain).substr(at));
    if (number && !number->number.empty() && known_abbreviation(number->abbreviation))
      return made(number->number, number->symbol, number->abbreviation, "subject");
  }
  return std::nullopt;
}

}  // namespace vanthu::inspect
