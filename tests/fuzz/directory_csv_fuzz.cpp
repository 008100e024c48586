// SPDX-License-Identifier: GPL-3.0-or-later
// A file of an import folder, read as each of the tables: no fault of it may be more than a fault.
#include <cstdlib>
#include <string_view>

#include "directory/csv.hpp"
#include "directory/import_sheet.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

using namespace vanthu::directory;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const Csv csv = parse_csv(octets);
  if (csv.faults.size() > vanthu::limits::csv_faults) std::abort();
  for (const Csv::Row& row : csv.rows) {
    if (row.cells.empty() || row.line == 0) std::abort();
    for (const std::string& cell : row.cells)
      if (cell.size() > vanthu::limits::csv_cell_octets || !vanthu::text::is_utf8(cell) ||
          cell.find_first_of("\r\n\t") != std::string::npos)
        std::abort();
  }
  SheetContext context;
  context.domains.insert("tinh.example");
  context.unit_kinds.insert("du-xa");
  for (const TableSpec& table : tables()) {
    ImportReport report;
    Findings findings(report);
    const Sheet sheet = read_sheet(table, octets, context, findings);
    for (const Sheet::Row& row : sheet.rows) {
      // What is stored is read back the same, and its key fits LMDB.
      if (decode(encode(row.fields), table.columns.size()) != row.fields) std::abort();
      if (key_of(table, row.fields).size() > 511) std::abort();
    }
  }
  return 0;
}
