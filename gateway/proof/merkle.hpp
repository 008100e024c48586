// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "gateway/base/digest.hpp"
#include "gateway/base/result.hpp"

/// Merkle trees over a log: heads, inclusion and consistency proofs (RFC 9162 §2.1, the tree of RFC 6962).
namespace vanthu::proof {

using Hash = Sha256;

Hash leaf_hash(std::string_view entry);               ///< SHA-256(0x00 ‖ entry)
Hash node_hash(const Hash& left, const Hash& right);  ///< SHA-256(0x01 ‖ left ‖ right)
inline Hash empty_root() { return sha256({}); }

/// The hash of a complete subtree: leaves index·2^height up to (index+1)·2^height.
using Subtree = std::function<Result<Hash>(unsigned height, std::uint64_t index)>;

/// The root of the tree of the first `size` leaves.
/// @par Errors  those of `subtree`
Result<Hash> root(std::uint64_t size, const Subtree& subtree);
/// From the leaf's sibling to the child of the root (RFC 9162 §2.1.3.1).
/// @par Errors  bad_arguments: there is no such leaf; those of `subtree`
Result<std::vector<Hash>> inclusion(std::uint64_t index, std::uint64_t size, const Subtree& subtree);
/// That the tree of `old_size` is the beginning of that of `size` (RFC 9162 §2.1.4.1). Empty where old_size is 0 or
/// size.
/// @par Errors  bad_arguments: old_size is greater; those of `subtree`
Result<std::vector<Hash>> consistency(std::uint64_t old_size, std::uint64_t size, const Subtree& subtree);

/// The root of leaves that come one after another, nothing of them kept but the heads of complete subtrees: at most one
/// of each height.
class CompactRange {
 public:
  void add(const Hash& leaf);
  std::uint64_t size() const noexcept { return size_; }
  Hash root() const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash> heads_;  // the largest subtree's first
};

/// What the root must be if the path is right (RFC 9162 §2.1.3.2).
/// @par Errors  refused: the path cannot be one of that leaf in that tree
Result<Hash> root_of_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, std::span<const Hash> path);
/// @par Errors  refused, saying which root does not fit (RFC 9162 §2.1.4.2)
Result<Done> check_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size, const Hash& root,
                               std::span<const Hash> path);

}  // namespace vanthu::proof
