// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/dispatch.hpp"

#include <gtest/gtest.h>
#include <sysexits.h>

#include <boost/json.hpp>
#include <stdexcept>

#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::admin {
namespace {

int runs = 0;
Answer succeed(Office&, const Request&) { return ++runs, Answer{0, "octets", ""}; }
Answer say_no(Office&, const Request&) { return ++runs, Answer{1, "no\n", ""}; }
Answer break_down(Office&, const Request&) { throw std::runtime_error("broken"); }

Answer begin_export(Office&, const Request&) {
  Answer answer{0, "", ""};
  answer.audit = {{"export", "e1"}, {"first", 3}};
  return answer;
}

Command command(const char* noun, const char* verb, Answer (*run)(Office&, const Request&)) {
  return {noun, verb, "", "help", Command::Where::office, Command::Takes::nothing, run};
}

class DispatchTest : public testing::Test {
 protected:
  void SetUp() override {
    log_ = *journal::Log::open(real_disk(), {folder_ / "audit", 3, 1U << 20, 0});
    request_.words = {"12"};
    request_.actor = "lanntt";
    runs = 0;
  }
  void TearDown() override { log_.reset(); }
  Answer run(const Command& one) { return run_audited(office_, audit::Trail(*log_), one, request_); }
  /// "act subject outcome" of every entry, oldest first.
  std::vector<std::string> entries() const {
    std::vector<std::string> all;
    const auto listed = audit::Trail(*log_).list({});
    EXPECT_TRUE(listed);
    for (const audit::Entry& entry : *listed)
      all.insert(all.begin(), entry.act.act + ' ' + entry.act.subject + ' ' + entry.act.outcome);
    return all;
  }
  void make_trail_fail() {
    log_.reset();
    log_ = *journal::Log::open_read_only(real_disk(), {folder_ / "audit", 3, 1U << 20, 0});
  }
  test::TempFolder folder_{"dispatch"};
  std::unique_ptr<journal::Log> log_;
  Office office_;
  Request request_;
};
using Entries = std::vector<std::string>;

/// Who has seen a record is looked for by it: a purpose is none, on whichever side of the number it was typed.
TEST_F(DispatchTest, ARecordIsNamedByTheOperandAlone) {
  Command show = command("archive", "show", succeed);
  show.arguments = "N [--purpose TEXT] [--json]";
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--purpose", "kiểm tra", "12"},
                                                {"12", "--purpose", "7"},
                                                {"--purpose=7", "--json", "12"}}) {
    request_.words = words;
    run(show);
  }
  request_.words = {"--purposes", "12"};
  run(show);  // as it was typed
  EXPECT_EQ(entries(), (Entries{"archive.show record 12 done", "archive.show record 12 done",
                                "archive.show record 12 done", "archive.show record 12 done"}));
}

TEST_F(DispatchTest, NoPinStandsInTheAuditLog) {
  request_.words = {"--master", "pkcs11:token=vanthu;object=records?pin-value=m4tKhau"};
  run(command("key", "rotate", succeed));
  const auto listed = audit::Trail(*log_).list({});
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 2U);
  for (const audit::Entry& entry : *listed) {
    EXPECT_EQ(audit::to_json(entry.act).find("m4tKhau"), std::string::npos) << audit::to_json(entry.act);
    EXPECT_NE(audit::to_json(entry.act).find("(PIN)"), std::string::npos);
  }
}

/// No purge reaches an entry: what people write about a letter stands in its event, and not here.
TEST_F(DispatchTest, KeepsOfWhatIsWrittenIntoRegistersOnlyHowLongItIs) {
  request_.words = {"--why", "mật một", "--text=mật hai", "--line", "7", "den/x/2026", "--answer"};
  Command remark = command("register", "remark", succeed);
  remark.arguments = "[--line N] [--text TEXT] [--why TEXT] BOOK";
  run(remark);
  request_.words = {"--symbol", "TB/TU", "--kind", "mật năm", "--subject=mật sáu"};
  Command allocate = command("register", "allocate", succeed);
  allocate.arguments = "--symbol S [--kind K] [--subject S]";
  run(allocate);
  request_.words = {"--reason", "mật chín", "vptu/2026/01", "3-5"};
  Command add = command("file", "add", succeed);
  add.arguments = "[--reason TEXT] [--json] FILE N…";
  run(add);
  const std::string added = audit::to_json(audit::Trail(*log_).list({})->front().act);
  EXPECT_NE(added.find(R"j(["--reason","(11 octets)","vptu/2026/01","3-5"])j"), std::string::npos) << added;
  request_.words = {"--sealed", "mật ba", "--reason", "mật bốn", "12"};
  Command purge = command("archive", "purge", succeed);
  purge.arguments = "--reason TEXT --sealed NUMBER RECORD…";
  run(purge);
  // Typed amiss: an option that there is not, a sentence where a number belongs.
  request_.words = {"--resaon", "mật", "--mật=bảy", "bản mật tám", "12"};
  run(purge);
  EXPECT_NE(audit::to_json(audit::Trail(*log_).list({})->front().act)
                .find(R"j(["--(6 octets)","(5 octets)","--(5 octets)=(5 octets)","(16 octets)","12"])j"),
            std::string::npos)
      << audit::to_json(audit::Trail(*log_).list({})->front().act);
  const auto listed = audit::Trail(*log_).list({});
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 10U);
  for (const audit::Entry& entry : *listed)
    EXPECT_EQ(audit::to_json(entry.act).find("mật"), std::string::npos) << audit::to_json(entry.act);
  const std::string purged = audit::to_json((*listed)[2].act), remarked = audit::to_json(listed->back().act);
  EXPECT_NE(purged.find(R"j(["--sealed","(8 octets)","--reason","(11 octets)","12"])j"), std::string::npos) << purged;
  EXPECT_NE(remarked.find(R"j(["--why","(11 octets)","--text=(9 octets)","--line","7","den/x/2026","--(6 octets)"])j"),
            std::string::npos)
      << remarked;
}

TEST_F(DispatchTest, LeavesOneEntryForAnAccess) {
  EXPECT_EQ(run(command("archive", "get", succeed)).out, "octets");
  EXPECT_EQ(entries(), (Entries{"archive.get record 12 done"}));
  const auto act = audit::Trail(*log_).list({})->front().act;
  EXPECT_EQ(act.actor, "lanntt");
  EXPECT_EQ(boost::json::serialize(act.details), R"({"words":["12"],"exit":0})");
}

TEST_F(DispatchTest, KeepsWhatAnExportSaysOfItselfAndNoWordOfItsQuery) {
  Command one = command("archive", "export-begin", begin_export);
  one.arguments = "--purpose TEXT [--search QUERY]";
  request_.words = {"--purpose", "thanh tra", "--search", "chuyện riêng"};
  run(one);
  const auto act = audit::Trail(*log_).list({})->front().act;
  EXPECT_EQ(act.details.at("export").as_string(), "e1");
  EXPECT_EQ(act.details.at("first").to_number<int>(), 3);
  EXPECT_EQ(act.details.at("query_sha256").as_string(), hex(sha256("chuyện riêng")));
  const std::string all = boost::json::serialize(act.details) + act.subject;
  EXPECT_NE(all.find("thanh tra"), std::string::npos);
  EXPECT_EQ(all.find("chuyện riêng"), std::string::npos) << all;
}

TEST_F(DispatchTest, LeavesTwoEntriesForAChange) {
  run(command("archive", "rebuild", succeed));
  EXPECT_EQ(entries(), (Entries{"archive.rebuild records begun", "archive.rebuild records done"}));
  EXPECT_EQ(audit::Trail(*log_).list({})->front().act.details.at("begun").to_number<int>(), 1);
}

TEST_F(DispatchTest, TakesACommandNobodyClassifiedForAChange) {
  run(command("mailbox", "suspend", succeed));
  EXPECT_EQ(entries(), (Entries{"mailbox.suspend 12 begun", "mailbox.suspend 12 done"}));
}

TEST_F(DispatchTest, LeavesNoEntryWhereNoRecordIsTouched) {
  run(command("directory", "resolve", succeed));
  EXPECT_TRUE(entries().empty());
}

TEST_F(DispatchTest, WritesHowItEnded) {
  run(command("archive", "verify", say_no));
  const Answer broken = run(command("archive", "search", break_down));
  EXPECT_EQ(broken.exit, EX_SOFTWARE);
  EXPECT_NE(broken.err.find("broken"), std::string::npos);
  EXPECT_EQ(entries(), (Entries{"archive.verify record 12 no", "archive.search records failed"}));
}

TEST_F(DispatchTest, HandsNothingOutWhenTheAuditLogCannotBeWritten) {
  make_trail_fail();
  const Answer answer = run(command("archive", "get", succeed));
  EXPECT_EQ(answer.exit, EX_TEMPFAIL);
  EXPECT_EQ(answer.out, "");
}

TEST_F(DispatchTest, ChangesNothingWhenTheAuditLogCannotBeWritten) {
  make_trail_fail();
  const Answer answer = run(command("directory", "import", succeed));
  EXPECT_EQ(answer.exit, EX_TEMPFAIL);
  EXPECT_EQ(runs, 0);
}

TEST_F(DispatchTest, KeepsWordsShortAndFew) {
  request_.words.assign(1000, std::string(10'000, 'x') + "\xFF");
  run(command("archive", "search", succeed));
  const auto listed = audit::Trail(*log_).list({});
  ASSERT_TRUE(listed);
  EXPECT_LT(audit::to_json(listed->front().act).size(), 40'000U);
}

TEST_F(DispatchTest, NeverWritesWhatCameOnStandardInput) {
  request_.input = "mat-khau-cua-toi";
  run(command("mailbox", "password", succeed));
  const auto listed = audit::Trail(*log_).list({});
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->size(), 2U);
  for (const audit::Entry& entry : *listed) EXPECT_EQ(audit::to_json(entry.act).find("mat-khau"), std::string::npos);
}

}  // namespace
}  // namespace vanthu::admin
