// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/journal/packing.hpp"

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <random>

namespace vanthu::journal {
namespace {

std::string random_octets(std::size_t octets) {
  std::mt19937 random(5);
  std::string out;
  while (out.size() < octets) out += static_cast<char>(random());
  return out;
}

std::string deflated(std::string_view plain) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(9);
  std::string out(plain.size() + 100, '\0');
  out.resize(libdeflate_deflate_compress(compressor, plain.data(), plain.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

TEST(Packing, MakesTextSmallerAndGivesItBack) {
  std::string text;
  for (int i = 0; text.size() < 60'000; ++i) text += "Kính gửi: Văn phòng Tỉnh ủy, số " + std::to_string(i) + "\r\n";
  std::string packed = "of an earlier chunk";
  ASSERT_EQ(pack(text, packed), Packing::deflate);
  EXPECT_LT(packed.size(), text.size() / 4);
  const auto plain = unpack(Packing::deflate, packed, text.size());
  ASSERT_TRUE(plain) << plain.error().detail;
  EXPECT_EQ(*plain, text);
}

TEST(Packing, LeavesAsItIsWhatDoesNotGetSmallerOrIsShort) {
  std::string packed = "of an earlier chunk";
  EXPECT_EQ(pack(random_octets(65536), packed), Packing::none);
  EXPECT_TRUE(packed.empty());
  EXPECT_EQ(pack(std::string(least_packed_octets - 1, 'a'), packed), Packing::none);
  EXPECT_EQ(pack("", packed), Packing::none);
  EXPECT_EQ(pack(std::string(least_packed_octets, 'a'), packed), Packing::deflate);
}

TEST(Packing, IsFewerOctetsOrNone) {
  // From all alike to all different: where it just does not pay any more, it is left as it is.
  const std::string noise = random_octets(4096);
  for (std::size_t same = 0; same <= noise.size(); same += 8) {
    const std::string plain = noise.substr(same) + std::string(same, 'x');
    std::string packed;
    if (pack(plain, packed) == Packing::none) continue;
    ASSERT_LT(packed.size(), plain.size()) << same;
    ASSERT_EQ(*unpack(Packing::deflate, packed, plain.size()), plain) << same;
  }
}

TEST(Packing, UnpacksNothingThatIsCutOrGarbledOrOfAnotherLength) {
  std::string text;
  while (text.size() < 5000) text += std::to_string(text.size()) + " thông báo ";
  std::string packed;
  ASSERT_EQ(pack(text, packed), Packing::deflate);
  for (std::size_t octets = 0; octets < packed.size(); ++octets)
    EXPECT_FALSE(unpack(Packing::deflate, packed.substr(0, octets), text.size())) << octets;
  EXPECT_FALSE(unpack(Packing::deflate, packed + '\0', text.size())) << "an octet behind the stream's end";
  EXPECT_FALSE(unpack(Packing::deflate, packed + packed, text.size()));
  EXPECT_FALSE(unpack(Packing::deflate, packed, text.size() - 1)) << "more comes out than was said";
  EXPECT_FALSE(unpack(Packing::deflate, packed, text.size() + 1)) << "less comes out than was said";
  EXPECT_FALSE(unpack(Packing::deflate, packed, 0));
  EXPECT_FALSE(unpack(Packing::deflate, random_octets(1000), 2000));
  EXPECT_FALSE(unpack(Packing::deflate, "", 0));
  const auto wrong = unpack(Packing::deflate, packed.substr(1), text.size());
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().reply, Reply(status::corrupt));
}

TEST(Packing, MakesNoRoomForABomb) {
  const std::string bomb = deflated(std::string(64U << 20, '\0'));
  ASSERT_LT(bomb.size(), 100'000U);
  EXPECT_FALSE(unpack(Packing::deflate, bomb, 65536)) << "64 MiB in a chunk that says 64 KiB";
}

std::string lines_of(std::size_t letters, std::size_t lines, unsigned seed = 9) {
  static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::mt19937 random(seed);
  std::string out;
  for (std::size_t i = 0; i < lines; ++i) {
    for (std::size_t k = 0; k < letters; ++k) out += digits[random() % 64];
    out += "\r\n";
  }
  return out;
}

class Base64 : public testing::TestWithParam<std::string> {};
const std::string letter_text = "Content-Transfer-Encoding: base64\r\nContent-Type: application/pdf\r\n\r\n";
INSTANTIATE_TEST_SUITE_P(Letters, Base64,
                         testing::Values(lines_of(76, 800), letter_text + lines_of(76, 800) + "QUJD\r\n--b--\r\n",
                                         lines_of(76, 300).substr(31) + "--b\r\n" + letter_text + lines_of(76, 400),
                                         lines_of(76, 300) + lines_of(64, 500) + lines_of(76, 5), lines_of(32, 1900),
                                         lines_of(252, 250), letter_text + lines_of(76, 14),
                                         lines_of(76, 20) + "=ABC" + lines_of(72, 1) + lines_of(76, 40),
                                         lines_of(76, 65536 / 78) + lines_of(76, 1).substr(0, 65536 % 78)));

TEST_P(Base64, IsKeptAsTheOctetsItStandsFor) {
  std::string packed;
  ASSERT_EQ(pack(GetParam(), packed), Packing::base64);
  EXPECT_LT(packed.size(), GetParam().size() * 4 / 5 + 100);
  const auto plain = unpack(Packing::base64, packed, GetParam().size());
  ASSERT_TRUE(plain) << plain.error().detail;
  EXPECT_EQ(*plain, GetParam());
  for (std::size_t octets = 0; octets < packed.size(); octets += octets < 200 ? 1 : 97)
    EXPECT_FALSE(unpack(Packing::base64, packed.substr(0, octets), GetParam().size())) << octets;
  EXPECT_FALSE(unpack(Packing::base64, packed + 'x', GetParam().size()));
  EXPECT_FALSE(unpack(Packing::base64, packed, GetParam().size() - 1));
  EXPECT_FALSE(unpack(Packing::base64, packed, GetParam().size() + 1));
  for (std::size_t at = 0; at < 8; ++at) {  // a head that says something else gives an error, or other octets
    for (int bit = 0; bit < 8; ++bit) {
      std::string bent = packed;
      bent[at] = static_cast<char>(bent[at] ^ 1 << bit);
      const auto other = unpack(Packing::base64, bent, GetParam().size());
      if (other) {
        EXPECT_EQ(other->size(), GetParam().size());
      }
    }
  }
}

TEST(Packing, PacksTextInBase64AsTheTextThatItIs) {
  // "công văn " again and again in lines of 76 letters
  std::string text;
  while (text.size() < 20'000) text += "Y8O0bmcgdsSDbiBj\r\n";
  std::string lines;
  while (lines.size() < 20'000)
    lines += "Y8O0bmcgdsSDbiBjw7RuZyB2xINuIGPDtG5nIHbEg24gY8O0bmcgdsSDbiBjw7RuZyB2xINuIGPD\r\n";
  std::string packed;
  ASSERT_EQ(pack(lines, packed), Packing::base64);
  EXPECT_LT(packed.size(), 1000U);
  EXPECT_EQ(*unpack(Packing::base64, packed, lines.size()), lines);
  ASSERT_EQ(pack(text, packed), Packing::deflate) << "no mail program writes lines that short";
  EXPECT_EQ(*unpack(Packing::deflate, packed, text.size()), text);
}

TEST(Packing, TakesNothingForBase64ThatIsNot) {
  for (const std::string& bad : {std::string("=AAA"), std::string("A AA"), std::string("A\nAA"),
                                 std::string("\xC3\xA1"
                                             "AA")}) {
    std::string lines = lines_of(76, 100);
    for (std::size_t at = 8; at + 4 < lines.size(); at += 78) lines.replace(at, 4, bad);
    std::string packed;
    const Packing packing = pack(lines, packed);
    EXPECT_NE(packing, Packing::base64);
    if (packing == Packing::deflate) {
      EXPECT_EQ(*unpack(packing, packed, lines.size()), lines);
    }
  }
}

TEST(Packing, MakesNoRoomForLinesThatAreNotThere) {
  const std::string head("\0\0\xFF\xFF\xFF\0\0\0", 8);
  EXPECT_FALSE(unpack(Packing::base64, head, 65536)) << "65,535 lines of 1,022 octets in a chunk";
  EXPECT_FALSE(unpack(Packing::base64, head.substr(0, 7), 65536));
  EXPECT_FALSE(unpack(Packing::base64, std::string("\xFF\xFF\0\0\0\0\0\0", 8), 100)) << "more before than there is";
  const std::string bomb = deflated(std::string(64U << 20, '\0'));
  EXPECT_FALSE(unpack(Packing::base64, std::string("\0\0\1\0\x13\2\0\0", 8) + bomb, 78)) << "64 MiB for one line";
}

TEST(Packing, KnowsNoOtherKind) {
  EXPECT_FALSE(unpack(static_cast<Packing>(3), "abc", 3));
  EXPECT_FALSE(unpack(static_cast<Packing>(255), "abc", 3));
  EXPECT_EQ(*unpack(Packing::none, "abc", 3), "abc");
  EXPECT_FALSE(unpack(Packing::none, "abc", 4));
  EXPECT_FALSE(unpack(Packing::none, "abc", 2));
}

}  // namespace
}  // namespace vanthu::journal
