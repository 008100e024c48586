// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "proof.hpp"

/// An exported bag (gateway/exports/FORMAT.md), checked from its files alone. Like all here it shares no code with the
/// gateway.
namespace verify {

/// What a proof says, and of what it is a proof.
struct Leaf {
  std::uint64_t kind = 0, record = 0;
  std::string fault;  ///< it proves nothing, and why; empty: meta and body are the leaf's, and the leaf is in the tree
};
/// Checks one proof under the keys that were given.
using CheckProof = std::function<Leaf(std::string_view proof, std::string_view body, const MetaPart& meta)>;

/// Checks a time stamp and the proof that leads to what was stamped, both as they lie beside a record.
/// @return what is wrong; empty: nothing is
using CheckStamped = std::function<std::string(std::string_view token, std::string_view proof,
                                               const std::string& number, std::string_view body, const MetaPart& meta)>;

struct BagReport {
  std::uint64_t files = 0, records = 0, tombstones = 0, decisions = 0;
  std::vector<std::string> faults;   ///< one sentence each
  std::vector<std::string> remarks;  ///< what is no fault: a record that was disposed of, a meta part by its digest
};
/// @param check  is asked for every record, and for the manifest
/// @param stamped  is asked for every record that a time stamp lies beside
BagReport check_bag(const std::filesystem::path& folder, const CheckProof& check, const CheckStamped& stamped);

}  // namespace verify
