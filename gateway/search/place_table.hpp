// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <xapian.h>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

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
    SequencePlace of(std::uint64_t record) const noexcept {
      return record > last_ ? SequencePlace()
                            : SequencePlace::unpacked((*chunks_[record / chunk_records])[record % chunk_records]);
    }

   private:
    friend class PlaceTable;
    static constexpr std::size_t chunk_records = 1U << 16U;
    using Chunk = std::array<std::uint64_t, chunk_records>;  // SequencePlace::packed()
    std::vector<std::shared_ptr<const Chunk>> chunks_;
    std::uint64_t last_ = 0, records_ = 0;
  };
  /// Of all records of a database; of one that is older than what was read, perhaps of later ones, too.
  /// @throws Xapian::Error  what was read by then need not be read again
  Snapshot of(const Xapian::Database& database);

 private:
  void read(const Xapian::Database& database);

  std::mutex mutex_;  // guards all that follows
  std::string id_;    // SequencesOf::id
  Snapshot now_;
};

}  // namespace vanthu::search
