// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/proof/merkle.hpp"

#include <gtest/gtest.h>

#include "tests/unit/proof/tree.hpp"

namespace vanthu::proof {
namespace {
using namespace std::string_literals;

TEST(Merkle, HasThePublishedRoots) {
  // The entries and roots that implementations of RFC 6962 test with.
  const std::vector<std::string> entries{"",
                                         "\0"s,
                                         "\x10",
                                         "\x20\x21",
                                         "\x30\x31",
                                         "\x40\x41\x42\x43",
                                         "\x50\x51\x52\x53\x54\x55\x56\x57",
                                         "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
  const std::vector<std::string> roots{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                       "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                       "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                       "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                       "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                       "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                       "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                       "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                       "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  std::vector<Hash> all;
  for (const std::string& entry : entries) all.push_back(leaf_hash(entry));
  for (std::size_t size = 0; size <= entries.size(); ++size)
    EXPECT_EQ(hex(*root(size, subtree_of(all))), roots[size]) << size;
}

TEST(Merkle, ProvesEveryLeafOfEveryTree) {
  const std::vector<Hash> all = leaves(300);
  const Subtree subtree = subtree_of(all);
  for (std::uint64_t size = 1; size <= all.size(); ++size) {
    const Hash head = plain_root(std::span(all).first(size));
    ASSERT_EQ(*root(size, subtree), head);
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto path = inclusion(index, size, subtree);
      ASSERT_TRUE(path);
      const auto found = root_of_inclusion(all[index], index, size, *path);
      ASSERT_TRUE(found) << index << " of " << size << ": " << found.error().detail;
      ASSERT_EQ(*found, head) << index << " of " << size;
    }
  }
}

TEST(Merkle, LeavesThatComeOneAfterAnotherHaveTheSameRoots) {
  const std::vector<Hash> all = leaves(300);
  CompactRange range;
  EXPECT_EQ(range.root(), empty_root());
  for (std::size_t i = 0; i < all.size(); ++i) {
    range.add(all[i]);
    ASSERT_EQ(range.size(), i + 1);
    ASSERT_EQ(range.root(), plain_root(std::span(all).first(i + 1))) << i + 1;
  }
}

TEST(Merkle, ProvesThatEveryTreeIsTheBeginningOfEveryLaterOne) {
  const std::vector<Hash> all = leaves(300);
  const Subtree subtree = subtree_of(all);
  std::vector<Hash> heads;
  for (std::uint64_t size = 0; size <= all.size(); ++size) heads.push_back(plain_root(std::span(all).first(size)));
  for (std::uint64_t size = 0; size <= all.size(); ++size)
    for (std::uint64_t old_size = 0; old_size <= size; ++old_size) {
      const auto path = consistency(old_size, size, subtree);
      ASSERT_TRUE(path);
      const auto right = check_consistency(old_size, heads[old_size], size, heads[size], *path);
      ASSERT_TRUE(right) << old_size << " and " << size << ": " << right.error().detail;
    }
}

TEST(Merkle, AWrongPathProvesNothing) {
  const std::vector<Hash> all = leaves(70);
  const Subtree subtree = subtree_of(all);
  const Hash head = plain_root(all);
  for (std::uint64_t index = 0; index < all.size(); ++index) {
    const std::vector<Hash> path = *inclusion(index, all.size(), subtree);
    const auto proves = [&](std::uint64_t i, std::uint64_t size, const std::vector<Hash>& p, const Hash& leaf) {
      const auto found = root_of_inclusion(leaf, i, size, p);
      return found && *found == head;
    };
    ASSERT_TRUE(proves(index, all.size(), path, all[index]));
    EXPECT_FALSE(proves(index, all.size(), path, leaf_hash("another")));
    EXPECT_FALSE(proves((index + 1) % all.size(), all.size(), path, all[index]));
    for (std::size_t i = 0; i < path.size(); ++i) {
      std::vector<Hash> bent = path;
      bent[i][5] ^= 1;
      EXPECT_FALSE(proves(index, all.size(), bent, all[index]));
      bent = path;
      bent.erase(bent.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_FALSE(proves(index, all.size(), bent, all[index]));
    }
    std::vector<Hash> longer = path;
    longer.push_back(head);
    EXPECT_FALSE(proves(index, all.size(), longer, all[index]));
  }
  EXPECT_FALSE(root_of_inclusion(all[0], 0, 0, {}));
  EXPECT_FALSE(root_of_inclusion(all[0], 70, 70, {}));
}

TEST(Merkle, SeesATreeThatIsNoContinuation) {
  const std::vector<Hash> all = leaves(70);
  const Subtree subtree = subtree_of(all);
  const Hash head = plain_root(all);
  for (std::uint64_t old_size = 1; old_size < all.size(); ++old_size) {
    const Hash old_head = plain_root(std::span(all).first(old_size));
    std::vector<Hash> rewritten = all;
    rewritten[old_size - 1] = leaf_hash("rewritten");
    const Subtree others = subtree_of(rewritten);
    const auto path = *consistency(old_size, all.size(), others);
    EXPECT_FALSE(check_consistency(old_size, old_head, all.size(), plain_root(rewritten), path)) << old_size;
    const auto right = *consistency(old_size, all.size(), subtree);
    for (std::size_t i = 0; i < right.size(); ++i) {
      std::vector<Hash> bent = right;
      bent[i][0] ^= 0x80;
      EXPECT_FALSE(check_consistency(old_size, old_head, all.size(), head, bent));
      bent = right;
      bent.pop_back();
      EXPECT_FALSE(check_consistency(old_size, old_head, all.size(), head, bent));
    }
  }
  EXPECT_FALSE(check_consistency(70, head, 69, plain_root(std::span(all).first(69)), {})) << "its tail was taken away";
  const auto two = check_consistency(70, head, 70, leaf_hash("x"), {});
  ASSERT_FALSE(two);
  EXPECT_NE(two.error().detail.find("one size"), std::string::npos);
  EXPECT_FALSE(check_consistency(0, head, 70, head, {})) << "no leaves have one root only";
  EXPECT_FALSE(inclusion(70, 70, subtree));
  EXPECT_FALSE(consistency(71, 70, subtree));
}

TEST(Merkle, ALeafIsNoNode) {
  // Second preimages (RFC 9162 §2.1.1): two hashes as an entry do not have their node's hash.
  const std::vector<Hash> all = leaves(2);
  std::string entry;
  for (const Hash& hash : all) entry.append(reinterpret_cast<const char*>(hash.data()), hash.size());
  EXPECT_NE(leaf_hash(entry), node_hash(all[0], all[1]));
}

}  // namespace
}  // namespace vanthu::proof
