// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/audit/trail.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "gateway/vault/vault.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::audit {
namespace {

class TrailTest : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void TearDown() override { log_.reset(); }
  void open() {
    log_.reset();
    auto log = journal::Log::open(real_disk(), {folder_ / "audit", 3, 1U << 20, 0});
    ASSERT_TRUE(log) << log.error().detail;
    log_ = *std::move(log);
  }
  static Act act(const std::string& actor, const std::string& name, const std::string& subject) {
    return {{}, actor, name, subject, "done", {{"exit", 0}}};
  }
  test::TempFolder folder_{"audit"};
  std::unique_ptr<journal::Log> log_;
};

TEST_F(TrailTest, ListsWhatWasRecordedNewestFirstAfterANewStart) {
  EXPECT_EQ(*Trail(*log_).record(act("root", "archive.get", "record 12")), 1U);
  EXPECT_EQ(*Trail(*log_).record(act("lanntt", "directory.import", "demo")), 2U);
  open();
  const auto entries = Trail(*log_).list({});
  ASSERT_TRUE(entries) << entries.error().detail;
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ((*entries)[0].number, 2U);
  EXPECT_EQ((*entries)[0].act.actor, "lanntt");
  EXPECT_EQ((*entries)[1].act.subject, "record 12");
  EXPECT_EQ((*entries)[1].act.details.at("exit").as_int64(), 0);
  EXPECT_NE((*entries)[1].act.time, Time{});
}

TEST_F(TrailTest, ListsByActorAndByActAndNoMoreThanAsked) {
  const Trail trail(*log_);
  for (int i = 1; i <= 300; ++i)
    ASSERT_TRUE(
        trail.record(act(i == 3 ? "root" : "lanntt", i % 2 ? "archive.get" : "queue.retry", std::to_string(i))));
  EXPECT_EQ(trail.list({.most = 7})->size(), 7U);
  EXPECT_EQ(trail.list({.most = 7})->front().act.subject, "300");
  const auto roots = trail.list({.actor = "root"});
  ASSERT_EQ(roots->size(), 1U);  // far behind the first window
  EXPECT_EQ(roots->front().act.subject, "3");
  EXPECT_EQ(trail.list({.act = "archive.get", .most = 1000})->size(), 150U);
  EXPECT_EQ(trail.list({.act = "queue.", .most = 1000})->size(), 150U);
  EXPECT_EQ(trail.list({.act = "queue", .most = 1000})->size(), 0U);
}

TEST_F(TrailTest, RefusesToRecordInALogOpenedForReading) {
  log_.reset();
  auto log = journal::Log::open_read_only(real_disk(), {folder_ / "audit", 3, 1U << 20, 0});
  ASSERT_TRUE(log);
  EXPECT_FALSE(Trail(**log).record(act("root", "archive.get", "record 1")));
  EXPECT_TRUE(Trail(**log).list({})->empty());
}

/// What lies in a folder's files, one behind the other.
std::string everything_in(const std::filesystem::path& folder) {
  std::string all;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  return all;
}

class SealedTrailTest : public TrailTest {
 protected:
  void SetUp() override {
    TrailTest::SetUp();
    auto vault = vault::Vault::open(real_disk(), {folder_ / "keys", "file:" + (folder_ / "master.key").string()});
    ASSERT_TRUE(vault) << vault.error().detail;
    vault_ = *std::move(vault);
  }
  void TearDown() override {
    log_.reset();
    vault_.reset();
    TrailTest::TearDown();
  }
  void open_sealed(journal::Keys* keys) {
    log_.reset();
    auto log = journal::Log::open(real_disk(), {folder_ / "audit", 3, 1U << 20, 0, 0, 0, keys});
    ASSERT_TRUE(log) << log.error().detail;
    log_ = *std::move(log);
  }
  static Act typed(const std::string& reason) {
    return {{}, "lanntt", "hold.set", "hold 1", "done", {{"words", boost::json::array{"--reason", reason}}}};
  }
  std::unique_ptr<vault::Vault> vault_;
};

TEST_F(SealedTrailTest, WhatSomebodyTypedLiesNowhereInTheLog) {
  const std::string reason = "thanh tra vụ Nguyễn Văn Mẫu";
  ASSERT_TRUE(Trail(*log_).record(typed("mở như trước")));
  open_sealed(vault_.get());
  ASSERT_TRUE(Trail(*log_).record(typed(reason)));
  EXPECT_NE(everything_in(folder_ / "audit").find("mở như trước"), std::string::npos);
  EXPECT_EQ(everything_in(folder_ / "audit").find(reason), std::string::npos);
  EXPECT_EQ(everything_in(folder_ / "audit").find("hold.set", 2000), std::string::npos);
  open_sealed(vault_.get());
  const auto entries = Trail(*log_).list({.actor = "lanntt"});
  ASSERT_TRUE(entries) << entries.error().detail;
  ASSERT_EQ(entries->size(), 2U) << "old ones, which lie open, are read as before";
  EXPECT_EQ(entries->front().act.details.at("words").as_array().at(1).as_string(), reason);
  EXPECT_FALSE(entries->front().sealed);
  EXPECT_FALSE(entries->back().sealed);
}

TEST_F(SealedTrailTest, AnEntryWhoseKeyIsNotThereIsToldAndHidesNoOther) {
  open_sealed(vault_.get());
  ASSERT_TRUE(Trail(*log_).record(typed("một")));
  ASSERT_TRUE(Trail(*log_).record(typed("hai")));
  journal::KeyName first;
  ASSERT_TRUE(log_->scan(1, [&](const journal::Frame& frame) {
    EXPECT_EQ(frame.seal, journal::Seal::opened);
    EXPECT_EQ(frame.commitment.size(), 32U);
    first = frame.head.key;
    return false;
  }));
  ASSERT_TRUE(vault_->destroy(first));
  const auto entries = Trail(*log_).list({.actor = "lanntt"});
  ASSERT_TRUE(entries) << entries.error().detail;
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_FALSE(entries->front().sealed);
  EXPECT_TRUE(entries->back().sealed);
  EXPECT_EQ(entries->back().number, 1U);
  EXPECT_NE(entries->back().act.time, Time{});
  open_sealed(nullptr);
  EXPECT_EQ(Trail(*log_).list({})->size(), 2U);
  EXPECT_TRUE(Trail(*log_).list({})->front().sealed);
}

TEST(ActJson, SurvivesFormatThenParse) {
  const Act act{Time(std::chrono::microseconds(1'700'000'000'123'456)),
                "văn thư",
                "archive.search",
                "line\nbreak \"quoted\"",
                "no",
                {{"words", boost::json::array{"uỷ ban", "07-TB/TU"}}, {"exit", 1}}};
  const auto again = parse_act(to_json(act));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*again, act);
}

TEST(ActJson, KeepsAnEntryReadableWhateverOctetsItWasGiven) {
  Act act;
  act.subject = "\xC3(\xFF";
  EXPECT_TRUE(parse_act(to_json(act)));
}

TEST(ActJson, NamesTheFaultOfWhatIsNoEntry) {
  for (const char* text : {"", "[]", "{}", "{\"time\":\"x\"}", "{\"time\":1,\"actor\":2}"}) {
    const auto act = parse_act(text);
    ASSERT_FALSE(act) << text;
    EXPECT_EQ(act.error().reply, Reply(status::corrupt));
  }
}

}  // namespace
}  // namespace vanthu::audit
