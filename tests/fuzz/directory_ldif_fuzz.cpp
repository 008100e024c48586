// SPDX-License-Identifier: GPL-3.0-or-later
// An LDIF file: whatever it holds becomes faults or rows that a sheet can read.
#include <cstdlib>
#include <string_view>

#include "directory/import_sheet.hpp"
#include "directory/ldif.hpp"

using namespace vanthu::directory;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  Findings findings;
  const LdifFolder folder = folder_of_ldif(octets, "x.ldif", findings);
  SheetContext context;
  context.domains.insert("tinh.example");
  context.unit_kinds.insert("du-xa");
  for (const TableSpec& table : tables()) {
    const auto file = folder.files.find(table.file);
    if (file == folder.files.end()) continue;
    Findings read;
    read_sheet(table, file->second, context, read);
    for (const std::string& fault : read.faults)
      if (placed_in_ldif(fault, folder, "x.ldif").empty()) std::abort();
  }
  return 0;
}
