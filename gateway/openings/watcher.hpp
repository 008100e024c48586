// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/archive/archive.hpp"
#include "gateway/openings/openings.hpp"

namespace vanthu::openings {

/// Writes behind records that they were opened. Any thread.
class Watcher {
 public:
  static constexpr std::size_t most_told = 65536;  ///< noticed and not yet written; more are forgotten

  /// @param archive  opened with `openings` among its books; both outlive the watcher
  /// @param told  something is to be written: flush() shall be called soon; quick
  Watcher(archive::Archive& archive, const Openings& openings, std::function<void()> told)
      : archive_(archive), openings_(openings), told_of_(std::move(told)) {}

  /// The body of a record was fetched. Quick; it is written by the next flush().
  /// @param mailbox  that it lies in  @param user  whose login opened that mailbox
  void fetched(std::uint64_t record, const std::string& mailbox, const std::string& user, Time at);
  /// When it returns, all that was told before stands in the record log: of a mailbox that the record had been
  /// delivered to, once; of any other, nothing. Waits for the disk.
  /// @par Errors  store_full, store_failed: it is kept for the next time
  Result<Done> flush();

 private:
  struct Told {
    std::uint64_t record;
    std::string mailbox, user;
    Time at;
  };
  archive::Archive& archive_;
  const Openings& openings_;
  const std::function<void()> told_of_;
  std::mutex flushing_;
  std::mutex mutex_;
  std::vector<Told> told_;  ///< guarded by mutex_
};

}  // namespace vanthu::openings
