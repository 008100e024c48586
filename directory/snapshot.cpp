// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/snapshot.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {

std::optional<Date> day(const std::string& field) {
  if (field.empty()) return std::nullopt;
  auto date = parse_date(field);
  if (!date) throw std::runtime_error("directory: a stored date is damaged");
  return *date;
}

std::string folded_local_part(std::string_view address) {
  const std::string_view local = address.substr(0, address.rfind('@'));
  const bool ascii =
      std::all_of(local.begin(), local.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return ascii ? text::ascii_lower(local) : text::fold(local);
}

/// Positions repeat: a few hundred words in a hundred thousand rows, and ICU is slow.
class PositionKeys {
 public:
  const std::string& of(const std::string& position) {
    const auto [at, fresh] = keys_.try_emplace(position);
    if (fresh) at->second = text::match_key(position);
    return at->second;
  }

 private:
  std::unordered_map<std::string, std::string> keys_;
};

template <class Row, class Key>
void fill(Index& index, const std::vector<Row>& rows, Key key) {
  index.reserve(rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i)
    if (const std::string_view at = key(rows[i]); !at.empty()) index[at].push_back(i);
}

void load_rows(Snapshot& s, const lmdb::Transaction& transaction, const Store& store) {
  PositionKeys keys;
  const auto each = [&](TableId id, const auto& take) {
    transaction.scan(store.table(id), {}, [&](std::string_view, std::string_view row) {
      take(decode(row, spec(id).columns.size()));
      return true;
    });
  };
  each(TableId::units, [&](Fields f) {
    s.units.push_back({{f[0], f[1], f[2], f[3], f[4], f[5], f[6], {day(f[7]), day(f[8])}}, f[9]});
  });
  each(TableId::unit_history, [&](Fields f) { s.history.push_back({*day(f[0]), f[1], f[2], f[3]}); });
  each(TableId::people, [&](Fields f) { s.people.push_back({f[0], f[1], f[2], f[3]}); });
  each(TableId::assignments, [&](Fields f) {
    s.assignments.push_back({{f[0], f[1], f[2], f[3] == "yes", {day(f[4]), day(f[5])}}, keys.of(f[2])});
  });
  const auto add_mailbox = [&](const Fields& f, bool by_hand) {
    Snapshot::MailboxRow row{mailbox_from(f), keys.of(f[4]), folded_local_part(f[0]), std::nullopt, by_hand, false};
    if (const auto act = transaction.get(store.acts, f[0])) {
      const Fields parts = decode(*act, 2);
      row.mailbox.status = mailbox_status(parts[0]).value_or(Mailbox::Status::suspended);
      if (row.mailbox.status == Mailbox::Status::closed) {
        row.closed_by_hand = true;
        // The act's day is the first one without the mailbox. It never lengthens what the import says.
        const Date last{std::chrono::sys_days{*day(parts[1])} - std::chrono::days{1}};
        if (!row.mailbox.valid.to || last < *row.mailbox.valid.to) row.mailbox.valid.to = last;
      } else if (row.mailbox.status == Mailbox::Status::suspended) {
        row.suspended_from = day(parts[1]);
      }
    }
    s.mailboxes.push_back(std::move(row));
  };
  each(TableId::mailboxes, [&](const Fields& f) { add_mailbox(f, false); });
  transaction.scan(store.by_hand, {}, [&](std::string_view, std::string_view row) {
    add_mailbox(decode(row, spec(TableId::mailboxes).columns.size()), true);
    return true;
  });
  each(TableId::aliases, [&](Fields f) {
    s.aliases.push_back({{f[0], f[1], f[4], {day(f[2]), day(f[3])}}, folded_local_part(f[0])});
  });
  each(TableId::groups, [&](Fields f) {
    Snapshot::GroupRow row{
        {f[0], f[1], f[2], f[3], f[4], {day(f[5]), day(f[6])}, f[8], f[9] == "yes", f[10], 0, f[12], f[13]},
        std::nullopt, folded_local_part(f[1])};
    std::from_chars(f[11].data(), f[11].data() + f[11].size(), row.group.decide_hours);
    if (f[3] == "dynamic") {
      auto rule = parse_rule(f[4]);
      if (!rule) throw std::runtime_error("directory: the stored rule of group " + f[0] + " is damaged");
      row.rule = *std::move(rule);
    }
    s.groups.push_back(std::move(row));
  });
  each(TableId::group_members, [&](Fields f) { s.members.push_back({f[0], f[1], {day(f[2]), day(f[3])}}); });
  each(TableId::delegations, [&](Fields f) { s.delegations.push_back({f[0], f[1], f[2], {day(f[3]), day(f[4])}}); });
  each(TableId::roles, [&](Fields f) { s.roles.push_back({f[0], f[1], f[2], {day(f[3]), day(f[4])}}); });
  each(TableId::certificates, [&](Fields f) { s.certificates.push_back({f[0], f[1], {day(f[2]), day(f[3])}}); });
}

void index_rows(Snapshot& s) {
  fill(s.units_by_id, s.units, [](const auto& r) -> std::string_view { return r.unit.id; });
  fill(s.people_by_id, s.people, [](const auto& r) -> std::string_view { return r.id; });
  fill(s.assignments_of_person, s.assignments, [](const auto& r) -> std::string_view { return r.assignment.person; });
  fill(s.assignments_of_unit, s.assignments, [](const auto& r) -> std::string_view { return r.assignment.unit; });
  fill(s.mailbox_by_address, s.mailboxes, [](const auto& r) -> std::string_view { return r.mailbox.address; });
  fill(s.mailboxes_of_unit, s.mailboxes, [](const auto& r) -> std::string_view { return r.mailbox.unit; });
  fill(s.mailboxes_of_person, s.mailboxes, [](const auto& r) -> std::string_view { return r.mailbox.person; });
  fill(s.aliases_by_address, s.aliases, [](const auto& r) -> std::string_view { return r.alias.alias; });
  fill(s.groups_by_address, s.groups, [](const auto& r) -> std::string_view { return r.group.address; });
  fill(s.groups_by_id, s.groups, [](const auto& r) -> std::string_view { return r.group.id; });
  fill(s.members_of_group, s.members, [](const auto& r) -> std::string_view { return r.group; });
  fill(s.history_from, s.history, [](const auto& r) -> std::string_view { return r.from; });
  fill(s.delegations_of_mailbox, s.delegations, [](const auto& r) -> std::string_view { return r.mailbox; });
  fill(s.delegations_to_person, s.delegations, [](const auto& r) -> std::string_view { return r.delegate; });
  fill(s.roles_of_person, s.roles, [](const auto& r) -> std::string_view { return r.person; });
  fill(s.certificates_by_name, s.certificates, [](const auto& r) -> std::string_view { return r.name; });
}
}  // namespace

const std::vector<std::uint32_t>& Snapshot::rows(const Index& index, std::string_view key) {
  static const std::vector<std::uint32_t> none;
  const auto at = index.find(key);
  return at == index.end() ? none : at->second;
}

const Snapshot::UnitRow* Snapshot::unit(std::string_view id, Date at) const {
  const UnitRow* best = nullptr;
  for (const std::uint32_t i : rows(units_by_id, id)) {
    const UnitRow& row = units[i];
    if (row.unit.valid.covers(at)) return &row;
    // Versions come by first day: the last one that began before the day, else the first.
    if (best == nullptr || (row.unit.valid.from && *row.unit.valid.from <= at)) best = &row;
  }
  return best;
}

const Snapshot::UnitRow* Snapshot::newest_unit(std::string_view id) const {
  const auto& found = rows(units_by_id, id);
  return found.empty() ? nullptr : &units[found.back()];
}

const Person* Snapshot::person(std::string_view id) const {
  const auto& found = rows(people_by_id, id);
  return found.empty() ? nullptr : &people[found.front()];
}

const Snapshot::MailboxRow* Snapshot::mailbox(std::string_view address) const {
  const auto& found = rows(mailbox_by_address, address);
  return found.empty() ? nullptr : &mailboxes[found.front()];
}

const Snapshot::AliasRow* Snapshot::alias(std::string_view address, Date at) const {
  for (const std::uint32_t i : rows(aliases_by_address, address))
    if (aliases[i].alias.valid.covers(at)) return &aliases[i];
  return nullptr;
}

bool Snapshot::is_open(std::string_view id, Date at) const {
  const UnitRow* row = unit(id, at);
  return row != nullptr && row->unit.valid.covers(at);
}

Snapshot::Standing Snapshot::standing(const MailboxRow& row, Date at) {
  const Mailbox& mailbox = row.mailbox;
  if (mailbox.valid.to ? *mailbox.valid.to < at : mailbox.status == Mailbox::Status::closed) return Standing::closed;
  if (mailbox.valid.from && at < *mailbox.valid.from) return Standing::not_yet;
  if (mailbox.status == Mailbox::Status::suspended && (!row.suspended_from || *row.suspended_from <= at))
    return Standing::suspended;
  return Standing::open;
}

Mailbox::Status Snapshot::status(const MailboxRow& row, Date at) {
  switch (standing(row, at)) {
    case Standing::open:
      return row.mailbox.status == Mailbox::Status::dormant ? Mailbox::Status::dormant : Mailbox::Status::active;
    case Standing::closed:
      return Mailbox::Status::closed;
    case Standing::suspended:
    case Standing::not_yet:
      break;
  }
  return row.mailbox.status;
}

Mailbox Snapshot::as_of(const MailboxRow& row, Date at) {
  Mailbox mailbox = row.mailbox;
  mailbox.status = status(row, at);
  return mailbox;
}

const Snapshot::MailboxRow* Snapshot::own_registry(std::string_view id, Date at) const {
  for (const std::uint32_t i : rows(mailboxes_of_unit, id)) {
    const MailboxRow& row = mailboxes[i];
    if (row.mailbox.kind == Mailbox::Kind::unit && row.mailbox.registers_mail && standing(row, at) == Standing::open)
      return &row;
  }
  // A body without a mailroom is served by another unit's: its mail stem is an alias of that mailbox.
  const UnitRow* row = unit(id, at);
  if (row == nullptr || row->mail_stem.empty()) return nullptr;
  for (const std::string& domain : domains)
    if (const AliasRow* stem = alias(row->mail_stem + '@' + domain, at))
      if (const MailboxRow* target = mailbox(stem->alias.target);
          target != nullptr && target->mailbox.registers_mail && standing(*target, at) == Standing::open)
        return target;
  return nullptr;
}

const Snapshot::MailboxRow* Snapshot::registry(std::string_view id, Date at) const {
  for (std::size_t depth = 0; depth < limits::unit_depth && !id.empty(); ++depth) {
    if (const MailboxRow* own = own_registry(id, at)) return own;
    const UnitRow* row = unit(id, at);
    if (row == nullptr) break;
    id = row->unit.parent;
  }
  return nullptr;
}

std::vector<const Snapshot::AssignmentRow*> Snapshot::holders(std::string_view id, std::string_view position_key,
                                                              Date at) const {
  std::vector<const AssignmentRow*> found;
  for (const std::uint32_t i : rows(assignments_of_unit, id)) {
    const AssignmentRow& row = assignments[i];
    if (row.position_key == position_key && row.assignment.valid.covers(at)) found.push_back(&row);
  }
  std::stable_sort(found.begin(), found.end(), [](const AssignmentRow* a, const AssignmentRow* b) {
    return !a->assignment.concurrent && b->assignment.concurrent;
  });
  return found;
}

std::string Snapshot::owner_name(const Mailbox& mailbox, Date at) const {
  if (mailbox.kind == Mailbox::Kind::person)
    if (const Person* owner = person(mailbox.person)) return owner->name;
  const UnitRow* row = unit(mailbox.unit, mailbox.valid.to && *mailbox.valid.to < at ? *mailbox.valid.to : at);
  const std::string name = row != nullptr ? row->unit.name : mailbox.unit;
  if (mailbox.kind == Mailbox::Kind::position || mailbox.kind == Mailbox::Kind::role)
    if (!mailbox.position.empty()) return mailbox.position + ", " + name;
  return name;
}

std::shared_ptr<const Snapshot> Snapshot::load(const lmdb::Transaction& transaction, const Store& store) {
  auto snapshot = std::make_shared<Snapshot>();  // shared: askers keep the one they began with while a new one comes
  load_rows(*snapshot, transaction, store);
  index_rows(*snapshot);
  std::vector<std::string>& domains = snapshot->domains;
  for (const MailboxRow& row : snapshot->mailboxes) {
    const std::string_view domain = std::string_view(row.mailbox.address).substr(row.mailbox.address.rfind('@') + 1);
    if (std::find(domains.begin(), domains.end(), domain) == domains.end()) domains.emplace_back(domain);
  }
  return snapshot;
}

}  // namespace vanthu::directory
