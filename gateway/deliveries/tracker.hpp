// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <mutex>
#include <vector>

#include "gateway/archive/archive.hpp"
#include "gateway/deliveries/deliveries.hpp"
#include "gateway/spool/progress.hpp"

namespace vanthu::deliveries {

/// Writes what the queue tells behind the records it is about. Any thread.
class Tracker {
 public:
  /// @param archive  opened with `deliveries` among its books; both outlive the tracker
  Tracker(archive::Archive& archive, const Deliveries& deliveries) : archive_(archive), deliveries_(deliveries) {}

  /// Quick: it is written by the next flush().
  /// @param sequence  of the record's frame
  void settled(std::uint64_t sequence, const std::vector<spool::Settled>& endings);
  /// When it returns, all that was told before stands in the record log, each ending once. Waits for the disk.
  /// @par Errors  store_full, store_failed: it is kept for the next time
  Result<Done> flush();

 private:
  struct Told {
    std::uint64_t sequence;
    std::vector<spool::Settled> endings;
  };
  archive::Archive& archive_;
  const Deliveries& deliveries_;
  std::mutex flushing_;
  std::mutex mutex_;
  std::vector<Told> told_;  ///< guarded by mutex_
};

}  // namespace vanthu::deliveries
