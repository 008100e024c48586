// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <deque>
#include <stdexcept>
#include <unordered_set>

#include "directory/rule.hpp"
#include "directory/view.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::directory {
namespace {
using Standing = View::Standing;

/// What stands behind an address that day, aliases followed.
struct Found {
  enum class What : std::uint8_t { nothing, mailbox, group, expired_alias } what = What::nothing;
  Row row;  ///< of the mailbox, the group, the alias
  bool by_alias = false;
};

Found find(const View& view, std::string_view address, const Day& at) {
  Found found;
  for (std::size_t depth = 0; depth <= limits::alias_depth; ++depth) {
    if ((found.row = view.mailbox(address))) {
      found.what = Found::What::mailbox;
      return found;
    }
    if ((found.row = view.group_at(address))) {
      found.what = Found::What::group;
      return found;
    }
    const Row alias = view.alias(address, at);
    if (!alias) {
      view.each(TableId::aliases, prefix(address), [&](const Row& row) {
        if (!row[col::alias::to].empty() && row[col::alias::to] < at.text()) found.row = row;
      });
      if (found.row) found.what = Found::What::expired_alias;
      return found;
    }
    found.by_alias = true;
    address = alias[col::alias::target];
  }
  found.row = Row();
  return found;
}

/// Units open that day that took over from a unit, chains followed.
std::vector<std::string> heirs(const View& view, std::string_view unit, const Day& at) {
  std::vector<std::string> open;
  std::unordered_set<std::string> seen{std::string(unit)};
  std::deque<std::string> waiting{std::string(unit)};
  while (!waiting.empty() && seen.size() < limits::succession_units) {
    const std::string from = std::move(waiting.front());
    waiting.pop_front();
    view.each(IndexId::history_by_from, prefix(from), [&](std::string_view, std::string_view key) {
      const Row event = view.row(TableId::unit_history, key);
      const std::string to = event.str(col::event::to_unit);
      if (event[col::event::what] == "reparent" || at.text() < event[col::event::date] || !seen.insert(to).second)
        return;
      if (view.is_open(to, at))
        open.push_back(to);
      else
        waiting.push_back(to);
    });
  }
  return open;
}

std::string with_name(const View& view, const Row& mailbox, const Day& at) {
  return mailbox.str(col::mailbox::address) + " (" + view.owner_name(mailbox, at) + ")";
}

/// "address (unit name)" of the mailbox that now receives for a unit.
std::string receiving(const View& view, std::string_view unit, const Day& at) {
  const Row mailbox = view.registry(unit, at);
  if (!mailbox) return {};
  return mailbox.str(col::mailbox::address) + " (" + view.unit_name(unit, at) + ")";
}

void close(const View& view, const Row& mailbox, const Day& at, Resolution& out) {
  namespace c = col::mailbox;
  out.kind = Resolution::Kind::closed;
  out.closed_name = view.owner_name(mailbox, at);
  if (mailbox[c::kind] == "person") {
    // A person's papers go to nobody else: only another mailbox of the same person is named.
    view.each(IndexId::mailboxes_by_person, prefix(mailbox[c::person]),
              [&](std::string_view address, std::string_view) {
                const Row other = view.mailbox(address);
                if (View::standing(other, at) == Standing::open) out.successors.push_back(with_name(view, other, at));
              });
    return;
  }
  std::vector<std::string> units = heirs(view, mailbox[c::unit], at);
  if (units.empty() && view.is_open(mailbox[c::unit], at)) units.push_back(mailbox.str(c::unit));
  for (const std::string& unit : units)
    if (std::string named = receiving(view, unit, at); !named.empty()) out.successors.push_back(std::move(named));
}

void add_target(const View& view, const Row& row, const Day& at, Resolution& out) {
  namespace c = col::mailbox;
  Resolution::Target& target = out.targets.emplace_back();
  target.mailbox = View::as_of(row, at);
  if (row[c::kind] == "person") {
    target.holder = row[c::person];
  } else if (row[c::kind] == "position") {
    if (const auto holders = view.holders(row[c::unit], row[c::position], at); !holders.empty())
      target.holder = holders.front()[col::post::person];
  }
}

class Expansion {
 public:
  Expansion(const View& view, const Day& at, Resolution& out) : view_(view), at_(at), out_(out) {}

  void add(const Row& group, std::size_t depth) {
    if (!groups_.insert(group.str(col::group::id)).second) return;  // each group once, so a circle ends
    if (group[col::group::kind] == "dynamic") {
      auto rule = parse_rule(group[col::group::rule]);
      if (!rule) throw std::runtime_error("directory: a stored rule is damaged: " + rule.error().detail);
      become_mixed();  // two units may have one registry
      rule->of == Rule::Of::units ? add_units(*rule) : add_mailboxes(*rule);
      return;  // its rows in group-members.csv are yesterday's answer of the same rule
    }
    // The mailbox that a member means lies beside it (FORMAT.md): a big group is read in one go.
    const std::string begin = prefix(group[col::group::id]);
    if (depth > 0) become_mixed();
    std::size_t members = 0;
    view_.walk(view_.store().members_expanded, begin, [&](std::string_view, std::string_view) { ++members; });
    out_.targets.reserve(out_.targets.size() + members);
    view_.walk(view_.store().members_expanded, begin, [&](std::string_view key, std::string_view value) {
      const std::size_t end = key.rfind('\0');
      const std::string_view address = key.substr(begin.size(), end - begin.size());
      const std::size_t line = value.find('\n');
      if (!covers(key.substr(end + 1), value.substr(0, line), at_)) return;
      if (line + 1 < value.size())
        add_mailbox(Row(value.substr(line + 1)), address);
      else
        add_other(address, depth);
    });
  }

 private:
  /// A member that is an alias or a group.
  void add_other(std::string_view address, std::size_t depth) {
    become_mixed();
    const Found found = find(view_, address, at_);
    if (found.what == Found::What::mailbox)
      add_mailbox(found.row, address);
    else if (found.what == Found::What::group && depth < limits::group_depth &&
             covers(found.row[col::group::from], found.row[col::group::to], at_))
      add(found.row, depth + 1);
    else
      out_.skipped.emplace_back(address);
  }

  void add_mailbox(const Row& row, std::string_view member) {
    const std::string_view address = row[col::mailbox::address];
    if (View::standing(row, at_) != Standing::open)
      out_.skipped.emplace_back(member);
    else if (mixed_ ? seen_.insert(address).second : address != last_) {
      add_target(view_, row, at_, out_);
      last_ = address;
    }
  }

  /// One group's own mailboxes come in the order of their addresses, so the same one comes twice in a row. From here on
  /// it may come from elsewhere too.
  void become_mixed() {
    if (mixed_) return;
    mixed_ = true;
    for (const Resolution::Target& target : out_.targets) {
      kept_.push_back(target.mailbox.address);
      seen_.insert(kept_.back());
    }
  }

  bool chosen(const Row& unit, const Rule& rule) const {
    return std::all_of(rule.conditions.begin(), rule.conditions.end(), [&](const Rule::Condition& condition) {
      const std::string_view value = condition.field == Rule::Field::unit_kind ? unit[col::unit::kind]
                                     : condition.field == Rule::Field::parent  ? unit[col::unit::parent]
                                                                               : unit[col::unit::id];
      return std::find(condition.values.begin(), condition.values.end(), value) != condition.values.end();
    });
  }

  void add_unit(std::string_view id, const Rule& rule) {
    const Row unit = view_.unit(id, at_);
    if (!unit || !covers(unit[col::unit::from], unit[col::unit::to], at_) || !chosen(unit, rule)) return;
    if (const Row registry = view_.own_registry(id, at_))
      add_mailbox(registry, registry[col::mailbox::address]);
    else
      out_.skipped.push_back(unit.str(col::unit::name));
  }

  /// Units by the narrowest of the rule's conditions, in the order of their ids.
  void add_units(const Rule& rule) {
    const auto narrowness = [](const Rule::Condition& condition) {
      return condition.field == Rule::Field::unit ? 0 : condition.field == Rule::Field::parent ? 1 : 2;
    };
    const auto first = std::min_element(
        rule.conditions.begin(), rule.conditions.end(),
        [&](const Rule::Condition& a, const Rule::Condition& b) { return narrowness(a) < narrowness(b); });
    std::vector<std::string> ids;
    for (const std::string& value : first->values) {
      if (first->field == Rule::Field::unit) {
        ids.push_back(value);
        continue;
      }
      const IndexId index = first->field == Rule::Field::parent ? IndexId::units_by_parent : IndexId::units_by_kind;
      view_.each(index, prefix(value),
                 [&](std::string_view rest, std::string_view) { ids.emplace_back(rest.substr(0, rest.find('\0'))); });
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    for (const std::string& id : ids) add_unit(id, rule);
  }

  void add_if_chosen(const Row& row, const Rule& rule) {
    namespace c = col::mailbox;
    if (View::standing(row, at_) != Standing::open) return;
    const bool fits =
        std::all_of(rule.conditions.begin(), rule.conditions.end(), [&](const Rule::Condition& condition) {
          const std::string_view value = condition.field == Rule::Field::registers_mail ? row[c::registers]
                                         : condition.field == Rule::Field::kind         ? row[c::kind]
                                         : row[c::status] == "dormant"                  ? "dormant"
                                                                                        : "active";
          return std::find(condition.values.begin(), condition.values.end(), value) != condition.values.end();
        });
    if (fits) add_mailbox(row, row[c::address]);
  }

  void add_mailboxes(const Rule& rule) {
    std::vector<std::string> addresses;
    const auto take = [&](IndexId index, std::string_view begin) {
      view_.each(index, begin, [&](std::string_view rest, std::string_view) {
        addresses.emplace_back(rest.substr(rest.rfind('\0') + 1));
      });
    };
    const auto about = [&](Rule::Field field) {
      return std::find_if(rule.conditions.begin(), rule.conditions.end(),
                          [&](const Rule::Condition& one) { return one.field == field; });
    };
    const auto kinds = about(Rule::Field::kind);
    const auto registers = about(Rule::Field::registers_mail);
    if (registers != rule.conditions.end() && registers->values == std::vector<std::string>{"yes"}) {
      take(IndexId::registries, {});
    } else if (kinds != rule.conditions.end() &&
               std::find(kinds->values.begin(), kinds->values.end(), "person") == kinds->values.end()) {
      for (const std::string& kind : kinds->values) take(IndexId::mailboxes_by_kind, prefix(kind));
    } else {
      view_.each(TableId::mailboxes, {}, [&](const Row& row) { add_if_chosen(row, rule); });
      return;
    }
    std::sort(addresses.begin(), addresses.end());
    for (const std::string& address : addresses) add_if_chosen(view_.mailbox(address), rule);
  }

  const View& view_;
  const Day& at_;
  Resolution& out_;
  std::unordered_set<std::string> groups_;
  bool mixed_ = false;
  std::string_view last_;
  std::deque<std::string> kept_;               ///< what seen_ points to where it does not point into rows
  std::unordered_set<std::string_view> seen_;  ///< points into the rows, which stay where they are
};

Resolution settle(const View& view, const Found& found, const Day& at) {
  Resolution out;
  switch (found.what) {
    case Found::What::nothing:
      break;
    case Found::What::expired_alias: {
      const Found behind = find(view, found.row[col::alias::target], at);
      out.kind = Resolution::Kind::closed;
      if (behind.what == Found::What::mailbox) {
        if (View::standing(behind.row, at) == Standing::closed) {
          close(view, behind.row, at, out);
        } else {
          out.closed_name = view.owner_name(behind.row, at);
          out.successors.push_back(with_name(view, behind.row, at));
        }
      } else if (behind.what == Found::What::group) {
        out.closed_name = behind.row[col::group::name];
      }
      out.via = "alias";
      break;
    }
    case Found::What::mailbox: {
      out.via = found.by_alias ? "alias" : found.row[col::mailbox::kind] == "position" ? "position" : "direct";
      switch (View::standing(found.row, at)) {
        case Standing::open:
          out.kind = Resolution::Kind::mailbox;
          add_target(view, found.row, at, out);
          break;
        case Standing::suspended:
          out.kind = Resolution::Kind::suspended;
          break;
        case Standing::closed:
          close(view, found.row, at, out);
          break;
        case Standing::not_yet:
          break;  // unknown
      }
      break;
    }
    case Found::What::group: {
      namespace c = col::group;
      out.via = "group:" + found.row.str(c::id);
      if (!found.row[c::to].empty() && found.row[c::to] < at.text()) {
        out.kind = Resolution::Kind::closed;
        out.closed_name = found.row[c::name];
      } else if (covers(found.row[c::from], found.row[c::to], at)) {
        out.kind = Resolution::Kind::group;
        Expansion(view, at, out).add(found.row, 0);
      }
      break;
    }
  }
  return out;
}
}  // namespace

Resolution resolve(const View& view, std::string_view given, const Day& at) {
  const std::string address = address_key(given);
  if (address.empty()) return {};
  Found found = find(view, address, at);
  const std::size_t plus = address.find('+');
  const std::size_t sign = address.rfind('@');
  if (found.what != Found::What::nothing || plus == 0 || plus > sign) return settle(view, found, at);
  // user+tag (RFC 5233): the whole address is nobody's, so the tag is the user's own business.
  found = find(view, address.substr(0, plus) + address.substr(sign), at);
  if (found.what == Found::What::group) return {};
  Resolution out = settle(view, found, at);
  if (out.via == "direct") out.via = "subaddress";
  return out;
}

}  // namespace vanthu::directory
