// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/proof/merkle.hpp"
#include "gateway/proof/note.hpp"

namespace vanthu::proof {

/// A tree head as it is signed (c2sp.org/tlog-checkpoint@v1.0.0).
struct Checkpoint {
  std::string origin;  ///< names the log; also the name of its key
  std::uint64_t size = 0;
  Hash root{};
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// The text of the note: origin, size, root, a line each.
std::string to_text(const Checkpoint& checkpoint);
/// Lines behind the third are left alone, as the format allows.
/// @par Errors  bad_arguments saying which line is wrong
Result<Checkpoint> parse_checkpoint(std::string_view text);

/// A proof that somebody can check without us: that a leaf is in the tree of a signed checkpoint
/// (c2sp.org/tlog-proof@v1).
struct InclusionProof {
  std::string extra;  ///< octets that are not proven by it; here: what opens the commitment (FORMAT.md)
  std::uint64_t index = 0;
  std::vector<Hash> path;
  std::string checkpoint;  ///< the signed note
  friend bool operator==(const InclusionProof&, const InclusionProof&) = default;
};
std::string to_text(const InclusionProof& proof);
/// @par Errors  bad_arguments saying which line is wrong
Result<InclusionProof> parse_inclusion_proof(std::string_view text);

/// The hash in base64, as in checkpoints and proofs.
std::string base64(const Hash& hash);
std::optional<Hash> hash_from_base64(std::string_view text);

}  // namespace vanthu::proof
