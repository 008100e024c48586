// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/import_checks.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "directory/changes.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {

std::optional<Date> day(const std::string& field) {
  auto date = parse_date(field);
  return date ? std::optional(*date) : std::nullopt;
}

class Checks {
 public:
  Checks(const Draft& draft, const Snapshot& before, Date today, Findings& findings)
      : draft_(draft), before_(before), today_(today), findings_(findings) {}

  void run() {
    for (const Sheet& sheet : draft_.sheets) keys(sheet);
    collect();
    for (const Sheet& sheet : draft_.sheets) references(sheet);
    unit_circles();
    for (const Sheet::Row& row : rows(TableId::unit_history))
      if (row.fields[2] == row.fields[3]) fault(TableId::unit_history, row, "from_unit and to_unit are the same unit");
    mailbox_rows();
    by_hand();
    aliases();
    groups();
    for (const Sheet::Row& row : rows(TableId::roles))
      if (row.fields[1] == "unit-administrator" && row.fields[2].empty())
        fault(TableId::roles, row, "a unit-administrator needs scope_unit_id, name the unit");
    recipient_lines();
    oddities();
  }

 private:
  const std::vector<Sheet::Row>& rows(TableId id) const { return draft_.sheet(id).rows; }
  void fault(TableId id, const Sheet::Row& row, const std::string& what) {
    findings_.fault(spec(id).file, row.line, what);
  }
  void note(TableId id, const Sheet::Row& row, const std::string& what) {
    findings_.note(spec(id).file, row.line, what);
  }

  /// One row a key; of versions any number whose days do not overlap.
  void keys(const Sheet& sheet) {
    const TableSpec& table = *sheet.table;
    std::unordered_map<std::string, std::vector<const Sheet::Row*>> by_key;
    for (const Sheet::Row& row : sheet.rows) {
      std::string key;
      for (std::size_t i = 0; i < table.keys; ++i) key.append(row.fields[i]) += '\0';
      auto& same = by_key[std::move(key)];
      for (const Sheet::Row* other : same)
        if (!table.versions || overlap(table, *other, row)) {
          std::string named;
          for (std::size_t i = 0; i < table.keys; ++i)
            if (!row.fields[i].empty()) named += (named.empty() ? "" : ", ") + row.fields[i];
          fault(table.id, row,
                "'" + named + "' stands already in line " + std::to_string(other->line) +
                    (table.versions ? " for days that overlap, correct the days or remove one" : ", remove one"));
          break;
        }
      same.push_back(&row);
    }
  }

  static bool overlap(const TableSpec& table, const Sheet::Row& a, const Sheet::Row& b) {
    const auto from = static_cast<std::size_t>(table.from);
    const auto to = static_cast<std::size_t>(table.to);
    const auto ends_before = [&](const Sheet::Row& x, const Sheet::Row& y) {
      return !x.fields[to].empty() && x.fields[to] < y.fields[from];
    };
    return !ends_before(a, b) && !ends_before(b, a);
  }

  /// Where each id and each address stands.
  void collect() {
    for (const TableId id : {TableId::units, TableId::people, TableId::groups})
      for (const Sheet::Row& row : rows(id)) ids_[id].insert(row.fields[0]);
    const auto claim = [&](TableId id, const Sheet::Row& row, const std::string& address) {
      const auto [at, fresh] = addresses_.try_emplace(address, Place{id, row.line});
      if (fresh || at->second.id == id) {
        if (!fresh && id == TableId::groups) fault(id, row, "address '" + address + "' belongs to another group too");
        return;
      }
      fault(id, row,
            "'" + address + "' is or was already used in " + spec(at->second.id).file +
                (at->second.line > 0 ? " line " + std::to_string(at->second.line) : "") +
                "; an address never gets a second meaning, choose another one");
    };
    for (const Sheet::Row& row : rows(TableId::mailboxes)) claim(TableId::mailboxes, row, row.fields[0]);
    for (const Mailbox& mailbox : draft_.by_hand) claim(TableId::mailboxes, {}, mailbox.address);
    for (const Sheet::Row& row : rows(TableId::groups)) claim(TableId::groups, row, row.fields[1]);
    for (const Sheet::Row& row : rows(TableId::aliases)) claim(TableId::aliases, row, row.fields[0]);
  }

  bool unsure(TableId id) const { return draft_.sheet(id).unsure; }
  bool broken(TableId id, const std::string& key) const { return draft_.sheet(id).broken.contains(key); }

  bool is_there(TableId id, const std::string& key) const {
    return unsure(id) || ids_.at(id).contains(key) || broken(id, key);
  }

  bool is_address(const std::string& address, std::initializer_list<TableId> kinds) const {
    const auto at = addresses_.find(address);
    if (at != addresses_.end() && std::find(kinds.begin(), kinds.end(), at->second.id) != kinds.end()) return true;
    return std::any_of(kinds.begin(), kinds.end(), [&](TableId id) {
      // A broken group row is known by its id only, so any address may be its own.
      return unsure(id) || broken(id, address) || (id == TableId::groups && !draft_.sheet(id).broken.empty());
    });
  }

  std::string nearest_id(TableId id, const std::string& key) const {
    std::vector<std::string_view> known(ids_.at(id).begin(), ids_.at(id).end());
    return did_you_mean(key, known);
  }

  void references(const Sheet& sheet) {
    const TableSpec& table = *sheet.table;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      const Column& column = table.columns[c];
      const std::string_view of = column.of;
      if (of.empty() || column.form == Form::choice) continue;
      for (const Sheet::Row& row : sheet.rows) {
        const std::string& value = row.fields[c];
        if (value.empty() || (row.line == 0 && table.lasting)) continue;
        if (column.form == Form::id) {
          const TableId id = of == "units" ? TableId::units : of == "people" ? TableId::people : TableId::groups;
          if (!is_there(id, value))
            fault(table.id, row,
                  std::string(column.name) + " '" + value + "' is not in " + spec(id).file + nearest_id(id, value) +
                      "; add it there or correct it");
        } else {
          const bool mailboxes_only = of == "mailboxes";
          const bool found = mailboxes_only
                                 ? is_address(value, {TableId::mailboxes})
                                 : is_address(value, {TableId::mailboxes, TableId::groups, TableId::aliases});
          if (!found)
            fault(table.id, row,
                  std::string(column.name) + " '" + value +
                      (mailboxes_only ? "' is not in mailboxes.csv; add it there or correct it"
                                      : "' is neither a mailbox nor a group nor an alias; add it or correct it"));
        }
      }
    }
  }

  /// A unit that is above itself on some day.
  void unit_circles() {
    std::unordered_map<std::string_view, std::vector<const Sheet::Row*>> versions;
    for (const Sheet::Row& row : rows(TableId::units)) versions[row.fields[0]].push_back(&row);
    for (const Sheet::Row& row : rows(TableId::units)) {
      // Upwards as of the version's first day; a version without one is as of its last.
      const std::string& when = !row.fields[7].empty() ? row.fields[7] : row.fields[8];
      std::string way = row.fields[0];
      std::string_view above = row.fields[5];
      for (std::size_t depth = 0; !above.empty(); ++depth) {
        way.append(" -> ").append(above);
        if (above == row.fields[0] || depth >= limits::unit_depth) {
          if (above == row.fields[0])
            fault(TableId::units, row, "the unit is above itself: " + way + "; correct parent_id");
          else if (!in_circle(versions, above, when))
            fault(TableId::units, row,
                  "more than " + std::to_string(limits::unit_depth) + " units above this one, correct parent_id");
          break;
        }
        const Sheet::Row* next = version(versions, above, when);
        above = next != nullptr ? std::string_view(next->fields[5]) : std::string_view();
      }
    }
  }

  using Versions = std::unordered_map<std::string_view, std::vector<const Sheet::Row*>>;

  static const Sheet::Row* version(const Versions& versions, std::string_view id, const std::string& when) {
    const auto found = versions.find(id);
    if (found == versions.end()) return nullptr;
    for (const Sheet::Row* row : found->second)
      if ((row->fields[7].empty() || row->fields[7] <= when) && (row->fields[8].empty() || when <= row->fields[8]))
        return row;
    return found->second.back();
  }

  /// The units of a circle are named each in its own row; what merely hangs below one is not.
  static bool in_circle(const Versions& versions, std::string_view id, const std::string& when) {
    std::unordered_set<std::string_view> seen;
    while (!id.empty()) {
      if (!seen.insert(id).second) return true;
      const Sheet::Row* row = version(versions, id, when);
      id = row != nullptr ? std::string_view(row->fields[5]) : std::string_view();
    }
    return false;
  }

  void mailbox_rows() {
    for (const Sheet::Row& row : rows(TableId::mailboxes)) {
      if (row.line == 0) continue;
      const Mailbox mailbox = mailbox_from(row.fields);
      const bool of_person = mailbox.kind == Mailbox::Kind::person;
      if (of_person && mailbox.person.empty())
        fault(TableId::mailboxes, row, "kind person needs person_id, name the person");
      if (!of_person && !mailbox.person.empty())
        fault(TableId::mailboxes, row,
              "person_id stands only with kind person; empty it, and say who holds the position in assignments.csv");
      if (mailbox.kind == Mailbox::Kind::position && mailbox.position.empty())
        fault(TableId::mailboxes, row, "kind position needs position, name it");
      if (mailbox.status == Mailbox::Status::closed && !mailbox.valid.to)
        fault(TableId::mailboxes, row, "status closed needs the last day in closed");
      if (mailbox.status != Mailbox::Status::closed && mailbox.valid.to && *mailbox.valid.to < today_)
        fault(TableId::mailboxes, row,
              "closed is " + iso(*mailbox.valid.to) + " but status is " + word(mailbox.status) + "; make them agree");
      owner(row, mailbox);
    }
  }

  void owner(const Sheet::Row& row, const Mailbox& mailbox) {
    const Snapshot::MailboxRow* stored = before_.mailbox(mailbox.address);
    if (stored == nullptr) {
      if (!Snapshot::rows(before_.aliases_by_address, mailbox.address).empty() ||
          !Snapshot::rows(before_.groups_by_address, mailbox.address).empty())
        fault(TableId::mailboxes, row,
              "'" + mailbox.address + "' was an alias or a group; an address is never used for something else");
      return;
    }
    const bool was_closed = Snapshot::standing(*stored, today_) == Snapshot::Standing::closed;
    if (!same_owner(stored->mailbox, mailbox)) {
      const bool person = stored->mailbox.kind == Mailbox::Kind::person || mailbox.kind == Mailbox::Kind::person;
      if (was_closed || person || stored->by_hand)
        fault(TableId::mailboxes, row,
              "'" + mailbox.address + "' " + (was_closed ? "belonged to " : "belongs to ") +
                  before_.owner_name(stored->mailbox, today_) +
                  "; an address never gets another owner, choose another address");
      else
        note(TableId::mailboxes, row,
             "'" + mailbox.address + "' moves from " + before_.owner_name(stored->mailbox, today_));
      return;
    }
    const Snapshot::MailboxRow given{mailbox, {}, {}, std::nullopt, false, false};
    if (was_closed && Snapshot::standing(given, today_) != Snapshot::Standing::closed)
      note(TableId::mailboxes, row, "'" + mailbox.address + "' was closed" + acted(*stored));
  }

  std::string acted(const Snapshot::MailboxRow& stored) const {
    return stored.closed_by_hand ? " here and stays closed" : " and is opened again for the same owner";
  }

  void by_hand() {
    for (const Mailbox& mailbox : draft_.by_hand) {
      if (!is_there(TableId::units, mailbox.unit))
        findings_.fault("units.csv", 0,
                        "unit '" + mailbox.unit + "' is missing, but mailbox " + mailbox.address +
                            ", which was added here, belongs to it; keep the unit");
      if (!mailbox.person.empty() && !is_there(TableId::people, mailbox.person))
        findings_.fault("people.csv", 0,
                        "person '" + mailbox.person + "' is missing, but mailbox " + mailbox.address +
                            ", which was added here, is theirs; keep the person");
    }
  }

  void aliases() {
    std::unordered_map<std::string_view, std::string_view> target;
    for (const Sheet::Row& row : rows(TableId::aliases)) target[row.fields[0]] = row.fields[1];
    for (const Sheet::Row& row : rows(TableId::aliases)) {
      std::string_view at = row.fields[1];
      std::size_t depth = 0;
      for (auto next = target.find(at); next != target.end() && depth <= limits::alias_depth; next = target.find(at)) {
        at = next->second;
        ++depth;
      }
      if (depth >= limits::alias_depth)
        fault(TableId::aliases, row, "aliases lead to aliases without an end, name the mailbox as target");
    }
  }

  void groups() {
    for (const Sheet::Row& row : rows(TableId::groups)) {
      const bool dynamic = row.fields[3] == "dynamic";
      if (dynamic && row.fields[4].empty()) fault(TableId::groups, row, "a dynamic group needs a rule, write one");
      if (!dynamic && !row.fields[4].empty())
        fault(TableId::groups, row, "a static group has no rule; empty it or make the kind dynamic");
      if (!dynamic || row.fields[4].empty()) continue;
      const auto rule = parse_rule(row.fields[4]);
      if (!rule) continue;  // named when the file was read
      for (const Rule::Condition& condition : rule->conditions)
        for (const std::string& value : condition.values) {
          if ((condition.field == Rule::Field::parent || condition.field == Rule::Field::unit) &&
              !is_there(TableId::units, value))
            fault(TableId::groups, row,
                  "the rule names unit '" + value + "', which is not in units.csv" + nearest_id(TableId::units, value) +
                      "; correct it");
          if (condition.field == Rule::Field::unit_kind && !draft_.unit_kinds.contains(value))
            fault(TableId::groups, row,
                  "the rule names '" + value + "', an unknown kind of unit" +
                      did_you_mean(value, {draft_.unit_kinds.begin(), draft_.unit_kinds.end()}) + "; correct it");
        }
    }
  }

  void recipient_lines() {
    for (const Sheet::Row& row : rows(TableId::recipient_lines)) {
      const std::string& to = row.fields[1];
      const auto rest = [&](std::string_view head) {
        return to.starts_with(head) ? to.substr(head.size()) : std::string();
      };
      if (const std::string group = rest("group:"); !group.empty()) {
        if (!is_there(TableId::groups, group))
          fault(TableId::recipient_lines, row,
                "group '" + group + "' is not in groups.csv" + nearest_id(TableId::groups, group) + "; correct it");
      } else if (const std::string unit = rest("unit:"); !unit.empty()) {
        if (!is_there(TableId::units, unit))
          fault(TableId::recipient_lines, row,
                "unit '" + unit + "' is not in units.csv" + nearest_id(TableId::units, unit) + "; correct it");
      } else if (to != "archive" && to != "kinh-gui" && rest("external:").empty() && rest("article:").empty()) {
        fault(TableId::recipient_lines, row,
              "resolves_to '" + to +
                  "' is unknown, use group:ID, unit:ID, external:NAME, article:N, kinh-gui or archive");
      }
    }
  }

  /// What an administrator should look at, though it may be so.
  void oddities() {
    std::map<std::string, std::vector<const Sheet::Row*>> names;
    for (const Sheet::Row& row : rows(TableId::people)) names[text::match_key(row.fields[1])].push_back(&row);
    for (const auto& [key, same] : names) {
      if (same.size() < 2) continue;
      std::string ids;
      for (const Sheet::Row* row : same) ids += (ids.empty() ? "" : ", ") + row->fields[0];
      note(TableId::people, *same.back(), same.back()->fields[1] + " is the name of several people: " + ids);
    }
    std::unordered_map<std::string_view, const Sheet::Row*> mailboxes;
    for (const Sheet::Row& row : rows(TableId::mailboxes)) mailboxes[row.fields[0]] = &row;
    std::unordered_map<std::string_view, const Sheet::Row*> by_group;
    for (const Sheet::Row& row : rows(TableId::groups)) by_group[row.fields[0]] = &row;
    for (const Sheet::Row& row : rows(TableId::group_members)) {
      const auto group = by_group.find(row.fields[0]);
      const auto mailbox = mailboxes.find(row.fields[1]);
      if (group == by_group.end() || mailbox == mailboxes.end() || group->second->fields[3] == "dynamic") continue;
      if (!row.fields[3].empty() && row.fields[3] < iso(today_)) continue;
      const std::string& standing = mailbox->second->fields[5];
      if (standing == "dormant" || standing == "closed" || standing == "suspended")
        note(TableId::group_members, row, row.fields[1] + ", a member of " + row.fields[0] + ", is " + standing);
    }
    posts_without_people();
  }

  void posts_without_people() {
    std::unordered_set<std::string> held;
    for (const Sheet::Row& row : rows(TableId::assignments)) {
      const Validity valid{day(row.fields[4]), day(row.fields[5])};
      if (valid.covers(today_)) held.insert(row.fields[1] + '\0' + text::match_key(row.fields[2]));
    }
    for (const Sheet::Row& row : rows(TableId::mailboxes)) {
      if (row.fields[1] != "position" || row.fields[5] == "closed") continue;
      if (!held.contains(row.fields[2] + '\0' + text::match_key(row.fields[4])))
        note(TableId::mailboxes, row,
             row.fields[0] + ": nobody holds " + row.fields[4] + " of " + row.fields[2] + " today");
    }
  }

  struct Place {
    TableId id;
    std::size_t line;
  };
  const Draft& draft_;
  const Snapshot& before_;
  Date today_;
  Findings& findings_;
  std::map<TableId, std::unordered_set<std::string>> ids_{
      {TableId::units, {}}, {TableId::people, {}}, {TableId::groups, {}}};
  std::unordered_map<std::string, Place> addresses_;
};
}  // namespace

void check_draft(const Draft& draft, const Snapshot& before, Date today, Findings& findings) {
  Checks(draft, before, today, findings).run();
}

}  // namespace vanthu::directory
