// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/proof/merkle.hpp"

#include <bit>
#include <cstring>

namespace vanthu::proof {
namespace {

/// Where a tree of more than one leaf is split: the largest power of two below its size.
std::uint64_t split_of(std::uint64_t size) { return std::bit_floor(size - 1); }

/// The head of leaves [begin, end); begin is a multiple of the tree's own power of two at every split.
Result<Hash> head(std::uint64_t begin, std::uint64_t end, const Subtree& subtree) {
  const std::uint64_t size = end - begin;
  if (std::has_single_bit(size)) {
    const auto height = static_cast<unsigned>(std::countr_zero(size));
    return subtree(height, begin >> height);
  }
  const std::uint64_t middle = begin + split_of(size);
  const auto left = head(begin, middle, subtree);
  if (!left) return left;
  const auto right = head(middle, end, subtree);
  if (!right) return right;
  return node_hash(*left, *right);
}

/// Adds the head of leaves [begin, end) to a path.
Result<Done> add(std::vector<Hash>& path, std::uint64_t begin, std::uint64_t end, const Subtree& subtree) {
  const auto hash = head(begin, end, subtree);
  if (!hash) return hash.error();
  path.push_back(*hash);
  return done;
}

Error impossible(std::uint64_t index, std::uint64_t size) {
  return fail(status::refused, "the path is none of leaf " + std::to_string(index) + " in a tree of " +
                                   std::to_string(size) + ": its length does not fit");
}

}  // namespace

Hash leaf_hash(std::string_view entry) {
  std::string octets(1, '\0');
  return sha256(octets.append(entry));
}

Hash node_hash(const Hash& left, const Hash& right) {
  std::array<char, 65> octets;
  octets[0] = 1;
  std::memcpy(&octets[1], left.data(), left.size());
  std::memcpy(&octets[33], right.data(), right.size());
  return sha256({octets.data(), octets.size()});
}

Result<Hash> root(std::uint64_t size, const Subtree& subtree) {
  if (size == 0) return empty_root();
  return head(0, size, subtree);
}

void CompactRange::add(const Hash& leaf) {
  Hash head = leaf;
  // Each one at the end of the number of leaves so far is the head of a complete subtree that this leaf makes a larger
  // one of.
  for (int i = std::countr_one(size_); i > 0; --i) {
    head = node_hash(heads_.back(), head);
    heads_.pop_back();
  }
  heads_.push_back(head);
  ++size_;
}

Hash CompactRange::root() const {
  if (heads_.empty()) return empty_root();
  Hash head = heads_.back();
  for (std::size_t i = heads_.size() - 1; i-- > 0;) head = node_hash(heads_[i], head);
  return head;
}

Result<std::vector<Hash>> inclusion(std::uint64_t index, std::uint64_t size, const Subtree& subtree) {
  if (index >= size)
    return fail(status::bad_arguments,
                "leaf " + std::to_string(index) + " is not in a tree of " + std::to_string(size));
  std::vector<Hash> path;
  std::uint64_t begin = 0;
  std::uint64_t end = size;
  while (end - begin > 1) {
    const std::uint64_t middle = begin + split_of(end - begin);
    const bool left = index < middle;
    if (auto added = left ? add(path, middle, end, subtree) : add(path, begin, middle, subtree); !added)
      return added.error();
    (left ? end : begin) = middle;
  }
  return std::vector<Hash>(path.rbegin(), path.rend());
}

Result<std::vector<Hash>> consistency(std::uint64_t old_size, std::uint64_t size, const Subtree& subtree) {
  if (old_size > size)
    return fail(status::bad_arguments,
                "a tree of " + std::to_string(size) + " is older than one of " + std::to_string(old_size));
  std::vector<Hash> path;
  if (old_size == 0 || old_size == size) return path;
  std::uint64_t begin = 0;
  std::uint64_t end = size;
  // Down to the subtree in which the old tree ends whole; what is its own head on the way is known to who has it.
  while (end != old_size) {
    const std::uint64_t middle = begin + split_of(end - begin);
    const bool left = old_size <= middle;
    if (auto added = left ? add(path, middle, end, subtree) : add(path, begin, middle, subtree); !added)
      return added.error();
    (left ? end : begin) = middle;
  }
  if (begin != 0)
    if (auto added = add(path, begin, end, subtree); !added) return added.error();
  return std::vector<Hash>(path.rbegin(), path.rend());
}

Result<Hash> root_of_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, std::span<const Hash> path) {
  if (index >= size) return impossible(index, size);
  std::uint64_t place = index;
  std::uint64_t last = size - 1;
  Hash hash = leaf;
  for (const Hash& sibling : path) {
    if (last == 0) return impossible(index, size);
    if ((place & 1) != 0 || place == last) {
      hash = node_hash(sibling, hash);
      while ((place & 1) == 0 && place != 0) {
        place >>= 1;
        last >>= 1;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    place >>= 1;
    last >>= 1;
  }
  if (last != 0) return impossible(index, size);
  return hash;
}

Result<Done> check_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size, const Hash& root,
                               std::span<const Hash> path) {
  const std::string sizes = " (" + std::to_string(old_size) + " and " + std::to_string(size) + " leaves)";
  const auto no_path = [&] { return fail(status::refused, "the path cannot be one between these trees" + sizes); };
  if (old_size > size) return fail(status::refused, "the tree has become smaller" + sizes);
  if (old_size == size) {
    if (!path.empty()) return no_path();
    if (old_root != root) return fail(status::refused, "two trees of one size have different roots" + sizes);
    return done;
  }
  if (old_size == 0) {
    if (!path.empty()) return no_path();
    if (old_root != empty_root()) return fail(status::refused, "the root of no leaves is another one");
    return done;
  }
  std::size_t next = 0;
  // An old tree that is a whole subtree of the new one is not repeated in the path.
  const bool whole = std::has_single_bit(old_size);
  if (!whole && path.empty()) return no_path();
  const Hash first = whole ? old_root : path[next++];
  std::uint64_t place = old_size - 1;
  std::uint64_t last = size - 1;
  while ((place & 1) != 0) {
    place >>= 1;
    last >>= 1;
  }
  Hash old_hash = first;
  Hash hash = first;
  for (; next < path.size(); ++next) {
    if (last == 0) return no_path();
    if ((place & 1) != 0 || place == last) {
      old_hash = node_hash(path[next], old_hash);
      hash = node_hash(path[next], hash);
      while ((place & 1) == 0 && place != 0) {
        place >>= 1;
        last >>= 1;
      }
    } else {
      hash = node_hash(hash, path[next]);
    }
    place >>= 1;
    last >>= 1;
  }
  if (last != 0) return no_path();
  if (old_hash != old_root) return fail(status::refused, "the older root does not fit" + sizes);
  if (hash != root) return fail(status::refused, "the newer root does not fit" + sizes);
  return done;
}

}  // namespace vanthu::proof
