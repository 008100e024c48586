// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/proof/add_checkpoint.hpp"

#include <gtest/gtest.h>

namespace vanthu::proof {
namespace {

// The examples of c2sp.org/tlog-witness.
const std::string checkpoint =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\u2014 example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
const std::string request =
    "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n" +
    checkpoint;
const std::string answer =
    "\u2014 witness.example/w1 "
    "CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==\n"
    "\u2014 witness.example/w2 "
    "AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==\n";

TEST(AddCheckpoint, ThePublishedRequestIsReadAndWritten) {
  const auto read = parse_add_checkpoint(request);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->old_size, 20852014U);
  EXPECT_EQ(read->path.size(), 4U);
  EXPECT_EQ(read->checkpoint, checkpoint);
  EXPECT_EQ(to_text(*read), request);
  const auto first = parse_add_checkpoint("old 0\n\n" + checkpoint);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->path.empty());
}

TEST(AddCheckpoint, OtherTextIsNone) {
  const std::string hash = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";
  for (const std::string& text :
       {std::string(), std::string("old\n\n"), std::string("old \n\n"), std::string("old 01\n\n"),
        std::string("old -1\n\n"), std::string("old 18446744073709551616\n\n"), std::string("new 1\n\n"),
        std::string("old 1\n"), std::string("old 1\nx\n\n"), "old 1\n" + hash, "old 1\r\n\n" + checkpoint,
        "old 1\n " + hash + "\n" + checkpoint, std::string("old 1\n\n") + std::string(add_checkpoint_octets, 'a')})
    EXPECT_FALSE(parse_add_checkpoint(text)) << text.substr(0, 80);
  std::string path;
  for (int i = 0; i < 63; ++i) path += hash;
  EXPECT_TRUE(parse_add_checkpoint("old 1\n" + path + "\n" + checkpoint));
  EXPECT_FALSE(parse_add_checkpoint("old 1\n" + path + hash + "\n" + checkpoint));
}

TEST(AddCheckpoint, AnswersAreReadStrictly) {
  const auto signatures = parse_signatures(answer);
  ASSERT_TRUE(signatures) << signatures.error().detail;
  ASSERT_EQ(signatures->size(), 2U);
  EXPECT_EQ((*signatures)[1].name, "witness.example/w2");
  for (const std::string& text : {std::string(), std::string("\n"), answer + "x", answer + "\n", "x" + answer})
    EXPECT_FALSE(parse_signatures(text)) << text;
  EXPECT_EQ(*parse_size("20852163\n"), 20852163U);
  for (const char* text : {"", "1", "01\n", "1\n1\n", " 1\n", "-1\n", "x\n"}) EXPECT_FALSE(parse_size(text)) << text;
}

}  // namespace
}  // namespace vanthu::proof
