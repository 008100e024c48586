// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree.hpp"

namespace verify {

Hash leaf_hash(std::string_view leaf) { return Digest().add(std::string_view("\0", 1)).add(leaf).end(); }
Hash node_hash(const Hash& left, const Hash& right_hash) {
  return Digest().add("\x01").add(view(left)).add(view(right_hash)).end();
}

Hash root_of(const Hash& leaf, std::uint64_t index, std::uint64_t size, const std::vector<Hash>& path) {
  const Stop no_path{wrong,
                     "the path is none of leaf " + std::to_string(index) + " in a tree of " + std::to_string(size)};
  if (index >= size) throw no_path;
  std::uint64_t fn = index;
  std::uint64_t sn = size - 1;
  Hash r = leaf;
  for (const Hash& p : path) {
    if (sn == 0) throw no_path;
    if ((fn & 1) != 0 || fn == sn) {
      r = node_hash(p, r);
      while ((fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      r = node_hash(r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) throw no_path;
  return r;
}

bool continues(std::uint64_t older_size, const Hash& older, std::uint64_t newer_size, const Hash& newer,
               std::vector<Hash> path) {
  std::uint64_t fn = older_size - 1;
  std::uint64_t sn = newer_size - 1;
  while ((fn & 1) != 0) fn >>= 1, sn >>= 1;
  if ((older_size & (older_size - 1)) == 0) path.insert(path.begin(), older);
  if (path.empty()) throw Stop{wrong, "the path is too short"};
  Hash fr = path[0];
  Hash sr = path[0];
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (sn == 0) throw Stop{wrong, "the path is too long"};
    if ((fn & 1) != 0 || fn == sn) {
      fr = node_hash(path[i], fr);
      sr = node_hash(path[i], sr);
      while ((fn & 1) == 0 && fn != 0) fn >>= 1, sn >>= 1;
    } else {
      sr = node_hash(sr, path[i]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && fr == older && sr == newer;
}

void Tree::add(const Hash& leaf) {
  Hash hash = leaf;
  for (std::uint64_t n = size_++; (n & 1) != 0; n >>= 1) {
    hash = node_hash(peaks_.back(), hash);
    peaks_.pop_back();
  }
  peaks_.push_back(hash);
}

Hash Tree::root() const {
  if (peaks_.empty()) return Digest().end();
  Hash hash = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) hash = node_hash(peaks_[i], hash);
  return hash;
}

}  // namespace verify
