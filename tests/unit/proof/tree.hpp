// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gateway/proof/merkle.hpp"

namespace vanthu::proof {

/// The tree as RFC 9162 §2.1.1 defines it, without any cleverness.
inline Hash plain_root(std::span<const Hash> leaves) {
  if (leaves.empty()) return empty_root();
  if (leaves.size() == 1) return leaves[0];
  std::size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  return node_hash(plain_root(leaves.first(split)), plain_root(leaves.subspan(split)));
}

inline std::vector<Hash> leaves(std::size_t count) {
  std::vector<Hash> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(leaf_hash("leaf " + std::to_string(i)));
  return all;
}

inline Subtree subtree_of(const std::vector<Hash>& all) {
  std::vector<std::vector<Hash>> rows{all};  // of complete subtrees, by their height
  while (rows.back().size() > 1) {
    std::vector<Hash> above;
    for (std::size_t i = 0; i + 1 < rows.back().size(); i += 2)
      above.push_back(node_hash(rows.back()[i], rows.back()[i + 1]));
    rows.push_back(std::move(above));
  }
  return [rows](unsigned height, std::uint64_t index) -> Result<Hash> { return rows.at(height).at(index); };
}

}  // namespace vanthu::proof
