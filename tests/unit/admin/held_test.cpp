// SPDX-License-Identifier: GPL-3.0-or-later
// What is shown of held letters, and whose they are.
#include <gtest/gtest.h>
#include <sysexits.h>

#include <boost/json.hpp>

#include "admin/commands.hpp"
#include "admin/held_text.hpp"
#include "filters/facts.hpp"
#include "gateway/spool/queue.hpp"
#include "tests/unit/archive/fixture.hpp"
#include "tests/unit/directory/fixture.hpp"

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

/// Letters from outside in a queue, and who looks after units looks at them.
class HeldLetters : public archive::ArchiveTest {
 protected:
  void SetUp() override {
    ArchiveTest::SetUp();
    desk_.config = &config_;
    desk_.directory = &*people_;
  }
  void TearDown() override {
    queue_.reset();
    ArchiveTest::TearDown();
  }
  /// To xa, and to vp as a blind copy; a rule holds some of the deliveries.
  void send(const std::string& id, std::vector<std::uint32_t> held) {
    mail::Accepted a = archive::accepted({id, "Thư ngoài"});
    auto facts = *filters::parse_facts(a.facts);
    facts.to = {{"", "Vanthu.KyAnh@tinh.example"}};
    a.facts = filters::to_json(facts);
    a.record_class.clear();
    a.direction = mail::Direction::in;
    a.envelope.reverse_path = mail::Mailbox{"x", "ngoai.example"};
    a.envelope.forward_paths = {{"vanthu.vp", "tinh.example"}, {"vanthu.kyanh", "tinh.example"}};
    a.deliveries.clear();
    for (const auto& [path, unit] : {std::pair{a.envelope.forward_paths[0], "vp"}, {a.envelope.forward_paths[1], "xa"}})
      a.deliveries.push_back({path, mail::format(path), "local", unit, ""});
    a.questions = {{"review", {}, std::move(held), 0, "return", "xem", "kin.rule"}};
    a.verdict =
        boost::json::parse(R"({"steps":[{"rule":"kin.rule","matched":true,"because":"vanthu.vp@tinh.example"}]})");
    write(*spool_, a, archive::octets_of({id, "Thư ngoài"}), false);
  }
  void open_queue() {
    queue_ = std::make_unique<spool::Queue>(*spool_, *records_, spool::Queue::Options());
    ASSERT_TRUE(queue_->recover());
    desk_.queue = queue_.get();
    desk_.review = [this](const intake::Review& review) -> Result<intake::Reviewed> {
      reviewed_.push_back(review.id);
      return intake::Reviewed{1, 0};
    };
  }
  Answer run(const std::vector<std::string>& units, const std::vector<std::string>& words) {
    Request request;
    request.everywhere = units.empty();
    request.units = units;
    request.actor = "ai@tinh.example";
    request.words = {words.begin() + 1, words.end()};
    return find_command("held", words.front())->run(desk_, request);
  }
  /// All that is shown of the letters, but where they are not there.
  std::string shown(const std::vector<std::string>& units, const std::string& id) {
    std::string all;
    for (const auto& words : std::vector<std::vector<std::string>>{{"list"}, {"list", "--json"}})
      all += run(units, words).out;
    for (const auto& words : std::vector<std::vector<std::string>>{{"show", id}, {"show", "--json", id}}) {
      const Answer answer = run(units, words);
      all += answer.exit == 0 ? answer.out : answer.err;
    }
    return all;
  }

  Config config_;
  directory::Office people_;
  std::unique_ptr<spool::Queue> queue_;
  std::vector<std::string> reviewed_;
  Office desk_;
};

TEST_F(HeldLetters, BlindCopiesAreToldToEachTheirOwn) {
  config_.decision_quote = true;
  send("Q1", {0, 1});
  open_queue();
  for (const auto& [units, blind] :
       {std::pair<std::vector<std::string>, bool>{{}, true}, {{"vp"}, true}, {{"xa"}, false}}) {
    const std::string told = shown(units, "Q1");
    EXPECT_NE(told.find("vanthu.kyanh@tinh.example"), std::string::npos) << told;
    EXPECT_NE(told.find("x@ngoai.example"), std::string::npos) << told;
    EXPECT_NE(told.find("kin.rule"), std::string::npos) << told;
    EXPECT_EQ(told.find("vanthu.vp@tinh.example") != std::string::npos, blind) << told;
    EXPECT_EQ(told.find("\"units\":[\"vp\",\"xa\"]") != std::string::npos, blind) << told;
    EXPECT_EQ(run(units, {"list", "--json", "--unit", "vp"}).out.find("Q1") != std::string::npos, blind);
  }
  EXPECT_EQ(run({"xa"}, {"release", "Q1"}).exit, EX_NOPERM) << "it is not theirs alone";
  EXPECT_EQ(reviewed_.size(), 0U);
  EXPECT_EQ(run({"xa", "vp"}, {"release", "Q1"}).exit, 0);
  EXPECT_EQ(reviewed_.size(), 1U);
}

TEST_F(HeldLetters, WhatIsHeldForABlindCopyAloneIsNotThereForOthers) {
  send("Q1", {0});
  open_queue();
  EXPECT_NE(shown({"vp"}, "Q1").find("vanthu.vp@tinh.example"), std::string::npos);
  std::string nothing = shown({"xa"}, "Q9");
  EXPECT_NE(nothing.find("no letter is held"), std::string::npos) << nothing;
  for (std::size_t at = 0; (at = nothing.find("Q9", at)) != std::string::npos;) nothing.replace(at, 2, "Q1");
  EXPECT_EQ(shown({"xa"}, "Q1"), nothing);
  EXPECT_EQ(run({"xa"}, {"release", "Q1"}).exit, run({"xa"}, {"release", "Q9"}).exit);
  EXPECT_EQ(reviewed_.size(), 0U);
}

}  // namespace
}  // namespace vanthu::admin
