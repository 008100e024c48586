// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "directory/directory.hpp"

/// The tables of a directory: each row here is at once a CSV file, its columns with their checks, and a table of the
/// store (FORMAT.md). Import, store and snapshot all read this one list.
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
  rule,  ///< see rule.hpp
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
  certificates
};
inline constexpr std::size_t table_count = 14;

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

/// A row as it is stored: the fields in the order of the columns, joined by TAB (no field holds one).
using Fields = std::vector<std::string>;
std::string encode(const Fields& fields);
Fields decode(std::string_view row, std::size_t columns);  ///< missing fields at the end are empty
/// The key columns joined by NUL.
std::string key_of(const TableSpec& table, const Fields& fields);

/// Unit kinds that need no unit-kinds.csv (domain reference: unit-kinds).
std::span<const std::string_view> known_unit_kinds();

const char* word(Mailbox::Kind kind);
const char* word(Mailbox::Status status);
std::optional<Mailbox::Kind> mailbox_kind(std::string_view word);
std::optional<Mailbox::Status> mailbox_status(std::string_view word);

Mailbox mailbox_from(const Fields& fields);
/// `last_login` is not part of a Mailbox and stays as given.
Fields fields_from(const Mailbox& mailbox, std::string last_login = {});

/// An address as a key: lower case, NFC, domain in A-labels; empty when it is none. Takes UTF-8.
std::string address_key(std::string_view address);

}  // namespace vanthu::directory
