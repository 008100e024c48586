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
#include "gateway/mail/scram.hpp"

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
  Validity valid{};
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
  std::string may_post;            ///< who may write to it, see directory/README.md; empty: all our users
  bool moderated = false;          ///< what comes waits for a moderator's word
  std::string moderators;          ///< addresses separated by ';', deputies after those they stand in for
  std::uint32_t decide_hours = 0;  ///< time for the word; 0: as the policy says
  std::string on_timeout;          ///< return, release, next (ask the deputy); empty: return
  std::string unit;                ///< whose group it is: the unit's administrators may change it
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
  std::vector<std::string> classes;  ///< of an archivist: record classes they may see; empty: all
  Validity valid;
};
/// Whom to call about a unit's mailroom (văn thư).
struct Contact {
  std::string unit, name, phone, email;
  Validity valid;
};
/// An entry of the directory under a name that somebody could show.
struct Named {
  enum class Kind : std::uint8_t { person, unit, position } kind = Kind::person;
  std::string id;    ///< person id, unit id; of a position the unit where it exists
  std::string name;  ///< as the directory spells it
};

/// Who changes the directory, and what of it is theirs.
struct Actor {
  std::string name;                ///< for the history
  bool everywhere = true;          ///< an administrator of the whole
  std::vector<std::string> units;  ///< else: units whose subtrees are theirs
};
/// One change of a row, or (without table) a whole change.
struct HistoryEntry {
  std::uint64_t generation = 0;
  std::string time, act, actor, rows;  ///< rows: how many were changed with it
  std::string table, before, after;    ///< rows as the store holds them; empty: there was or is none
};

/// A line of "Nơi nhận" as papers print it, and what it means: "group:ID", "external:…", "archive", "kinh-gui",
/// "article:N".
struct RecipientLine {
  std::string line, resolves_to;
};
/// A committee's term: Party documents are numbered anew in each.
struct Term {
  std::string committee, name;
  Validity days;
  bool exact = false;  ///< whether the days are certain
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
  std::string via;                      ///< "alias", "position", "group:duct", "subaddress", "direct"
  std::string closed_name;              ///< closed: the name of its unit or person
  std::vector<std::string> successors;  ///< closed: unit mailboxes or addresses that took over, as "address (name)"
};

/// What a login may do.
struct Login {
  std::string address;  ///< own mailbox
  std::string person;   ///< person id, or empty for a mailbox with a credential of its own
  std::string name, unit;
};

/// One open directory. Every question is answered from the file as it is at that moment, whichever process changed it
/// last; any thread may ask at any time; one writer at a time.
class Directory {
 public:
  enum class Mode : std::uint8_t { read, write };
  /// @par Errors  bad_configuration
  static Result<std::unique_ptr<Directory>> open(const std::filesystem::path& file, Mode mode);
  ~Directory();

  /// Rises with every change; 0: nothing was imported yet, so "unknown" means nothing and the answer to a peer is 4yz.
  std::uint64_t generation() const;

  std::optional<Unit> unit(std::string_view id) const;           ///< its newest version
  std::optional<Unit> unit(std::string_view id, Date at) const;  ///< if it existed that day
  std::optional<Person> person(std::string_view id) const;
  std::optional<Mailbox> mailbox(std::string_view address) const;  ///< exact address, no alias
  std::vector<Unit> units() const;
  std::vector<Person> people() const;
  std::vector<Mailbox> mailboxes() const;
  std::vector<Group> groups() const;
  std::optional<Group> group(std::string_view id_or_address) const;
  std::vector<Alias> aliases_of(std::string_view address) const;  ///< of all days
  std::vector<Delegation> delegations() const;                    ///< of all days
  std::vector<Mailbox> mailboxes_of_person(std::string_view person) const;
  std::vector<Mailbox> mailboxes_of_unit(std::string_view unit) const;
  std::vector<Unit> units_below(std::string_view unit, Date at) const;  ///< directly, open that day
  std::vector<Contact> contacts(std::string_view unit, Date at) const;
  /// People, units (name and short name) and positions that a reader could take this name for (skeleton.hpp), at most
  /// limits::named_entries. People and units of all days.
  std::vector<Named> called(std::string_view name) const;
  std::vector<Assignment> assignments(std::string_view person) const;
  std::vector<Assignment> assignments_of_unit(std::string_view unit) const;  ///< of all days
  std::vector<Assignment> holders(std::string_view unit, std::string_view position, Date at) const;
  std::vector<Role> roles(std::string_view person, Date at) const;
  std::vector<RecipientLine> recipient_lines() const;
  std::vector<Term> terms(std::string_view committee) const;

  /// Aliases, subaddress (user+tag), positions, groups (nested, expanded once). Domain already checked by the caller.
  Resolution resolve(std::string_view address, Date at) const;
  /// Up to `most` open addresses near a misspelt one, best first.
  std::vector<std::string> neighbours(std::string_view address, std::size_t most, Date at) const;

  /// Checks a password; same time and answer for an unknown user and a wrong password. Slow on purpose (Argon2id): call
  /// it off the io threads. A right answer is remembered for some minutes in memory, keyed, so that a client that logs
  /// in for every letter costs little.
  /// @param login  own address or an alias of it, or "mailbox*login" to open another mailbox: only the part after the
  ///               star is checked here, the caller asks may_open for the part before it
  /// @par Errors  refused (wrong password, unknown, suspended, closed); directory_unavailable
  Result<Login> authenticate(std::string_view login, std::string_view password, Date at) const;
  /// What a SCRAM exchange needs of a login, before anything is proven.
  struct ScramLogin {
    mail::ScramKeys keys;        ///< always there, and always the same salt: nobody learns whether the login is known
    std::optional<Login> login;  ///< who it is once the proof was right
    std::string why;             ///< without a login: why there is none, for the log
  };
  /// @param login  as in authenticate()
  /// @par Errors  directory_unavailable
  Result<ScramLogin> scram(std::string_view login, Date at) const;
  /// Who logs in with a certificate that was verified: a row of certificates.csv that is valid that day.
  /// @param names  the certificate's: "sha256:" and its fingerprint, its e-mail addresses, its subject (RFC 4514)
  /// @param wanted  which mailbox, where one certificate is good for several; empty: the only one
  /// @par Errors  refused; directory_unavailable
  Result<Login> by_certificate(const std::vector<std::string>& names, std::string_view wanted, Date at) const;
  /// Sets the credential of a mailbox (Argon2id, and keys for SCRAM-SHA-256); closes the old one.
  Result<Done> set_password(std::string_view address, std::string_view password, const Actor& actor = {});
  bool has_password(std::string_view address) const;

  /// A password for one program or device: logs in like the mailbox's own by PLAIN and LOGIN, can be taken back alone.
  struct AppPassword {
    std::string id, label, set;  ///< set: RFC 3339
    std::optional<Date> last_day;
  };
  /// Makes one up (100 random bits) and keeps its Argon2id string. At most limits::app_passwords a mailbox.
  /// @return the password, shown this once
  /// @par Errors  not_found; bad_arguments; store_full
  Result<std::string> add_app_password(std::string_view address, std::string_view label, std::optional<Date> last_day,
                                       const Actor& actor = {});
  std::vector<AppPassword> app_passwords(std::string_view address) const;
  /// @par Errors  not_found
  Result<Done> remove_app_password(std::string_view address, std::string_view id, const Actor& actor = {});

  /// Why a login may or may not use `address` as reverse-path, From or Sender that day.
  struct Right {
    bool allowed = false;
    bool on_behalf = false;  ///< allowed, but Sender must name the login
    std::string because;  ///< "own mailbox", "holds Bí thư of Đảng uỷ phường Thành Sen", "Văn thư of …", "delegation"
  };
  Right may_send_as(const Login& login, std::string_view address, Date at) const;
  /// Every address this login may send as: own, by post, by delegation.
  std::vector<std::string> usable_by(const Login& login, Date at) const;
  /// Whether a login may open that mailbox by IMAP.
  Right may_open(const Login& login, std::string_view address, Date at) const;
  /// Whether a unit is one of the actor's subtrees that day.
  bool oversees(const Actor& actor, std::string_view unit, Date at) const;
  /// The nearest open unit that registers mail for this unit (itself or an ancestor), or empty.
  std::optional<Mailbox> registry_of(std::string_view unit, Date at) const;

  /// A second factor for who commands (RFC 6238: SHA-1, 30 s, six digits): makes a secret of 160 bits.
  /// @return the otpauth: URI that a phone reads, shown this once
  /// @par Errors  not_found; bad_arguments; store_full
  Result<std::string> enrol_totp(std::string_view address, const Actor& actor = {});
  bool has_totp(std::string_view address) const;
  /// Takes a code of this moment, or one step off, once.
  /// @par Errors  refused: wrong, or used before; not_found; store_full
  Result<Done> use_totp(std::string_view address, std::string_view code);
  /// @par Errors  not_found
  Result<Done> remove_totp(std::string_view address, const Actor& actor = {});

  /// Adds a mailbox, or changes an open one of the same owner. A mailbox added here outlives every import.
  /// @par Errors  bad_arguments: no such unit or person, an address that is or was somebody else's; store_full
  Result<Done> put_mailbox(const Mailbox& mailbox, const Actor& actor = {});
  /// Suspends or closes a mailbox from that day on, whatever later imports say; active or dormant takes that back.
  /// @par Errors  not_found; bad_arguments (closed already, or closed by the import); store_full
  Result<Done> set_mailbox_status(std::string_view address, Mailbox::Status status, Date at, const Actor& actor = {});

  struct State;
  State& state() const { return *state_; }  ///< for the functions beside this class, in this folder

 private:
  explicit Directory(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vanthu::directory
