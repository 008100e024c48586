// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/limits.hpp"
#include "tests/unit/keeping/world.hpp"

namespace vanthu::keeping {
namespace {
using namespace std::chrono;
using Kind = Fate::Kind;

class ActsTest : public testing::Test {
 protected:
  std::string open(const std::string& code, const std::string& file_class = "5-nam") {
    File file;
    file.unit = "vptu";
    file.year = 2020;
    file.code = code;
    file.title = "Hồ sơ " + code;
    file.file_class = file_class;
    const auto opened = world.act([&](const Look& look) { return open_file(look, lan, file, ""); });
    EXPECT_TRUE(opened) << opened.error().detail;
    return file.id();
  }
  void add(const std::string& file, const Numbers& records) {
    const auto added = world.act([&](const Look& look) { return add_to_file(look, lan, file, records, ""); });
    ASSERT_TRUE(added) << added.error().detail;
  }
  Result<Events> try_close(const std::string& file, Date ended, const std::string& other = "") {
    return world.act([&](const Look& look) { return close_file(look, lan, file, ended, other, ""); });
  }
  void close(const std::string& file) {
    const auto closed = try_close(file, world.today());
    ASSERT_TRUE(closed) << closed.error().detail;
  }
  /// A closed file of one letter whose term is over.
  std::uint64_t due_record(const std::string& code) {
    const std::uint64_t record = world.receive({"Công văn"});
    const std::string file = open(code);
    add(file, {record});
    close(file);
    world.pass(days(366 * 12));
    EXPECT_EQ(world.fate(record).kind, Kind::due) << world.fate(record).why;
    return record;
  }
  Result<Events> hold(const Numbers& records, bool future = false, const archive::Query& query = {}) {
    return world.act([&](const Look& look) {
      Hold hold;
      hold.owner = "Uỷ ban Kiểm tra";
      hold.reason = "vụ việc";
      hold.review = iso(Date(sys_days(world.today()) + days(90)));
      hold.future = future;
      hold.query = to_json(query);
      return set_hold(look, lan, hold, records);
    });
  }
  Result<Events> release(std::uint64_t number, const Who& who) {
    return world.act([&](const Look& look) { return release_hold(look, who, number, "xong"); });
  }
  Result<Events> propose(const Who& who, const std::string& under = "vptu") {
    return world.act([&](const Look& look) { return propose_disposal(look, who, under, "Hết giá trị."); });
  }
  Result<Events> decide(std::uint64_t number, const Who& who = lan) {
    return world.act([&](const Look& look) {
      return decide_disposal(look, who, number, "12-QĐ/VPTU", world.today(), std::string(64, 'a'), 1000);
    });
  }
  Result<Events> approve(std::uint64_t number, const Who& who) {
    std::string list;
    world.look([&](const Look& look) { list = look.ledger.disposal(look.books, number)->list_sha256; });
    return world.act([&](const Look& look) { return approve_disposal(look, who, number, list.substr(0, 16)); });
  }
  Result<Events> begin(std::uint64_t number, const Who& who) {
    return world.act([&](const Look& look) { return begin_disposal(look, who, number); });
  }
  Result<Events> next(std::uint64_t number, const Who& who = hoa) {
    return world.act([&](const Look& look) { return dispose_next(look, who, number, 100); });
  }
  static std::string why(const Result<Events>& events) { return events ? "it was done" : events.error().detail; }

  World world;
};

TEST_F(ActsTest, AReasonOfBlanksIsNone) {
  for (const char* blank : {"", "   ", "\n", " \u00A0\u200B"})
    EXPECT_EQ(check_text("lý do (--reason)", blank, 100).error().detail, "lý do (--reason): thiếu (is wanted)");
  EXPECT_TRUE(check_text("lý do (--reason)", " x ", 100));
}

TEST_F(ActsTest, AYearsListOfFilesIsSetAndFilesAreOpenedByIt) {
  const auto plan = [&](std::vector<FilePlan::Row> rows) {
    return world.act([&](const Look& look) {
      return plan_files(look, lan, {"vptu", 2020, "15-QĐ/VPTU", std::move(rows), {}}, "");
    });
  };
  const auto open_by_code = [&](const char* code, const char* title = "") {
    File file;
    file.unit = "vptu";
    file.year = 2020;
    file.code = code;
    file.title = title;
    return world.act([&](const Look& look) { return open_file(look, lan, file, ""); });
  };
  EXPECT_FALSE(open_by_code("01")) << "there is no list";
  EXPECT_EQ(plan({}).error().reply, Reply(status::bad_arguments));
  const std::pair<std::vector<FilePlan::Row>, const char*> wrong[] = {
      {{{"01", "Một", "5-nam", ""}, {"01", "Hai", "5-nam", ""}}, "dòng 2"},
      {{{"01", "Một", "3-nam", ""}}, "3-nam"},
      {{{"0 1", "Một", "5-nam", ""}}, "code"},
      {{{"01", "", "5-nam", ""}}, "title"}};
  for (const auto& [rows, word] : wrong) {
    const auto refused = plan(rows);
    ASSERT_FALSE(refused) << word;
    EXPECT_NE(refused.error().detail.find(word), std::string::npos) << refused.error().detail;
  }
  ASSERT_TRUE(plan({{"01", "Hồ sơ đại hội", "10-nam", "Phòng Tổng hợp"}, {"02", "Công văn trao đổi", "5-nam", ""}}));
  ASSERT_TRUE(open_by_code("01"));
  ASSERT_TRUE(open_by_code("02", "Công văn trao đổi năm 2020"));
  EXPECT_FALSE(open_by_code("03")) << "not in the list, and nothing is said of it";
  (void)world.act([&](const Look& look) -> Result<Events> {
    EXPECT_EQ(look.ledger.file(look.books, "vptu/2020/01")->title, "Hồ sơ đại hội");
    EXPECT_EQ(look.ledger.file(look.books, "vptu/2020/01")->file_class, "10-nam");
    EXPECT_EQ(look.ledger.file(look.books, "vptu/2020/02")->title, "Công văn trao đổi năm 2020");
    const auto known = look.ledger.file_plan(look.books, "vptu", 2020);
    EXPECT_TRUE(known && known->rows.size() == 2 && known->decision == "15-QĐ/VPTU");
    EXPECT_EQ(to_file_plan(to_json(*known)), *known);
    EXPECT_FALSE(look.ledger.file_plan(look.books, "vptu", 2021));
    return Events{};
  });
  // Another list takes its place; what is open stays.
  ASSERT_TRUE(plan({{"03", "Báo cáo", "5-nam", ""}}));
  EXPECT_FALSE(open_by_code("04"));
  EXPECT_TRUE(open_by_code("03"));
  (void)world.act([&](const Look& look) -> Result<Events> {
    EXPECT_EQ(look.ledger.file_plan(look.books, "vptu", 2020)->rows.size(), 1U);
    EXPECT_TRUE(look.ledger.file(look.books, "vptu/2020/01"));
    return Events{};
  });
}

TEST_F(ActsTest, TheTermIsOfTheFileByItsMostValuablePaper) {
  const auto letter = world.receive({"Công văn"});
  const auto minutes = world.receive({"Biên bản"});
  const auto loose = world.receive({});
  const std::string file = open("01", "5-nam");
  EXPECT_EQ(world.fate(letter).kind, Kind::unfiled);
  add(file, {letter, loose});
  EXPECT_EQ(world.fate(letter).kind, Kind::open_file);
  close(file);
  const Fate fate = world.fate(loose);
  EXPECT_EQ(fate.kind, Kind::not_yet);
  EXPECT_EQ(iso(*fate.kept_until), "2030-12-31") << "10 years of the letter, after the year in which the work ended";
  ASSERT_EQ(fate.files.front().reasons.size(), 2U);
  ASSERT_TRUE(world.act([&](const Look& look) { return reopen_file(look, lan, file, "thêm biên bản"); }));
  add(file, {minutes});
  close(file);
  EXPECT_EQ(world.fate(loose).kind, Kind::permanent) << "one permanent paper keeps the whole file";
}

TEST_F(ActsTest, ARecordInSeveralFilesStaysAsLongAsTheLongest) {
  const auto record = world.receive({});
  const std::string one = open("01", "2-nam"), two = open("02", "20-nam");
  add(one, {record});
  add(two, {record});
  close(one);
  EXPECT_EQ(world.fate(record).kind, Kind::open_file);
  close(two);
  EXPECT_EQ(iso(*world.fate(record).kept_until), "2040-12-31");
}

TEST_F(ActsTest, NoDateOfAMessageShortensATerm) {
  const auto forged = world.receive({"Công văn", "vptu", "Cũ", "Fri, 01 Jan 1999 00:00:00 +0700"});
  const auto plain = world.receive({"Công văn"});
  const std::string file = open("01");
  add(file, {forged, plain});
  const auto early = try_close(file, year(1999) / 1 / 1);
  EXPECT_NE(why(early).find("nhận ngày 2020-03-01"), std::string::npos) << why(early);
  EXPECT_FALSE(try_close(file, world.today() + years(1)));
  close(file);
  EXPECT_EQ(iso(*world.fate(forged).kept_until), "2030-12-31");
  EXPECT_EQ(world.fate(forged).why, world.fate(plain).why);
}

TEST_F(ActsTest, AKindThatTheTableDoesNotKnowIsKept) {
  const auto record = world.receive({"Hợp đồng", "vptu", "x", "", "state"});
  const std::string file = open("01");
  add(file, {record});
  close(file);
  world.pass(days(40000));
  EXPECT_EQ(world.fate(record).kind, Kind::undetermined);
}

TEST_F(ActsTest, FilesRefuseWhatDoesNotFitTheirState) {
  const auto record = world.receive({});
  const std::string file = open("01");
  EXPECT_NE(why(world.act([&](const Look& look) {
              File again;
              again.unit = "vptu";
              again.year = 2020;
              again.code = "01";
              again.title = "x";
              again.file_class = "5-nam";
              return open_file(look, lan, again, "");
            })).find("đã có"),
            std::string::npos);
  for (const char* code : {"", "a b", "-x", "a,b", "a\tb"}) {
    const auto opened = world.act([&](const Look& look) {
      File bad;
      bad.unit = "vptu";
      bad.year = 2020;
      bad.code = code;
      bad.title = "x";
      bad.file_class = "5-nam";
      return open_file(look, lan, bad, "");
    });
    EXPECT_FALSE(opened) << code;
  }
  EXPECT_FALSE(world.act([&](const Look& look) { return add_to_file(look, lan, file, {99}, ""); }));
  EXPECT_FALSE(world.act([&](const Look& look) { return remove_from_file(look, lan, file, {record}, "x"); }));
  EXPECT_FALSE(world.act([&](const Look& look) { return hand_over_file(look, lan, file, "1", "Kho"); }));
  EXPECT_FALSE(world.act([&](const Look& look) { return reopen_file(look, lan, file, "x"); }));
  add(file, {record});
  EXPECT_FALSE(world.act([&](const Look& look) { return remove_from_file(look, lan, file, {record}, ""); }))
      << "a reason is wanted";
  close(file);
  EXPECT_FALSE(world.act([&](const Look& look) { return remove_from_file(look, lan, file, {record}, "x"); }));
  EXPECT_FALSE(try_close(file, world.today()));
  ASSERT_TRUE(world.act([&](const Look& look) { return hand_over_file(look, lan, file, "03/BBGN", "Kho tỉnh"); }));
  world.pass(days(40000));
  EXPECT_EQ(world.fate(record).kind, Kind::handed_over);
  EXPECT_FALSE(world.act([&](const Look& look) { return reopen_file(look, lan, file, "x"); }));
}

TEST_F(ActsTest, AHoldKeepsWhatItFrozeAndWhatComesLater) {
  archive::Query query;
  query.words = {"thanh tra"};
  const auto before = world.receive({"", "vptu", "Thanh tra đất"});
  ASSERT_TRUE(hold({before}, true, query));
  const auto later = world.receive({"", "vptu", "Kết luận thanh tra"});
  const auto other = world.receive({"", "vptu", "Họp"});
  world.look([&](const Look& look) {
    EXPECT_EQ(look.ledger.records_held_by(look.books, 1), (Numbers{before, later}));
    EXPECT_TRUE(look.ledger.holds_on(look.books, other, look.now).empty());
    EXPECT_EQ(look.ledger.hold(look.books, 1)->records, 2U);
  });
  ASSERT_TRUE(hold({other}));
  const auto unmatched = world.receive({"", "vptu", "Họp"});
  world.look([&](const Look& look) { EXPECT_TRUE(look.ledger.holds_on(look.books, unmatched, look.now).empty()); });
  EXPECT_FALSE(hold({}));
  EXPECT_FALSE(hold({99}));
}

TEST_F(ActsTest, AHoldEndsByTwoPersonsAndATimeToCoolOff) {
  const auto record = due_record("01");
  ASSERT_TRUE(hold({record}));
  EXPECT_EQ(world.fate(record).kind, Kind::held);
  EXPECT_NE(why(propose(lan)).find("held: 1"), std::string::npos) << why(propose(lan));
  EXPECT_FALSE(release(1, root)) << "a machine's account is no person";
  ASSERT_TRUE(release(1, lan));
  EXPECT_FALSE(release(1, lan));
  EXPECT_FALSE(release(1, {"lan2@x.example", "p-lan"})) << "another login of the same person";
  EXPECT_EQ(world.fate(record).kind, Kind::held);
  ASSERT_TRUE(release(1, minh));
  EXPECT_EQ(world.fate(record).kind, Kind::held) << world.fate(record).why;
  EXPECT_FALSE(propose(lan));
  world.pass(days(29));
  EXPECT_FALSE(propose(lan));
  world.pass(days(1));
  EXPECT_TRUE(propose(lan)) << why(propose(lan));
  EXPECT_FALSE(release(1, hoa)) << "released is released";
}

TEST_F(ActsTest, AnotherTableIsPutInForceByAPersonAndKept) {
  std::string tsv = Schedule::built_in().text();
  const std::string row = "hold\tcooling-off\t-\tThời gian chờ sau khi bỏ lệnh giữ (ngày)\t30";
  tsv.replace(tsv.find(row) + row.size() - 2, 2, "90");
  const auto adopt = [&](const Who& who, const std::string& text) {
    return world.act([&](const Look& look) { return adopt_schedule(look, who, text, "bảng của tỉnh"); });
  };
  EXPECT_FALSE(adopt(root, tsv));
  EXPECT_FALSE(adopt(lan, "x"));
  EXPECT_FALSE(adopt(lan, Schedule::built_in().text())) << "it is in force";
  ASSERT_TRUE(adopt(lan, tsv));
  const auto table = Schedule::parse(tsv);
  world.look([&](const Look& look) {
    EXPECT_EQ(look.ledger.schedule_in_force(look.books), table->version());
    EXPECT_EQ(look.ledger.schedule(look.books, table->version()), tsv);
  });
  world.schedule = &*table;
  const auto record = due_record("01");
  ASSERT_TRUE(hold({record}));
  ASSERT_TRUE(release(1, lan));
  ASSERT_TRUE(release(1, minh));
  world.pass(days(89));
  EXPECT_EQ(world.fate(record).kind, Kind::held);
  world.pass(days(1));
  EXPECT_EQ(world.fate(record).kind, Kind::due);
}

TEST_F(ActsTest, ADisposalWantsThreePersonsAndADecision) {
  const auto record = due_record("01");
  EXPECT_FALSE(propose(root));
  ASSERT_TRUE(propose(lan)) << why(propose(lan));
  EXPECT_NE(why(propose(minh)).find("proposed: 1"), std::string::npos) << "it stands in one already";
  EXPECT_FALSE(approve(1, minh)) << "nothing is decided";
  EXPECT_FALSE(begin(1, hoa));
  EXPECT_FALSE(world.act(
      [&](const Look& look) { return decide_disposal(look, lan, 1, "", world.today(), std::string(64, 'a'), 1000); }));
  EXPECT_FALSE(
      world.act([&](const Look& look) { return decide_disposal(look, lan, 1, "12-QĐ", world.today(), "", 0); }));
  EXPECT_FALSE(world.act([&](const Look& look) {
    return decide_disposal(look, lan, 1, "12-QĐ", world.today() + years(1), std::string(64, 'a'), 1000);
  }));
  const auto scanned = [&](std::uint64_t octets) {
    return world.act([&](const Look& look) {
      auto events = decide_disposal(look, lan, 1, "12-QĐ/VPTU", world.today(), std::string(64, 'a'), octets);
      return events ? Result<Events>(Events{}) : events;
    });
  };
  EXPECT_TRUE(scanned(limits::scan_octets));
  EXPECT_NE(why(scanned(limits::scan_octets + 1)).find("16777217 octet, nhiều nhất là 16777216: quét lại"),
            std::string::npos);
  ASSERT_TRUE(decide(1));
  EXPECT_FALSE(world.act([&](const Look& look) { return approve_disposal(look, minh, 1, "0123456789abcdef"); }));
  EXPECT_FALSE(approve(1, lan)) << "who proposed";
  EXPECT_FALSE(approve(1, root));
  ASSERT_TRUE(approve(1, minh));
  for (const Who& who : {lan, minh, root, Who{"khac@x.example", "p-minh"}}) EXPECT_FALSE(begin(1, who)) << who.actor;
  EXPECT_FALSE(next(1)) << "it has not begun";
  ASSERT_TRUE(begin(1, hoa));
  const auto gone = next(1);
  ASSERT_TRUE(gone);
  ASSERT_EQ(gone->size(), 1U);
  EXPECT_EQ(gone->front().what, "record.disposed");
  EXPECT_EQ(gone->front().record, record);
  EXPECT_TRUE(next(1)->empty());
  EXPECT_FALSE(world.act([&](const Look& look) { return finish_disposal(look, hoa, 1, {}); })) << "not destroyed yet";
  ASSERT_TRUE(world.act([&](const Look& look) { return note_destroyed(look, hoa, {record}); }));
  ASSERT_TRUE(world.act([&](const Look& look) { return finish_disposal(look, hoa, 1, {"x"}); }));
  EXPECT_EQ(world.fate(record).why, "đã hủy theo quyết định 12-QĐ/VPTU");
  world.look([&](const Look& look) {
    EXPECT_FALSE(look.ledger.record(look.books, record)) << "nothing of its papers is kept";
    EXPECT_EQ(look.ledger.files_of(look.books, record).size(), 1U) << "its place in the file is";
    EXPECT_TRUE(look.ledger.schedule(look.books, Schedule::built_in().version())) << "what it was judged by is kept";
  });
}

TEST_F(ActsTest, WhatHappensAfterTheApprovalStillCounts) {
  const auto held = due_record("01"), reopened = due_record("02"), plain = due_record("03"), purged = due_record("04");
  ASSERT_TRUE(propose(lan));
  ASSERT_TRUE(decide(1));
  ASSERT_TRUE(approve(1, minh));
  ASSERT_TRUE(hold({held}));
  ASSERT_TRUE(world.act([&](const Look& look) { return reopen_file(look, lan, "vptu/2020/02", "có đơn"); }));
  ASSERT_TRUE(
      world.act([&](const Look& look) { return ask_purge(look, lan, {purged}, std::string(64, 'b'), "01/NP", "lộ"); }));
  ASSERT_TRUE(begin(1, hoa));
  const auto events = next(1);
  ASSERT_TRUE(events);
  ASSERT_EQ(events->size(), 4U);
  for (const archive::Event& event : *events)
    EXPECT_EQ(event.what, event.record == plain ? "record.disposed" : "record.spared") << event.record;
  EXPECT_EQ(world.fate(held).kind, Kind::held);
  ASSERT_TRUE(world.act([&](const Look& look) { return note_destroyed(look, hoa, {plain}); }));
  const auto finished = world.act([&](const Look& look) { return finish_disposal(look, hoa, 1, {}); });
  ASSERT_TRUE(finished);
  EXPECT_EQ(number_in(finished->front().details, "destroyed"), 1U);
  EXPECT_EQ(number_in(finished->front().details, "spared"), 3U);
  EXPECT_EQ(world.fate(reopened).kind, Kind::open_file);
}

TEST_F(ActsTest, AWithdrawnProposalSetsItsRecordsFree) {
  due_record("01");
  ASSERT_TRUE(propose(lan));
  EXPECT_FALSE(world.act([&](const Look& look) { return withdraw_disposal(look, minh, 1, ""); }));
  ASSERT_TRUE(world.act([&](const Look& look) { return withdraw_disposal(look, minh, 1, "sai danh mục"); }));
  EXPECT_FALSE(decide(1));
  EXPECT_TRUE(propose(minh)) << why(propose(minh));
}

TEST_F(ActsTest, APurgeWantsTwoPersonsANoteAndAWordAboutHolds) {
  const auto secret = world.receive({"Nghị quyết"});
  const auto ask = [&](const Who& who, const std::string& note) {
    return world.act(
        [&](const Look& look) { return ask_purge(look, who, {secret}, note, "05/NP-CY", "tài liệu mật"); });
  };
  EXPECT_FALSE(ask(root, std::string(64, 'c')));
  EXPECT_FALSE(ask(lan, ""));
  ASSERT_TRUE(ask(lan, std::string(64, 'c')));
  EXPECT_FALSE(ask(minh, std::string(64, 'c'))) << "it waits already";
  const auto confirm = [&](const Who& who, bool despite) {
    return world.act([&](const Look& look) { return confirm_purge(look, who, 1, despite); });
  };
  EXPECT_FALSE(confirm(lan, false));
  EXPECT_FALSE(confirm(root, false));
  ASSERT_TRUE(hold({secret}));
  EXPECT_FALSE(confirm(minh, false)) << "a hold is on it, and nobody said so";
  const auto gone = confirm(minh, true);
  ASSERT_TRUE(gone) << why(gone);
  EXPECT_EQ(gone->back().what, "record.disposed");
  EXPECT_EQ(world.fate(secret).why, "đã xoá khẩn cấp");
  EXPECT_FALSE(world.act([&](const Look& look) { return finish_purge(look, minh, 1); }));
  ASSERT_TRUE(world.act([&](const Look& look) { return note_destroyed(look, minh, {secret}); }));
  ASSERT_TRUE(world.act([&](const Look& look) { return finish_purge(look, minh, 1); }));
  EXPECT_FALSE(confirm(hoa, true));
}

TEST_F(ActsTest, OddEventsAreLeftAlone) {
  const char* names[] = {"file.opened",       "file.added",        "file.removed",     "file.closed",
                         "file.reopened",     "file.handed-over",  "hold.set",         "hold.release-asked",
                         "hold.released",     "disposal.proposed", "disposal.decided", "disposal.begun",
                         "disposal.executed", "record.spared",     "record.destroyed", "retention.adopted",
                         "purge.asked",       "purge.confirmed",   "purge.done",       "file.unheard"};
  for (const char* name : names)
    for (const char* details : {"{}", R"({"number":-1,"file":7,"records":"x","disposal":5,"hold":"a"})"}) {
      archive::Event event = event_of(name, lan, 3);
      event.details = boost::json::parse(details).as_object();
      EXPECT_TRUE(world.act([&](const Look&) { return Events{event}; })) << name;
    }
  for (const auto& [table, content] : world.tables()) EXPECT_TRUE(content.empty()) << table;
}

}  // namespace
}  // namespace vanthu::keeping
