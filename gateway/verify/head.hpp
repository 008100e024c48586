// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "keys.hpp"
#include "octets.hpp"

namespace verify {

/// A tree as a checkpoint has it (C2SP tlog-checkpoint).
struct Head {
  std::string origin;
  std::uint64_t size = 0;
  Hash root{};
  std::vector<std::string> signers;  ///< names of the keys that signed it
};

/// A signed checkpoint, believed only where every key that was named and signs heads of that size has signed it, and a
/// quorum of the witnesses; throws Stop.
Head parse_head(std::string_view octets, const Keys& keys);

}  // namespace verify
