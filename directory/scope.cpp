// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/scope.hpp"

#include <algorithm>

#include "directory/checks.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {

class Scope {
 public:
  Scope(const View& before, const View& after, const Actor& actor, const Day& today)
      : before_(before), after_(after), actor_(actor), today_(today) {}

  /// Both as it was and as it shall be: nothing is drawn in from outside, nothing pushed out.
  bool allows(const Edit& edit) const {
    if (edit.table == TableId::people && !edit.had) return !elsewhere(Row(edit.after)[col::person::id]);
    return (!edit.had || may_change(before_, edit.table, Row(edit.before))) &&
           (!edit.has || may_change(after_, edit.table, Row(edit.after))) && !is_own_unit(edit);
  }
  /// Whether whoever can log in there has powers within the subtree alone: else a password set by its administrator
  /// would open what is not theirs.
  bool may_change_mailbox(const View& view, const Row& row) const {
    const std::string_view person = row[col::mailbox::person];
    return unit(view, row[col::mailbox::unit]) && (person.empty() || !reach(view, person).outside);
  }
  bool shows(TableId table, const Row& row) const { return covers_row(before_, table, row); }

 private:
  /// Somebody new has no post yet; what they are given next is judged then.
  bool elsewhere(std::string_view person) const {
    return (after_.any(TableId::assignments, prefix(person)) ||
            after_.any(IndexId::mailboxes_by_person, prefix(person))) &&
           !this->person(after_, person);
  }

  bool is_own_unit(const Edit& edit) const {
    if (edit.table != TableId::units) return false;
    const std::string_view id = Row(edit.has ? edit.after : edit.before)[col::unit::id];
    return std::find(actor_.units.begin(), actor_.units.end(), id) != actor_.units.end();
  }

  bool unit(const View& view, std::string_view id) const { return in_scope(view, actor_, id, today_); }

  bool address(const View& view, std::string_view address) const {
    if (const Row mailbox = view.mailbox(address)) return unit(view, mailbox[col::mailbox::unit]);
    if (const Row group = view.group_at(address)) return unit(view, group[col::group::unit]);
    if (const Row alias = view.alias(address, today_)) return this->address(view, alias[col::alias::target]);
    return false;
  }

  struct Reach {
    bool inside = false, outside = false;
  };
  /// Where a person has posts, mailboxes, delegations or roles today; a role reaches outside always.
  Reach reach(const View& view, std::string_view id) const {
    Reach found;
    const auto at = [&](std::string_view unit) { (this->unit(view, unit) ? found.inside : found.outside) = true; };
    view.each(TableId::roles, prefix(id), [&](const Row& role) {
      if (covers(role[col::role::from], role[col::role::to], today_)) found.outside = true;
    });
    view.each(IndexId::delegations_by_person, prefix(id), [&](std::string_view, std::string_view key) {
      const Row one = view.row(TableId::delegations, key);
      if (covers(one[col::delegation::from], one[col::delegation::to], today_))
        at(view.mailbox(one[col::delegation::mailbox])[col::mailbox::unit]);
    });
    view.each(TableId::assignments, prefix(id), [&](const Row& post) {
      if (covers(post[col::post::from], post[col::post::to], today_)) at(post[col::post::unit]);
    });
    view.each(IndexId::mailboxes_by_person, prefix(id), [&](std::string_view address, std::string_view) {
      const Row mailbox = view.mailbox(address);
      if (View::standing(mailbox, today_) != View::Standing::closed) at(mailbox[col::mailbox::unit]);
    });
    return found;
  }

  /// A person is theirs whose posts and powers all lie in the subtree.
  bool person(const View& view, std::string_view id) const {
    const Reach found = reach(view, id);
    return found.inside && !found.outside;
  }

  /// A văn thư below a mailroom opens it (rights.cpp): that post gives what may lie above the subtree.
  bool opens_above(const View& view, const Row& post) const {
    const Row registry = view.registry(post[col::post::unit], today_);
    if (!registry || unit(view, registry[col::mailbox::unit])) return false;
    const std::string_view wanted = registry[col::mailbox::position];
    return text::match_key(post[col::post::position]) == text::match_key(wanted.empty() ? "Văn thư" : wanted);
  }

  bool may_change(const View& view, TableId table, const Row& row) const {
    if (table == TableId::mailboxes) return may_change_mailbox(view, row);
    if (table == TableId::assignments && opens_above(view, row)) return false;
    if (table == TableId::people) return person(view, row[col::person::id]);
    return covers_row(view, table, row);
  }

  bool covers_row(const View& view, TableId table, const Row& row) const {
    switch (table) {
      case TableId::units:
        return unit(view, row[col::unit::id]);
      case TableId::unit_history:
        return unit(view, row[col::event::from_unit]) && unit(view, row[col::event::to_unit]);
      case TableId::people:
        return person(view, row[col::person::id]);
      case TableId::assignments:
        return unit(view, row[col::post::unit]);
      case TableId::mailboxes:
        return unit(view, row[col::mailbox::unit]);
      case TableId::aliases:
        return address(view, row[col::alias::target]);
      case TableId::groups:
        return !row[col::group::unit].empty() && unit(view, row[col::group::unit]);
      case TableId::group_members: {
        const Row group = view.group(row[col::member::group]);
        return group && !group[col::group::unit].empty() && unit(view, group[col::group::unit]);
      }
      case TableId::delegations:
        return address(view, row[col::delegation::mailbox]);
      case TableId::contacts:
        return unit(view, row[col::contact::unit]);
      case TableId::roles:
      case TableId::unit_kinds:
      case TableId::recipient_lines:
      case TableId::terms:
      case TableId::certificates:
        return false;
    }
    return false;
  }

  const View& before_;
  const View& after_;
  const Actor& actor_;
  const Day& today_;
};
}  // namespace

bool in_scope(const View& view, const Actor& actor, std::string_view unit, const Day& at) {
  return actor.everywhere || std::any_of(actor.units.begin(), actor.units.end(),
                                         [&](const std::string& above) { return view.is_within(unit, above, at); });
}

bool may_change_mailbox(const View& view, const Actor& actor, const Row& mailbox, const Day& at) {
  return actor.everywhere || Scope(view, view, actor, at).may_change_mailbox(view, mailbox);
}

bool row_in_scope(const View& view, const Actor& actor, const Day& at, TableId table, const Row& row) {
  return actor.everywhere || Scope(view, view, actor, at).shows(table, row);
}

void check_scope(const View& before, const View& after, const Actor& actor, const Day& today,
                 std::span<const Edit> edits, Findings& findings) {
  const Scope scope(before, after, actor, today);
  std::string own;
  for (const std::string& unit : actor.units) own += (own.empty() ? "" : ", ") + unit;
  for (const Edit& edit : edits)
    if (!scope.allows(edit))
      findings.fault(shown_key(edit.key), 0,
                     actor.name + " may change only what is below " + (own.empty() ? "no unit at all" : own) +
                         "; ask an administrator of the whole directory");
}

}  // namespace vanthu::directory
