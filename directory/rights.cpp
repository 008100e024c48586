// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/snapshot.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {
using Right = Directory::Right;
using Standing = Snapshot::Standing;

constexpr const char* clerk = "Văn thư";  ///< who uses a unit mailbox that names no position

std::string unit_name(const Snapshot& s, std::string_view id, Date at) {
  const Snapshot::UnitRow* row = s.unit(id, at);
  return row != nullptr ? row->unit.name : std::string(id);
}

/// Whether the mailroom of `unit` is served from `from`: the same unit, or one below it with no registry mailbox on
/// the way (an office's văn thư may sit in one of its departments).
bool serves(const Snapshot& s, std::string_view from, std::string_view unit, Date at) {
  for (std::size_t depth = 0; depth < limits::unit_depth && !from.empty(); ++depth) {
    if (from == unit) return true;
    for (const std::uint32_t i : Snapshot::rows(s.mailboxes_of_unit, from)) {
      const Snapshot::MailboxRow& row = s.mailboxes[i];
      if (row.mailbox.registers_mail && Snapshot::standing(row, at) == Standing::open) return false;
    }
    const Snapshot::UnitRow* row = s.unit(from, at);
    if (row == nullptr) return false;
    from = row->unit.parent;
  }
  return false;
}

/// By what the person is: position, văn thư.
Right by_post(const Snapshot& s, const Login& login, const Snapshot::MailboxRow& row, Date at) {
  const Mailbox& mailbox = row.mailbox;
  if (mailbox.kind == Mailbox::Kind::person) return {};
  const bool is_unit = mailbox.kind == Mailbox::Kind::unit;
  static const std::string clerk_key = text::match_key(clerk);
  const std::string& wanted = is_unit && row.position_key.empty() ? clerk_key : row.position_key;
  if (wanted.empty()) return {};  // a role or system mailbox without a position: by delegation only
  for (const std::uint32_t i : Snapshot::rows(s.assignments_of_person, login.person)) {
    const Snapshot::AssignmentRow& post = s.assignments[i];
    if (post.position_key != wanted || !post.assignment.valid.covers(at)) continue;
    if (post.assignment.unit == mailbox.unit || (is_unit && serves(s, post.assignment.unit, mailbox.unit, at)))
      return {true, false,
              (is_unit ? "" : "holds ") + post.assignment.position + " of " + unit_name(s, post.assignment.unit, at)};
  }
  return {};
}

Right by_delegation(const Snapshot& s, const Login& login, const std::string& address, bool reading, Date at) {
  Right best;
  for (const std::uint32_t i : Snapshot::rows(s.delegations_of_mailbox, address)) {
    const Delegation& one = s.delegations[i];
    if (one.delegate != login.person || !one.valid.covers(at)) continue;
    if (one.right == "send-as" || (reading && one.right == "read")) return {true, false, "delegation: " + one.right};
    if (one.right == "on-behalf") best = {true, !reading, "delegation: on-behalf"};
  }
  return best;
}

Right may_use(const Snapshot& s, const Login& login, std::string_view given, bool reading, Date at) {
  const auto no = [](std::string because) { return Right{false, false, std::move(because)}; };
  std::string address = address_key(given);
  const Snapshot::MailboxRow* own = s.mailbox(login.address);
  if (own == nullptr || Snapshot::standing(*own, at) != Standing::open)
    return no("the login's own mailbox is not open");
  bool by_alias = false;
  for (std::size_t depth = 0; depth < limits::alias_depth; ++depth) {
    const Snapshot::AliasRow* alias = s.mailbox(address) == nullptr ? s.alias(address, at) : nullptr;
    if (alias == nullptr) break;
    by_alias = true;
    address = alias->alias.target;
  }
  const Snapshot::MailboxRow* row = s.mailbox(address);
  if (row == nullptr) {
    const bool group = !Snapshot::rows(s.groups_by_address, address).empty();
    return no(group ? "a group sends nothing and has no mailbox" : "no such address in the directory");
  }
  switch (Snapshot::standing(*row, at)) {
    case Standing::open:
      break;
    case Standing::suspended:
      return no("the mailbox is suspended");
    case Standing::closed:
      return no("the address is closed");
    case Standing::not_yet:
      return no("no such address in the directory");
  }
  if (row == own) return {true, false, by_alias ? "alias of own mailbox" : "own mailbox"};
  if (login.person.empty()) return no("a mailbox that logs in by itself uses only its own address");
  if (row->mailbox.kind == Mailbox::Kind::person && row->mailbox.person == login.person)
    return {true, false, "own mailbox"};
  if (Right right = by_post(s, login, *row, at); right.allowed) return right;
  if (Right right = by_delegation(s, login, address, reading, at); right.allowed) return right;
  return no("not own, no position, no delegation that day");
}
}  // namespace

Right may_send_as(const Snapshot& s, const Login& login, std::string_view address, Date at) {
  return may_use(s, login, address, false, at);
}

Right may_open(const Snapshot& s, const Login& login, std::string_view address, Date at) {
  return may_use(s, login, address, true, at);
}

}  // namespace vanthu::directory
