// SPDX-License-Identifier: GPL-3.0-or-later
// Which policy is in force after changes, restarts and a disk that fails.
#include "gateway/policies/in_force.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temp_folder.hpp"
#include "tests/unit/journal/faulty_disk.hpp"

namespace vanthu::policies {
namespace {
using namespace std::chrono_literals;

std::string text_of(const std::string& name) {
  return "name = \"" + name +
         "\"\n[[rule]]\nid = \"S-1\"\nsecrecy = [\"mat\", \"toi-mat\", \"tuyet-mat\"]\naction = \"reject\"\n"
         "text_vi = \"chặn\"\ntext_en = \"blocked\"\n";
}
std::shared_ptr<const Policy> policy(const std::string& name) { return *Policy::parse(text_of(name), name); }

class InForceTest : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(folder_ / "policy.toml") << text_of("seed");
    reopen();
  }
  InForce::Options options() {
    InForce::Options options{folder_ / "policy", folder_ / "policy.toml"};
    options.activate = [this](std::shared_ptr<const Policy> one) { active_ = one->book().name; };
    options.clock = [this] { return at_; };
    return options;
  }
  void reopen() {
    auto open = InForce::open(options());
    ASSERT_TRUE(open) << open.error().detail;
    in_force_ = *std::move(open);
  }
  std::string name() const { return in_force_->policy()->book().name; }
  std::string name_after_restart() {
    const auto open = InForce::open(options());
    return open ? (*open)->policy()->book().name : open.error().detail;
  }
  void apply(const std::string& which, std::chrono::seconds trial = 0s) {
    const auto applied = in_force_->apply(policy(which), {"an@x.example", which + ".toml", "because"}, trial);
    ASSERT_TRUE(applied) << applied.error().detail;
    ASSERT_TRUE(*applied);
  }

  test::TempFolder folder_{"policies"};
  Time at_ = now();
  std::string active_;
  std::unique_ptr<InForce> in_force_;
};

TEST_F(InForceTest, IsTheConfigurationsFileUntilOneIsApplied) {
  EXPECT_EQ(name(), "seed");
  std::ofstream(folder_ / "policy.toml") << text_of("seed 2");
  const auto reloaded = in_force_->reload();
  ASSERT_TRUE(reloaded);
  EXPECT_TRUE(*reloaded);
  EXPECT_EQ(active_, "seed 2");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "policy")) << "looking writes nothing";
}

TEST_F(InForceTest, IsWhatWasAppliedWhateverBecomesOfTheFile) {
  apply("one");
  EXPECT_EQ(active_, "one");
  std::ofstream(folder_ / "policy.toml") << text_of("other");
  const auto reloaded = in_force_->reload();
  ASSERT_TRUE(reloaded);
  EXPECT_FALSE(*reloaded);
  EXPECT_EQ(name(), "one");
  std::ofstream(folder_ / "policy.toml") << "rubbish = 1\n";
  EXPECT_FALSE(in_force_->reload()) << "its faults are told all the same";
  EXPECT_EQ(name_after_restart(), "one");
}

TEST_F(InForceTest, KeepsTheHistoryWithWhoAndWhy) {
  apply("one");
  apply("two");
  const auto same = in_force_->apply(policy("two"), {"b", "", ""}, 0s);
  ASSERT_TRUE(same);
  EXPECT_FALSE(*same) << "it is in force";
  reopen();
  const Past past = in_force_->past();
  ASSERT_EQ(past.changes.size(), 3U);
  EXPECT_EQ(past.changes[0].act, "seed");
  EXPECT_EQ(past.changes[2].actor, "an@x.example");
  EXPECT_EQ(past.changes[2].why, "because");
  EXPECT_EQ(past.changes[2].file, "two.toml");
  EXPECT_EQ(*in_force_->text(past.changes[1].version), text_of("one"));
}

TEST_F(InForceTest, GoesBackToThePolicyBeforeOrToANamedOne) {
  EXPECT_FALSE(in_force_->roll_back("", {"an", "", ""})) << "nothing was applied";
  apply("one");
  apply("two");
  ASSERT_TRUE(in_force_->roll_back("", {"an", "", "it was wrong"}));
  EXPECT_EQ(name(), "one");
  EXPECT_EQ(active_, "one");
  ASSERT_TRUE(in_force_->roll_back("1", {"an", "", ""}));
  EXPECT_EQ(name(), "seed");
  ASSERT_TRUE(in_force_->roll_back(policy("two")->version().substr(0, 6), {"an", "", ""}));
  EXPECT_EQ(name_after_restart(), "two");
  EXPECT_FALSE(in_force_->roll_back(policy("two")->version(), {"an", "", ""})) << "it is in force";
  EXPECT_FALSE(in_force_->roll_back("77", {"an", "", ""}));
  EXPECT_EQ(in_force_->past().last()->number, 6U);
}

TEST_F(InForceTest, EndsATrialThatNobodyConfirmed) {
  apply("one");
  apply("two", 10min);
  EXPECT_EQ(in_force_->deadline(), at_ + 10min);
  at_ += 9min;
  EXPECT_FALSE(*in_force_->expire());
  EXPECT_FALSE(in_force_->apply(policy("three"), {"an", "", ""}, 0s)) << "one is on trial";
  reopen();  // the deadline stands over a restart
  EXPECT_EQ(name(), "two");
  at_ += 2min;
  const auto expired = in_force_->expire();
  ASSERT_TRUE(expired);
  ASSERT_TRUE(*expired);
  EXPECT_EQ((*expired)->act, "timeout");
  EXPECT_EQ(active_, "one");
  EXPECT_EQ(name_after_restart(), "one");
  EXPECT_FALSE(in_force_->deadline());
  EXPECT_FALSE(in_force_->confirm({"an", "", ""})) << "too late";
  EXPECT_EQ(in_force_->past().changes[2].result, "timeout");
}

TEST_F(InForceTest, KeepsWhatWasConfirmed) {
  apply("one", 10min);
  ASSERT_TRUE(in_force_->confirm({"an", "", ""}));
  at_ += 1h;
  EXPECT_FALSE(*in_force_->expire());
  reopen();
  EXPECT_EQ(name(), "one");
  EXPECT_EQ(in_force_->past().last()->result, "confirmed");
}

TEST_F(InForceTest, RollingBackEndsATrial) {
  apply("one");
  apply("two", 10min);
  ASSERT_TRUE(in_force_->roll_back("", {"an", "", ""}));
  EXPECT_EQ(name(), "one");
  EXPECT_FALSE(in_force_->deadline());
  EXPECT_EQ(in_force_->past().changes[2].result, "rollback");
}

TEST_F(InForceTest, WhatFailedItsTrialIsNotOnTheWayBack) {
  apply("one");
  apply("two", 10min);
  at_ += 11min;
  ASSERT_TRUE(*in_force_->expire());
  ASSERT_TRUE(in_force_->roll_back("", {"an", "", ""}));
  EXPECT_EQ(name(), "seed") << "what was there before the one that came back";
  EXPECT_FALSE(in_force_->roll_back("", {"an", "", ""})) << "and before it there was none";
  apply("two");
  ASSERT_TRUE(in_force_->roll_back("", {"an", "", ""}));
  EXPECT_EQ(name(), "seed");
}

TEST_F(InForceTest, ATextThatWasDamagedIsWrittenAnewByTheSameOne) {
  apply("one");
  const auto file = folder_ / "policy" / (in_force_->past().last()->version + ".toml");
  std::ofstream(file, std::ios::app) << "# later\n";
  const auto trial = in_force_->apply(policy("two"), {"an", "", ""}, 10min);
  ASSERT_FALSE(trial) << "there would be no way back";
  EXPECT_NE(trial.error().detail.find("--confirm"), std::string::npos);
  EXPECT_EQ(name(), "one");
  apply("one");
  EXPECT_EQ(name_after_restart(), "one");
  std::filesystem::remove(file);
  apply("one");
  EXPECT_EQ(name_after_restart(), "one");
  apply("two", 10min);
}

TEST_F(InForceTest, ATrialWithoutAWayBackSaysWhatToDo) {
  apply("one");
  const auto file = folder_ / "policy" / (in_force_->past().last()->version + ".toml");
  apply("two", 10min);
  std::filesystem::remove(file);
  at_ += 11min;
  EXPECT_FALSE(in_force_->can_expire());
  const auto expired = in_force_->expire();
  ASSERT_FALSE(expired);
  EXPECT_NE(expired.error().detail.find("vanthu policy confirm"), std::string::npos) << expired.error().detail;
  EXPECT_EQ(name(), "two");
  ASSERT_TRUE(in_force_->confirm({"an", "", ""}));
  EXPECT_TRUE(in_force_->can_expire());
}

TEST_F(InForceTest, DoesNotTakeATextThatIsNotWhatItsNameSays) {
  apply("one");
  const std::string version = in_force_->past().last()->version;
  std::ofstream(folder_ / "policy" / (version + ".toml"), std::ios::app) << "# later\n";
  EXPECT_NE(name_after_restart().find("changed or damaged"), std::string::npos);
  InForce::Options repair = options();
  repair.repair = true;
  const auto open = InForce::open(repair);
  ASSERT_TRUE(open);
  ASSERT_TRUE((*open)->apply(policy("two"), {"an", "", ""}, 0s)) << "another can be put in its place";
  EXPECT_EQ(name_after_restart(), "two");
}

TEST_F(InForceTest, ADiskThatFailsAnywhereLeavesTheOldOrTheNewOne) {
  apply("one");
  for (int nth = 0;; ++nth) {
    test::FaultyDisk disk(nth, status::store_failed);
    InForce::Options faulty = options();
    faulty.disk = &disk;
    const auto open = InForce::open(faulty);
    ASSERT_TRUE(open);
    const std::string before = (*open)->policy()->book().name;
    const std::string next = "v" + std::to_string(nth);
    const auto applied = (*open)->apply(policy(next), {"an", "", ""}, 0s);
    if (!disk.failed()) {
      EXPECT_TRUE(applied);
      EXPECT_EQ(name_after_restart(), next);
      break;
    }
    EXPECT_FALSE(applied) << disk.failed_call();
    EXPECT_EQ((*open)->policy()->book().name, before);
    const std::string after = name_after_restart();
    EXPECT_TRUE(after == before || after == next) << after << " after " << disk.failed_call();
    reopen();
  }
}

TEST(Past, SurvivesItsText) {
  Past past;
  past.changes = {{7, "0123456789abcdef", Time(5us), "apply", "a", "f.toml", "vì sao", "confirmed"},
                  {8, "fedcba9876543210", Time(9us), "rollback", "b", "", "", ""}};
  past.trial = Trial{Time(77us), 7};
  const auto again = parse_past(to_json(past));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, past);
}

TEST(Past, IsRefusedWhenItNamesWhatCannotBe) {
  for (
      const char* text :
      {"", "{}", R"({"changes":[]})",
       R"({"changes":[{"number":1,"version":"../../x","at":1,"act":"","actor":"","file":"","why":"","result":""}]})",
       R"({"changes":[{"number":1,"version":"0123456789abcdef","at":1,"act":"","actor":"","file":"","why":"","result":""}],)"
       R"("trial":{"until":1,"back_to":9}})"})
    EXPECT_FALSE(parse_past(text)) << text;
}

}  // namespace
}  // namespace vanthu::policies
