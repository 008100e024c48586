// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/proof/checkpoint.hpp"

#include <gtest/gtest.h>

#include "tests/unit/proof/tree.hpp"

namespace vanthu::proof {
namespace {

// The example of c2sp.org/tlog-cosignature.
constexpr const char* published =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

TEST(Checkpoint, IsReadAndWritten) {
  const auto read = parse_checkpoint(published);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->origin, "example.com/behind-the-sofa");
  EXPECT_EQ(read->size, 20852163U);
  EXPECT_EQ(to_text(*read), published);
  EXPECT_EQ(*parse_checkpoint(std::string(published) + "extension\n"), *read);
}

TEST(Checkpoint, OtherTextIsNone) {
  const std::string root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
  for (const std::string& text :
       {std::string(), "a\n1\n" + root, "\n1\n" + root + "\n", "a\n01\n" + root + "\n", "a\n-1\n" + root + "\n",
        "a\n1 \n" + root + "\n", "a\n18446744073709551616\n" + root + "\n", std::string("a\n1\nAAAA\n"),
        "a\n1\n" + root + "=\n"})
    EXPECT_FALSE(parse_checkpoint(text)) << text;
}

TEST(InclusionProof, IsReadAndWritten) {
  InclusionProof proof;
  proof.index = 12;
  proof.path = leaves(5);
  proof.checkpoint = std::string(published) + "\n\u2014 a QUJDREU=\n";
  EXPECT_EQ(*parse_inclusion_proof(to_text(proof)), proof);
  proof.extra = "opening";
  EXPECT_EQ(*parse_inclusion_proof(to_text(proof)), proof);
  proof.path.clear();
  EXPECT_EQ(*parse_inclusion_proof(to_text(proof)), proof);
}

TEST(InclusionProof, OtherTextIsNone) {
  for (const char* text :
       {"", "c2sp.org/tlog-proof@v2\nindex 0\n\n", "c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v1\nindex 0\n",
        "c2sp.org/tlog-proof@v1\nindex 00\n\n", "c2sp.org/tlog-proof@v1\nindex x\n\n",
        "c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\n", "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n"})
    EXPECT_FALSE(parse_inclusion_proof(text)) << text;
}

}  // namespace
}  // namespace vanthu::proof
