// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/proof/tiles.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temp_folder.hpp"
#include "tests/unit/proof/tree.hpp"

namespace vanthu::proof {
namespace {

class TilesTest : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    auto tiles = Tiles::open(folder_.path());
    ASSERT_TRUE(tiles) << tiles.error().detail;
    tiles_ = *std::move(tiles);
  }
  test::TempFolder folder_{"tiles"};
  std::unique_ptr<Tiles> tiles_;
};

TEST(Tiles, AreNamedAsTheFormatSays) {
  EXPECT_EQ(Tiles::path_of(0, 1234067, 256), "tile/0/x001/x234/067");
  EXPECT_EQ(Tiles::path_of(0, 0, 256), "tile/0/000");
  EXPECT_EQ(Tiles::path_of(1, 999, 17), "tile/1/999.p/17");
  EXPECT_EQ(Tiles::path_of(2, 1000, 256), "tile/2/x001/000");
}

TEST_F(TilesTest, GrowToTheSameTreeWhateverThePieces) {
  const std::vector<Hash> all = leaves(1000);
  std::size_t at = 0;
  for (const std::size_t piece : {1, 0, 254, 1, 1, 255, 488}) {
    ASSERT_TRUE(tiles_->append(std::span(all).subspan(at, piece)));
    at += piece;
    ASSERT_TRUE(tiles_->flush());
    open();
    ASSERT_EQ(tiles_->size(), at);
    ASSERT_EQ(*tiles_->root(at), plain_root(std::span(all).first(at))) << at;
  }
  for (std::uint64_t size = 1; size <= all.size(); size += 37)
    EXPECT_EQ(*tiles_->root(size), plain_root(std::span(all).first(size)));
  for (std::uint64_t index = 0; index < all.size(); index += 29) {
    EXPECT_EQ(*tiles_->leaf(index), all[index]);
    const auto path = tiles_->inclusion(index, all.size());
    ASSERT_TRUE(path);
    EXPECT_EQ(*root_of_inclusion(all[index], index, all.size(), *path), *tiles_->root(all.size()));
    const auto older = tiles_->consistency(index, all.size());
    ASSERT_TRUE(older);
    EXPECT_TRUE(check_consistency(index, *tiles_->root(index), all.size(), *tiles_->root(all.size()), *older));
  }
  EXPECT_FALSE(tiles_->root(1001));
  EXPECT_FALSE(tiles_->leaf(1000));
}

TEST_F(TilesTest, LayOutSeventyThousandLeavesAsTheFormatsExample) {
  const std::vector<Hash> all = leaves(70'000);
  ASSERT_TRUE(tiles_->append(all));
  ASSERT_TRUE(tiles_->flush());
  for (const char* file :
       {"tile/0/000", "tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"})
    EXPECT_TRUE(std::filesystem::exists(folder_ / file)) << file;
  EXPECT_EQ(std::filesystem::file_size(folder_ / "tile/1/000"), 8192U);
  EXPECT_EQ(*tiles_->root(70'000), plain_root(all));
}

TEST_F(TilesTest, UnfinishedTilesGoWhenTheyAreWhole) {
  const std::vector<Hash> all = leaves(256);
  ASSERT_TRUE(tiles_->append(std::span(all).first(255)));
  ASSERT_TRUE(tiles_->flush());
  EXPECT_TRUE(std::filesystem::exists(folder_ / "tile/0/000.p/255"));
  ASSERT_TRUE(tiles_->append(std::span(all).last(1)));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "tile/0/000.p"));
}

TEST_F(TilesTest, WhatIsNotWholeIsMadeAnew) {
  const std::vector<Hash> all = leaves(300);
  ASSERT_TRUE(tiles_->append(all));
  ASSERT_TRUE(tiles_->flush());
  std::filesystem::resize_file(folder_ / "tile/0/001.p/44", 100);
  open();
  EXPECT_EQ(tiles_->size(), 0U);
  ASSERT_TRUE(tiles_->clear());
  ASSERT_TRUE(tiles_->append(all));
  EXPECT_EQ(*tiles_->root(300), plain_root(all));
  ASSERT_TRUE(tiles_->flush());
  std::ofstream(folder_ / "size") << "x";
  open();
  EXPECT_EQ(tiles_->size(), 0U);
}

}  // namespace
}  // namespace vanthu::proof
