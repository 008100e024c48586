// SPDX-License-Identifier: GPL-3.0-or-later
// Commands on a data folder that no gateway has open.
#include "admin/office.hpp"

#include <gtest/gtest.h>
#include <sysexits.h>

#include <filesystem>
#include <fstream>
#include <latch>
#include <thread>

#include "admin/caller.hpp"
#include "admin/commands.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::admin {
namespace {

class OfficeTest : public testing::Test {
 protected:
  void SetUp() override {
    config_.data_folder = folder_ / "data";
    config_.domains = {"hatinh.example"};
    std::filesystem::create_directory(folder_ / "data");
  }
  Answer run_words(const char* noun, const char* verb, std::vector<std::string> words) {
    auto request = gather(*find_command(noun, verb), std::move(words));
    if (!request) return {EX_NOINPUT, "", request.error().detail};
    return run(config_, *find_command(noun, verb), *std::move(request), std::chrono::milliseconds(0));
  }
  test::TempFolder folder_{"office"};
  Config config_;
};

TEST_F(OfficeTest, OpensAFolderThatNoGatewayHasUsedYet) {
  const Answer answer = run_words("archive", "search", {"--json"});
  EXPECT_EQ(answer.exit, 0) << answer.err;
  EXPECT_EQ(answer.err, "");
  EXPECT_EQ(answer.out,
            "{\"records\":[],\"complete_up_to\":0,\"last\":0,\"more\":false,\"without_full_text\":false}\n");
  const Answer audit = run_words("audit", "list", {});
  EXPECT_NE(audit.out.find("archive.search"), std::string::npos) << audit.out;
}

TEST_F(OfficeTest, ShowsRegistersAndWritesNoneWithoutAGateway) {
  const Answer listed = run_words("register", "list", {"--json"});
  EXPECT_EQ(listed.exit, 0) << listed.err;
  EXPECT_EQ(listed.out, "{\"registers\":[]}\n");
  EXPECT_EQ(run_words("register", "show", {"di/vptu/2026/khac"}).exit, EX_NOINPUT);
  EXPECT_EQ(run_words("register", "export", {"--as", "doc", "x"}).exit, EX_USAGE);
  EXPECT_EQ(run_words("register", "gaps", {}).exit, 0);
  for (const auto& [verb, words] : std::vector<std::pair<const char*, std::vector<std::string>>>{
           {"enter", {"1"}},
           {"refuse", {"--cause", "other", "1"}},
           {"allocate", {"--symbol", "TB/TU"}},
           {"cancel", {"--why", "x", "di/vptu/2026/khac", "1"}},
           {"correct", {"--field", "kind", "--now", "x", "--why", "x", "di/vptu/2026/khac", "1"}},
           {"remark", {"--text", "x", "di/vptu/2026/khac", "1"}},
           {"close", {"di/vptu/2026/khac"}}}) {
    const Answer answer = run_words("register", verb, words);
    EXPECT_EQ(answer.exit, EX_UNAVAILABLE) << verb;
    EXPECT_NE(answer.err.find("no gateway runs"), std::string::npos) << answer.err;
  }
}

TEST_F(OfficeTest, PutsAPolicyInForceForTheNextStart) {
  const std::string policy =
      "name = \"x\"\n[[rule]]\nid = \"S-1\"\nsecrecy = [\"mat\", \"toi-mat\", \"tuyet-mat\"]\naction = \"reject\"\n"
      "text_vi = \"chặn\"\ntext_en = \"blocked\"\n[[test]]\nname = \"marked\"\nfacts.secrecy = \"mat\"\n"
      "expect = \"reject\"\nrule = \"S-1\"\n";
  const std::string file = folder_ / "x.toml";
  std::ofstream(file) << policy;
  EXPECT_EQ(run_words("policy", "apply", {file}).exit, 1) << "only shown";
  EXPECT_EQ(run_words("policy", "confirm", {}).exit, EX_NOINPUT);
  const Answer applied = run_words("policy", "apply", {"--yes", "--confirm", "1h", "--why", "thử", file});
  EXPECT_EQ(applied.exit, 0) << applied.err;
  EXPECT_NE(applied.out.find("- rule attachments.executable"), std::string::npos) << applied.out;
  EXPECT_EQ(run_words("policy", "show", {}).out, policy);
  const Answer history = run_words("policy", "history", {"--json"});
  EXPECT_NE(history.out.find("\"why\":\"thử\""), std::string::npos) << history.out;
  EXPECT_NE(history.out.find("trial_until"), std::string::npos) << history.out;
  EXPECT_EQ(run_words("policy", "confirm", {}).exit, 0);
  EXPECT_EQ(run_words("policy", "diff", {file}).exit, 0);
  EXPECT_EQ(run_words("policy", "rollback", {}).exit, 0);
  EXPECT_EQ(run_words("policy", "diff", {file}).exit, 1);
  EXPECT_NE(run_words("audit", "list", {}).out.find("policy.rollback"), std::string::npos);
}

std::string policy_named(const std::string& name) {
  return "name = \"" + name +
         "\"\n[[rule]]\nid = \"S-1\"\nsecrecy = [\"mat\", \"toi-mat\", \"tuyet-mat\"]\naction = \"reject\"\n"
         "text_vi = \"chặn\"\ntext_en = \"blocked\"\n";
}

TEST_F(OfficeTest, ATrialThatCannotEndIsInTheAuditLogOnceAndCanBeConfirmed) {
  {
    auto policies = policies::InForce::open({config_.at("policy"), ""});
    ASSERT_TRUE(policies);
    const auto one = *filters::Policy::parse(policy_named("one"), "one");
    const auto two = *filters::Policy::parse(policy_named("two"), "two");
    ASSERT_TRUE((*policies)->apply(one, {"an", "", ""}, std::chrono::seconds(0)));
    ASSERT_TRUE((*policies)->apply(two, {"an", "", ""}, std::chrono::seconds(1)));
    std::filesystem::remove(config_.at("policy") / (one->version() + ".toml"));
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    const auto log = journal::Log::open(real_disk(), {config_.at("audit"), 3, 1U << 20, 0});
    ASSERT_TRUE(log);
    const audit::Trail trail(**log);
    std::string told;
    for (int i = 0; i < 3; ++i) {
      const auto expired = expire_trial(**policies, trail, &told);
      ASSERT_FALSE(expired);
      EXPECT_NE(expired.error().detail.find("vanthu policy confirm"), std::string::npos) << expired.error().detail;
    }
    EXPECT_EQ(trail.list({})->size(), 2U) << "begun and failed, once";
  }
  EXPECT_EQ(run_words("policy", "confirm", {}).exit, 0);
  const auto again = policies::InForce::open({config_.at("policy"), ""});
  ASSERT_TRUE(again);
  EXPECT_FALSE((*again)->deadline());
}

TEST_F(OfficeTest, ExplainsNoOtherRecordThanTheOneNamed) {
  const Answer answer = run_words("policy", "explain", {"1000000000000000000000"});
  EXPECT_EQ(answer.exit, EX_USAGE) << answer.err;
}

TEST_F(OfficeTest, SaysSoWhenAnotherProcessHoldsTheFolderAndDoesNotAnswer) {
  const auto held = DataLock::take(config_.data_folder);
  ASSERT_TRUE(held);
  const Answer answer = run_words("archive", "search", {});
  EXPECT_EQ(answer.exit, EX_UNAVAILABLE);
  EXPECT_NE(answer.err.find("in use by another process"), std::string::npos) << answer.err;
  EXPECT_NE(answer.err.find("no gateway answers"), std::string::npos) << answer.err;
}

TEST_F(OfficeTest, WorksOnWithoutARecordLogThatCannotBeOpened) {
  std::ofstream(folder_ / "data" / "records") << "a file, no folder";
  const Answer search = run_words("archive", "search", {});
  EXPECT_EQ(search.exit, EX_UNAVAILABLE);
  EXPECT_NE(search.err.find("note: "), std::string::npos) << search.err;
  EXPECT_EQ(run_words("audit", "list", {}).exit, 0);
}

TEST_F(OfficeTest, NeedsAConfigurationThatNamesAFolder) {
  config_.data_folder.clear();
  EXPECT_EQ(run_words("archive", "search", {}).exit, EX_CONFIG);
  config_.data_folder = folder_ / "nowhere";
  EXPECT_EQ(run_words("archive", "search", {}).exit, EX_CONFIG);
}

TEST(DataLockTest, IsFreedWithItsHolder) {
  const test::TempFolder folder("lock");
  {
    const auto first = DataLock::take(folder.path());
    ASSERT_TRUE(first);
    const auto second = DataLock::take(folder.path());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().reply, Reply(status::busy));
    EXPECT_NE(second.error().detail.find("in use by another process (pid "), std::string::npos);
    EXPECT_TRUE(DataLock::held(folder.path()));
  }
  EXPECT_FALSE(DataLock::held(folder.path()));
  EXPECT_TRUE(DataLock::take(folder.path()));
}

TEST(DataLockTest, WaitsForAHolderThatGoesAway) {
  const test::TempFolder folder("lock");
  auto first = std::make_unique<DataLock>(*DataLock::take(folder.path()));
  std::latch waiting(1);
  std::thread second([&] {
    waiting.count_down();
    EXPECT_TRUE(DataLock::take(folder.path(), std::chrono::minutes(1)));
  });
  waiting.wait();
  first.reset();
  second.join();
}

class GatherTest : public OfficeTest {
 protected:
  static Command command(Command::Takes takes) {
    return {"x", "y", "[--at DATE] [--json] FILE…", "", Command::Where::office, takes, nullptr};
  }
};

TEST_F(GatherTest, ReadsTheCsvFilesOfAFolder) {
  std::ofstream(folder_ / "units.csv") << "id\n";
  std::ofstream(folder_ / "people.csv") << "id,name\n";
  std::ofstream(folder_ / "README.md") << "no\n";
  const auto request =
      gather(command(Command::Takes::folder), {"--json", folder_.path().string(), "--at", "2026-11-24"});
  ASSERT_TRUE(request) << request.error().detail;
  EXPECT_EQ(request->files, (std::map<std::string, std::string>{{"units.csv", "id\n"}, {"people.csv", "id,name\n"}}));
  EXPECT_EQ(request->words.size(), 4U);
}

TEST_F(GatherTest, ReadsTheFilesNamedAndNoOption) {
  std::ofstream(folder_ / "a.eml") << "x\r\n";
  const std::string file = folder_ / "a.eml";
  const auto request = gather(command(Command::Takes::files), {"--at", "2026-11-24", file});
  ASSERT_TRUE(request) << request.error().detail;
  EXPECT_EQ(request->files, (std::map<std::string, std::string>{{file, "x\r\n"}}));
}

TEST_F(GatherTest, SaysWhatCannotBeRead) {
  for (const auto takes : {Command::Takes::files, Command::Takes::folder}) {
    const auto missing = gather(command(takes), {folder_ / "nothing"});
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().detail.find("No such file"), std::string::npos) << missing.error().detail;
    EXPECT_FALSE(gather(command(takes), {}));
  }
  EXPECT_FALSE(gather(command(Command::Takes::files), {folder_.path()}));
  EXPECT_FALSE(gather(command(Command::Takes::folder), {folder_.path()}));  // no *.csv
}

}  // namespace
}  // namespace vanthu::admin
