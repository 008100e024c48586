// SPDX-License-Identifier: GPL-3.0-or-later
// Disposals and purges from hand to hand.
#include "tests/unit/admin/keeping_fixture.hpp"

namespace vanthu::admin {
namespace {

TEST_F(KeepingCommands, ADisposalGoesFromHandToHand) {
  const std::string file = due_file();
  refused("", {"disposal", "propose", "--explanation", "Hết giá trị.", "vptu"});
  const json::value proposed = ask("lan", {"disposal", "propose", "--explanation", "Hết giá trị.", "vptu"});
  const std::string list(proposed.at("list_sha256").as_string());
  EXPECT_EQ(proposed.at("records").to_number<int>(), 2);
  refused("lan", {"disposal", "decide", "--decision", "12-QĐ/VPTU", "--date", iso(day_of(now())), "1", "none.pdf"},
          EX_NOINPUT);
  EXPECT_NE(refused("lan", {"disposal", "decision", "1"}, EX_NOINPUT).find("chưa có quyết định"), std::string::npos);
  files_["nang.pdf"] = std::string((16U << 20) + 1, 'x');
  const std::string big =
      refused("lan", {"disposal", "decide", "--decision", "12-QĐ/VPTU", "--date", iso(day_of(now())), "1", "nang.pdf"},
              EX_USAGE);
  for (const char* part : {"nang.pdf", "16777217", "16777216", "quét lại"})
    EXPECT_NE(big.find(part), std::string::npos) << part << " in " << big;
  files_.erase("nang.pdf");
  const auto decide = [](const std::string& paper) {
    return std::vector<std::string>{"disposal", "decide",           "--decision", "12-QĐ/VPTU",
                                    "--date",   iso(day_of(now())), "1",          paper};
  };
  files_["quyet-dinh.docx"] = std::string("PK\x03\x04 %PDF-1.7", 12);
  for (const char* paper : {"note.txt", "quyet-dinh.docx"}) {
    const std::string why = refused("lan", decide(paper), EX_USAGE);
    for (const char* part : {paper, "không phải bản quét", "PDF, TIFF, JPEG", "PNG"})
      EXPECT_NE(why.find(part), std::string::npos) << part << " in " << why;
  }
  ask("lan", {"disposal", "decide", "--decision", "12-QĐ/VPTU", "--date", iso(day_of(now())), "1", "quyet-dinh.pdf"});
  const std::string scan = files_.at("quyet-dinh.pdf");
  EXPECT_EQ(run("lan", {"disposal", "decision", "1"}).out, scan);
  units_ = {"btctu"};
  refused("lan", {"disposal", "decision", "1"}, EX_NOINPUT);
  units_.clear();
  refused("lan", {"disposal", "approve", "--list", list, "1"});
  refused("minh", {"disposal", "approve", "--list", "0123456789abcdef", "1"});
  ask("minh", {"disposal", "approve", "--list", list.substr(0, 16), "1"});
  refused("minh", {"disposal", "certificate", "1"});
  for (const char* person : {"", "lan", "minh"}) refused(person, {"disposal", "execute", "1"});
  EXPECT_TRUE(no_key_.shredded.empty());
  ask("lan",
      {"hold", "set", "--owner", "UBKT", "--reason", "đơn thư", "--review", "2999-01-01", "--unit", "vptu", "Lịch"});
  EXPECT_NE(run("hoa", {"disposal", "execute", "--dry-run", "1"}).out.find("Để lại 1 bản ghi 2: lệnh giữ số 1 (UBKT)"),
            std::string::npos);
  keeper_with(nullptr);
  EXPECT_NE(refused("hoa", {"disposal", "execute", "1"}).find("nothing can be destroyed"), std::string::npos);
  EXPECT_EQ(run("lan", {"archive", "get", "1"}).exit, 0) << "it was not feigned";
  keeper_with(&no_key_);
  const json::value executed = ask("hoa", {"disposal", "execute", "1"});
  EXPECT_EQ(executed.at("destroyed").to_number<int>(), 1);
  EXPECT_EQ(executed.at("spared").to_number<int>(), 1);
  EXPECT_EQ(no_key_.shredded, (std::vector<std::uint64_t>{1}));
  const std::string text = run("lan", {"disposal", "certificate", "1"}).out;
  for (const char* part : {"BIÊN BẢN HỦY TÀI LIỆU HẾT GIÁ TRỊ", "Căn cứ quyết định:     12-QĐ/VPTU ngày ",
                           "Người đề nghị:         lan@x.example", "Người duyệt:           minh@x.example",
                           "Người thực hiện:       hoa@x.example", "Đã hủy:                1 bản ghi: 1\n",
                           "  2: lệnh giữ số 1 (UBKT)", "khoá riêng của từng bản ghi đã bị xoá", "Thư mời năm 2026"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  EXPECT_EQ(run("lan", {"disposal", "certificate", "--pdf", "1"}).out.substr(0, 5), "%PDF-");
  const json::value certificate = ask("lan", {"disposal", "certificate", "1"});
  EXPECT_EQ(certificate.at("decision_sha256").as_string(), hex(sha256(files_.at("quyet-dinh.pdf"))));
  EXPECT_EQ(certificate.at("decision_octets").to_number<std::uint64_t>(), scan.size());
  EXPECT_NE(text.find("bản quét lưu ở:      khung "), std::string::npos) << text;
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_EQ(run("minh", {"disposal", "decision", "1"}).out, scan) << "whatever becomes of the view";
  EXPECT_EQ(ask("lan", {"disposal", "certificate", "1"}), certificate);
  EXPECT_EQ(hex(sha256(certificate.at("list").as_string())), list);
  const std::string told = refused("lan", {"archive", "show", "1"}, EX_NOINPUT);
  EXPECT_NE(told.find("đã hủy theo quyết định 12-QĐ/VPTU"), std::string::npos) << told;
  EXPECT_NE(run("lan", {"file", "show", file}).out.find("Đã hủy: 1"), std::string::npos);
  EXPECT_EQ(run("lan", {"archive", "verify"}).exit, 0);
  EXPECT_EQ(run("lan", {"archive", "reconcile"}).exit, 0);
}

/// The archive has one copy of a letter, whoever got it.
TEST_F(KeepingCommands, ADisposalSaysWhichOtherUnitsHaveTheRecords) {
  record({"ID4", "Thư mời nhiều nơi", "", "", "", "", {"vptu", "btctu", "ubkt"}, "2026-11-25"});
  record({"ID5", "Thư mời riêng", "", "", "", "", {"vptu", "btctu"}, "2026-11-25"});
  due_file();
  ask("lan", {"file", "open", "--unit", "vptu", "--year", "2026", "--code", "02.TH", "--title", "Thư mời nhiều nơi",
              "--class", "5-nam"});
  ask("lan", {"file", "add", "vptu/2026/02.TH", "4-5"});
  ask("lan", {"file", "close", "--ended", "2026-12-31", "vptu/2026/02.TH"});
  ask("lan", {"file", "open", "--unit", "btctu", "--year", "2026", "--code", "01", "--title", "x", "--class", "2-nam"});
  ask("lan", {"file", "add", "btctu/2026/01", "5"});
  ask("lan", {"file", "close", "--ended", "2026-12-31", "btctu/2026/01"});
  const json::value alone = ask("lan", {"disposal", "propose", "--explanation", "x", "vptu/2026/01.TH"});
  EXPECT_EQ(alone.at("others"),
            (json::value{{"looked_at", 2}, {"records", 0}, {"filed", 0}, {"units", json::object()}}));
  EXPECT_EQ(run("lan", {"disposal", "execute", "--dry-run", "1"}).out.find("đơn vị khác"), std::string::npos);
  const json::value expected{{"looked_at", 2}, {"records", 2}, {"filed", 1}, {"units", {{"btctu", 2}, {"ubkt", 1}}}};
  EXPECT_EQ(ask("lan", {"disposal", "propose", "--explanation", "x", "vptu/2026/02.TH"}).at("others"), expected);
  EXPECT_EQ(ask("lan", {"disposal", "show", "2"}).at("others"), expected);
  EXPECT_EQ(ask("hoa", {"disposal", "execute", "--dry-run", "2"}).at("others"), expected);
  for (const auto& words :
       std::vector<std::vector<std::string>>{{"disposal", "show", "2"}, {"disposal", "execute", "--dry-run", "2"}}) {
    const std::string text = run("lan", words).out;
    for (const char* part : {"hủy là hủy cho mọi đơn vị", "Ít nhất 2 trong 2 bản ghi đã xem", "btctu (btctu): 2",
                             "ubkt (ubkt): 1", "1 trong 2 bản ghi đã xem còn nằm trong hồ sơ của đơn vị khác"})
      EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  }
  // Who is of one receiving unit is not told who else got a blind copy.
  const archive::Letter letter{"ID6", "Thư mời của xã", "", "", "", "", {"vp", "xa"}, "2026-11-25"};
  mail::Accepted blind = archive::accepted(letter);
  blind.deliveries.front().original = "luu@hatinh.example";
  write(*records_, blind, archive::octets_of(letter), true);
  ASSERT_TRUE(archive_->catch_up());
  directory::Office people(directory::small_files());
  office_.directory = &*people;
  ask("lan", {"file", "open", "--unit", "xa", "--year", "2026", "--code", "1", "--title", "x", "--class", "5-nam"});
  ask("lan", {"file", "open", "--unit", "vp", "--year", "2026", "--code", "1", "--title", "x", "--class", "2-nam"});
  for (const char* file : {"xa/2026/1", "vp/2026/1"}) {
    ask("lan", {"file", "add", file, "6"});
    ask("lan", {"file", "close", "--ended", "2026-12-31", file});
  }
  const json::value all = ask("lan", {"disposal", "propose", "--explanation", "x", "xa"});
  EXPECT_EQ(all.at("others").at("units"), (json::value{{"vp", 1}}));
  units_ = {"xa"};
  sights_ = {{"xa", {}}};
  const json::value some = ask("hoa", {"disposal", "show", "3"});
  EXPECT_EQ(some.at("others").at("units"), json::object()) << "no unit is named";
  EXPECT_EQ(some.at("others").at("filed"), 0) << "nor is it told what another unit has filed";
}

TEST_F(KeepingCommands, APurgeHidesTheRecordAtOnceAndWantsTheQueue) {
  ask("lan", {"archive", "purge", "--sealed", "05/NP", "--reason", "lưu nhầm", "2", "note.txt"});
  EXPECT_NE(refused("lan", {"archive", "get", "2"}).find("xoá khẩn cấp số 1"), std::string::npos);
  refused("lan", {"archive", "show", "2"});
  refused("lan", {"archive", "purge-confirm", "1"});
  refused("minh", {"archive", "purge-confirm", "1"}, EX_UNAVAILABLE);
  EXPECT_TRUE(no_key_.shredded.empty()) << "no gateway runs here, so nobody could empty its queue";
  ask("minh", {"archive", "purge-withdraw", "--reason", "không phải mật", "1"});
  EXPECT_EQ(run("lan", {"archive", "get", "2"}).exit, 0);
  EXPECT_NE(run("lan", {"archive", "purges"}).out.find("đã rút"), std::string::npos);
}

/// Also what was written on its number before it was sent, which is of no record.
TEST_F(KeepingCommands, APurgeFindsTheFramesOfWhatAMailroomWrote) {
  const registers::Acting clerk{"huong", "p1", "lời mật", archive::noon("2026-11-24")};
  const std::string book = "di/vptu/xx/tb-tu";
  const auto frame_of = [&](const std::function<Result<registers::Events>(const lmdb::Transaction&)>& decide) {
    const auto written = archive_->act(decide);
    EXPECT_TRUE(written) << written.error().detail;
    return written ? written->front().sequence : 0;
  };
  const auto remark = [&](std::uint32_t number) {
    return frame_of([&](const lmdb::Transaction& txn) {
      return registers::remark(registers_, txn, book, {number}, "ghi mật", clerk);
    });
  };
  registers::Allocating given{"vptu", {}, 1, 8};
  given.card.form = "party";
  given.card.symbol = "TB/TU";
  given.card.subject = "trích yếu mật";
  std::vector<std::uint64_t> frames{
      frame_of([&](const lmdb::Transaction& txn) { return registers::allocate(registers_, txn, given, clerk); })};
  frames.push_back(frame_of([&](const lmdb::Transaction& txn) {
    return registers::correct(registers_, txn, book, {8}, "subject", "sửa mật", clerk);
  }));
  remark(7);
  frames.push_back(remark(8));
  for (const auto& [was, now] : {std::pair{8U, "09"}, {9U, "08"}})
    frames.push_back(frame_of([&](const lmdb::Transaction& txn) {
      return registers::correct(registers_, txn, book, {was}, "number", now, clerk);
    }));
  record({"ID4", "Thông báo", "party", "08", "TB/TU", "Trích yếu", {"btctu"}, "2026-11-24"});
  ASSERT_TRUE(archive_->catch_up());
  frames.push_back(remark(8));
  RegisterStore store(*archive_, registers_);
  ASSERT_TRUE(store.forget({4}));
  auto found = store.frames_about(4);
  ASSERT_TRUE(found) << found.error().detail;
  std::sort(found->begin(), found->end());
  EXPECT_EQ(*found, frames);
}

/// A book has no gap; what it says of a record that waits for its purge only those read who decide on it.
TEST_F(KeepingCommands, WhatWaitsForAPurgeStandsInItsRegisterWithoutWords) {
  office_.registers = &registers_;
  const std::string book = "di/vptu/xx/tb-tu";
  const std::vector<std::vector<std::string>> ways{{"register", "show", book},
                                                   {"register", "show", "--json", book},
                                                   {"register", "show", "--line", "7", book},
                                                   {"register", "show", "--line", "7", "--json", book},
                                                   {"register", "export", "--as", "csv", book},
                                                   {"register", "list", "--waiting"},
                                                   {"register", "list", "--waiting", "--json"}};
  ask("lan", {"archive", "purge", "--sealed", "05/NP", "--reason", "lưu nhầm", "3", "note.txt"});
  for (const auto& words : ways)
    EXPECT_NE(run("lan", words).out.find("Kết luận"), std::string::npos) << testing::PrintToString(words);
  units_ = {"khac"};
  mailrooms_ = {"vptu", "btctu"};
  for (const auto& words : ways) {
    const Answer answer = run("hoa", words);
    EXPECT_EQ(answer.exit, 0) << answer.err;
    EXPECT_NE(answer.out.find("TB/TU"), std::string::npos) << answer.out;
    for (const char* goes : {"Kết luận", "thanh tra", "Thông báo", "vanthu.btctu@"})
      EXPECT_EQ(answer.out.find(goes), std::string::npos) << goes << testing::PrintToString(words) << answer.out;
  }
  refused("hoa", {"register", "export", "--as", "lines", "--volume", "1", book});
  units_.clear();
  ask("minh", {"archive", "purge-withdraw", "--reason", "không phải mật", "1"});
  units_ = {"khac"};
  EXPECT_NE(run("hoa", ways[0]).out.find("Kết luận"), std::string::npos);
}

TEST_F(KeepingCommands, ADecisionIsKeptAsScannersAndSignersWriteIt) {
  due_file();
  const std::string der = std::string("\x30\x82\x10\x00", 4) + "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02 …";
  const std::pair<const char*, std::string> scans[] = {
      {"q.pdf", "%PDF-1.7 12-QĐ"},        {"q.tif", std::string("II*\0\x08", 5)}, {"q.tiff", std::string("MM\0*\0", 5)},
      {"q.jpg", "\xFF\xD8\xFF\xE0 JFIF"}, {"q.png", "\x89PNG\r\n\x1A\n…"},        {"q.pdf.p7m", der}};
  int number = 0;
  for (const auto& [name, octets] : scans) {
    files_[name] = octets;
    const std::string proposal = std::to_string(++number);
    ask("lan", {"disposal", "propose", "--explanation", "Hết giá trị.", "vptu"});
    ask("lan", {"disposal", "decide", "--decision", "12-QĐ/VPTU", "--date", iso(day_of(now())), proposal, name});
    EXPECT_EQ(run("lan", {"disposal", "decision", proposal}).out, octets) << name;
    ask("lan", {"disposal", "withdraw", "--reason", "thử", proposal});
  }
}

/// Certificate and history are for readers who may not see all that stood against it.
TEST_F(KeepingCommands, WhyADisposalSparedARecordIsSaidAsItsUnitIsTold) {
  directory::Office people;
  office_.directory = &*people;
  record({"ID4", "Chung", "", "", "", "", {"vp", "xa"}, "2026-11-24"});
  ASSERT_TRUE(archive_->catch_up());
  ask("lan", {"file", "open", "--unit", "xa", "--year", "2026", "--code", "01", "--title", "x", "--class", "2-nam"});
  ask("lan", {"file", "add", "xa/2026/01", "4"});
  ask("lan", {"file", "close", "--ended", "2026-12-31", "xa/2026/01"});
  const std::string list(ask("lan", {"disposal", "propose", "--explanation", "x", "xa"}).at("list_sha256").as_string());
  ask("lan", {"disposal", "decide", "--decision", "12-QĐ", "--date", iso(day_of(now())), "1", "quyet-dinh.pdf"});
  ask("minh", {"disposal", "approve", "--list", list, "1"});
  ask("lan", {"hold", "set", "--owner", "UBKT", "--reason", "x", "--review", "2999-01-01", "--records", "4"});
  units_ = {"xa"};
  const std::string before =
      run("hoa", {"disposal", "show", "1"}).out + run("hoa", {"disposal", "execute", "--dry-run", "1"}).out;
  EXPECT_EQ(before.find("UBKT"), std::string::npos) << before;
  EXPECT_NE(before.find("điều ngoài phạm vi của đơn vị còn giữ lại"), std::string::npos) << before;
  units_.clear();
  EXPECT_EQ(ask("hoa", {"disposal", "execute", "1"}).at("spared").to_number<int>(), 1);
  units_ = {"xa"};
  const std::string certificate = run("hoa", {"disposal", "certificate", "1"}).out;
  EXPECT_NE(certificate.find("  4: điều ngoài phạm vi của đơn vị còn giữ lại"), std::string::npos) << certificate;
  for (const auto& [unit, told] : {std::pair{"xa", true}, {"vp", false}}) {
    sights_ = {{unit, {}}};
    const std::string history = run("hoa", {"record", "history", "4", "--json"}).out;
    EXPECT_EQ(history.find("record.spared") != std::string::npos, told) << history;
    EXPECT_EQ(history.find("UBKT"), std::string::npos) << history;
  }
}

}  // namespace
}  // namespace vanthu::admin
