// SPDX-License-Identifier: GPL-3.0-or-later
// A file of an import folder, read as each of the tables: no fault of it may be more than a fault.
#include <cstdlib>
#include <string_view>

#include "directory/csv.hpp"
#include "directory/import_sheet.hpp"
#include "directory/indexes.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

using namespace vanthu::directory;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto faults = parse_csv(octets, [](std::size_t line, std::span<const std::string_view> cells) {
    if (line == 0) std::abort();
    for (const std::string_view cell : cells)
      if (cell.size() > vanthu::limits::csv_cell_octets || !vanthu::text::is_utf8(cell) ||
          cell.find_first_of("\r\n\t") != std::string::npos)
        std::abort();
  });
  if (faults.size() > vanthu::limits::csv_faults) std::abort();
  SheetContext context;
  context.domains.insert("tinh.example");
  context.unit_kinds.insert("du-xa");
  for (const TableSpec& table : tables()) {
    Findings findings;
    const Sheet sheet = read_sheet(table, octets, context, findings);
    for (const Sheet::Row& row : sheet.rows) {
      // What is stored is read back the same, and its key fits LMDB.
      if (encode(decode(row.row, table.columns.size())) != row.row) std::abort();
      if (row.key.size() > 511 || key_of(table.id, row.row) != row.key) std::abort();
      std::size_t before = 0;
      index_row(table.id, row.key, Row(row.row), [&](IndexId, std::string_view key, std::string_view) {
        ++before;
        if (key.empty() || key.size() > 511) std::abort();
      });
      if (before > 8) std::abort();
    }
  }
  return 0;
}
