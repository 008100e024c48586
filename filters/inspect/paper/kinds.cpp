// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/kinds.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <vector>

#include "filters/inspect/paper/letters.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

struct PartyRow {
  std::string_view abbreviation, name, aliases;
};
constexpr auto party_rows = std::to_array<PartyRow>({
#include "party-document-kinds.inc"
});
struct StateRow {
  std::string_view abbreviation, name;
};
constexpr auto state_rows = std::to_array<StateRow>({
#include "state-document-kinds.inc"
});

struct UnitRow {
  std::string_view symbols;
};
constexpr auto unit_rows = std::to_array<UnitRow>({
#include "unit-kinds.inc"
});

/// Customary beside the tables (domain reference, "Kinds and abbreviations").
constexpr auto customary = std::to_array<StateRow>({{"QĐi", "Quy định"}, {"QyĐ", "Quy định"}, {"TrT", "Tờ trình"}});

struct Kind {
  std::string key;     ///< match key of the name
  std::string folded;  ///< without marks
  std::string name;
  std::string abbreviation;
  bool party = false;
};

std::string without_brackets(std::string_view name) {
  std::string_view plain = name.substr(0, name.find('('));
  while (!plain.empty() && plain.back() == ' ') plain.remove_suffix(1);
  return std::string(plain);
}

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = [] {
    std::vector<Kind> list;
    const auto add = [&](std::string_view abbreviation, std::string_view name, bool party) {
      const std::string plain = without_brackets(name);
      list.push_back({text::match_key(plain), text::fold(plain), plain,
                      abbreviation == "-" ? std::string() : std::string(abbreviation), party});
    };
    for (const PartyRow& row : party_rows) {
      add(row.abbreviation, row.name, true);
      std::string_view aliases = row.aliases == "-" ? std::string_view{} : row.aliases;
      while (!aliases.empty()) {
        const std::size_t end = std::min(aliases.find(','), aliases.size());
        add(aliases.substr(0, end), row.name, true);
        aliases.remove_prefix(std::min(end + 1, aliases.size()));
      }
    }
    for (const StateRow& row : state_rows) add(row.abbreviation, row.name, false);
    for (const StateRow& row : customary) {
      add(row.abbreviation, row.name, true);
      add(row.abbreviation, row.name, false);
    }
    return list;
  }();
  return all;
}

/// "TTR" and "TTr" are one, "QĐi" and "QĐ" are not.
bool same_abbreviation(std::string_view a, std::string_view b) { return text::match_key(a) == text::match_key(b); }

}  // namespace

namespace {

/// The longest of the kinds whose key a line's key begins with.
const Kind* longest(const std::string& key, std::string Kind::*name) {
  const Kind* best = nullptr;
  for (const Kind& kind : kinds()) {
    const std::string& wanted = kind.*name;
    if (key.rfind(wanted, 0) != 0) continue;
    if (key.size() > wanted.size() && key[wanted.size()] != ' ' && key[wanted.size()] != ':') continue;
    if (best == nullptr || wanted.size() > (best->*name).size()) best = &kind;
  }
  return best;
}

/// "T H Ô N G   B Á O": the kind that a line of single letters spells.
const Kind* spelled_out(const std::string& key) {
  std::string joined;
  for (std::size_t at = 0; at < key.size();) {
    const std::size_t end = std::min(key.find(' ', at), key.size());
    if (length(std::string_view(key).substr(at, end - at)) > 1) return nullptr;
    joined.append(key, at, end - at);
    at = end + 1;
  }
  if (joined.size() < 5) return nullptr;
  for (const Kind& kind : kinds()) {
    std::string wanted = kind.key;
    wanted.erase(std::remove(wanted.begin(), wanted.end(), ' '), wanted.end());
    if (joined == wanted) return &kind;
  }
  return nullptr;
}

}  // namespace

KindName kind_of_title(std::string_view line) {
  if (line.size() > 1000) return {};
  const std::string key = text::match_key(line);
  if (const Kind* kind = length(std::string_view(key).substr(0, key.find(' '))) == 1 && all_capitals(line)
                             ? spelled_out(key)
                             : nullptr)
    return {kind->name, line.size()};
  const Kind* best = longest(key, &Kind::key);
  // A mark that was read or typed wrong ("THÔNG BAO", "QUYÉT ĐỊNH") makes no other kind.
  if (best == nullptr && all_capitals(line)) best = longest(text::fold(line), &Kind::folded);
  if (best == nullptr) return {};
  // The same words in the line as printed: they must be capitals, or it is a sentence about such a paper.
  const std::size_t words = 1 + static_cast<std::size_t>(std::count(best->key.begin(), best->key.end(), ' '));
  std::size_t end = 0;
  for (std::size_t n = 0; n < words; ++n) {
    end = line.find(' ', n == 0 ? 0 : end + 1);
    if (end == std::string_view::npos) end = line.size();
  }
  while (end > 0 && line[end - 1] == ':') --end;
  if (!all_capitals(line.substr(0, end))) return {};
  return {best->name, end};
}

std::string kind_of_abbreviation(std::string_view abbreviation, bool party) {
  std::string name;
  for (const Kind& kind : kinds()) {
    if (kind.party != party || kind.abbreviation.empty() || !same_abbreviation(kind.abbreviation, abbreviation))
      continue;
    if (!name.empty() && name != kind.name) return {};
    name = kind.name;
  }
  return name;
}

bool known_abbreviation(std::string_view abbreviation) {
  static const std::set<std::string, std::less<>> keys = [] {
    std::set<std::string, std::less<>> all;
    for (const Kind& kind : kinds())
      if (!kind.abbreviation.empty()) all.insert(text::match_key(kind.abbreviation));
    return all;
  }();
  return abbreviation.size() <= 32 && keys.count(text::match_key(abbreviation)) > 0;
}

namespace {
const Kind* kind_by_bare_abbreviation(std::string_view word) {
  const LetterCount count = count_letters(word);
  if (count.capitals < 2) return nullptr;
  for (const Kind& kind : kinds())
    if (!kind.abbreviation.empty() && text::fold(kind.abbreviation) == text::fold(word)) return &kind;
  return nullptr;
}
}  // namespace

bool is_abbreviation(std::string_view word) { return kind_by_bare_abbreviation(word) != nullptr; }

std::string printed_abbreviation(std::string_view word) {
  const Kind* kind = kind_by_bare_abbreviation(word);
  return kind == nullptr ? std::string(word) : kind->abbreviation;
}

namespace {

/// Without marks, of doubled letters one.
std::string skeleton(std::string_view word) {
  std::string key = text::fold(word);
  key.erase(std::unique(key.begin(), key.end()), key.end());
  return key;
}

const std::vector<std::string>& organs() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> list;
    for (const UnitRow& row : unit_rows)
      for (std::string_view left = row.symbols; !left.empty();) {
        const std::size_t end = std::min(left.find(','), left.size());
        const std::string symbol(left.substr(0, end));
        if (symbol.size() > 1 && std::find(list.begin(), list.end(), symbol) == list.end()) list.push_back(symbol);
        left.remove_prefix(std::min(end + 1, left.size()));
      }
    return list;
  }();
  return all;
}

}  // namespace

std::string mended_abbreviation(std::string_view word, std::string_view kind) {
  const std::string read = text::fold(word);
  for (const Kind& one : kinds()) {
    if (one.name != kind || one.abbreviation.empty()) continue;
    const std::string wanted = text::fold(one.abbreviation);
    if (wanted.size() < 2 || wanted.size() != read.size()) continue;
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < read.size(); ++i) wrong += read[i] != wanted[i] ? 1 : 0;
    if (wrong <= 1) return one.abbreviation;
  }
  return std::string(word);
}

std::string mended_organ(std::string_view word) {
  const std::string* found = nullptr;
  for (const std::string& symbol : organs()) {
    if (symbol == word) return symbol;
    if (length(symbol) < 3 || skeleton(symbol) != skeleton(word)) continue;
    if (found != nullptr) return std::string(word);
    found = &symbol;
  }
  return found == nullptr ? std::string(word) : *found;
}

}  // namespace vanthu::inspect
