// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "admin/import_state.hpp"

namespace vanthu::admin {
namespace {
namespace fs = std::filesystem;

class State : public testing::Test {
 protected:
  void SetUp() override {
    file_ = fs::temp_directory_path() / ("vanthu-import-state-" + std::to_string(::getpid()));
    fs::remove(file_);
  }
  void TearDown() override { fs::remove(file_); }
  fs::path file_;
  const std::string digest_ = std::string(64, 'a');
};

TEST_F(State, GoesOnUnderTheSameRunWithWhatWasDone) {
  std::string run;
  {
    auto state = ImportState::open(file_);
    ASSERT_TRUE(state);
    run = (*state)->run();
    EXPECT_EQ(run.size(), 32U);
    EXPECT_FALSE((*state)->resumed());
    EXPECT_TRUE((*state)->note("INBOX", "one", {'i', 7, 3, digest_}));
    EXPECT_EQ(ImportState::open(file_).error().reply, Reply(status::busy)) << "two at a time";
  }
  std::ofstream(file_, std::ios::app) << "torn off by a ki";
  {
    auto state = ImportState::open(file_);
    ASSERT_TRUE(state);
    EXPECT_EQ((*state)->run(), run);
    EXPECT_TRUE((*state)->resumed());
    EXPECT_TRUE((*state)->note("", "two", {'n', 8, 0, digest_}));
  }
  auto state = ImportState::open(file_);
  ASSERT_TRUE(state);
  const ImportedItem* one = (*state)->find("INBOX", "one", "");
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->number, 7U);
  EXPECT_EQ(one->other, 3U);
  EXPECT_NE((*state)->find("", "two", digest_), nullptr);
  EXPECT_EQ((*state)->find("", "two", std::string(64, 'b')), nullptr) << "other octets under the same name";
  EXPECT_EQ((*state)->find("", "one", ""), nullptr);
  (*state)->finish();
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(State, OfARunThatTookNothingNoneIsLeft) {
  EXPECT_TRUE(ImportState::open(file_));
  EXPECT_FALSE(fs::exists(file_));
  std::string run;
  {
    auto state = ImportState::open(file_);
    ASSERT_TRUE(state);
    run = (*state)->run();
    (*state)->keep();
  }
  for (int again = 0; again < 2; ++again) {
    auto state = ImportState::open(file_);
    ASSERT_TRUE(state);
    EXPECT_EQ((*state)->run(), run) << "what the first one may have taken is known by it, whoever stopped since";
  }
  EXPECT_TRUE(fs::exists(file_));
}

TEST_F(State, WritesOverNothingElse) {
  for (const char* text : {"what is this\n", "x", "vanthu-import 2 0123\n"}) {
    std::ofstream(file_) << text;
    EXPECT_EQ(ImportState::open(file_).error().reply, Reply(status::bad_arguments)) << text;
    std::ifstream in(file_);
    EXPECT_EQ((std::string{std::istreambuf_iterator<char>(in), {}}), text);
  }
}

TEST_F(State, BeginsWhereThereIsNoneOrAKillToreItsFirstLine) {
  for (const char* text : {"", "van", "vanthu-import 1 0123"}) {
    std::ofstream(file_) << text;
    auto state = ImportState::open(file_);
    ASSERT_TRUE(state) << text;
    EXPECT_FALSE((*state)->resumed());
  }
  EXPECT_TRUE((*ImportState::open("")).get() != nullptr) << "no file at all";
}

}  // namespace
}  // namespace vanthu::admin
