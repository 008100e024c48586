// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "directory/directory.hpp"
#include "directory/row.hpp"

/// The tables of a directory: each row here is at once a CSV file, its columns with their checks, and a table of the
/// store (FORMAT.md). Import, store and acts all read this one list.
namespace vanthu::directory {

enum class Form : std::uint8_t {
  id,       ///< 1 to 64 of a-z A-Z 0-9 . _ -
  text,     ///< one line of UTF-8, kept in NFC
  address,  ///< of one of our domains, kept in lower case and A-labels
  date,     ///< YYYY-MM-DD
  yes_no,
  number,  ///< 0 to 4294967295
  choice,  ///< one of `of`, separated by '|'
  unit_kind,
  rule,     ///< see rule.hpp
  periods,  ///< "2026-01-01..2026-02-01 2026-05-01..", in order
};

struct Column {
  const char* name;
  Form form;
  bool required;            ///< may not be empty
  const char* of = "";      ///< id, address: the table it must stand in; choice: what is allowed
  std::size_t most = 1000;  ///< octets; key columns are shorter, since LMDB's keys hold 511
  bool may_lack = false;    ///< a file without this column leaves what is stored
};

enum class TableId : std::uint8_t {
  units,
  unit_history,
  people,
  assignments,
  mailboxes,
  aliases,
  groups,
  group_members,
  recipient_lines,
  terms,
  delegations,
  roles,
  unit_kinds,
  certificates,
  contacts
};
inline constexpr std::size_t table_count = 15;

/// Where each column stands (tables.cpp has their order).
namespace col {
namespace unit {
enum : std::size_t { id, name, short_name, symbol, kind, parent, place, from, to, stem, note };
}
namespace event {
enum : std::size_t { date, what, from_unit, to_unit, note };
}
namespace person {
enum : std::size_t { id, name, local_part, status, note, from, to };
}
namespace post {
enum : std::size_t { person, unit, position, concurrent, from, to };
}
namespace mailbox {
enum : std::size_t {
  address,
  kind,
  unit,
  person,
  position,
  status,
  created,
  closed,
  last_login,
  quota_mb,
  external,
  registers,
  suspended
};
}
namespace alias {
enum : std::size_t { alias, target, from, to, reason };
}
namespace group {
enum : std::size_t {
  id,
  address,
  name,
  kind,
  rule,
  from,
  to,
  note,
  may_post,
  moderated,
  moderators,
  decide_hours,
  on_timeout,
  unit
};
}
namespace member {
enum : std::size_t { group, address, from, to };
}
namespace line {
enum : std::size_t { line, resolves_to, note };
}
namespace term {
enum : std::size_t { committee, name, from, to, exact };
}
namespace delegation {
enum : std::size_t { mailbox, delegate, right, from, to };
}
namespace role {
enum : std::size_t { person, role, scope, from, to, classes };
}
namespace certificate {
enum : std::size_t { name, address, from, to };
}
namespace contact {
enum : std::size_t { unit, name, phone, email, from, to, note };
}
}  // namespace col

struct TableSpec {
  TableId id;
  const char* name;  ///< in the store
  const char* file;  ///< in the import folder
  bool optional;     ///< without the file what was stored stays
  std::span<const Column> columns;
  std::size_t keys;  ///< the first so many columns, and `from` where that is a version's key, make the key
  int from;          ///< column of the first day, -1: none
  int to;            ///< column of the last day, -1: none
  bool versions;     ///< several rows of one key whose days do not overlap
  bool
      lasting;  ///< its key is an address: a row that vanishes is closed, never forgotten, so that nobody gets it again
};

std::span<const TableSpec> tables();
const TableSpec& spec(TableId id);
int column(const TableSpec& table, std::string_view name);  ///< -1: no such column

/// A row as it is stored: the fields in the order of the columns, joined by TAB (no field holds one), without the empty
/// ones at the end.
using Fields = std::vector<std::string>;
std::string encode(const Fields& fields);
Fields decode(std::string_view row, std::size_t columns);  ///< missing fields at the end are empty
/// The key columns joined by NUL.
std::string key_of(const TableSpec& table, const Fields& fields);
std::string key_of(TableId id, std::string_view row);

/// Unit kinds that need no unit-kinds.csv (domain reference: unit-kinds).
std::span<const std::string_view> known_unit_kinds();

const char* word(Mailbox::Kind kind);
const char* word(Mailbox::Status status);
std::optional<Mailbox::Kind> mailbox_kind(std::string_view word);
std::optional<Mailbox::Status> mailbox_status(std::string_view word);

/// Of every table: a stored row as the value it stands for.
/// @throws std::runtime_error for a damaged one
Unit unit_from(const Row& row);
Person person_from(const Row& row);
Assignment assignment_from(const Row& row);
Mailbox mailbox_from(const Row& row);
Alias alias_from(const Row& row);
Group group_from(const Row& row);
Delegation delegation_from(const Row& row);
Role role_from(const Row& row);
Contact contact_from(const Row& row);
Validity validity_from(std::string_view from, std::string_view to);

/// `last_login` is not part of a Mailbox and stays as given.
Fields fields_from(const Mailbox& mailbox, std::string last_login = {});

/// An address as a key: lower case, NFC, domain in A-labels; empty when it is none. Takes UTF-8.
std::string address_key(std::string_view address);

}  // namespace vanthu::directory
