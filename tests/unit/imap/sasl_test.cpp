// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/sasl.hpp"

#include <gtest/gtest.h>

#include <random>

namespace vanthu::imap {
namespace {
using namespace std::string_literals;
using namespace std::string_view_literals;

struct Vector {
  const char *octets, *text;
};
class Base64 : public testing::TestWithParam<Vector> {};
TEST_P(Base64, IsWrittenAndReadAsRfc4648Says) {
  EXPECT_EQ(base64(GetParam().octets), GetParam().text);
  ASSERT_TRUE(from_base64(GetParam().text));
  EXPECT_EQ(*from_base64(GetParam().text), GetParam().octets);
}
INSTANTIATE_TEST_SUITE_P(Rfc4648Section10, Base64,
                         testing::Values(Vector{"", ""}, Vector{"f", "Zg=="}, Vector{"fo", "Zm8="},
                                         Vector{"foo", "Zm9v"}, Vector{"foob", "Zm9vYg=="}, Vector{"fooba", "Zm9vYmE="},
                                         Vector{"foobar", "Zm9vYmFy"}));

TEST(Base64, RefusesWhatTwoReadersCouldTakeDifferently) {
  for (const std::string_view text :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "Zg==Zg==", "====", "Z===", "Zm-_"})
    EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Plain, SurvivesEncodingAndDecoding) {
  std::mt19937 random(4616);
  const auto any = [&random](unsigned least) {
    std::string text;
    for (auto n = random() % 30 + least; n > 0; --n) {
      const char c = static_cast<char>(random() % 126 + 1);
      text += c == '\r' || c == '\n' ? 'x' : c;
    }
    return text;
  };
  for (int round = 0; round < 500; ++round) {
    const Plain plain{any(0), any(1), any(1)};
    const auto message = encode(plain);
    ASSERT_TRUE(message);
    const auto back = decode_plain(*message);
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, plain);
  }
}

TEST(Plain, RefusesWhatCouldBeTakenForSomethingElse) {
  EXPECT_FALSE(encode({"", "lan", "se\0cret"s}));
  EXPECT_FALSE(encode({"", "lan\r\nA1 NOOP", "secret"}));
  EXPECT_FALSE(encode({"", "", "secret"}));
  EXPECT_FALSE(encode({"", "lan", ""}));
  EXPECT_FALSE(encode({"", "lan", "\xFF"}));
  EXPECT_FALSE(decode_plain(base64("lan\0secret"sv)));
  EXPECT_FALSE(decode_plain(base64("\0lan\0secret\0"sv)));
  EXPECT_FALSE(decode_plain(base64("\0\0secret"sv)));
  EXPECT_FALSE(decode_plain(base64("")));
}

TEST(Plain, HoldsPartsOf255OctetsAndNotOneMore) {
  EXPECT_TRUE(encode({"", std::string(255, 'a'), std::string(255, 'b')}));
  EXPECT_FALSE(encode({"", std::string(256, 'a'), "b"}));
  EXPECT_FALSE(encode({"", "a", std::string(256, 'b')}));
  EXPECT_FALSE(decode_plain(base64('\0' + std::string(256, 'a') + '\0' + 'b')));
}
}  // namespace
}  // namespace vanthu::imap
