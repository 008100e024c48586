// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/checks.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "directory/rule.hpp"
#include "directory/skeleton.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {

class Checks {
 public:
  Checks(const CheckGrounds& grounds, std::span<const Edit> edits, Findings& findings)
      : grounds_(grounds),
        after_(grounds.after),
        today_(grounds.today),
        edits_(edits),
        findings_(findings),
        had_others_(grounds.before.any(TableId::groups, {}) || grounds.before.any(TableId::aliases, {})) {}

  void run() {
    for (const Edit& edit : edits_) {
      if (!edit.has) {
        gone(edit);
        continue;
      }
      const Row row(edit.after);
      days(edit, row);
      if (spec(edit.table).versions) versions(edit, row);
      references(edit, row);
      one(edit, row);
    }
  }

 private:
  void fault(const Edit& edit, const std::string& what) { fault(edit.table, edit.key, edit.line, what); }
  void fault(TableId table, std::string_view key, std::size_t line, const std::string& what) {
    if (grounds_.sheets != nullptr)
      findings_.fault(spec(table).file, line, what);
    else
      findings_.fault(shown_key(key), 0, what);
  }
  void note(const Edit& edit, const std::string& what) {
    if (grounds_.sheets != nullptr)
      findings_.note(spec(edit.table).file, edit.line, what);
    else
      findings_.note(shown_key(edit.key), 0, what);
  }
  std::size_t line_of(TableId table, std::string_view key) const {
    return grounds_.sheets != nullptr ? sheet(table).line_of(key) : 0;
  }
  const Sheet& sheet(TableId table) const { return grounds_.sheets->at(static_cast<std::size_t>(table)); }
  bool unsure(TableId table) const { return grounds_.sheets != nullptr && sheet(table).unsure; }
  bool broken(TableId table, std::string_view first) const {
    return grounds_.sheets != nullptr && sheet(table).broken.contains(first);
  }
  /// A row that is kept because addresses are never forgotten, though its unit or person may be.
  bool only_kept(const Edit& edit) const {
    return grounds_.sheets != nullptr && edit.line == 0 && edit.had && spec(edit.table).lasting;
  }

  void one(const Edit& edit, const Row& row) {
    switch (edit.table) {
      case TableId::units:
        circles(edit, row);
        break;
      case TableId::unit_history:
        if (row[col::event::from_unit] == row[col::event::to_unit])
          fault(edit, "from_unit and to_unit are the same unit");
        break;
      case TableId::people:
        namesakes(edit, row);
        break;
      case TableId::mailboxes:
        mailbox(edit, row);
        break;
      case TableId::aliases:
        alias(edit, row);
        break;
      case TableId::groups:
        group(edit, row);
        break;
      case TableId::group_members:
        member(edit, row);
        break;
      case TableId::roles:
        if (row[col::role::role] == "unit-administrator" && row[col::role::scope].empty())
          fault(edit, "a unit-administrator needs scope_unit_id, name the unit");
        if (row[col::role::role] != "archivist" && !row[col::role::classes].empty())
          fault(edit, "record_classes limits archivists only, leave it empty");
        break;
      case TableId::recipient_lines:
        recipient_line(edit, row);
        break;
      case TableId::assignments:
      case TableId::terms:
      case TableId::delegations:
      case TableId::unit_kinds:
      case TableId::certificates:
      case TableId::contacts:
        break;
    }
  }

  /// A file's rows were looked at when they were read; by hand a row may be asked to begin after its end.
  void days(const Edit& edit, const Row& row) {
    const TableSpec& table = spec(edit.table);
    if (table.from < 0 || table.to < 0) return;
    const std::string from = row.str(static_cast<std::size_t>(table.from));
    const std::string to = row.str(static_cast<std::size_t>(table.to));
    if (!from.empty() && !to.empty() && to < from)
      fault(edit, "would begin on " + from + " and end on " + to + "; it is not in force that day, choose another one");
  }

  /// Versions of one key: any number whose days do not overlap.
  void versions(const Edit& edit, const Row& row) {
    const TableSpec& table = spec(edit.table);
    const auto from = static_cast<std::size_t>(table.from);
    const auto to = static_cast<std::size_t>(table.to);
    const std::string_view stem = edit.key.substr(0, edit.key.size() - row[from].size());
    bool named = false;
    after_.walk(after_.store().table(edit.table), stem, [&](std::string_view key, std::string_view value) {
      if (key == edit.key || key.size() > stem.size() + 10) return;
      const Row other(value);
      if ((!other[to].empty() && other[to] < row[from]) || (!row[to].empty() && row[to] < other[from])) return;
      const std::size_t line = line_of(edit.table, key);
      if (named || line > edit.line) return;  // the later of the two lines is named
      named = true;
      std::string what = "'";
      for (std::size_t i = 0; i < table.keys; ++i)
        if (!row[i].empty()) what.append(what.size() > 1 ? ", " : "").append(row[i]);
      what += "' stands already ";
      what +=
          line > 0 ? "in line " + std::to_string(line) : "from '" + other.str(from) + "' to '" + other.str(to) + "'";
      fault(edit, what + " for days that overlap, correct the days or remove one");
    });
  }

  bool is_there(TableId table, std::string_view id) const {
    const bool stored = spec(table).versions ? after_.any(table, prefix(id)) : bool(after_.row(table, prefix(id)));
    return stored || unsure(table) || broken(table, id);
  }

  enum class Of : std::uint8_t { mailboxes, addresses };
  bool is_address(std::string_view address, Of of) const {
    if (after_.mailbox(address)) return true;
    if (of == Of::addresses && (after_.group_at(address) || after_.any(TableId::aliases, prefix(address)))) return true;
    if (unsure(TableId::mailboxes) || broken(TableId::mailboxes, address)) return true;
    // A broken group row is known by its id only, so any address may be its own.
    return of == Of::addresses &&
           (unsure(TableId::aliases) || unsure(TableId::groups) || broken(TableId::aliases, address) ||
            (grounds_.sheets != nullptr && !sheet(TableId::groups).broken.empty()));
  }

  std::string nearest_id(TableId table, std::string_view id) const {
    // Ids that begin alike come first: enough for a mistake behind the first letter, and no walk over a million rows.
    std::vector<std::string> known;
    const auto take = [&](std::string_view begin) {
      after_.each(table, begin, [&](const Row& row) {
        known.push_back(row.str(0));
        return known.size() < limits::nearest_looked_at;
      });
    };
    take(id.substr(0, 1));
    if (known.size() < limits::nearest_looked_at) take({});
    return did_you_mean(id, {known.begin(), known.end()});
  }

  void references(const Edit& edit, const Row& row) {
    const TableSpec& table = spec(edit.table);
    if (only_kept(edit)) return;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const Column& column = table.columns[c];
      const std::string_view of = column.of;
      if (of.empty() || column.form == Form::choice || row[c].empty()) continue;
      const std::string value = row.str(c);
      if (column.form == Form::id) {
        const TableId id = of == "units" ? TableId::units : of == "people" ? TableId::people : TableId::groups;
        if (known(id, value)) continue;
        fault(edit, std::string(column.name) + " '" + value + "' is not in " + name_of(id) + nearest_id(id, value) +
                        "; add it there or correct it");
      } else {
        const bool mailboxes_only = of == "mailboxes";
        if (is_address(value, mailboxes_only ? Of::mailboxes : Of::addresses)) continue;
        fault(edit, std::string(column.name) + " '" + value +
                        (mailboxes_only ? "' is not in " + name_of(TableId::mailboxes) + "; add it there or correct it"
                                        : "' is neither a mailbox nor a group nor an alias; add it or correct it"));
      }
    }
  }

  /// is_there, remembering the last answer: rows of one unit stand together.
  bool known(TableId table, const std::string& id) {
    std::unordered_set<std::string>& seen = known_[table];
    if (seen.contains(id)) return true;
    if (!is_there(table, id)) return false;
    if (table == TableId::units) seen.insert(id);
    return true;
  }

  std::string name_of(TableId table) const {
    return grounds_.sheets != nullptr ? spec(table).file : std::string("the directory");
  }

  /// What still leans on a row that goes.
  void gone(const Edit& edit) {
    if (edit.table != TableId::units && edit.table != TableId::people) return;
    const std::string id = Row(edit.before).str(0);
    if (after_.any(edit.table, prefix(id)) || unsure(edit.table) || broken(edit.table, id)) return;
    if (!named_gone_.insert({edit.table, id}).second) return;
    const bool unit = edit.table == TableId::units;
    const std::string what = unit ? "unit '" : "person '";
    const auto needs = [&](TableId table, std::string_view key, const char* column) {
      const std::size_t line = line_of(table, key);
      fault(table, key, line,
            std::string(column) + " '" + id + "' is not in " + name_of(edit.table) + nearest_id(edit.table, id) +
                "; add it there or correct it");
    };
    after_.each(unit ? IndexId::mailboxes_by_unit : IndexId::mailboxes_by_person, prefix(id),
                [&](std::string_view address, std::string_view) {
                  const std::string key = prefix(address);
                  if (line_of(TableId::mailboxes, key) > 0)
                    return needs(TableId::mailboxes, key, unit ? "unit_id" : "person_id");
                  if (!after_.transaction().get(after_.store().by_hand, hand_key(TableId::mailboxes, key))) return;
                  findings_.fault(spec(edit.table).file, 0,
                                  what + id + "' is missing, but mailbox " + std::string(address) +
                                      (unit ? ", which was added here, belongs to it; keep the unit"
                                            : ", which was added here, is theirs; keep the person"));
                });
    if (unit) {
      after_.each(IndexId::units_by_parent, prefix(id),
                  [&](std::string_view rest, std::string_view) { needs(TableId::units, rest, "parent_id"); });
      after_.each(IndexId::assignments_by_unit, prefix(id), [&](std::string_view, std::string_view post) {
        needs(TableId::assignments, key_of(TableId::assignments, post), "unit_id");
      });
      after_.each(IndexId::history_by_from, prefix(id),
                  [&](std::string_view, std::string_view key) { needs(TableId::unit_history, key, "from_unit"); });
      after_.each(IndexId::history_by_to, prefix(id),
                  [&](std::string_view, std::string_view key) { needs(TableId::unit_history, key, "to_unit"); });
      after_.each(TableId::terms, prefix(id),
                  [&](const Row& row) { needs(TableId::terms, key_of(TableId::terms, row.whole()), "committee"); });
    } else {
      after_.each(TableId::assignments, prefix(id), [&](const Row& row) {
        needs(TableId::assignments, key_of(TableId::assignments, row.whole()), "person_id");
      });
      after_.each(IndexId::delegations_by_person, prefix(id), [&](std::string_view, std::string_view key) {
        needs(TableId::delegations, key, "delegate_person_id");
      });
      after_.each(TableId::roles, prefix(id),
                  [&](const Row& row) { needs(TableId::roles, key_of(TableId::roles, row.whole()), "person_id"); });
    }
  }

  /// A unit that is above itself on some day: each unit of the circle is named, what merely hangs below one is not.
  void circles(const Edit& edit, const Row& row) {
    // Upwards as of the version's first day; a version without one is as of its last, or of today.
    const std::string_view when = !row[col::unit::from].empty() ? row[col::unit::from] : row[col::unit::to];
    const Day day = when.empty() ? today_ : Day(*validity_from(when, {}).from);
    std::vector<std::string> way{row.str(col::unit::id)};
    std::string above = row.str(col::unit::parent);
    for (std::size_t depth = 0; !above.empty(); ++depth) {
      if (above == way.front()) return name_circle(way);
      if (std::find(way.begin(), way.end(), above) != way.end()) return;  // it hangs below a circle
      if (depth >= limits::unit_depth)
        return fault(edit,
                     "more than " + std::to_string(limits::unit_depth) + " units above this one, correct parent_id");
      way.push_back(above);
      const Row next = after_.unit(above, day);
      above = next ? next.str(col::unit::parent) : std::string();
    }
  }

  void name_circle(std::vector<std::string> way) {
    for (std::size_t i = 0; i < way.size(); ++i) {
      if (in_circles_.insert(way.front()).second) {
        std::string text;
        for (const std::string& id : way) text += id + " -> ";
        const Row unit = after_.newest_unit(way.front());
        const std::string key = key_of(TableId::units, unit.whole());
        fault(TableId::units, key, line_of(TableId::units, key),
              "the unit is above itself: " + text + way.front() + "; correct parent_id");
      }
      std::rotate(way.begin(), way.begin() + 1, way.end());
    }
  }

  /// Of a folder of a hundred thousand people everybody has namesakes: `vanthu directory check` lists them.
  void namesakes(const Edit& edit, const Row& row) {
    if (edits_.size() > limits::namesake_edits) return;
    const std::string key = text::match_key(row[col::person::name]);
    std::string ids;
    std::size_t count = 0;
    std::size_t last = 0;
    for (const Named& one : called(after_, row[col::person::name])) {
      if (one.kind != Named::Kind::person || text::match_key(one.name) != key) continue;
      ids += (ids.empty() ? "" : ", ") + one.id;
      last = std::max(last, line_of(TableId::people, prefix(one.id)));
      ++count;
    }
    if (count > 1 && last == edit.line)
      note(edit, row.str(col::person::name) + " is the name of several people: " + ids);
  }

  void mailbox(const Edit& edit, const Row& row) {
    namespace c = col::mailbox;
    if (only_kept(edit)) return;
    const std::string address = row.str(c::address);
    const bool of_person = row[c::kind] == "person";
    if (of_person && row[c::person].empty()) fault(edit, "kind person needs person_id, name the person");
    if (!of_person && !row[c::person].empty())
      fault(edit,
            "person_id stands only with kind person; empty it, and say who holds the position in assignments.csv");
    if (row[c::kind] == "position" && row[c::position].empty()) fault(edit, "kind position needs position, name it");
    if (row[c::status] == "closed" && row[c::closed].empty()) fault(edit, "status closed needs the last day in closed");
    if (row[c::status] != "closed" && !row[c::closed].empty() && row[c::closed] < today_.text())
      fault(edit, "closed is " + row.str(c::closed) + " but status is " + row.str(c::status) + "; make them agree");
    if (!edit.had && had_others_ &&
        (grounds_.before.group_at(address) || grounds_.before.any(TableId::aliases, prefix(address))))
      fault(edit, "'" + address + "' is or was an alias or a group; an address is never used for something else");
    if (edit.had) owner(edit, row);
    if (row[c::kind] == "position" && row[c::status] != "closed" &&
        after_.holders(row[c::unit], row[c::position], today_).empty())
      note(edit, address + ": nobody holds " + row.str(c::position) + " of " + row.str(c::unit) + " today");
  }

  void owner(const Edit& edit, const Row& row) {
    namespace c = col::mailbox;
    const Row stored(edit.before);
    const std::string address = row.str(c::address);
    const bool was_closed = View::standing(stored, today_) == View::Standing::closed;
    if (!same_owner(stored, row)) {
      const bool person = stored[c::kind] == "person" || row[c::kind] == "person";
      // Two entries of one human being become one: the other is gone. No import can say that.
      if (grounds_.sheets == nullptr && !was_closed && stored[c::kind] == row[c::kind] && person &&
          !after_.person(stored[c::person]))
        return;
      const std::string whose = grounds_.before.owner_name(stored, today_);
      if (was_closed || person)
        fault(edit, "'" + address + "' " + (was_closed ? "belonged to " : "belongs to ") + whose +
                        "; an address never gets another owner, choose another address");
      else
        note(edit, "'" + address + "' moves from " + whose);
    } else if (was_closed && View::standing(row, today_) != View::Standing::closed) {
      note(edit, "'" + address + "' was closed and is opened again for the same owner");
    }
  }

  /// An address never gets a second meaning.
  void claim(const Edit& edit, std::string_view address, TableId other, std::string_view key) {
    const std::size_t line = line_of(other, key);
    fault(edit, "'" + std::string(address) + "' is or was already used in " + name_of(other) +
                    (line > 0 ? " line " + std::to_string(line) : "") +
                    "; an address never gets a second meaning, choose another one");
  }

  void alias(const Edit& edit, const Row& row) {
    const std::string_view address = row[col::alias::alias];
    if (const Row other = after_.mailbox(address))
      claim(edit, address, TableId::mailboxes, prefix(address));
    else if (const Row group = after_.group_at(address))
      claim(edit, address, TableId::groups, prefix(group[col::group::id]));
    if (edit.had) new_target(edit, Row(edit.before)[col::alias::target], row);
    after_.each(TableId::aliases, prefix(address), [&](const Row& other) {
      if (other[col::alias::from] < row[col::alias::from]) new_target(edit, other[col::alias::target], row);
    });
    std::string at = row.str(col::alias::target);
    std::size_t depth = 0;
    for (; depth <= limits::alias_depth; ++depth) {
      std::string next;
      after_.each(TableId::aliases, prefix(at), [&](const Row& one) { next = one.str(col::alias::target); });
      if (next.empty()) break;
      at = std::move(next);
    }
    if (depth >= limits::alias_depth) fault(edit, "aliases lead to aliases without an end, name the mailbox as target");
  }

  /// An alias is an address too: it may follow its owner to another mailbox, not go to somebody else.
  void new_target(const Edit& edit, std::string_view before, const Row& row) {
    const std::string_view now = row[col::alias::target];
    if (before == now) return;
    const Row old_box = grounds_.before.mailbox(before);
    const Row new_box = after_.mailbox(now);
    if (old_box && new_box && same_owner(old_box, new_box)) return;
    fault(edit, "'" + row.str(col::alias::alias) + "' was an alias of " + std::string(before) +
                    "; an address never gets another owner, choose another alias");
  }

  void group(const Edit& edit, const Row& row) {
    namespace c = col::group;
    const std::string_view address = row[c::address];
    const Row holder = after_.group_at(address);
    if (holder && holder[c::id] != row[c::id])
      fault(edit, "address '" + std::string(address) + "' belongs to another group too");
    if (after_.mailbox(address)) claim(edit, address, TableId::mailboxes, prefix(address));
    if (after_.any(TableId::aliases, prefix(address))) {
      Row alias;
      after_.each(TableId::aliases, prefix(address), [&](const Row& one) { alias = one; });
      claim(edit, address, TableId::aliases, key_of(TableId::aliases, alias.whole()));
    }
    if (edit.had && Row(edit.before)[c::address] != address)
      fault(edit, "the group's address was '" + Row(edit.before).str(c::address) +
                      "'; an address is never given up for another, add an alias or a new group");
    const bool dynamic = row[c::kind] == "dynamic";
    if (dynamic && row[c::rule].empty()) fault(edit, "a dynamic group needs a rule, write one");
    if (!dynamic && !row[c::rule].empty()) fault(edit, "a static group has no rule; empty it or make the kind dynamic");
    if (dynamic && !row[c::rule].empty()) rule(edit, row[c::rule]);
  }

  void rule(const Edit& edit, std::string_view text) {
    const auto rule = parse_rule(text);
    if (!rule) return;  // named when the field was read
    for (const Rule::Condition& condition : rule->conditions)
      for (const std::string& value : condition.values) {
        if ((condition.field == Rule::Field::parent || condition.field == Rule::Field::unit) &&
            !is_there(TableId::units, value))
          fault(edit, "the rule names unit '" + value + "', which is not in " + name_of(TableId::units) +
                          nearest_id(TableId::units, value) + "; correct it");
        if (condition.field == Rule::Field::unit_kind && !grounds_.unit_kinds.contains(value))
          fault(edit, "the rule names '" + value + "', an unknown kind of unit" +
                          did_you_mean(value, {grounds_.unit_kinds.begin(), grounds_.unit_kinds.end()}) +
                          "; correct it");
      }
  }

  void member(const Edit& edit, const Row& row) {
    namespace c = col::member;
    if (!row[c::to].empty() && row[c::to] < today_.text()) return;
    const Row group = after_.group(row[c::group]);
    const Row mailbox = after_.mailbox(row[c::address]);
    if (!group || !mailbox || group[col::group::kind] == "dynamic") return;
    const std::string status = mailbox.str(col::mailbox::status);
    if (status != "active") note(edit, row.str(c::address) + ", a member of " + row.str(c::group) + ", is " + status);
  }

  void recipient_line(const Edit& edit, const Row& row) {
    const std::string_view to = row[col::line::resolves_to];
    const auto rest = [&](std::string_view head) {
      return to.starts_with(head) ? std::string(to.substr(head.size())) : std::string();
    };
    if (const std::string group = rest("group:"); !group.empty()) {
      if (!is_there(TableId::groups, group))
        fault(edit, "group '" + group + "' is not in " + name_of(TableId::groups) + nearest_id(TableId::groups, group) +
                        "; correct it");
    } else if (const std::string unit = rest("unit:"); !unit.empty()) {
      if (!is_there(TableId::units, unit))
        fault(edit, "unit '" + unit + "' is not in " + name_of(TableId::units) + nearest_id(TableId::units, unit) +
                        "; correct it");
    } else if (to != "archive" && to != "kinh-gui" && rest("external:").empty() && rest("article:").empty()) {
      fault(edit, "resolves_to '" + std::string(to) +
                      "' is unknown, use group:ID, unit:ID, external:NAME, article:N, kinh-gui or archive");
    }
  }

  const CheckGrounds& grounds_;
  const View& after_;
  Day today_;
  std::span<const Edit> edits_;
  Findings& findings_;
  bool had_others_;  ///< whether there were aliases or groups before
  std::map<TableId, std::unordered_set<std::string>> known_;
  std::set<std::string> in_circles_;
  std::set<std::pair<TableId, std::string>> named_gone_;
};
}  // namespace

bool same_owner(const Row& a, const Row& b) {
  using namespace col::mailbox;
  if (a[kind] != b[kind]) return false;
  if (a[kind] == "person") return a[person] == b[person];
  return a[unit] == b[unit] && a[position] == b[position];
}

std::string shown_key(std::string_view key) {
  std::string text;
  for (const char c : key) text += c == '\0' ? ", " : std::string(1, c);
  while (text.ends_with(", ")) text.resize(text.size() - 2);
  return text;
}

void check_edits(const CheckGrounds& grounds, std::span<const Edit> edits, Findings& findings) {
  Checks(grounds, edits, findings).run();
}

}  // namespace vanthu::directory
