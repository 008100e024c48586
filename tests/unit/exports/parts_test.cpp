// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/parts.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "gateway/exports/plan.hpp"

namespace vanthu::exports {
namespace {

TEST(Parts, ComeAsTheyWent) {
  const Parts sent{{{"state", "record"}},
                   {{"data/records/1.eml", std::string("a\0\n", 3)}, {"data/proofs/1.meta.json", ""}}};
  const auto got = parse_parts(to_wire(sent));
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(got->list, sent.list);
  EXPECT_EQ(got->about, sent.about);
}

TEST(Parts, ThatAreCutOrTooManyAreRefused) {
  const std::string wire = to_wire({{}, {{"a", "octets"}}});
  EXPECT_FALSE(parse_parts(wire.substr(0, wire.size() - 1)));
  EXPECT_FALSE(parse_parts(wire + 'x'));
  EXPECT_FALSE(parse_parts("[]\n"));
  EXPECT_FALSE(parse_parts("{\"parts\":[[\"a\",-1]]}\n"));
  EXPECT_FALSE(parse_parts("{\"parts\":[[\"../a\",0]]}\n"));
  EXPECT_FALSE(parse_parts("{}"));
}

TEST(Parts, NamesNeverLeaveTheFolder) {
  for (const char* name : {"a", "data/records/12.eml", "data/files/f_vptu_2026_05.TH.json"})
    EXPECT_TRUE(is_safe_name(name));
  for (const char* name :
       {"", "/a", "a/", "../a", "a/../b", "a//b", ".vanthu-partial/progress", "a/.b", "a b", "a\\b", "đ"})
    EXPECT_FALSE(is_safe_name(name)) << name;
}

Plan plan() {
  Plan one;
  one.id = "20261129-ABCD";
  one.format = Format::bagit;
  one.purpose = "Giao nộp \"2026\"";
  one.what = described({"1-3", "9"}, {}, std::nullopt);
  one.checkpoint = "x/records\n9\nAAAA\n\n— x sig\n";
  one.files = {"vptu/2026/05"};
  one.records = {1, 2, 3, 9};
  return one;
}

TEST(Plan, IsReadAsItWasWritten) {
  const auto read = parse_plan(to_json(plan()));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read, plan());
  EXPECT_EQ(plan().what, "1-3 9");
  EXPECT_EQ(described({}, {"a/2026/1"}, std::nullopt), "--file a/2026/1");
  EXPECT_EQ(described({}, {}, "kind:TB"), "--search kind:TB");
}

TEST(Plan, OfAnotherFormatIsRefused) {
  EXPECT_FALSE(parse_plan(""));
  EXPECT_FALSE(parse_plan("[]"));
  const std::string text = to_json(plan());
  for (const char* member :
       {"\"records\":\"1-3,9\"", "\"as\":\"bagit\"", "vanthu export 1", "\"purpose\"", "\"files\":["}) {
    std::string bent = text;
    const std::size_t at = bent.find(member);
    ASSERT_NE(at, std::string::npos) << member;
    bent.replace(at, std::string_view(member).size(), std::string(member).replace(1, 1, "#"));
    EXPECT_FALSE(parse_plan(bent)) << member;
  }
}
}  // namespace
}  // namespace vanthu::exports
