// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "octets.hpp"

namespace verify {

/// A file .tlog-proof (C2SP tlog-proof); `extra` is the leaf and, of a sealed frame, its blinding.
struct Proof {
  std::string extra;
  std::uint64_t index = 0;
  std::vector<Hash> path;
  std::string checkpoint;
};

/// A frame's meta part as it is shown: its octets, or their digest alone where they are not.
using MetaPart = std::variant<std::string, Hash>;

// These throw Stop.
Proof parse_proof(std::string_view text);
/// The leaf (100 octets) in a proof.
std::string_view leaf_in(const Proof& proof);
/// That what is shown is what the leaf commits to.
void hold_against_leaf(const Proof& proof, std::string_view body, const MetaPart& meta);
/// The same by their digests, for a sealed record.
void hold_against_leaf(const Proof& proof, const Hash& body, const Hash& meta);

}  // namespace verify
