// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <map>
#include <string>
#include <vector>

#include "directory/directory.hpp"

namespace vanthu::directory {

struct ImportOptions {
  std::vector<std::string> domains;  ///< addresses must be of one of these (A-labels)
  bool dry_run = false;              ///< look and report, change nothing
  Date today;                        ///< addresses that vanished from the files are closed since this day
  /// Where a row was changed here and the files say something new of it too.
  enum class Prefer : std::uint8_t { neither, here, files } prefer = Prefer::neither;
  Actor actor{};
  bool partial = false;  ///< a file that is missing leaves its table, also one that is not optional
};

/// What an import did, or would do.
struct ImportReport {
  struct Count {
    std::string file;
    std::size_t rows = 0, added = 0, changed = 0, removed = 0;
  };
  struct Difference {
    std::string file;
    std::size_t line = 0;
    std::string key, before, after;  ///< as the store holds the row; empty: none
  };
  std::vector<Count> tables;            ///< one a file
  std::vector<Difference> differences;  ///< row by row, at most limits::import_differences
  std::size_t more_differences = 0;
  std::vector<std::string> conflicts;  ///< "file:line: …": changed here and there; without a preference, faults
  std::vector<std::string> faults;     ///< "file:line: what is wrong, what to do"; at most limits::import_faults
  std::vector<std::string> notes;      ///< the same for what is odd but lawful; at most limits::import_notes
  std::size_t more_faults = 0;         ///< beyond the bound
  std::size_t more_notes = 0;
  bool stored = false;  ///< with faults nothing is
};

/// Takes over a folder of CSV files: the columns are in tables.cpp and README.md. All files or nothing: with one fault
/// nothing changes. The files are the whole truth of their tables but for what was done here: what was added, changed
/// or closed by hand stays until the files say something new of that very field. An optional file that is missing
/// leaves its table as it was, a column that may lack its fields. An address that vanished is closed and remembered; no
/// address ever gets another owner.
/// @param files  content by base name ("units.csv"); other names are noted and not read
/// @return the report; look at its faults
/// @par Errors  bad_configuration (opened for reading), store_full, store_failed: nothing was stored
/// @par Thread  any; seconds for a hundred thousand mailboxes, so call it off the io threads
Result<ImportReport> import(Directory& directory, const std::map<std::string, std::string>& files,
                            const ImportOptions& options);

}  // namespace vanthu::directory
