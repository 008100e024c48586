// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "octets.hpp"

/// Merkle trees as RFC 9162 §2.1 has them.
namespace verify {

Hash leaf_hash(std::string_view leaf);
Hash node_hash(const Hash& left, const Hash& right_hash);

/// The root that a path of inclusion leads to (§2.1.3.2); throws Stop where it is none of that leaf.
Hash root_of(const Hash& leaf, std::uint64_t index, std::uint64_t size, const std::vector<Hash>& path);
/// Whether a path of consistency (§2.1.4.2) leads from the older root to the newer; throws Stop where its length is
/// wrong.
bool continues(std::uint64_t older_size, const Hash& older, std::uint64_t newer_size, const Hash& newer,
               std::vector<Hash> path);

/// The head of a tree that grows leaf by leaf: complete subtrees from the greatest to the smallest.
class Tree {
 public:
  void add(const Hash& leaf);
  std::uint64_t size() const { return size_; }
  Hash root() const;

 private:
  std::vector<Hash> peaks_;
  std::uint64_t size_ = 0;
};

}  // namespace verify
