// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "directory/directory.hpp"

namespace vanthu::directory {

enum class TableId : std::uint8_t;

/// How an act is done.
struct ActOptions {
  Actor actor;
  std::vector<std::string> domains;  ///< addresses must be of one of these (A-labels)
  Date today;                        ///< for what is checked
  Date on;                           ///< the first day on which it holds
  bool dry_run = false;              ///< look and report, change nothing
};

/// What an act did, or would do.
struct ActReport {
  struct Difference {
    std::string table, key, before, after;  ///< rows as the store holds them; empty: there was or is none
  };
  bool stored = false;  ///< with faults nothing is
  std::uint64_t generation = 0;
  std::vector<Difference> differences;
  std::vector<std::string> faults;   ///< what is wrong and what to do
  std::vector<std::string> notes;    ///< what is odd but lawful
  std::vector<std::string> touched;  ///< what else feels it: groups, aliases, delegations, people without a unit
};

/// Field names as the columns of README.md ("name_vi"), also without their endings ("name", "parent", "unit"), and
/// their values.
using NamedFields = std::vector<std::pair<std::string, std::string>>;
using KeyWords =
    std::vector<std::string>;  ///< the fields of a row's key but its first day: {"vp"}, {"p1", "vp", "Văn thư"}

/// What is done by hand to the directory, each act all or nothing, checked as an import is, kept in the history, and
/// kept against imports until they say something new of the same rows.
class Acts {
 public:
  Acts(Directory& directory, ActOptions options) : directory_(directory), options_(std::move(options)) {}

  // Every one: @par Errors  bad_arguments (no such field, no such row), store_full, store_failed; what the directory's
  // rules forbid stands in the report's faults

  Result<ActReport> add(TableId table, const KeyWords& key, const NamedFields& fields);
  /// Of units and others with versions: a new version from `on` on where `versioned`, else the present one is
  /// corrected.
  Result<ActReport> set(TableId table, const KeyWords& key, const NamedFields& fields, bool versioned);
  /// The day before `on` is the last one. With a unit go its mailboxes but those of people, its posts and contacts;
  /// with a person their posts, mailboxes, roles and delegations.
  Result<ActReport> close(TableId table, const KeyWords& key);
  Result<ActReport> move_unit(std::string_view unit, std::string_view parent);
  /// Ends the person's posts in the unit of their mailbox and begins one in another; their mailbox goes along.
  Result<ActReport> move_person(std::string_view person, std::string_view unit, std::string_view position);
  /// One holder goes, the next one comes.
  Result<ActReport> move_position(std::string_view unit, std::string_view position, std::string_view person);
  /// Units become part of another one: closed, with it as the successor that their addresses name.
  Result<ActReport> merge_units(const std::vector<std::string>& from, std::string_view into);
  /// Two entries of one human being: posts, mailboxes, delegations and roles of `from` become those of `into`.
  Result<ActReport> merge_people(std::string_view from, std::string_view into);
  /// The members of one static group join another; the first one is closed.
  Result<ActReport> merge_groups(std::string_view from, std::string_view into);
  /// Many units into new ones in one step: see README.md, "A reorganisation".
  /// @param plan  the file's octets
  Result<ActReport> reorganise(std::string_view plan, const std::string& file);

 private:
  Directory& directory_;
  ActOptions options_;
};

/// Tables of which a person says "unit", "mailbox"; empty: no such noun.
std::optional<TableId> table_of_noun(std::string_view noun);

}  // namespace vanthu::directory
