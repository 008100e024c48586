// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/desk.hpp"

#include <gtest/gtest.h>

#include "gateway/exports/limits.hpp"

namespace vanthu::exports {
namespace {

class DeskTest : public testing::Test {
 protected:
  Result<std::string> open(const std::string& id) {
    Plan plan;
    plan.id = id;
    plan.records = {1};
    return desk_.open(std::move(plan), "lan@x.example", "p-lan");
  }
  Time at_{};
  Desk desk_{[this] { return at_; }};
};

TEST_F(DeskTest, KnowsWhoBeganByTheTicketAlone) {
  const auto ticket = open("e1");
  ASSERT_TRUE(ticket);
  ASSERT_NE(desk_.by_ticket(*ticket), nullptr);
  EXPECT_EQ(desk_.by_ticket(*ticket)->person, "p-lan");
  EXPECT_EQ(desk_.by_ticket(ticket->substr(1)), nullptr);
  EXPECT_EQ(desk_.by_ticket(""), nullptr);
  EXPECT_NE(*open("e2"), *ticket);
  desk_.close("e1");
  EXPECT_EQ(desk_.by_ticket(*ticket), nullptr);
  EXPECT_EQ(desk_.find("e1"), nullptr);
}

TEST_F(DeskTest, ForgetsWhatNobodyAsksForAndKeepsWhatIsUsed) {
  const auto ticket = open("e1");
  ASSERT_TRUE(open("e2"));
  at_ += limits::idle;
  EXPECT_NE(desk_.find("e1"), nullptr);
  at_ += std::chrono::seconds(1);
  EXPECT_NE(desk_.find("e1"), nullptr);
  EXPECT_EQ(desk_.find("e2"), nullptr);
}

TEST_F(DeskTest, GivesNobodyWhatAnotherHasBegun) {
  ASSERT_TRUE(open("e1"));
  Plan plan;
  plan.id = "e1";
  EXPECT_FALSE(desk_.open(plan, "minh@x.example", "p-minh"));
  EXPECT_EQ(desk_.find("e1")->person, "p-lan");
}

TEST_F(DeskTest, HoldsSoManyAndNoMore) {
  for (std::size_t i = 0; i < limits::open; ++i) ASSERT_TRUE(open("e" + std::to_string(i)));
  EXPECT_FALSE(open("one more"));
  EXPECT_TRUE(open("e0")) << "one that goes on takes its own place";
  at_ += limits::idle + std::chrono::seconds(1);
  EXPECT_TRUE(open("one more"));
}
}  // namespace
}  // namespace vanthu::exports
