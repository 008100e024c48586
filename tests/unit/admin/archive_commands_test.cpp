// SPDX-License-Identifier: GPL-3.0-or-later
// The archive's commands as an archivist gives them, over real logs.
#include <sysexits.h>

#include "admin/commands.hpp"
#include "admin/dispatch.hpp"
#include "admin/record_text.hpp"
#include "gateway/audit/trail.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/journal/frame.hpp"
#include "tests/unit/archive/fixture.hpp"
#include "tests/unit/directory/fixture.hpp"

namespace vanthu::admin {
namespace {

class ArchiveCommands : public archive::ArchiveTest {
 protected:
  void SetUp() override {
    ArchiveTest::SetUp();
    record({"ID1", "Công văn về chuyển đổi số", "party", "15", "CV/VPTU", "Chuyển đổi số", {"bantc"}, "2026-11-02"});
    record({"ID2", "Giấy mời họp Uỷ ban", "party", "07", "TB/TU", "Kết luận", {"ubkt", "bantc"}, "2026-11-24"});
    record({"ID3", "Góp ý 99-QĐ/TU", "", "", "", "", {"ubkt"}, "2026-11-24"});
    open_archive();
    audit_log_ = *journal::Log::open(real_disk(), {folder_ / "audit", 3, 1U << 20, 0});
    trail_ = std::make_unique<audit::Trail>(*audit_log_);
    office_.archive = archive_.get();
    office_.spool_log = spool_.get();
    office_.record_log = records_.get();
    office_.trail = trail_.get();
  }
  void TearDown() override {
    trail_.reset();
    audit_log_.reset();
    ArchiveTest::TearDown();
  }
  Answer run(const std::vector<std::string>& words) {
    const Named named = named_by(words);
    if (named.command == nullptr) return {EX_USAGE, "", "no such command"};
    Request request;
    request.words.assign(words.begin() + static_cast<std::ptrdiff_t>(named.words), words.end());
    request.actor = "luutru";
    return run_audited(office_, *trail_, *named.command, request);
  }
  std::unique_ptr<journal::Log> audit_log_;
  std::unique_ptr<audit::Trail> trail_;
  Office office_;
};

std::vector<std::uint64_t> numbers_in(const std::string& json) {
  std::vector<std::uint64_t> numbers;
  const boost::json::value answer = boost::json::parse(json);
  for (const auto& record : answer.at("records").as_array())
    numbers.push_back(record.at("number").to_number<std::uint64_t>());
  return numbers;
}
using Numbers = std::vector<std::uint64_t>;

TEST_F(ArchiveCommands, SearchTakesSymbolsWordsUnitsAndDays) {
  const struct {
    std::vector<std::string> words;
    Numbers found;
  } cases[] = {
      {{}, {3, 2, 1}},
      {{"07-TB/TU"}, {2}},
      {{"--symbol", "15"}, {1}},
      {{"uy", "ban"}, {2}},
      {{"chuyển đổi"}, {1}},
      {{"--unit", "ubkt"}, {3, 2}},
      {{"--since", "24/11/2026"}, {3, 2}},
      {{"--until=2026-11-23"}, {1}},
      {{"--most", "1"}, {3}},
      {{"99-QĐ/TU"}, {3}},  // no paper has it, a subject does
      {{"--symbol", "99-QĐ/TU"}, {}},
      {{"--queue-id", "ID2"}, {2}},
      {{"--symbol", "Số 07 - TB/TU"}, {2}},
      {{"Số", "07", "-", "TB/TU"}, {2}},
  };
  for (const auto& one : cases) {
    std::vector<std::string> words{"archive", "search", "--json"};
    words.insert(words.end(), one.words.begin(), one.words.end());
    const Answer answer = run(words);
    ASSERT_EQ(answer.exit, 0) << answer.err;
    EXPECT_EQ(numbers_in(answer.out), one.found) << testing::PrintToString(one.words);
  }
}

TEST_F(ArchiveCommands, SearchByAUnitFindsWhatBecamePartOfIt) {
  directory::Office provinces;
  office_.directory = &*provinces;
  record({"ID4", "Thư của huyện", "", "", "", "", {"huyen"}, "2026-11-24"});
  record({"ID5", "Thư của xã", "", "", "", "", {"xa", "huyen"}, "2026-11-25"});
  record({"ID6", "Thư của đơn vị đã xoá", "", "", "", "", {"xoa"}, "2026-11-25"});
  const auto found = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"archive", "search", "--json"});
    const Answer answer = run(words);
    EXPECT_EQ(answer.exit, 0) << answer.err;
    return numbers_in(answer.out);
  };
  EXPECT_EQ(found({"--unit", "xa"}), (Numbers{5, 4}));
  EXPECT_EQ(found({"--unit", "XA"}), (Numbers{5, 4}));
  EXPECT_EQ(found({"unit:xa"}), (Numbers{5, 4})) << "without the full text, too";
  EXPECT_EQ(found({"--unit", "xa", "--most", "1"}), (Numbers{5}));
  EXPECT_EQ(found({"--unit", "huyen"}), (Numbers{5, 4}));
  EXPECT_EQ(found({"--unit", "xoa"}), (Numbers{6})) << "that the directory has no more";
  EXPECT_EQ(found({"--unit", "vp"}), (Numbers{}));
  const Answer none = run({"archive", "search", "--unit", "nobody"});
  EXPECT_EQ(none.exit, EX_USAGE) << "nothing found would be taken for an answer";
  EXPECT_NE(none.err.find("no unit 'nobody'"), std::string::npos) << none.err;
  office_.directory = nullptr;
}

TEST_F(ArchiveCommands, WhatCannotBeMeantIsNoSearchThatFindsNothing) {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"--sha256", "abc"}, {"--symbol", "-/"}, {"--since", "2026-12-02", "--until", "2026-12-01"}}) {
    std::vector<std::string> all{"archive", "search"};
    all.insert(all.end(), words.begin(), words.end());
    EXPECT_EQ(run(all).exit, EX_USAGE) << words[0];
  }
  for (const char* verb : {"status", "history"})
    EXPECT_EQ(run({"record", verb, ""}).exit, EX_USAGE) << "and not the newest record";
}

TEST_F(ArchiveCommands, SearchSeesARecordThatCameThisInstant) {
  record({"ID4", "Thư mới"});
  EXPECT_EQ(numbers_in(run({"archive", "search", "--json", "mới"}).out), (Numbers{4}));
}

TEST_F(ArchiveCommands, SearchPrintsALineARecord) {
  EXPECT_EQ(run({"archive", "search", "--until", "2026-11-23"}).out,
            "Số  Nhận lúc          Chiều  Số, ký hiệu  Ngày VB     Tiêu đề\n"
            "1   2026-11-02 12:00  đi     15-CV/VPTU   2026-11-20  Công văn về chuyển đổi số\n");
  EXPECT_EQ(run({"archive", "search", "không-có"}).out, "Không tìm thấy bản ghi nào.\n");
}

TEST_F(ArchiveCommands, ShowTellsEnvelopePapersAndPlace) {
  const std::string text = run({"archive", "show", "2"}).out;
  for (const char* part : {"Bản ghi số 2", "vanthu.vptu@hatinh.example", "luu@hatinh.example  (Bcc)", "đơn vị ubkt",
                           "07-TB/TU", "Thông báo", "Kết luận", "SHA-256", "khung 2"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  const boost::json::value json = boost::json::parse(run({"archive", "show", "2", "--json"}).out);
  EXPECT_EQ(json.at("number").to_number<int>(), 2);
  EXPECT_EQ(json.at("id").as_string(), "ID2");
  EXPECT_EQ(json.at("forward_paths").as_array().size(), 2U);
  EXPECT_EQ(json.at("position").at("sequence").to_number<int>(), 2);
}

TEST_F(ArchiveCommands, GetGivesTheOctetsAndNothingElse) {
  const Answer answer = run({"archive", "get", "2"});
  EXPECT_EQ(answer.exit, 0);
  EXPECT_EQ(answer.out,
            archive::octets_of({"ID2", "Giấy mời họp Uỷ ban", "party", "07", "TB/TU", "Kết luận", {"ubkt", "bantc"}}));
  EXPECT_EQ(answer.err, "");
}

TEST_F(ArchiveCommands, VerifyAndReconcileSayNoWhenSomethingIsWrong) {
  EXPECT_EQ(run({"archive", "verify"}).exit, 0);
  EXPECT_EQ(run({"archive", "verify", "2-3"}).exit, 0);
  EXPECT_EQ(run({"archive", "reconcile"}).exit, 0);
  const archive::Letter lost{"IDX", "Lạc"};
  write(*spool_, archive::accepted(lost), archive::octets_of(lost), false);
  const Answer reconciled = run({"archive", "reconcile", "--json"});
  EXPECT_EQ(reconciled.exit, 1);
  EXPECT_EQ(boost::json::parse(reconciled.out).at("faults").as_array().size(), 1U);
  const auto head = archive_->show(1)->head;
  damage(folder_ / "records" / journal::segment_name(head.at.segment),
         head.at.offset + journal::frame_head_octets + head.meta_octets + 3);
  const Answer verified = run({"archive", "verify"});
  EXPECT_EQ(verified.exit, 1);
  EXPECT_NE(verified.out.find("record 1: "), std::string::npos) << verified.out;
  EXPECT_EQ(run({"archive", "verify", "2-3"}).exit, 0);
  EXPECT_EQ(run({"archive", "get", "1"}).exit, EX_DATAERR);
  EXPECT_EQ(run({"archive", "get", "1"}).out, "");
}

TEST_F(ArchiveCommands, RebuildSaysHowFarItCame) {
  EXPECT_EQ(run({"archive", "rebuild"}).out, "Đã dựng lại chỉ mục tới bản ghi 3.\n");
  EXPECT_EQ(numbers_in(run({"archive", "search", "--json"}).out), (Numbers{3, 2, 1}));
}

TEST_F(ArchiveCommands, WrongWordsAreAnsweredWithTheUsage) {
  const std::vector<std::vector<std::string>> wrong{{"archive", "get"},
                                                    {"archive", "get", "x"},
                                                    {"archive", "get", "1", "2"},
                                                    {"archive", "show", "0"},
                                                    {"archive", "verify", "3-1"},
                                                    {"archive", "verify", "x"},
                                                    {"archive", "search", "--since", "hôm qua"},
                                                    {"archive", "search", "--sinse", "x"},
                                                    {"archive", "search", "--most", "0"},
                                                    {"archive", "rebuild", "now"},
                                                    {"audit", "list", "--most", "x"}};
  for (const auto& words : wrong) {
    const Answer answer = run(words);
    EXPECT_EQ(answer.exit, EX_USAGE) << testing::PrintToString(words);
    EXPECT_NE(answer.err.find("usage: vanthu " + words[0] + ' ' + words[1]), std::string::npos) << answer.err;
  }
  EXPECT_EQ(run({"archive", "get", "99"}).exit, EX_NOINPUT);
  EXPECT_EQ(run({"archive", "search", "…"}).exit, EX_USAGE);
}

TEST_F(ArchiveCommands, EveryAccessStandsInTheAuditList) {
  run({"archive", "search", "uỷ ban"});
  run({"archive", "show", "2"});
  run({"archive", "get", "3"});
  run({"archive", "verify", "1-2"});
  run({"archive", "reconcile"});
  const boost::json::value list = boost::json::parse(run({"audit", "list", "--json"}).out);
  const auto& entries = list.at("entries").as_array();
  ASSERT_EQ(entries.size(), 5U);
  const char* acts[] = {"archive.reconcile", "archive.verify", "archive.get", "archive.show", "archive.search"};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(entries[i].at("act").as_string(), acts[i]);
    EXPECT_EQ(entries[i].at("actor").as_string(), "luutru");
  }
  EXPECT_EQ(entries[2].at("subject").as_string(), "record 3");
  EXPECT_EQ(entries[4].at("details").at("query_sha256").as_string(), hex(sha256("uỷ ban")));
  EXPECT_EQ(entries[4].at("details").at("records").to_number<int>(), 1);
  EXPECT_NE(run({"audit", "list", "--act", "archive.get"}).out.find("record 3"), std::string::npos);
}

TEST(LocalMinute, IsTheClockInVietNam) {
  EXPECT_EQ(local_minute("2026-11-24T08:00:00.123Z"), "2026-11-24 15:00");
  EXPECT_EQ(local_minute("2026-12-31T17:05:00Z"), "2027-01-01 00:05");
  EXPECT_EQ(local_minute("never"), "never");
}

}  // namespace
}  // namespace vanthu::admin
