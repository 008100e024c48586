// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "directory/directory.hpp"
#include "directory/rule.hpp"
#include "directory/store.hpp"

namespace vanthu::directory {

/// Row numbers by a key that points into the rows themselves.
using Index = std::unordered_map<std::string_view, std::vector<std::uint32_t>>;

/// The whole directory of one generation in memory, indexed; never changes, so any thread may read it without a lock.
/// About half a kilobyte a mailbox. Every question but a password is answered from here.
struct Snapshot {
  struct UnitRow {
    Unit unit;
    std::string mail_stem;
  };
  struct MailboxRow {
    Mailbox mailbox;
    std::string position_key;            ///< text::match_key of the position
    std::string folded;                  ///< local-part, for neighbours
    std::optional<Date> suspended_from;  ///< suspended by hand since then; without it `suspended` has no start
    bool by_hand = false;                ///< not from the import
    bool closed_by_hand = false;         ///< whatever the import says
  };
  struct AssignmentRow {
    Assignment assignment;
    std::string position_key;
  };
  struct AliasRow {
    Alias alias;
    std::string folded;
  };
  struct GroupRow {
    Group group;
    std::optional<Rule> rule;
    std::string folded;
  };
  struct Member {
    std::string group, address;
    Validity valid;
  };
  struct Succession {
    Date day;
    std::string event, from, to;
  };

  std::vector<UnitRow> units;  ///< by id, then by first day
  std::vector<Person> people;
  std::vector<AssignmentRow> assignments;
  std::vector<MailboxRow> mailboxes;
  std::vector<AliasRow> aliases;
  std::vector<GroupRow> groups;
  std::vector<Member> members;
  std::vector<Succession> history;
  std::vector<Delegation> delegations;
  std::vector<Role> roles;
  struct Certificate {
    std::string name, address;
    Validity valid;
  };
  std::vector<Certificate> certificates;

  Index units_by_id, people_by_id, assignments_of_person, assignments_of_unit, mailbox_by_address, mailboxes_of_unit,
      mailboxes_of_person, aliases_by_address, groups_by_address, groups_by_id, members_of_group, history_from,
      delegations_of_mailbox, delegations_to_person, roles_of_person, certificates_by_name;
  std::vector<std::string> domains;  ///< of the mailboxes

  /// The version of a unit that day; else the nearest one, so that a closed unit still has a name.
  const UnitRow* unit(std::string_view id, Date at) const;
  const UnitRow* newest_unit(std::string_view id) const;
  const Person* person(std::string_view id) const;
  const MailboxRow* mailbox(std::string_view address) const;
  /// The alias row of that day.
  const AliasRow* alias(std::string_view address, Date at) const;
  bool is_open(std::string_view unit, Date at) const;

  enum class Standing : std::uint8_t { open, not_yet, suspended, closed };
  static Standing standing(const MailboxRow& row, Date at);
  /// As it was that day: a mailbox that is closed later is active.
  static Mailbox::Status status(const MailboxRow& row, Date at);
  static Mailbox as_of(const MailboxRow& row, Date at);

  /// The unit's own open mailbox that registers mail, or the one its mail stem is an alias of.
  const MailboxRow* own_registry(std::string_view unit, Date at) const;
  /// own_registry of the unit or of the nearest unit above it.
  const MailboxRow* registry(std::string_view unit, Date at) const;
  /// Who holds a position that day, main post before a concurrent one.
  std::vector<const AssignmentRow*> holders(std::string_view unit, std::string_view position_key, Date at) const;
  /// What to call the owner of a mailbox: the person, the unit, "position, unit".
  std::string owner_name(const Mailbox& mailbox, Date at) const;

  static const std::vector<std::uint32_t>& rows(const Index& index, std::string_view key);

  /// @par Errors  throws std::runtime_error for a damaged store
  static std::shared_ptr<const Snapshot> load(const lmdb::Transaction& transaction, const Store& store);
};

// What the class Directory answers, as functions of one snapshot. See directory.hpp.
Resolution resolve(const Snapshot& snapshot, std::string_view address, Date at);
std::vector<std::string> neighbours(const Snapshot& snapshot, std::string_view address, std::size_t most, Date at);
Directory::Right may_send_as(const Snapshot& snapshot, const Login& login, std::string_view address, Date at);
Directory::Right may_open(const Snapshot& snapshot, const Login& login, std::string_view address, Date at);

/// Optimal string alignment distance (insert, delete, replace, swap of neighbours) of two texts, octet by octet.
/// @param pattern  at most 64 octets
std::size_t edit_distance(std::string_view pattern, std::string_view text);

}  // namespace vanthu::directory
