// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/hygiene.hpp"

#include <algorithm>
#include <map>

#include "directory/scope.hpp"
#include "directory/state.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {
constexpr int dormant_days = 180;  ///< without a login

class Look {
 public:
  Look(const View& view, Date today, const Actor& actor)
      : view_(view),
        actor_(actor),
        today_(today),
        long_ago_(Date{std::chrono::sys_days{today} - std::chrono::days{dormant_days}}) {}

  Hygiene run() {
    units();
    mailboxes();
    groups();
    aliases();
    delegations();
    names();
    roles();
    return std::move(result_);
  }

 private:
  void find(const char* id, std::string subject, std::string what) {
    if (++counts_[id] > limits::import_notes) {
      ++result_.more;
      return;
    }
    result_.findings.push_back({id, std::move(subject), std::move(what)});
  }
  bool mine(TableId table, const Row& row) const { return row_in_scope(view_, actor_, today_, table, row); }

  void units() {
    using namespace col::unit;
    view_.each(TableId::units, {}, [&](const Row& row) {
      if (!covers(row[from], row[to], today_) || !mine(TableId::units, row)) return;
      const std::string unit = row.str(id);
      if (!row[parent].empty() && !view_.is_open(row[parent], today_))
        find("unit.closed-parent", unit, row.str(name) + ": the unit above it, " + row.str(parent) + ", is closed");
      const Row registry = view_.registry(row[id], today_);
      if (!registry) {
        find("unit.no-registry", unit,
             row.str(name) + ": neither it nor a unit above it has a mailbox that registers mail");
      } else if (registry[col::mailbox::unit] == row[id] && clerks(registry).empty()) {
        find("unit.no-clerk", unit,
             row.str(name) + ": nobody holds the post that opens " + registry.str(col::mailbox::address));
      }
      if (registry && registry[col::mailbox::unit] == row[id] && !view_.any(TableId::contacts, prefix(row[id])))
        find("unit.no-contact", unit, row.str(name) + ": nobody to call about its mailroom (vanthu contact add)");
    });
  }

  /// Who holds the post of a unit mailbox, in the unit or right below it.
  std::vector<Row> clerks(const Row& registry) const {
    const std::string post =
        registry[col::mailbox::position].empty() ? "Văn thư" : registry.str(col::mailbox::position);
    std::vector<Row> found = view_.holders(registry[col::mailbox::unit], post, today_);
    view_.each(IndexId::units_by_parent, prefix(registry[col::mailbox::unit]),
               [&](std::string_view rest, std::string_view) {
                 const auto below = view_.holders(rest.substr(0, rest.find('\0')), post, today_);
                 found.insert(found.end(), below.begin(), below.end());
               });
    return found;
  }

  void mailboxes() {
    using namespace col::mailbox;
    view_.each(TableId::mailboxes, {}, [&](const Row& row) {
      if (View::standing(row, today_) != View::Standing::open || !mine(TableId::mailboxes, row)) return;
      const std::string box = row.str(address);
      if (row[last_login].empty() || row[last_login] < long_ago_.text())
        find("mailbox.dormant", box,
             row[last_login].empty() ? "nobody has ever logged in" : "the last login was on " + row.str(last_login));
      if (!view_.is_open(row[unit], today_))
        find("mailbox.closed-unit", box, "is open, and its unit " + row.str(unit) + " is closed");
      if (row[kind] == "person") {
        const Row owner = view_.person(row[person]);
        if (owner && owner[col::person::status] != "active")
          find("mailbox.left", box,
               "is open, and " + owner.str(col::person::name) + " is " + owner.str(col::person::status));
      }
      if (row[kind] == "position" && view_.holders(row[unit], row[position], today_).empty())
        find("mailbox.no-holder", box, "nobody holds " + row.str(position) + " of " + row.str(unit));
    });
  }

  void groups() {
    view_.each(TableId::groups, {}, [&](const Row& row) {
      namespace c = col::group;
      if (!covers(row[c::from], row[c::to], today_) || !mine(TableId::groups, row)) return;
      const std::string address = row.str(c::address);
      const Resolution members = resolve(view_, address, today_);
      for (const std::string& one : members.skipped)
        find("group.closed-member", address, one + " is a member and is closed, suspended or unknown");
      for (const auto& one : members.targets)
        if (one.mailbox.status == Mailbox::Status::dormant)
          find("group.dormant-member", address, one.mailbox.address + " is a member and is dormant");
      if (members.targets.empty()) find("group.empty", address, "has no member that takes mail");
      if (row[c::moderated] == "yes" && row[c::moderators].empty())
        find("group.no-moderator", address, "is moderated by nobody");
    });
  }

  void aliases() {
    view_.each(TableId::aliases, {}, [&](const Row& row) {
      namespace c = col::alias;
      if (!covers(row[c::from], row[c::to], today_) || !mine(TableId::aliases, row)) return;
      const Row target = view_.mailbox(row[c::target]);
      if (target && View::standing(target, today_) == View::Standing::closed)
        find("alias.closed-target", row.str(c::alias), "leads to " + row.str(c::target) + ", which is closed");
    });
  }

  void delegations() {
    view_.each(TableId::delegations, {}, [&](const Row& row) {
      namespace c = col::delegation;
      if (!covers(row[c::from], row[c::to], today_) || !mine(TableId::delegations, row)) return;
      const Row person = view_.person(row[c::delegate]);
      if (person && person[col::person::status] != "active")
        find("delegation.left", row.str(c::mailbox),
             person.str(col::person::name) + " may act for it and is " + person.str(col::person::status));
      if (row[c::to].empty())
        find("delegation.no-end", row.str(c::mailbox), row.str(c::delegate) + " may act for it without an end");
    });
  }

  /// Names that a reader could take for one another, of people who are here and units that are open.
  void names() {
    std::string last;
    std::vector<std::pair<std::string, std::string>> same;  // id, name
    const auto flush = [&] {
      if (same.size() > 1) {
        const bool equal = std::all_of(same.begin(), same.end(), [&](const auto& one) {
          return text::match_key(one.second) == text::match_key(same.front().second);
        });
        std::string all;
        for (std::size_t i = 0; i < std::min<std::size_t>(same.size(), 10); ++i)
          all += (all.empty() ? "" : ", ") + same[i].second + " (" + same[i].first + ")";
        if (same.size() > 10) all += ", … (" + std::to_string(same.size()) + ")";
        find(equal ? "name.same" : "name.look-alike", same.front().first, all);
      }
      same.clear();
    };
    view_.each(IndexId::names, {}, [&](std::string_view key, std::string_view name) {
      const std::size_t end = key.find('\0');
      const std::string_view rest = key.substr(end + 2);
      const std::string id(rest.substr(0, rest.find('\0')));
      const char kind = key[end + 1];
      if (key.substr(0, end) != last) flush();
      last = key.substr(0, end);
      if (kind == 'p') {
        const Row person = view_.person(id);
        if (!person || person[col::person::status] != "active" || !mine(TableId::people, person)) return;
      } else if (kind == 'u') {
        if (!view_.is_open(id, today_) || !mine(TableId::units, view_.unit(id, today_))) return;
      } else {
        return;
      }
      if (same.empty() || same.back().first != id) same.emplace_back(id, std::string(name));
    });
    flush();
  }

  void roles() {
    if (!actor_.everywhere) return;
    view_.each(TableId::roles, {}, [&](const Row& row) {
      using namespace col::role;
      if (!covers(row[from], row[to], today_)) return;
      const Row owner = view_.person(row[person]);
      if (owner && owner[col::person::status] != "active")
        find("role.left", row.str(person), "is " + row.str(col::role::role) + " and has left");
    });
  }

  const View& view_;
  const Actor& actor_;
  Day today_, long_ago_;
  Hygiene result_;
  std::map<std::string, std::size_t> counts_;
};
}  // namespace

Hygiene check_hygiene(const Directory& directory, Date today, const Actor& actor) {
  const Directory::State::Reading reading = directory.state().read();
  return Look(*reading, today, actor).run();
}

}  // namespace vanthu::directory
