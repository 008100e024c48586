// SPDX-License-Identifier: GPL-3.0-or-later
// Which lines records make by themselves.
#include "tests/unit/registers/fixture.hpp"

namespace vanthu::registers {
namespace {
constexpr const char* notice_book = "di/vptu/xx/tb-tu";

TEST_F(RegistersTest, FillTheSendersRegisterByKindAndTerm) {
  const std::uint64_t record = post({.sheets = {{"07", "TB/TU"}}});
  post({.sheets = {{"12", "CV/VPTU", "g"}}});
  post({.from = "an", .sheets = {{"08", "TB/TU", "h"}}});  // a person of that unit: its mailroom's register
  EXPECT_EQ(numbers_in(notice_book), (std::vector<std::uint32_t>{7, 8}));
  EXPECT_EQ(numbers_in("di/vptu/xx/cv-vptu"), std::vector<std::uint32_t>{12});
  const Line line = lines(notice_book).front();
  EXPECT_EQ(line.state, Line::State::sent);
  EXPECT_EQ(line.card.number, "07");
  EXPECT_EQ(line.card.subject, "Kết luận của Thường trực");
  EXPECT_EQ(line.card.signer, "CHÁNH VĂN PHÒNG Trần Bá Khoa");
  EXPECT_EQ(line.card.recipients, "Các huyện, thành, thị uỷ;");
  EXPECT_EQ(line.card.holder, "Lưu VPTU.");
  EXPECT_EQ(line.card.files, file_hash("f"));
  EXPECT_EQ(line.card.signature, "none");
  EXPECT_EQ(line.card.copies, "2");
  EXPECT_EQ(line.day, "2026-11-24");
  ASSERT_EQ(line.despatches.size(), 1U);
  EXPECT_EQ(line.despatches[0].record, record);
  EXPECT_EQ(book(notice_book)->key.period.name, "XX, 2025-2030");
}

TEST_F(RegistersTest, TakeNoLineFromWhatWasImported) {
  const std::uint64_t record = post({.sheets = {{"07", "TB/TU"}}, .imported = true});
  EXPECT_FALSE(book(notice_book)) << "its line stands in the register of its own day";
  EXPECT_TRUE(look([&](const lmdb::Transaction& txn) { return registers_.items(txn, record); }).empty());
}

TEST_F(RegistersTest, GoByThePapersOwnDay) {
  post({.sheets = {{"07", "TB/TU", "f", "2025-10-02"}, {"07", "TB/TU"}}, .day = "2026-11-24"});
  // One record carries the last number of the old term and the same number of the new one: two papers of two registers
  // would be wanted, and the reader gives one of a number and symbol. The first is taken.
  EXPECT_EQ(numbers_in("di/vptu/xix/tb-tu"), std::vector<std::uint32_t>{7});
  post({.sheets = {{"09", "TB/TU", "x", "1916-11-20"}}});  // a misread century is not believed
  EXPECT_EQ(numbers_in(notice_book), std::vector<std::uint32_t>{9});
  post({.from = "vanthu.xa", .sheets = {{"01", "QC/ĐU", "y"}}});  // no term known: by the year
  EXPECT_EQ(numbers_in("di/xa/2026/qc-du"), std::vector<std::uint32_t>{1});
}

TEST_F(RegistersTest, KeepOthersPapersAndUnnumberedLettersApart) {
  post({.sheets = {{"57", "NQ/TW"}}});  // passed on
  post({.sheets = {}});                 // a letter without a paper
  post({.sheets = {{"3", "TB/TU", "d", "2026-11-20", "x", "Dự thảo lần 2"}}});
  EXPECT_FALSE(book(notice_book));
  EXPECT_EQ(lines("di/vptu/2026/khac").size(), 3U);
  EXPECT_EQ(lines("di/vptu/2026/khac")[0].card.symbol, "NQ/TW");
  EXPECT_EQ(lines("di/vptu/2026/khac")[1].number, 0U);
}

TEST_F(RegistersTest, GiveEachReceivingMailroomALetterToRegister) {
  const std::uint64_t record = post(
      {.to = {"vanthu.btctu", "vanthu.xa", "vanthu.vptu", "an"}, .sheets = {{"07", "TB/TU"}, {"3", "QĐ/TU", "q"}}});
  const auto items = look([&](const lmdb::Transaction& txn) { return registers_.items(txn, record); });
  ASSERT_EQ(items.size(), 4U) << "two units, two papers; not the sender itself, not a person";
  for (const Item& item : items) EXPECT_EQ(item.state, Item::State::waiting);
  const auto waiting = look([&](const lmdb::Transaction& txn) { return registers_.waiting(txn, "xa", 10); });
  ASSERT_EQ(waiting.size(), 2U);
  EXPECT_EQ(waiting[1].paper, 1U);
  EXPECT_EQ(waiting[0].mailbox, "vanthu.xa@hatinh.example");
  const std::uint64_t outside = post({.from = "", .to = {"vanthu.vptu"}, .sheets = {{"15", "QĐ-UBND", "u"}}});
  EXPECT_EQ(look([&](const lmdb::Transaction& txn) { return registers_.waiting(txn, "", 10).size(); }), 5U);
  EXPECT_FALSE(book("di/vptu/2026/khac")) << "what comes in is not sent";
  EXPECT_EQ(look([&](const lmdb::Transaction& txn) { return registers_.card(txn, outside, 0).symbol; }), "QĐ-UBND");
}

TEST_F(RegistersTest, KnowThePaperThatIsSentTwice) {
  const std::uint64_t first = post({.sheets = {{"07", "TB/TU"}}});
  const std::uint64_t second = post({.to = {"vanthu.xa"}, .sheets = {{"07", "TB/TU"}}});
  auto list = lines(notice_book);
  ASSERT_EQ(list.size(), 1U);
  ASSERT_EQ(list[0].despatches.size(), 2U);
  EXPECT_EQ(list[0].despatches[1].sort, Line::Despatch::Sort::again);
  const auto waiting = look([&](const lmdb::Transaction& txn) { return registers_.waiting(txn, "xa", 10); });
  ASSERT_EQ(waiting.size(), 2U);
  EXPECT_EQ(waiting[1].before, first);
  // Another file of the same paper (same day, same trích yếu) is a version of it, another paper a duplicate.
  post({.sheets = {{"07", "TB/TU", "signed"}}});
  EXPECT_EQ(gaps(notice_book).versions, std::vector<std::uint32_t>{7});
  EXPECT_TRUE(gaps(notice_book).duplicates.empty());
  post({.sheets = {{"07", "TB/TU", "other", "2026-11-21", "Việc khác"}}});
  EXPECT_EQ(gaps(notice_book).duplicates, std::vector<std::uint32_t>{7});
  EXPECT_EQ(numbers_in(notice_book), (std::vector<std::uint32_t>{7, 7}));
  ASSERT_TRUE(enter("xa", first));
  const auto again = enter("xa", second);
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().detail.find("số đến 1"), std::string::npos) << again.error().detail;
  EXPECT_TRUE(enter("xa", second, 0, true));
}

TEST_F(RegistersTest, SameNumberAndSymbolInOneLetterIsOnePaperWithTwoFiles) {
  post({.sheets = {{"07", "TB/TU", "pdf"}, {"7", "TB / TU", "docx"}, {"08", "TB/TU", "g"}}});
  const auto list = lines(notice_book);
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].card.files, file_hash("pdf") + "\n" + file_hash("docx"));
  EXPECT_EQ(list[1].despatches[0].paper, 1U);
}

TEST_F(RegistersTest, ReportWhatTheyHaveNotSeenBetweenTwoNumbers) {
  for (const char* number : {"12", "3", "4", "7"}) post({.sheets = {{number, "TB/TU", number}}});
  const Gaps found = gaps(notice_book);
  ASSERT_EQ(found.unseen.size(), 2U);
  EXPECT_EQ(found.unseen[0].first, 5U);
  EXPECT_EQ(found.unseen[0].last, 6U);
  EXPECT_EQ(found.unseen[1].first, 8U);
  EXPECT_EQ(found.unseen[1].last, 11U);
  EXPECT_EQ(numbers_in(notice_book), (std::vector<std::uint32_t>{3, 4, 7, 12}));
}

TEST_F(RegistersTest, SayWhatStillWaitedForSomebodysWord) {
  post({.sheets = {{"07", "TB/TU"}}, .waits = true});
  EXPECT_TRUE(lines(notice_book).front().card.waited);
}

TEST_F(RegistersTest, WhatStrangersWroteIsKeptInBounds) {
  std::string evil =
      "a\x1b[31m\r\nb\xE2\x80\xAE"
      "c" +
      std::string(9000, 'x');
  post({.sheets = {{"07", "TB/TU", "f", "2026-11-20", evil}}});
  const std::string subject = lines(notice_book).front().card.subject;
  EXPECT_LE(subject.size(), limits::text_octets);
  EXPECT_TRUE(subject.starts_with("a [31m b c")) << subject.substr(0, 20);
  EXPECT_EQ(kept("x\xC2\x85y\xFF"), "x y\xEF\xBF\xBD");
  EXPECT_EQ(kept("a\nb", true), "a\nb");
}

TEST_F(RegistersTest, ARecordThatNobodyCanReadStopsNoOther) {
  mail::Accepted odd = archive::accepted({"X", "x"});
  odd.facts = boost::json::value("none");
  write(*records_, odd, archive::octets_of({"X", "x"}), true);
  post({.sheets = {{"07", "TB/TU"}}});
  EXPECT_EQ(numbers_in(notice_book), std::vector<std::uint32_t>{7});
}

}  // namespace
}  // namespace vanthu::registers
