// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/lmdb.hpp"
#include "gateway/base/result.hpp"

/// Who is who: units, people, positions, mailboxes, aliases, groups, rights, credentials, each with validity dates.
/// person ≠ position ≠ mailbox ≠ unit. Addresses are lower case, domain in A-labels.
namespace vanthu::directory {

/// Both days belong to it; an empty `to` is open.
struct Validity {
  std::optional<Date> from, to;
  bool covers(Date day) const { return (!from || *from <= day) && (!to || day <= *to); }
};

struct Unit {
  std::string id, name, short_name, symbol, kind, parent, place;
  Validity valid;
};
struct Person {
  std::string id, name, local_part, status;  ///< status: active, retired, moved-out
};
struct Assignment {
  std::string person, unit, position;
  bool concurrent = false;
  Validity valid;
};
struct Mailbox {
  std::string address;
  enum class Kind : std::uint8_t { unit, position, person, role, system } kind = Kind::person;
  std::string unit, person, position;
  enum class Status : std::uint8_t { active, dormant, suspended, closed } status = Status::active;
  Validity valid;  ///< created, closed
  std::uint32_t quota_mb = 0;
  bool external_allowed = false;  ///< may write to and be written to from outside
  bool registers_mail = false;    ///< a văn thư mailbox: what passes it is official correspondence
};
struct Alias {
  std::string alias, target, reason;
  Validity valid;
};
struct Group {
  std::string id, address, name, kind, rule;  ///< kind: static or dynamic (rule: see directory/README.md)
  Validity valid;
};
struct Delegation {
  std::string mailbox;   ///< whose mailbox
  std::string delegate;  ///< person id who acts for it
  std::string right;     ///< "send-as", "on-behalf", "read"; each a row
  Validity valid;
};
struct Role {
  std::string person, role,
      scope;  ///< administrator, unit-administrator (scope = unit id), archivist (scope or empty), auditor
  Validity valid;
};

/// What an address means on a day.
struct Resolution {
  enum class Kind : std::uint8_t { mailbox, group, closed, suspended, unknown } kind = Kind::unknown;
  struct Target {
    Mailbox mailbox;
    std::string holder;  ///< person id: the person's own mailbox, or who holds the position that day; empty if nobody
  };
  std::vector<Target> targets;          ///< mailbox: one; group: every member that is open that day, no duplicates
  std::vector<std::string> skipped;     ///< group members that are closed or unknown that day
  std::string via;                      ///< "alias", "position", "group:duct", "direct"
  std::string closed_name;              ///< closed: the name of its unit or person
  std::vector<std::string> successors;  ///< closed: unit mailboxes or addresses that took over, as "address (name)"
};

/// What a login may do.
struct Login {
  std::string address;  ///< own mailbox
  std::string person;   ///< person id, or empty for a mailbox with a credential of its own
  std::string name, unit;
};

/// One open directory. Reads are snapshots (LMDB), so any thread may ask at any time; one writer at a time.
class Directory {
 public:
  enum class Mode : std::uint8_t { read, write };
  /// @par Errors  bad_configuration
  static Result<std::unique_ptr<Directory>> open(const std::filesystem::path& file, Mode mode);
  ~Directory();

  /// Rises with every change; 0: nothing was imported yet.
  std::uint64_t generation() const;

  std::optional<Unit> unit(std::string_view id) const;
  std::optional<Person> person(std::string_view id) const;
  std::optional<Mailbox> mailbox(std::string_view address) const;  ///< exact address, no alias
  std::vector<Unit> units() const;
  std::vector<Person> people() const;
  std::vector<Mailbox> mailboxes() const;
  std::vector<Assignment> assignments(std::string_view person) const;
  std::vector<Assignment> holders(std::string_view unit, std::string_view position, Date at) const;
  std::vector<Role> roles(std::string_view person, Date at) const;

  /// Aliases, subaddress (user+tag), positions, groups (nested, expanded once). Domain already checked by the caller.
  Resolution resolve(std::string_view address, Date at) const;
  /// Up to `most` open addresses near a misspelt one, best first.
  std::vector<std::string> neighbours(std::string_view address, std::size_t most, Date at) const;

  /// Checks a password; same time and answer for an unknown user and a wrong password. Slow on purpose (Argon2id): call
  /// it off the io threads. A right answer is remembered for some minutes in memory, keyed, so that a client that logs
  /// in for every letter costs little.
  /// @param login  own address, or "mailbox*login" to open another mailbox (see may_open)
  /// @par Errors  refused (wrong password, unknown, suspended, closed); directory_unavailable
  Result<Login> authenticate(std::string_view login, std::string_view password, Date at) const;
  /// Sets the credential of a mailbox (Argon2id); closes the old one.
  Result<Done> set_password(std::string_view address, std::string_view password);

  /// Why a login may or may not use `address` as reverse-path, From or Sender that day.
  struct Right {
    bool allowed = false;
    bool on_behalf = false;  ///< allowed, but Sender must name the login
    std::string because;  ///< "own mailbox", "holds Bí thư of Đảng uỷ phường Thành Sen", "Văn thư of …", "delegation"
  };
  Right may_send_as(const Login& login, std::string_view address, Date at) const;
  /// Whether a login may open that mailbox by IMAP.
  Right may_open(const Login& login, std::string_view address, Date at) const;
  /// The nearest open unit that registers mail for this unit (itself or an ancestor), or empty.
  std::optional<Mailbox> registry_of(std::string_view unit, Date at) const;

  Result<Done> put_mailbox(const Mailbox& mailbox);
  Result<Done> set_mailbox_status(std::string_view address, Mailbox::Status status, Date at);

 private:
  friend class Importer;
  struct State;
  explicit Directory(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vanthu::directory
