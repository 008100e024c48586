// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <map>
#include <optional>
#include <string>

#include "admin/command.hpp"
#include "gateway/attestation/timestamp.hpp"
#include "gateway/base/result.hpp"

namespace vanthu::admin {

/// A signed head with the answer of a time-stamping authority over it.
struct StampedHead {
  std::string name;         ///< of its files (gateway/transparency/FORMAT.md)
  std::string note;         ///< what was stamped
  std::uint64_t size = 0;   ///< of that head's tree
  std::string answer;       ///< TimeStampResp, DER
  std::string authorities;  ///< PEM that the answer is checked with
  std::string authorities_name;
  attestation::Stamp stamp;
};

/// The oldest good stamp over a head that covers a frame of the record log: since when, at the latest, it was there.
/// None: no stamp covers it yet, or no gateway runs.
/// @param sequence  of the frame
/// @par Errors  refused, corrupt: there is one, and it is not right any more
Result<std::optional<StampedHead>> first_stamp_over(const Office& office, std::uint64_t sequence);

/// The certificates that stamps over the record log's heads are checked with: name of the file, PEM.
std::map<std::string, std::string> stamp_authorities(const Office& office);

}  // namespace vanthu::admin
