// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

namespace vanthu::spool {

/// Which log a message lies in; the numbers are the logs' ids and stand in progress frames.
enum class Source : std::uint8_t { spool = 1, records = 2 };

/// The meta part of a progress frame: what became of some deliveries of one message, or a checkpoint.
struct Progress {
  Source source = Source::spool;
  std::uint64_t sequence = 0;          ///< of the message in that log; 0: a checkpoint
  std::vector<std::uint32_t> settled;  ///< indices into Accepted::deliveries: delivered, or failed and reported
  std::vector<std::uint32_t> told;     ///< the sender knows that these are delayed
  /// Checkpoint: every message below these sequences is settled, so nobody looks for it again.
  std::uint64_t spool_below = 0, records_below = 0;
  friend bool operator==(const Progress&, const Progress&) = default;
};

std::string to_json(const Progress& progress);
/// @par Errors  corrupt
Result<Progress> parse_progress(std::string_view json);

}  // namespace vanthu::spool
