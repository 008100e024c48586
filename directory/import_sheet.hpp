// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "directory/import.hpp"
#include "directory/tables.hpp"

namespace vanthu::directory {

/// Collects what is wrong and what is odd, up to the bounds.
class Findings {
 public:
  explicit Findings(ImportReport& report) : report_(report) {}
  /// @param line  0: the whole file, or a row that was stored before
  void fault(std::string_view file, std::size_t line, const std::string& what);
  void note(std::string_view file, std::size_t line, const std::string& what);
  bool clean() const { return report_.faults.empty(); }

 private:
  ImportReport& report_;
};

/// One file's rows, each field in the form that is stored.
struct Sheet {
  struct Row {
    std::size_t line = 0;  ///< 0: not from this file but stored before
    Fields fields;
  };
  const TableSpec* table = nullptr;
  bool given = false;   ///< the file was there
  bool unsure = false;  ///< some rows could not be read at all: what is not found may be among them
  std::vector<Row> rows;
  std::set<std::string, std::less<>> broken;  ///< first fields of rows with a fault, which others may refer to
};

struct SheetContext {
  std::set<std::string, std::less<>> domains;
  std::set<std::string, std::less<>> unit_kinds;
};

/// Reads a file against its table: header, number of fields, the form of each field. Rows with a fault are left out.
Sheet read_sheet(const TableSpec& table, std::string_view octets, const SheetContext& context, Findings& findings);

/// " (did you mean 'x'?)" for the nearest of some words, or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace vanthu::directory
