// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <xapian.h>

#include <cstdint>
#include <mutex>
#include <string>

#include "gateway/search/record_table.hpp"
#include "gateway/search/sequence_file.hpp"

namespace vanthu::search {

/// Where the sequences of all records are, in memory, eight octets a record: a phrase goes through all of them. Read
/// from the index when it is first asked for, then as the index grows, and anew when a record was taken out. Any
/// thread.
class PlaceTable {
 public:
  /// As it was at one instant; cheap to copy.
  class Snapshot {
   public:
    /// No words: there is no such record, or it has none.
    SequencePlace of(std::uint64_t record) const noexcept { return SequencePlace::unpacked(places_.of(record)); }

   private:
    friend class PlaceTable;
    RecordTable<std::uint64_t> places_;  // SequencePlace::packed()
  };
  /// Of all records of a database; of one that is older than what was read, perhaps of later ones, too.
  /// @throws Xapian::Error  what was read by then need not be read again
  Snapshot of(const Xapian::Database& database);

 private:
  std::mutex mutex_;  // guards all that follows
  std::string id_;    // SequencesOf::id
  Snapshot now_;
};

}  // namespace vanthu::search
