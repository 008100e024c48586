// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// Words as the index spells them: what is the same word to whoever looks for it.
namespace vanthu::search {

/// One word's two spellings.
struct Spelling {
  std::string marked;        ///< case folded, tone on one place, y = i where both are written ("kỹ" = "kĩ")
  std::string bare;          ///< the same without marks, đ = d
  std::uint32_t number = 0;  ///< word_number()
  bool has_marks() const { return marked != bare; }
  // For who counts words:
  std::uint64_t stamp = 0;  ///< the last text that had it
  std::uint32_t count = 0;  ///< what it counts there
};

/// Spells words and remembers how, since a language has few of them and spelling one costs a microsecond. One thread.
class Speller {
 public:
  /// @param word  a word_spans() piece of a text in NFC  @return stays until the next text
  Spelling& of(std::string_view word);
  /// A new text begins: another number than any before, from 1. What of() returned before may be gone.
  std::uint64_t next_stamp();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view word) const { return std::hash<std::string_view>()(word); }
  };
  std::unordered_map<std::string, Spelling, Hash, std::equal_to<>> known_;
  std::uint64_t stamps_ = 0;
};

/// A text in NFC without what nobody sees (soft hyphens, zero width signs) and with Ƣ ƣ, which some PDF fonts put for
/// Ư ư, read as those. What words are looked for in; originals are never altered.
std::string readable(std::string_view utf8);

/// The words of a text in their order. `text` is readable().
std::vector<std::string_view> words_in(std::string_view text);

/// Abbreviations of conf/tables/abbreviations.tsv.
/// @return what a word stands for, each as a text; empty: it is none
std::vector<std::string_view> expansions(std::string_view bare_word);
/// Bare abbreviations of exactly these words ("uỷ ban kiểm tra": "ubkt").
std::vector<std::string> abbreviations(const std::vector<Spelling>& words);

/// Kinds of papers by their abbreviation ("TB") or name ("Thông báo"): every name, as kind_key()s, that the Party's and
/// the state's tables give it. Empty: no such kind.
std::vector<std::string> kinds_named(std::string_view abbreviation_or_name);
/// A kind's name as a key: without marks, lower case.
std::string kind_key(std::string_view name);
/// The kinds' abbreviations, for who asked for one that is none.
std::string known_kinds();

}  // namespace vanthu::search
