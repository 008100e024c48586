// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/proof/key_rotation.hpp"

#include <gtest/gtest.h>

#include "gateway/proof/checkpoint.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::proof {
namespace {

class KeyRotationTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* key : {"a", "b", "c"}) keys_.push_back(*Signer::make(folder_ / key, "log", SignatureType::note));
  }
  std::string note(std::uint64_t size, std::size_t before, std::size_t after, std::vector<std::size_t> signers) {
    const std::string text = to_text(KeyRotation{size, keys_[before].verifier(), keys_[after].verifier()});
    Note note{text, {}};
    for (const std::size_t signer : signers) note.signatures.push_back(*sign(text, keys_[signer]));
    return to_text(note);
  }
  test::TempFolder folder_{"rotation"};
  std::vector<Signer> keys_;
};

TEST_F(KeyRotationTest, AChainGivesEverySizeOneKey) {
  const auto chain = parse_rotations(note(10, 0, 1, {0, 1}) + note(30, 1, 2, {1, 2}));
  ASSERT_TRUE(chain) << chain.error().detail;
  ASSERT_EQ(chain->size(), 2U);
  const Verifier& newest = keys_[2].verifier();
  const std::size_t whose[][2] = {{0, 0}, {10, 0}, {11, 1}, {30, 1}, {31, 2}};
  for (const auto& [size, key] : whose) EXPECT_EQ(key_at(*chain, newest, size), keys_[key].verifier()) << size;
  EXPECT_TRUE(parse_rotations("")->empty());
  EXPECT_FALSE(parse_checkpoint(to_text(chain->front())));
}

TEST_F(KeyRotationTest, NobodyAloneRotatesAndNoneIsLeftOut) {
  EXPECT_FALSE(parse_rotations(note(10, 0, 1, {0})));
  EXPECT_FALSE(parse_rotations(note(10, 0, 1, {1})));
  EXPECT_FALSE(parse_rotations(note(10, 0, 1, {0, 2})));
  EXPECT_FALSE(parse_rotations(note(10, 0, 0, {0})));
  EXPECT_FALSE(parse_rotations(note(10, 0, 1, {0, 1}) + note(9, 1, 2, {1, 2})));
  EXPECT_FALSE(parse_rotations(note(10, 0, 1, {0, 1}) + note(30, 0, 2, {0, 2})));
  std::string bent = note(10, 0, 1, {0, 1});
  bent.replace(bent.find("\n10\n"), 4, "\n11\n");
  EXPECT_FALSE(parse_rotations(bent));
}

}  // namespace
}  // namespace vanthu::proof
