// SPDX-License-Identifier: GPL-3.0-or-later
// What is shown of held letters, and whose they are.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "admin/held_text.hpp"
#include "filters/facts.hpp"

namespace vanthu::admin {
namespace {

spool::Detail held(const filters::Facts& facts) {
  spool::Detail detail;
  detail.accepted.id = "Q1";
  detail.accepted.direction = mail::Direction::in;
  detail.accepted.deliveries = {{{"b", "x.example"}, "b@x.example", "local", "vptu", ""},
                                {{"c", "x.example"}, "c@x.example", "local", "vptu", ""}};
  detail.accepted.facts = filters::to_json(facts);
  detail.accepted.verdict =
      boost::json::parse(R"({"steps":[{"rule":"scan","matched":true,"because":"KẾ HOẠCH.pdf"}]})");
  detail.recipients = {{0, true}, {1, true}};
  detail.questions = {{{"review", {}, {0, 1}, 3600, "return", "KẾ HOẠCH.pdf", "scan"}, {}}};
  return detail;
}

TEST(Held, QuotesNothingOfWhatBearsAMarking) {
  Config config;
  config.decision_quote = true;
  filters::Facts facts;
  facts.subject = "KẾ HOẠCH";
  for (const bool marked : {false, true}) {
    if (marked) facts.secrecy = "mat";
    const spool::Detail detail = held(facts);
    const HeldRow row = held_row(config, nullptr, detail);
    for (const std::string& text : {held_text(config, row, detail), held_json(config, row, detail),
                                    held_list_text({row}, false), held_list_json({row}, false)})
      EXPECT_EQ(text.find("KẾ HOẠCH") == std::string::npos, marked) << text;
    EXPECT_NE(held_text(config, row, detail).find("scan"), std::string::npos);
  }
}

TEST(Held, WhoWaitsInNoUnitIsNobodys) {
  spool::Detail detail = held({});
  EXPECT_FALSE(is_beyond_units(detail));
  detail.accepted.deliveries[1].unit.clear();
  EXPECT_TRUE(is_beyond_units(detail));
  detail.recipients[1].pending = false;
  EXPECT_FALSE(is_beyond_units(detail)) << "it is gone";
}

}  // namespace
}  // namespace vanthu::admin
