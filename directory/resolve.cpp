// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <deque>
#include <unordered_set>

#include "directory/snapshot.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::directory {
namespace {
using Standing = Snapshot::Standing;

/// What stands behind an address that day, aliases followed.
struct Found {
  enum class What : std::uint8_t { nothing, mailbox, group, expired_alias } what = What::nothing;
  const Snapshot::MailboxRow* mailbox = nullptr;
  const Snapshot::GroupRow* group = nullptr;
  const Snapshot::AliasRow* expired = nullptr;
  bool by_alias = false;
};

Found find(const Snapshot& s, std::string_view address, Date at) {
  Found found;
  for (std::size_t depth = 0; depth <= limits::alias_depth; ++depth) {
    if ((found.mailbox = s.mailbox(address)) != nullptr) {
      found.what = Found::What::mailbox;
      return found;
    }
    if (const auto& groups = Snapshot::rows(s.groups_by_address, address); !groups.empty()) {
      found.group = &s.groups[groups.front()];
      found.what = Found::What::group;
      return found;
    }
    const Snapshot::AliasRow* alias = s.alias(address, at);
    if (alias == nullptr) {
      for (const std::uint32_t i : Snapshot::rows(s.aliases_by_address, address))
        if (const auto& to = s.aliases[i].alias.valid.to; to && *to < at) found.expired = &s.aliases[i];
      if (found.expired != nullptr) found.what = Found::What::expired_alias;
      return found;
    }
    found.by_alias = true;
    address = alias->alias.target;
  }
  return found;
}

/// Units open that day that took over from a unit, chains followed.
std::vector<std::string> heirs(const Snapshot& s, std::string_view unit, Date at) {
  std::vector<std::string> open;
  std::unordered_set<std::string_view> seen{unit};
  std::deque<std::string_view> waiting{unit};
  while (!waiting.empty() && seen.size() < limits::succession_units) {
    const std::string_view from = waiting.front();
    waiting.pop_front();
    for (const std::uint32_t i : Snapshot::rows(s.history_from, from)) {
      const Snapshot::Succession& event = s.history[i];
      if (event.event == "reparent" || at < event.day || !seen.insert(event.to).second) continue;
      if (s.is_open(event.to, at))
        open.push_back(event.to);
      else
        waiting.push_back(event.to);
    }
  }
  return open;
}

std::string with_name(const Snapshot& s, const Snapshot::MailboxRow& row, Date at) {
  return row.mailbox.address + " (" + s.owner_name(row.mailbox, at) + ")";
}

/// "address (unit name)" of the mailbox that now receives for a unit.
std::string receiving(const Snapshot& s, std::string_view unit, Date at) {
  const Snapshot::MailboxRow* mailbox = s.registry(unit, at);
  const Snapshot::UnitRow* row = s.unit(unit, at);
  if (mailbox == nullptr) return {};
  return mailbox->mailbox.address + " (" + (row != nullptr ? row->unit.name : std::string(unit)) + ")";
}

void close(const Snapshot& s, const Snapshot::MailboxRow& row, Date at, Resolution& out) {
  const Mailbox& mailbox = row.mailbox;
  out.kind = Resolution::Kind::closed;
  out.closed_name = s.owner_name(mailbox, at);
  if (mailbox.kind == Mailbox::Kind::person) {
    // A person's papers go to nobody else: only another mailbox of the same person is named.
    for (const std::uint32_t i : Snapshot::rows(s.mailboxes_of_person, mailbox.person))
      if (Snapshot::standing(s.mailboxes[i], at) == Standing::open)
        out.successors.push_back(with_name(s, s.mailboxes[i], at));
    return;
  }
  std::vector<std::string> units = heirs(s, mailbox.unit, at);
  if (units.empty() && s.is_open(mailbox.unit, at)) units.push_back(mailbox.unit);
  for (const std::string& unit : units)
    if (std::string named = receiving(s, unit, at); !named.empty()) out.successors.push_back(std::move(named));
}

Resolution::Target target(const Snapshot& s, const Snapshot::MailboxRow& row, Date at) {
  Resolution::Target found{Snapshot::as_of(row, at), {}};
  if (row.mailbox.kind == Mailbox::Kind::person) {
    found.holder = row.mailbox.person;
  } else if (row.mailbox.kind == Mailbox::Kind::position) {
    const auto holders = s.holders(row.mailbox.unit, row.position_key, at);
    if (!holders.empty()) found.holder = holders.front()->assignment.person;
  }
  return found;
}

class Expansion {
 public:
  Expansion(const Snapshot& snapshot, Date at, Resolution& out) : s_(snapshot), at_(at), out_(out) {}

  void add(const Snapshot::GroupRow& row, std::size_t depth) {
    if (!groups_.insert(row.group.id).second) return;  // each group once, so a circle ends
    if (row.rule) {
      row.rule->of == Rule::Of::units ? add_units(*row.rule) : add_mailboxes(*row.rule);
      return;  // its rows in group-members.csv are yesterday's answer of the same rule
    }
    for (const std::uint32_t i : Snapshot::rows(s_.members_of_group, row.group.id)) {
      const Snapshot::Member& member = s_.members[i];
      if (!member.valid.covers(at_)) continue;
      const Found found = find(s_, member.address, at_);
      if (found.what == Found::What::mailbox)
        add(*found.mailbox, member.address);
      else if (found.what == Found::What::group && found.group->group.valid.covers(at_) && depth < limits::group_depth)
        add(*found.group, depth + 1);
      else
        out_.skipped.push_back(member.address);
    }
  }

 private:
  void add(const Snapshot::MailboxRow& row, const std::string& member) {
    if (Snapshot::standing(row, at_) != Standing::open)
      out_.skipped.push_back(member);
    else if (seen_.insert(row.mailbox.address).second)
      out_.targets.push_back(target(s_, row, at_));
  }

  void add_units(const Rule& rule) {
    for (const Snapshot::UnitRow& row : s_.units) {
      if (!row.unit.valid.covers(at_)) continue;
      const bool chosen =
          std::all_of(rule.conditions.begin(), rule.conditions.end(), [&](const Rule::Condition& condition) {
            const std::string& value = condition.field == Rule::Field::unit_kind ? row.unit.kind
                                       : condition.field == Rule::Field::parent  ? row.unit.parent
                                                                                 : row.unit.id;
            return std::find(condition.values.begin(), condition.values.end(), value) != condition.values.end();
          });
      if (!chosen) continue;
      if (const Snapshot::MailboxRow* registry = s_.own_registry(row.unit.id, at_))
        add(*registry, registry->mailbox.address);
      else
        out_.skipped.push_back(row.unit.name);
    }
  }

  void add_mailboxes(const Rule& rule) {
    for (const Snapshot::MailboxRow& row : s_.mailboxes) {
      if (Snapshot::standing(row, at_) != Standing::open) continue;
      const Mailbox& mailbox = row.mailbox;
      const bool chosen =
          std::all_of(rule.conditions.begin(), rule.conditions.end(), [&](const Rule::Condition& condition) {
            const std::string_view value = condition.field == Rule::Field::registers_mail
                                               ? (mailbox.registers_mail ? "yes" : "no")
                                           : condition.field == Rule::Field::status ? word(Snapshot::status(row, at_))
                                                                                    : word(mailbox.kind);
            return std::find(condition.values.begin(), condition.values.end(), value) != condition.values.end();
          });
      if (chosen) add(row, mailbox.address);
    }
  }

  const Snapshot& s_;
  Date at_;
  Resolution& out_;
  std::unordered_set<std::string_view> groups_, seen_;
};

Resolution settle(const Snapshot& s, const Found& found, Date at) {
  Resolution out;
  switch (found.what) {
    case Found::What::nothing:
      break;
    case Found::What::expired_alias: {
      const Alias& alias = found.expired->alias;
      const Found behind = find(s, alias.target, at);
      out.kind = Resolution::Kind::closed;
      if (behind.what == Found::What::mailbox) {
        if (Snapshot::standing(*behind.mailbox, at) == Standing::closed) {
          close(s, *behind.mailbox, at, out);
        } else {
          out.closed_name = s.owner_name(behind.mailbox->mailbox, at);
          out.successors.push_back(with_name(s, *behind.mailbox, at));
        }
      } else if (behind.what == Found::What::group) {
        out.closed_name = behind.group->group.name;
      }
      out.via = "alias";
      break;
    }
    case Found::What::mailbox: {
      const Snapshot::MailboxRow& row = *found.mailbox;
      out.via = found.by_alias ? "alias" : row.mailbox.kind == Mailbox::Kind::position ? "position" : "direct";
      switch (Snapshot::standing(row, at)) {
        case Standing::open:
          out.kind = Resolution::Kind::mailbox;
          out.targets.push_back(target(s, row, at));
          break;
        case Standing::suspended:
          out.kind = Resolution::Kind::suspended;
          break;
        case Standing::closed:
          close(s, row, at, out);
          break;
        case Standing::not_yet:
          break;  // unknown
      }
      break;
    }
    case Found::What::group: {
      const Group& group = found.group->group;
      out.via = "group:" + group.id;
      if (group.valid.to && *group.valid.to < at) {
        out.kind = Resolution::Kind::closed;
        out.closed_name = group.name;
      } else if (group.valid.covers(at)) {
        out.kind = Resolution::Kind::group;
        Expansion(s, at, out).add(*found.group, 0);
      }
      break;
    }
  }
  return out;
}
}  // namespace

Resolution resolve(const Snapshot& s, std::string_view given, Date at) {
  const std::string address = address_key(given);
  if (address.empty()) return {};
  Found found = find(s, address, at);
  const std::size_t plus = address.find('+');
  const std::size_t sign = address.rfind('@');
  if (found.what != Found::What::nothing || plus == 0 || plus > sign) return settle(s, found, at);
  // user+tag (RFC 5233): the whole address is nobody's, so the tag is the user's own business.
  found = find(s, address.substr(0, plus) + address.substr(sign), at);
  if (found.what == Found::What::group) return {};
  Resolution out = settle(s, found, at);
  if (out.via == "direct") out.via = "subaddress";
  return out;
}

}  // namespace vanthu::directory
