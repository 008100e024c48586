// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "filters/facts.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/base/digest.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::archive {

/// One letter as a test describes it.
struct Letter {
  std::string id;
  std::string subject;
  std::string form{}, number{}, symbol{};  // of its paper; no number and no symbol: no paper
  std::string paper_subject{};
  std::vector<std::string> units{};  // of the recipients
  std::string day = "2026-11-24";    // of receipt, at noon in Viet Nam
  std::string record_class = "official";
};

inline Time noon(const std::string& day) {
  return Time(std::chrono::sys_days(*parse_date(day)) + std::chrono::hours(5));
}

inline std::string octets_of(const Letter& letter) {
  return "Subject: " + letter.subject + "\r\nMessage-ID: <" + letter.id + "@vptu.example>\r\n\r\nKính gửi.\r\n";
}

inline mail::Accepted accepted(const Letter& letter) {
  const std::string octets = octets_of(letter);
  filters::Facts facts;
  facts.sha256 = hex(sha256(octets));
  facts.octets = octets.size();
  facts.subject = letter.subject;
  facts.to = {{"", "tatca@hatinh.example"}};  // the other one is a blind copy
  facts.message_id = "<" + letter.id + "@vptu.example>";
  if (!letter.number.empty() || !letter.symbol.empty()) {
    filters::Paper paper;
    paper.part = "2";
    paper.form = letter.form;
    paper.number = letter.number;
    paper.symbol = letter.symbol;
    paper.kind = "Thông báo";
    paper.date = "2026-11-20";
    paper.subject = letter.paper_subject;
    facts.papers.push_back(paper);
  }
  mail::Accepted a;
  a.id = letter.id;
  a.received = noon(letter.day);
  a.direction = mail::Direction::out;
  a.envelope.reverse_path = mail::Mailbox{"vanthu.vptu", "hatinh.example"};
  a.envelope.forward_paths = {{"tatca", "hatinh.example"}, {"luu", "hatinh.example"}};
  for (const std::string& unit : letter.units)
    a.deliveries.push_back({{"vanthu." + unit, "hatinh.example"}, "tatca@hatinh.example", "local", unit, ""});
  a.sha256 = facts.sha256;
  a.record_class = letter.record_class;
  a.facts = filters::to_json(facts);
  a.verdict = boost::json::object{{"action", "accept"}, {"record_class", letter.record_class}};
  return a;
}

/// A data folder with a record log, a spool log and an archive over them.
class ArchiveTest : public testing::Test {
 protected:
  void SetUp() override { open_logs(); }
  void TearDown() override {
    archive_.reset();
    spool_.reset();
    records_.reset();
  }

  std::filesystem::path view_file() const { return folder_ / "archive.lmdb"; }

  void open_logs() {
    auto records = journal::Log::open(real_disk(), {folder_ / "records", 2, 1U << 20, 0});
    ASSERT_TRUE(records) << records.error().detail;
    records_ = *std::move(records);
    auto spool = journal::Log::open(real_disk(), {folder_ / "spool", 1, 1U << 20, 0});
    ASSERT_TRUE(spool) << spool.error().detail;
    spool_ = *std::move(spool);
  }
  void open_archive() {
    archive_.reset();
    auto archive = Archive::open(*records_, view_file(), [](const mail::Mailbox& address, Date) {
      return address.local_part == "vanthu.vptu" ? std::string("vptu") : std::string();
    });
    ASSERT_TRUE(archive) << archive.error().detail;
    archive_ = *std::move(archive);
    auto caught_up = archive_->catch_up();
    ASSERT_TRUE(caught_up) << caught_up.error().detail;
  }
  /// Written as the gateway writes it; returns where.
  static journal::FrameHead write(journal::Log& log, const mail::Accepted& message, const std::string& octets,
                                  bool numbered) {
    journal::Draft draft{journal::Kind::message, numbered, mail::to_json(message),
                         std::make_shared<const Octets>(*Octets::of(octets))};
    auto head = log.append_and_wait(std::move(draft));
    EXPECT_TRUE(head) << head.error().detail;
    return *head;
  }
  journal::FrameHead record(const Letter& letter) {
    return write(*records_, accepted(letter), octets_of(letter), true);
  }
  std::vector<std::uint64_t> numbers(const Query& query) const {
    const auto answer = archive_->search(query);
    EXPECT_TRUE(answer) << answer.error().detail;
    std::vector<std::uint64_t> found;
    if (answer)
      for (const Summary& summary : answer->records) found.push_back(summary.number);
    return found;
  }
  /// Changes one octet of a file.
  static void damage(const std::filesystem::path& file, std::uint64_t offset) {
    std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
    out.seekg(static_cast<std::streamoff>(offset));
    const char octet = static_cast<char>(out.get() ^ 0x40);
    out.seekp(static_cast<std::streamoff>(offset));
    out.put(octet);
  }

  test::TempFolder folder_{"archive"};
  std::unique_ptr<journal::Log> records_, spool_;
  std::unique_ptr<Archive> archive_;
};

}  // namespace vanthu::archive
