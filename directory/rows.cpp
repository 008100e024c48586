// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/rows.hpp"

#include <algorithm>

#include "directory/csv.hpp"
#include "directory/history.hpp"
#include "directory/scope.hpp"
#include "directory/state.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
Result<RowList> rows_of(const Directory& directory, TableId table, const KeyWords& key, std::optional<Date> at,
                        const Actor& actor) {
  const TableSpec& kind = spec(table);
  RowList list;
  for (const Column& column : kind.columns) list.columns.emplace_back(column.name);
  std::string begin;
  for (std::size_t i = 0; i < key.size() && i < kind.keys; ++i) {
    const bool address = kind.columns[i].form == Form::address;
    const std::string field = address ? address_key(key[i]) : text::nfc(key[i]);
    if (field.empty() || field.find_first_of(std::string_view("\t\0", 2)) != std::string::npos)
      return fail(status::bad_arguments, "'" + key[i] + "' is no " + kind.columns[i].name);
    begin += prefix(field);
  }
  const Directory::State::Reading reading = directory.state().read();
  const View& view = *reading;
  const Day today(at.value_or(day_of(now())));
  view.walk(view.store().table(table), begin, [&](std::string_view, std::string_view value) {
    const Row row(value);
    if (at && kind.from >= 0 &&
        !covers(row[static_cast<std::size_t>(kind.from)], row[static_cast<std::size_t>(kind.to)], today))
      return true;
    if (!actor.everywhere && !row_in_scope(view, actor, today, table, row)) return true;
    if (list.rows.size() >= limits::listed_rows) {
      list.more = true;
      return false;
    }
    list.rows.push_back(decode(value, kind.columns.size()));
    return true;
  });
  return list;
}

std::vector<HistoryEntry> history_of(const Directory& directory, std::string_view noun, std::string_view subject,
                                     std::size_t most, const Actor& actor) {
  const Directory::State::Reading reading = directory.state().read();
  const View& view = *reading;
  const Day today(day_of(now()));
  std::vector<HistoryEntry> list;
  if (noun.empty()) {
    if (actor.everywhere)
      all_changes(view, [&](const HistoryEntry& entry) {
        list.push_back(entry);
        return list.size() < most;
      });
    return list;
  }
  const auto table = table_of_noun(noun);
  if (!table) return list;
  const std::string key = spec(*table).columns[0].form == Form::address ? address_key(subject) : std::string(subject);
  const auto take = [&](TableId id, std::string_view begin) {
    std::size_t taken = 0;
    changes_of(view, id, begin, [&](const HistoryEntry& entry) {
      const Row row(entry.after.empty() ? entry.before : entry.after);
      if (row_in_scope(view, actor, today, id, row)) list.push_back(entry);
      return ++taken < most;
    });
  };
  take(*table, prefix(key));
  if (*table == TableId::people)
    for (const TableId id : {TableId::assignments, TableId::roles}) take(id, prefix(key));
  if (*table == TableId::groups) take(TableId::group_members, prefix(key));
  if (*table == TableId::mailboxes) take(TableId::delegations, prefix(key));
  if (*table == TableId::units) {
    take(TableId::contacts, prefix(key));
    // Rows of other tables that name the unit now.
    view.each(IndexId::mailboxes_by_unit, prefix(key),
              [&](std::string_view address, std::string_view) { take(TableId::mailboxes, prefix(address)); });
    view.each(IndexId::assignments_by_unit, prefix(key), [&](std::string_view, std::string_view post) {
      take(TableId::assignments, key_of(TableId::assignments, post));
    });
    for (const IndexId index : {IndexId::history_by_from, IndexId::history_by_to})
      view.each(index, prefix(key),
                [&](std::string_view, std::string_view event) { take(TableId::unit_history, event); });
  }
  std::stable_sort(list.begin(), list.end(),
                   [](const HistoryEntry& a, const HistoryEntry& b) { return a.generation > b.generation; });
  if (list.size() > most) list.resize(most);
  return list;
}

Result<std::string> export_file(const Directory& directory, std::string_view file) {
  const auto found =
      std::find_if(tables().begin(), tables().end(), [&](const TableSpec& one) { return file == one.file; });
  if (found == tables().end()) {
    std::string known;
    for (const TableSpec& one : tables()) known.append(known.empty() ? "" : ", ").append(one.file);
    return fail(status::bad_arguments, "'" + std::string(file) + "' is no file of the folder, use one of " + known);
  }
  const TableSpec& kind = *found;
  const TableId table = kind.id;
  std::string text;
  for (std::size_t c = 0; c < kind.columns.size(); ++c) text.append(c > 0 ? "," : "").append(kind.columns[c].name);
  text += "\r\n";
  const Directory::State::Reading reading = directory.state().read();
  reading->each(table, {}, [&](const Row& row) {
    for (std::size_t c = 0; c < kind.columns.size(); ++c) text.append(c > 0 ? "," : "").append(csv_field(row[c]));
    text += "\r\n";
  });
  return text;
}

}  // namespace vanthu::directory
