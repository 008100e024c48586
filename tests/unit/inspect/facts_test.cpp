// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/facts.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace vanthu::filters {
namespace {

Facts full() {
  Facts facts;
  facts.sha256 = "ab";
  facts.octets = 12345678901ULL;
  facts.from = {{"Văn thư", "vanthu@vptu.example"}, {"", "b@c"}};
  facts.cc = {{"x", "y@z"}};
  facts.from_fields = 2;
  facts.resent = {{{{"x", "y@z"}}, {{"", "s@z"}}, {{"", "t@z"}}, 1}};
  facts.subject = "Về việc \"họp\"";
  facts.message_id = "<1@x>";
  facts.date = "Tue, 06 Jan 2026 09:00:00 +0700";
  facts.received_fields = 3;
  facts.parts = {{"1.2/bao-cao.pdf", "bao-cao.pdf", "", "application/pdf", 7, "cd", true, true}};
  facts.findings = {{"content.executable", "2", "application/x-dosexec"}};
  Paper paper;
  paper.part = "2";
  paper.form = "party";
  paper.number = "07";
  paper.symbol = "TB/TU";
  paper.secrecy = "toi-mat";
  paper.urgency = "khan";
  paper.recipients = {"Như trên", "Lưu VP"};
  paper.rules = "66-QĐ/TW, 36-HD/VPTW";
  paper.parent = "TỈNH UỶ";
  paper.authority = "T/M BAN THƯỜNG VỤ";
  paper.post = "PHÓ BÍ THƯ";
  paper.signer = "Nguyễn Văn An";
  paper.circulation = "LƯU HÀNH NỘI BỘ";
  paper.draft = "Dự thảo lần 2";
  paper.arrival_number = "153";
  paper.arrival_date = "2026-11-20";
  paper.page = 3;
  paper.sources = {{"number", "ocr", 0.5, 3, 12, Source::Box{10, 20.5, 110, 32}},
                   {"kind", "file-name", 0.25, 0, 0, {}}};
  paper.confidence = 0.75;
  facts.papers = {paper};
  facts.secrecy = "toi-mat";
  facts.secrecy_part = "2";
  return facts;
}

TEST(Facts, SurviveTheWayThroughJson) {
  const Facts facts = full();
  const auto parsed = parse_facts(boost::json::parse(boost::json::serialize(to_json(facts))));
  ASSERT_TRUE(parsed) << parsed.error().detail;
  EXPECT_EQ(*parsed, facts);
}

TEST(Facts, AreTheSameHoweverOftenTheyAreWrittenAndRead) {
  // Fractions that a parser reads to the last bit but one, found by the fuzzer.
  Facts facts = full();
  for (const double confidence : {8.500000000000001E-11, 0.1 + 0.2, 1.0 / 3, 0.9999999, 0.87}) {
    facts.papers[0].confidence = confidence;
    const auto once = parse_facts(boost::json::parse(boost::json::serialize(to_json(facts))));
    ASSERT_TRUE(once) << once.error().detail;
    EXPECT_NEAR(once->papers[0].confidence, confidence, 1e-6);
    const auto again = parse_facts(boost::json::parse(boost::json::serialize(to_json(*once))));
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, *once) << confidence;
  }
}

struct Damage {
  const char* name;
  const char* path;   ///< JSON pointer
  const char* value;  ///< empty: the member is taken out
  const char* complaint;
};
class DamagedFacts : public testing::TestWithParam<Damage> {};

TEST_P(DamagedFacts, AreRefusedByName) {
  boost::json::value json = to_json(full());
  const std::string path = GetParam().path;
  const std::size_t slash = path.rfind('/');
  boost::json::object& holder = slash == 0 ? json.as_object() : json.at_pointer(path.substr(0, slash)).as_object();
  const std::string key = path.substr(slash + 1);
  if (std::string_view(GetParam().value).empty())
    holder.erase(key);
  else
    holder[key] = boost::json::parse(GetParam().value);
  const auto parsed = parse_facts(json);
  ASSERT_FALSE(parsed);
  EXPECT_NE(parsed.error().detail.find(GetParam().complaint), std::string::npos) << parsed.error().detail;
}

INSTANTIATE_TEST_SUITE_P(Members, DamagedFacts,
                         testing::Values(Damage{"missing", "/subject", "", "facts.subject"},
                                         Damage{"wrong_type", "/octets", "\"many\"", "facts.octets"},
                                         Damage{"negative", "/octets", "-1", "facts.octets"},
                                         Damage{"too_large", "/from_fields", "4294967296", "facts.from_fields"},
                                         Damage{"unknown_member", "/surprise", "1", "do not know"},
                                         Damage{"unknown_level", "/secrecy", "\"very\"", "facts.secrecy"},
                                         Damage{"confidence", "/papers/0/confidence", "1.5", "confidence"},
                                         Damage{"part_no_object", "/parts", "[1]", "facts.parts"},
                                         Damage{"reading", "/papers/0/sources/0/reading", "\"mind\"", "reading"},
                                         Damage{"place", "/papers/0/sources/0/left", "1e9", "left"},
                                         Damage{"list_no_list", "/papers", "{}", "facts.papers"},
                                         Damage{"recipient_no_text", "/papers/0/recipients", "[1]", "recipients"},
                                         Damage{"flag", "/parts/0/attachment", "1", "attachment"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Facts, OfOlderProgramsKnowNoResendings) {
  Facts facts = full();
  facts.resent.clear();
  EXPECT_EQ(to_text(facts).find("resent"), std::string::npos);
  EXPECT_TRUE(parse_facts(to_json(facts)));
}

TEST(Facts, HaveAFirstLineOnlyWhereThereIsOne) {
  Facts facts;
  EXPECT_EQ(to_text(facts).find("opening"), std::string::npos);
  facts.opening = "ĐỒNG Ý";
  const auto again = parse_facts(to_json(facts));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->opening, "ĐỒNG Ý");
}

TEST(Facts, ThatAreNoObjectAreRefused) { EXPECT_FALSE(parse_facts(boost::json::parse("[]"))); }

}  // namespace
}  // namespace vanthu::filters
