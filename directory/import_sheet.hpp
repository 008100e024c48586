// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "directory/arena.hpp"
#include "directory/findings.hpp"
#include "directory/tables.hpp"

namespace vanthu::directory {

/// One file's rows, each field in the form that is stored.
struct Sheet {
  struct Row {
    std::size_t line = 0;
    std::string_view key, row;  ///< as the store holds them, in the sheet's arena
  };
  const TableSpec* table = nullptr;
  bool given = false;       ///< the file was there
  bool unsure = false;      ///< some rows could not be read at all: what is not found may be among them
  std::vector<Row> rows;    ///< by key
  std::vector<bool> lacks;  ///< by column: the file has none of that name
  std::set<std::string, std::less<>> broken;  ///< first fields of rows with a fault, which others may refer to
  Arena arena;

  /// Where a key stands in the file; 0: nowhere.
  std::size_t line_of(std::string_view key) const;
};

struct SheetContext {
  std::set<std::string, std::less<>> domains;
  std::set<std::string, std::less<>> unit_kinds;
};

/// The field as it is stored, appended to `out`.
/// @return what is wrong with it and what to do; empty: nothing
std::string read_field(const Column& column, std::string_view raw, const SheetContext& context, std::string& out);

/// Reads a file against its table: header, number of fields, the form of each field, no key twice. Rows with a fault
/// are left out.
Sheet read_sheet(const TableSpec& table, std::string_view octets, const SheetContext& context, Findings& findings);

}  // namespace vanthu::directory
