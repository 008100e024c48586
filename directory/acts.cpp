// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/acts.hpp"

#include <array>

#include "directory/draft.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {
struct Noun {
  std::string_view word;
  TableId table;
};
constexpr std::array nouns{Noun{"unit", TableId::units},           Noun{"person", TableId::people},
                           Noun{"position", TableId::assignments}, Noun{"mailbox", TableId::mailboxes},
                           Noun{"alias", TableId::aliases},        Noun{"group", TableId::groups},
                           Noun{"member", TableId::group_members}, Noun{"delegation", TableId::delegations},
                           Noun{"role", TableId::roles},           Noun{"contact", TableId::contacts},
                           Noun{"event", TableId::unit_history},   Noun{"line", TableId::recipient_lines},
                           Noun{"term", TableId::terms},           Noun{"certificate", TableId::certificates},
                           Noun{"unit-kind", TableId::unit_kinds}};

NamedFields with_key(const TableSpec& table, const KeyWords& key, const NamedFields& fields) {
  NamedFields all;
  for (std::size_t i = 0; i < key.size() && i < table.columns.size(); ++i)
    all.emplace_back(table.columns[i].name, key[i]);
  all.insert(all.end(), fields.begin(), fields.end());
  return all;
}

bool is_in_force(const TableSpec& table, const Fields& fields, const Day& at) {
  return table.from < 0 ||
         covers(fields[static_cast<std::size_t>(table.from)], fields[static_cast<std::size_t>(table.to)], at);
}

/// What a new row is when nobody says otherwise.
void fill_defaults(TableId table, Fields& fields, const Day& on) {
  const auto set = [&](std::size_t column, std::string_view value) {
    if (fields[column].empty()) fields[column] = value;
  };
  fields.resize(spec(table).columns.size());
  if (spec(table).from >= 0) set(static_cast<std::size_t>(spec(table).from), on.text());
  if (table == TableId::people) set(col::person::status, "active");
  if (table == TableId::groups) set(col::group::kind, fields[col::group::rule].empty() ? "static" : "dynamic");
  if (table == TableId::mailboxes) {
    set(col::mailbox::status, "active");
    set(col::mailbox::quota_mb, "1024");
  }
}
}  // namespace

std::optional<TableId> table_of_noun(std::string_view noun) {
  for (const Noun& one : nouns)
    if (one.word == noun) return one.table;
  return std::nullopt;
}

Result<ActReport> Acts::add(TableId table, const KeyWords& key, const NamedFields& named) {
  Draft draft(directory_.state(), options_, "add");
  const TableSpec& kind = spec(table);
  Fields fields(kind.columns.size());
  fill_defaults(table, fields, draft.on());
  if (draft.assign(table, fields, with_key(kind, key, named))) {
    const std::string at = key_of(kind, fields);
    if (!draft.get(table, at).empty())
      draft.findings().fault(shown_key(at), 0,
                             kind.lasting ? "is there already; an address is never given twice" : "is there already");
    draft.put(table, fields);
  }
  return draft.carry_out();
}

Result<ActReport> Acts::set(TableId table, const KeyWords& key, const NamedFields& named, bool versioned) {
  Draft draft(directory_.state(), options_, "set");
  const TableSpec& kind = spec(table);
  if (const auto at = draft.present(table, key)) {
    Fields fields = draft.get(table, *at);
    if (versioned && !kind.versions)
      draft.findings().fault(kind.name, 0, "has no versions; leave --from out, the history keeps what was before");
    if (versioned && kind.versions) {
      const auto from = static_cast<std::size_t>(kind.from);
      if (fields[from] == draft.on().text())
        versioned = false;  // it begins that day anyway
      else if (!is_in_force(kind, fields, draft.on()))
        draft.findings().fault(shown_key(*at), 0, "is not in force on " + std::string(draft.on().text()));
    }
    if (versioned && kind.versions) {
      const auto to = static_cast<std::size_t>(kind.to);
      const std::string end = fields[to];
      draft.end(table, *at);
      fields[static_cast<std::size_t>(kind.from)] = draft.on().text();
      fields[to] = end;
    }
    if (draft.assign(table, fields, named)) {
      if (key_of(kind, fields) != *at && !versioned) draft.erase(table, *at);
      draft.put(table, fields);
    }
  }
  return draft.carry_out();
}

Result<ActReport> Acts::close(TableId table, const KeyWords& key) {
  Draft draft(directory_.state(), options_, "close");
  const TableSpec& kind = spec(table);
  if (table == TableId::units) {
    draft.close_unit(key.front());
  } else if (const auto at = draft.present(table, key)) {
    const Fields fields = draft.get(table, *at);
    if (!is_in_force(kind, fields, draft.on()))
      draft.findings().fault(shown_key(*at), 0, "is closed already");
    else if (table == TableId::mailboxes)
      draft.close_mailbox(fields[col::mailbox::address]);
    else if (kind.to < 0)
      draft.erase(table, *at);
    else
      draft.end(table, *at);
    if (table == TableId::people) {
      Fields person = draft.get(table, *at);
      if (!person.empty() && person[col::person::status] == "active") {
        person[col::person::status] = "moved-out";
        draft.put(table, person);
      }
      draft.close_person(fields[col::person::id]);
    }
  }
  return draft.carry_out();
}

Result<ActReport> Acts::move_unit(std::string_view unit, std::string_view parent) {
  Draft draft(directory_.state(), options_, "unit move");
  if (const auto at = draft.present(TableId::units, {std::string(unit)})) {
    Fields fields = draft.get(TableId::units, *at);
    const std::string old = fields[col::unit::parent];
    const std::string end = fields[col::unit::to];
    if (fields[col::unit::from] != draft.on().text()) draft.end(TableId::units, *at);
    fields[col::unit::from] = draft.on().text();
    fields[col::unit::to] = end;
    fields[col::unit::parent] = parent;
    draft.put(TableId::units, fields);
    draft.put(TableId::unit_history,
              {std::string(draft.on().text()), "reparent", std::string(unit), std::string(parent), "from " + old});
  }
  return draft.carry_out();
}

Result<ActReport> Acts::move_person(std::string_view person, std::string_view unit, std::string_view position) {
  Draft draft(directory_.state(), options_, "person move");
  const View& view = draft.before();
  if (!view.person(person)) draft.findings().fault(std::string(person), 0, "there is no such person");
  view.each(IndexId::mailboxes_by_person, prefix(person), [&](std::string_view address, std::string_view) {
    Fields fields = draft.get(TableId::mailboxes, prefix(address));
    if (View::standing(view.mailbox(address), draft.on()) != View::Standing::open) return;
    view.each(TableId::assignments, prefix(person), [&](const Row& row) {
      // Posts elsewhere (kiêm nhiệm) stay.
      if (covers(row[col::post::from], row[col::post::to], draft.on()) &&
          row[col::post::unit] == fields[col::mailbox::unit])
        draft.end(TableId::assignments, key_of(TableId::assignments, row.whole()));
    });
    fields[col::mailbox::unit] = unit;
    fields[col::mailbox::position] = position;
    draft.put(TableId::mailboxes, fields);
  });
  if (!position.empty())
    draft.put(TableId::assignments, {std::string(person), std::string(unit), std::string(position), "no",
                                     std::string(draft.on().text()), ""});
  return draft.carry_out();
}

Result<ActReport> Acts::move_position(std::string_view unit, std::string_view position, std::string_view person) {
  Draft draft(directory_.state(), options_, "position move");
  std::string spelt(position);
  std::string beside = "no";
  for (const Row& row : draft.before().holders(unit, position, draft.on())) {
    spelt = row.str(col::post::position);
    beside = row.str(col::post::concurrent);
    draft.touch("thôi giữ / gives up: " + row.str(col::post::person));
    draft.end(TableId::assignments, key_of(TableId::assignments, row.whole()));
  }
  draft.put(TableId::assignments,
            {std::string(person), std::string(unit), spelt, beside, std::string(draft.on().text()), ""});
  return draft.carry_out();
}

Result<ActReport> Acts::merge_units(const std::vector<std::string>& from, std::string_view into) {
  Draft draft(directory_.state(), options_, "unit merge");
  if (!draft.before().is_open(into, draft.on()))
    draft.findings().fault(std::string(into), 0, "is no unit that is open on " + std::string(draft.on().text()));
  for (const std::string& unit : from) {
    draft.put(TableId::unit_history, {std::string(draft.on().text()), "merge", unit, std::string(into), ""});
    draft.close_unit(unit);
  }
  return draft.carry_out();
}

Result<ActReport> Acts::merge_people(std::string_view from, std::string_view into) {
  Draft draft(directory_.state(), options_, "person merge");
  const View& view = draft.before();
  for (const std::string_view id : {from, into})
    if (!view.person(id)) draft.findings().fault(std::string(id), 0, "there is no such person");
  if (from == into) draft.findings().fault(std::string(from), 0, "is merged into itself, name two");
  const auto rewrite = [&](TableId table, const Row& row, std::size_t column) {
    Fields fields = decode(row.whole(), spec(table).columns.size());
    draft.erase(table, key_of(table, row.whole()));
    fields[column] = into;
    if (draft.get(table, key_of(spec(table), fields)).empty()) draft.put(table, fields);
  };
  view.each(TableId::assignments, prefix(from),
            [&](const Row& row) { rewrite(TableId::assignments, row, col::post::person); });
  view.each(TableId::roles, prefix(from), [&](const Row& row) { rewrite(TableId::roles, row, col::role::person); });
  view.each(IndexId::delegations_by_person, prefix(from), [&](std::string_view, std::string_view key) {
    rewrite(TableId::delegations, view.row(TableId::delegations, key), col::delegation::delegate);
  });
  view.each(IndexId::mailboxes_by_person, prefix(from), [&](std::string_view address, std::string_view) {
    draft.findings().note(std::string(address), 0, "was of " + std::string(from) + ", now of " + std::string(into));
    rewrite(TableId::mailboxes, view.mailbox(address), col::mailbox::person);
  });
  draft.erase(TableId::people, prefix(from));
  return draft.carry_out();
}

Result<ActReport> Acts::merge_groups(std::string_view from, std::string_view into) {
  Draft draft(directory_.state(), options_, "group merge");
  const View& view = draft.before();
  const auto group = [&](std::string_view name) {
    Row row = view.group(name);
    if (!row) row = view.group_at(address_key(name));
    if (!row)
      draft.findings().fault(std::string(name), 0, "there is no such group");
    else if (row[col::group::kind] == "dynamic")
      draft.findings().fault(std::string(name), 0, "follows a rule; only static groups are merged");
    return row;
  };
  const Row source = group(from);
  const Row target = group(into);
  if (source && target) {
    view.each(TableId::group_members, prefix(source[col::group::id]), [&](const Row& row) {
      if (!covers(row[col::member::from], row[col::member::to], draft.on())) return;
      bool there = false;
      view.each(TableId::group_members, prefix(target[col::group::id], row[col::member::address]),
                [&](const Row& other) {
                  there = there || covers(other[col::member::from], other[col::member::to], draft.on());
                });
      if (!there)
        draft.put(TableId::group_members, {target.str(col::group::id), row.str(col::member::address),
                                           std::string(draft.on().text()), row.str(col::member::to)});
      draft.end(TableId::group_members, key_of(TableId::group_members, row.whole()));
    });
    draft.end(TableId::groups, prefix(source[col::group::id]));
  }
  return draft.carry_out();
}

}  // namespace vanthu::directory
