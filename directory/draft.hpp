// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>

#include "directory/acts.hpp"
#include "directory/findings.hpp"
#include "directory/state.hpp"

namespace vanthu::directory {

/// Rows as an act in the making would leave them, and how it is carried out in the end.
class Draft {
 public:
  Draft(Directory::State& state, const ActOptions& options, const char* act);

  const View& before() const { return *reading_; }
  const Day& on() const { return on_; }
  const Day& last() const { return last_; }  ///< the day before `on`
  Findings& findings() { return findings_; }
  void touch(const std::string& what);  ///< for the report, once each

  Fields get(TableId table, std::string_view key) const;  ///< empty: no such row
  void put(TableId table, const Fields& fields);
  void erase(TableId table, std::string_view key);

  /// The row of a key that is in force on `on`, or the last one before; its key. Faults what is not there.
  std::optional<std::string> present(TableId table, const KeyWords& key);
  /// Sets named fields. @return false: a fault was noted
  bool assign(TableId table, Fields& fields, const NamedFields& named);
  /// Ends a row the day before `on`; one that would never have begun is taken away.
  void end(TableId table, std::string_view key);

  /// Closes a unit with all that goes with it.
  void close_unit(std::string_view unit);
  void close_mailbox(std::string_view address);
  void close_person(std::string_view person);

  Result<ActReport> carry_out();

 private:
  Fields read(std::string_view row, TableId table) const { return decode(row, spec(table).columns.size()); }

  Directory::State& state_;
  const ActOptions& options_;
  std::string act_;
  std::lock_guard<std::mutex> turn_;
  Directory::State::Reading reading_;
  Day on_, last_;
  std::set<std::string, std::less<>> unit_kinds_;
  Findings findings_;
  std::vector<std::string> touched_;
  std::map<std::string, std::string> open_children_;  ///< of units that close: child -> unit
  std::map<std::pair<TableId, std::string>, std::optional<std::string>> rows_;
};

}  // namespace vanthu::directory
