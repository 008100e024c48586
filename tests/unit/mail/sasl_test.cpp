// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/sasl.hpp"

#include <gtest/gtest.h>

#include <random>

#include "gateway/base/base64.hpp"

namespace vanthu::mail {
namespace {
using namespace std::string_literals;
using namespace std::string_view_literals;

struct Vector {
  const char *octets, *text;
};
class Base64 : public testing::TestWithParam<Vector> {};
TEST_P(Base64, IsWrittenAndReadAsRfc4648Says) {
  EXPECT_EQ(base64_encode(GetParam().octets), GetParam().text);
  ASSERT_TRUE(base64_decode(GetParam().text));
  EXPECT_EQ(*base64_decode(GetParam().text), GetParam().octets);
}
INSTANTIATE_TEST_SUITE_P(Rfc4648Section10, Base64,
                         testing::Values(Vector{"", ""}, Vector{"f", "Zg=="}, Vector{"fo", "Zm8="},
                                         Vector{"foo", "Zm9v"}, Vector{"foob", "Zm9vYg=="}, Vector{"fooba", "Zm9vYmE="},
                                         Vector{"foobar", "Zm9vYmFy"}));

TEST(Base64, RefusesWhatTwoReadersCouldTakeDifferently) {
  for (const std::string_view text :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "Zg==Zg==", "====", "Z===", "Zm-_"})
    EXPECT_FALSE(base64_decode(text)) << text;
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
  EXPECT_FALSE(decode_plain(base64_encode("lan\0secret"sv)));
  EXPECT_FALSE(decode_plain(base64_encode("\0lan\0secret\0"sv)));
  EXPECT_FALSE(decode_plain(base64_encode("\0\0secret"sv)));
  EXPECT_FALSE(decode_plain(base64_encode("")));
}

TEST(Plain, HoldsPartsOf255OctetsAndNotOneMore) {
  EXPECT_TRUE(encode({"", std::string(255, 'a'), std::string(255, 'b')}));
  EXPECT_FALSE(encode({"", std::string(256, 'a'), "b"}));
  EXPECT_FALSE(encode({"", "a", std::string(256, 'b')}));
  EXPECT_FALSE(decode_plain(base64_encode('\0' + std::string(256, 'a') + '\0' + 'b')));
}
}  // namespace
}  // namespace vanthu::mail
