// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/array.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

/// The seams of a disposal: who makes octets unreadable, and where else words of a record lie. Given to Keeper by
/// whoever opens the stores (gateway/main.cpp, admin/office.cpp).
namespace vanthu::keeping {

/// Makes a record's octets unreadable for ever, backups of its key included as far as it can; its number, its place in
/// the log and its proofs stay. Nothing else of this folder destroys anything.
class Shredder {
 public:
  virtual ~Shredder() = default;
  /// How, for the certificate: "khoá của từng bản ghi bị xoá".
  virtual std::string_view means() const = 0;
  /// Whether it could, asked before a word about the record is written: what it cannot shred is spared.
  /// @par Errors  refused: why not, for the certificate
  virtual Result<Done> can_shred([[maybe_unused]] std::uint64_t record) { return done; }
  /// Called again for the same record after a stop: then it says done once more. Waits for the disk.
  /// @par Errors  store_failed: nothing may be said to be destroyed
  virtual Result<Done> shred(std::uint64_t record) = 0;
  /// The same of a frame of events, by its sequence: what people wrote about a record that is purged.
  virtual Result<Done> can_shred_events([[maybe_unused]] std::uint64_t sequence) { return done; }
  virtual Result<Done> shred_events([[maybe_unused]] std::uint64_t sequence) { return done; }
};

/// A place beside the record log where text of records lies: full text, previews, caches, the queue. Emptied before the
/// shredder runs.
class Store {
 public:
  virtual ~Store() = default;
  virtual std::string_view name() const = 0;  ///< for the certificate
  /// Many at once, as a disposal goes on, for what costs as much for fifty as for one. The same again is done once
  /// more. Waits for the disk.
  /// @par Errors  those of the place; some of them may be forgotten
  virtual Result<Done> forget(const std::vector<std::uint64_t>& records) = 0;
  /// What this place keeps of a record beyond its octets, and in which frame of events: for `record.destroyed`, so that
  /// it is missed should that frame not be read any more. Asked once the record is forgotten here.
  virtual Result<boost::json::array> left_of([[maybe_unused]] std::uint64_t record) { return boost::json::array(); }
  /// Frames of events, by their sequences, that are about this record alone, hold what people wrote about it, and that
  /// this place needs no more. Asked of a record that is purged, once it is forgotten here.
  virtual Result<std::vector<std::uint64_t>> frames_about([[maybe_unused]] std::uint64_t record) {
    return std::vector<std::uint64_t>();
  }
};

}  // namespace vanthu::keeping
