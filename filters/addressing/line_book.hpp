// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "directory/directory.hpp"
#include "filters/addressing/line_words.hpp"
#include "filters/policy/recipient_rules.hpp"

namespace vanthu::addressing {

/// What the lines of "Nơi nhận" may name: the directory's own table of lines, groups and units by name, short name and
/// symbol, each with the days it was so, and the policy's classes. Made once for each generation; never changes.
class LineBook {
 public:
  struct Entry {
    enum class Kind : std::uint8_t { line, group, unit } kind = Kind::line;
    std::string id;             ///< of the group or unit; line: what it resolves to
    std::string name;           ///< as the directory calls it
    directory::Validity valid;  ///< of the name
    double strength = 1;        ///< of this way to name it
  };
  /// A class of the policy, its lines ready for comparing.
  struct Class {
    const filters::RecipientLineRules::Class* rule;
    struct Pattern {
      LineWords words;
      bool open_front = false, open_end = false;  ///< '*'
    };
    std::vector<Pattern> patterns;
  };

  LineBook(const directory::Directory& directory, const filters::RecipientLineRules& rules);

  std::uint64_t generation() const { return generation_; }
  const Abbreviations& abbreviations() const { return abbreviations_; }
  enum class Form : std::uint8_t { strict, loose, bare };
  /// All that is called so, of all days.
  std::vector<const Entry*> find(Form form, const std::string& words) const;
  /// All that has this symbol ("VPTU"), of all days.
  std::vector<const Entry*> by_symbol(std::string_view symbol) const;
  const std::vector<Class>& classes() const { return classes_; }
  const directory::Group* group(std::string_view id) const;
  /// Ids of the units that were of one of these kinds that day.
  std::vector<std::string> units_of(const std::vector<std::string>& kinds, Date at) const;

  struct Near {
    const Entry* entry = nullptr;
    double likeness = 0;  ///< share of common words, 0 to 1
  };
  /// The group or unit whose name has most words in common, among at most limits::recipient_near candidates.
  Near near(const std::string& bare, Date at) const;

 private:
  void add(Entry entry, std::string_view name);
  std::uint64_t generation_;
  Abbreviations abbreviations_;
  std::vector<Entry> entries_;
  std::vector<std::string> bare_;  ///< of each entry
  using Index = std::unordered_multimap<std::string, std::uint32_t>;
  Index strict_, loose_, bare_index_, symbols_;
  std::unordered_map<std::string, std::vector<std::uint32_t>> by_word_;
  std::vector<directory::Group> groups_;
  struct OfKind {
    std::string id;
    directory::Validity valid;
  };
  std::unordered_map<std::string, std::vector<OfKind>> by_kind_;  ///< versions of units
  std::vector<Class> classes_;
};

/// The book of the generation in force. Any thread.
class LineBooks {
 public:
  std::shared_ptr<const LineBook> book(const directory::Directory& directory, const filters::RecipientLineRules& rules);

 private:
  std::mutex mutex_;
  std::shared_ptr<const LineBook> book_;  ///< shared by the comparisons that began before it was replaced
};

}  // namespace vanthu::addressing
