// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "gateway/reading_room/deflate.hpp"

namespace vanthu::reading_room {
namespace {
TEST(Deflate, GoesThereAndBackWhereverItIsCut) {
  Deflater out;
  Inflater in;
  std::string said, packed, plain;
  for (int i = 0; i < 300; ++i) {
    const std::string piece(static_cast<std::size_t>(i * i % 977), static_cast<char>('a' + i % 26));
    said += piece;
    packed += out.pack(piece);
  }
  EXPECT_LT(packed.size(), said.size() / 10);
  for (std::string_view left = packed; !left.empty();) {
    std::string_view part = left.substr(0, 5);
    left.remove_prefix(part.size());
    for (bool again = true; again;) {
      const std::size_t had = plain.size();
      ASSERT_TRUE(in.unpack(part, plain, 100));
      again = plain.size() - had == 100;
    }
    EXPECT_TRUE(part.empty());
  }
  EXPECT_EQ(plain, said);
}

TEST(Deflate, APieceIsWholeForTheOtherSide) {
  Deflater out;
  Inflater in;
  const std::string packed = out.pack("a OK done\r\n");
  std::string_view left = packed;
  std::string plain;
  ASSERT_TRUE(in.unpack(left, plain, 1000));
  EXPECT_EQ(plain, "a OK done\r\n");
}

TEST(Deflate, SaysSoOfWhatIsNone) {
  Inflater in;
  std::string_view left = "a NOOP\r\n";
  std::string plain;
  bool good = true;
  for (int i = 0; i < 3 && good && !left.empty(); ++i) good = in.unpack(left, plain, 1000);
  EXPECT_FALSE(good);
}

TEST(Deflate, GivesOutNoMoreThanIsAskedFor) {
  Deflater out;
  Inflater in;
  const std::string packed = out.pack(std::string(10'000'000, 'x'));
  EXPECT_LT(packed.size(), 60'000U);
  std::string_view left = packed;
  std::string plain;
  ASSERT_TRUE(in.unpack(left, plain, 16384));
  EXPECT_EQ(plain.size(), 16384U);
  EXPECT_FALSE(left.empty());
}
}  // namespace
}  // namespace vanthu::reading_room
