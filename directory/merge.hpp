// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

#include "directory/tables.hpp"

namespace vanthu::directory {

/// A row that was changed here and may have changed in the files, brought together field by field.
struct Merge {
  Fields fields;
  std::vector<std::string> conflicts;  ///< columns that were changed on both sides, differently
  bool base_moved = false;             ///< the files say something new of it
};

/// @param given   what the file says now
/// @param here    what is stored
/// @param base    what the files had said when it was changed here
/// @param files   who wins a conflict
Merge merge(const TableSpec& table, const Fields& given, const Fields& here, const Fields& base, bool files);

/// The file's row with the columns that the file does not have as they are stored.
Fields fill_lacking(const TableSpec& table, const std::vector<bool>& lacks, std::string_view given,
                    std::string_view stored);

}  // namespace vanthu::directory
