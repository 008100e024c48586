// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <set>

#include "directory/view.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {
using Right = Directory::Right;
using Standing = View::Standing;

constexpr const char* clerk = "Văn thư";  ///< who uses a unit mailbox that names no position

/// Whether the mailroom of `unit` is served from `from`: the same unit, or one below it with no registry mailbox on
/// the way (an office's văn thư may sit in one of its departments).
bool serves(const View& view, std::string_view from, std::string_view unit, const Day& at) {
  for (std::size_t depth = 0; depth < limits::unit_depth && !from.empty(); ++depth) {
    if (from == unit) return true;
    bool own = false;
    view.each(IndexId::registries, prefix(from), [&](std::string_view address, std::string_view) {
      own = View::standing(view.mailbox(address), at) == Standing::open;
      return !own;
    });
    if (own) return false;
    const Row row = view.unit(from, at);
    if (!row) return false;
    from = row[col::unit::parent];
  }
  return false;
}

/// By what the person is: position, văn thư.
Right by_post(const View& view, const Login& login, const Row& mailbox, const Day& at) {
  namespace m = col::mailbox;
  namespace p = col::post;
  if (mailbox[m::kind] == "person") return {};
  const bool is_unit = mailbox[m::kind] == "unit";
  const std::string_view wanted = is_unit && mailbox[m::position].empty() ? clerk : mailbox[m::position];
  if (wanted.empty()) return {};  // a role or system mailbox without a position: by delegation only
  const std::string wanted_key = text::match_key(wanted);
  Right right;
  view.each(TableId::assignments, prefix(login.person), [&](const Row& post) {
    if (!covers(post[p::from], post[p::to], at)) return true;
    if (post[p::position] != wanted && text::match_key(post[p::position]) != wanted_key) return true;
    if (post[p::unit] != mailbox[m::unit] && !(is_unit && serves(view, post[p::unit], mailbox[m::unit], at)))
      return true;
    right = {true, false,
             (is_unit ? "" : "holds ") + post.str(p::position) + " of " + view.unit_name(post[p::unit], at)};
    return false;
  });
  return right;
}

Right by_delegation(const View& view, const Login& login, std::string_view address, bool reading, const Day& at) {
  namespace c = col::delegation;
  Right best;
  view.each(TableId::delegations, prefix(address), [&](const Row& one) {
    if (one[c::delegate] != login.person || !covers(one[c::from], one[c::to], at)) return true;
    if (one[c::right] == "send-as" || (reading && one[c::right] == "read")) {
      best = {true, false, "delegation: " + one.str(c::right)};
      return false;
    }
    if (one[c::right] == "on-behalf") best = {true, !reading, "delegation: on-behalf"};
    return true;
  });
  return best;
}

Right may_use(const View& view, const Login& login, std::string_view given, bool reading, const Day& at) {
  const auto no = [](std::string because) { return Right{false, false, std::move(because)}; };
  std::string address = address_key(given);
  const Row own = view.mailbox(login.address);
  if (!own || View::standing(own, at) != Standing::open) return no("the login's own mailbox is not open");
  bool by_alias = false;
  for (std::size_t depth = 0; depth < limits::alias_depth; ++depth) {
    const Row alias = view.mailbox(address) ? Row() : view.alias(address, at);
    if (!alias) break;
    by_alias = true;
    address = alias[col::alias::target];
  }
  const Row row = view.mailbox(address);
  if (!row)
    return no(view.group_at(address) ? "a group sends nothing and has no mailbox" : "no such address in the directory");
  switch (View::standing(row, at)) {
    case Standing::open:
      break;
    case Standing::suspended:
      return no("the mailbox is suspended");
    case Standing::closed:
      return no("the address is closed");
    case Standing::not_yet:
      return no("no such address in the directory");
  }
  if (address == login.address) return {true, false, by_alias ? "alias of own mailbox" : "own mailbox"};
  if (login.person.empty()) return no("a mailbox that logs in by itself uses only its own address");
  if (row[col::mailbox::kind] == "person" && row[col::mailbox::person] == login.person)
    return {true, false, "own mailbox"};
  if (Right right = by_post(view, login, row, at); right.allowed) return right;
  if (Right right = by_delegation(view, login, address, reading, at); right.allowed) return right;
  return no("not own, no position, no delegation that day");
}
}  // namespace

Right may_send_as(const View& view, const Login& login, std::string_view address, const Day& at) {
  return may_use(view, login, address, false, at);
}

Right may_open(const View& view, const Login& login, std::string_view address, const Day& at) {
  return may_use(view, login, address, true, at);
}

std::vector<std::string> usable_by(const View& view, const Login& login, const Day& at) {
  // Where a right can come from; may_use has the last word on each.
  std::set<std::string> candidates{login.address};
  const auto of_unit = [&](std::string_view unit) {
    view.each(IndexId::mailboxes_by_unit, prefix(unit), [&](std::string_view address, std::string_view kind) {
      if (kind != "person") candidates.emplace(address);
    });
  };
  if (!login.person.empty()) {
    view.each(IndexId::mailboxes_by_person, prefix(login.person),
              [&](std::string_view address, std::string_view) { candidates.emplace(address); });
    view.each(IndexId::delegations_by_person, prefix(login.person),
              [&](std::string_view, std::string_view key) { candidates.emplace(key.substr(0, key.find('\0'))); });
    view.each(TableId::assignments, prefix(login.person), [&](const Row& post) {
      if (!covers(post[col::post::from], post[col::post::to], at)) return;
      std::string unit = post.str(col::post::unit);
      for (std::size_t depth = 0; depth < limits::unit_depth && !unit.empty(); ++depth) {
        of_unit(unit);
        const Row row = view.unit(unit, at);
        unit = row ? row.str(col::unit::parent) : std::string();
      }
    });
  }
  std::vector<std::string> usable;
  for (const std::string& address : candidates)
    if (may_send_as(view, login, address, at).allowed) usable.push_back(address);
  return usable;
}

}  // namespace vanthu::directory
