// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gateway/journal/log.hpp"

namespace vanthu::archive {

/// What the log itself says of records that are there no more (gateway/keeping/README.md names the events). A word
/// about a disposal is not believed: the disposal must have been proposed, approved and begun by three persons, a purge
/// asked for and confirmed by two, all before the record went.
struct Disposals {
  std::map<std::uint64_t, std::string> faults;  ///< of each record that is said to be disposed of; empty: lawfully
  /// Frames of events whose keys were destroyed, and no purge says so.
  std::set<std::uint64_t> lost{};
  /// What was kept of them, in a frame that cannot be read any more: a sentence for each line of a book.
  std::map<std::uint64_t, std::vector<std::string>> missing{};
  bool lawful(std::uint64_t record) const {
    const auto found = faults.find(record);
    return found != faults.end() && found->second.empty();
  }
};
Result<Disposals> disposals_in(const journal::Log& records);

}  // namespace vanthu::archive
