// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/merge.hpp"

namespace vanthu::directory {

Merge merge(const TableSpec& table, const Fields& given, const Fields& here, const Fields& base, bool files) {
  Merge merged;
  merged.fields = here;
  for (std::size_t c = 0; c < here.size(); ++c) {
    if (given[c] == base[c]) continue;  // what was done here stands
    merged.base_moved = true;
    if (given[c] == here[c]) continue;
    if (here[c] == base[c]) {
      merged.fields[c] = given[c];
      continue;
    }
    merged.conflicts.emplace_back(table.columns[c].name);
    if (files) merged.fields[c] = given[c];
  }
  return merged;
}

Fields fill_lacking(const TableSpec& table, const std::vector<bool>& lacks, std::string_view given,
                    std::string_view stored) {
  Fields fields = decode(given, table.columns.size());
  const Row row(stored);
  for (std::size_t c = 0; c < lacks.size(); ++c)
    if (lacks[c]) fields[c] = row.str(c);
  return fields;
}

}  // namespace vanthu::directory
