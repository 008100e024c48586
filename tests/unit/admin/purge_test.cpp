// SPDX-License-Identifier: GPL-3.0-or-later
// A purge of records that share lines of registers, killed again and again: in the end nothing in the log tells the
// secret, and the books that are made of it anew are those that were kept.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <map>
#include <random>
#include <thread>

#include "admin/register_store.hpp"
#include "gateway/archive/book.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/journal/frame.hpp"
#include "gateway/keeping/keeper.hpp"
#include "gateway/keeping/key_shredder.hpp"
#include "gateway/registers/sheet.hpp"
#include "gateway/vault/vault.hpp"
#include "tests/unit/registers/fixture.hpp"

namespace vanthu::admin {
namespace {

class PurgeTest : public registers::RegistersTest {
 protected:
  static constexpr const char* sent = "di/vptu/xx/tb-tu";

  void SetUp() override {
    ArchiveTest::SetUp();
    open();
  }
  void TearDown() override {
    shut();
    ArchiveTest::TearDown();
  }
  void shut() {
    keeper_.reset();
    store_.reset();
    shredder_.reset();
    archive_.reset();
    records_.reset();
    spool_.reset();
    vault_.reset();
  }
  void open() {
    shut();
    auto vault = vault::Vault::open(real_disk(), {folder_ / "keys", "file:" + (folder_ / "master.key").string()});
    ASSERT_TRUE(vault) << vault.error().detail;
    vault_ = *std::move(vault);
    auto log = journal::Log::open(real_disk(), {folder_ / "records", 2, 1U << 20, 0, 0, 0, vault_.get()});
    ASSERT_TRUE(log) << log.error().detail;
    records_ = *std::move(log);
    auto archive = archive::Archive::open(*records_, view_file(), {}, {&registers_, &ledger_});
    ASSERT_TRUE(archive) << archive.error().detail;
    archive_ = *std::move(archive);
    ASSERT_TRUE(archive_->catch_up());
    shredder_ = std::make_unique<keeping::KeyShredder>(*archive_, *vault_);
    store_ = std::make_unique<RegisterStore>(*archive_, registers_);
    keeper_ = std::make_unique<keeping::Keeper>(
        *archive_, ledger_,
        keeping::Keeper::Settings{shredder_.get(), {store_.get()}, [] { return now() + std::chrono::days(366 * 20); }});
  }
  void must(const std::function<Result<keeping::Events>(const keeping::Look&)>& decide) {
    const auto events = keeper_->act(decide);
    ASSERT_TRUE(events) << events.error().detail;
  }
  /// They go by a decision.
  void dispose(const keeping::Numbers& records) {
    keeping::File file;
    file.unit = "vptu";
    file.year = 2026;
    file.code = "01";
    file.title = "Thư mời";
    file.file_class = "2-nam";
    must([&](const keeping::Look& look) { return open_file(look, lan_, file, ""); });
    must([&](const keeping::Look& look) { return add_to_file(look, lan_, file.id(), records, "Lời mật"); });
    must([&](const keeping::Look& look) {
      return close_file(look, lan_, file.id(), day_of(now() + std::chrono::days(366)), "", "");
    });
    must([&](const keeping::Look& look) { return propose_disposal(look, lan_, "vptu", "Hết giá trị."); });
    must([&](const keeping::Look& look) {
      return decide_disposal(look, lan_, 1, "12-QĐ/VPTU", day_of(look.now), std::string(64, 'a'), 1000);
    });
    must([&](const keeping::Look& look) {
      return approve_disposal(look, minh_, 1, look.ledger.disposal(look.books, 1)->list_sha256);
    });
    const auto executed = keeper_->execute(hoa_, 1);
    ASSERT_TRUE(executed) << executed.error().detail;
    ASSERT_EQ(executed->destroyed, records.size());
  }
  std::optional<keeping::Purge> purge() {
    std::optional<keeping::Purge> found;
    EXPECT_TRUE(keeper_->look([&](const keeping::Look& look) -> Result<Done> {
      found = look.ledger.purge(look.books, 1);
      return done;
    }));
    return found;
  }
  void say_purged(std::uint64_t record) {
    must([&](const keeping::Look&) {
      archive::Event event = keeping::event_of("record.disposed", minh_, record);
      event.details = {{"basis", "purge"}, {"number", 1}};
      return keeping::Events{event};
    });
  }
  /// Sequences of frames that tell those who can open them words of the secret.
  std::vector<std::uint64_t> frames_that_tell() const {
    std::vector<std::uint64_t> found;
    EXPECT_TRUE(records_->scan(1, [&](const journal::Frame& frame) {
      const auto body = records_->read_body(frame.head.at);
      if (frame.meta.find("Lời mật") != frame.meta.npos || (body && body->view().find("Lời mật") != body->view().npos))
        found.push_back(frame.head.at.sequence);
      return true;
    }));
    return found;
  }
  /// No frame and no book has a word of the secret, nothing else is wrong, and books made anew are the same.
  void nothing_tells() {
    EXPECT_EQ(*keeper_->finish_what_began(), 0U);
    EXPECT_EQ(frames_that_tell(), std::vector<std::uint64_t>());
    const auto verified = archive_->verify(1, 0);
    ASSERT_TRUE(verified);
    EXPECT_TRUE(verified->faults.empty()) << verified->faults.front();
    const std::string before = everything();
    EXPECT_EQ(before.find("Lời mật"), std::string::npos) << before;
    ASSERT_TRUE(archive_->rebuild());
    EXPECT_EQ(everything(), before);
  }
  const keeping::Who lan_{"lan@x.example", "p-lan"}, minh_{"minh@x.example", "p-minh"}, hoa_{"hoa@x.example", "p-hoa"};
  keeping::Ledger ledger_;
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<keeping::KeyShredder> shredder_;
  std::unique_ptr<RegisterStore> store_;
  std::unique_ptr<keeping::Keeper> keeper_;
};

TEST_F(PurgeTest, AKillLeavesNoWordOfASecretOnceItIsFinished) {
  constexpr std::uint32_t papers = 12;
  keeping::Numbers secret, by_decision;
  for (std::uint32_t number = 1; number <= papers; ++number) {
    const std::string printed = number < 10 ? '0' + std::to_string(number) : std::to_string(number);
    registers::Attached sheet{printed, "TB/TU", "f" + printed, "2026-11-20", "Lời mật của giấy " + printed};
    sheet.kind = "Giấy mời";  // its term ends
    if (number % 2 == 0) {
      registers::Allocating given{"vptu", {}, 1, number};
      given.card.form = "party";
      given.card.symbol = "TB/TU";
      given.card.subject = "Lời mật khi cấp số";
      ASSERT_TRUE(act(registers::allocate, given, clerk("Lời mật")));
      ASSERT_TRUE(act(registers::remark, sent, registers::LineRef{number}, std::string("Lời mật trước"), clerk()));
    }
    const std::uint64_t first = post({.sheets = {sheet}});
    ASSERT_TRUE(enter("xa", first));
    ASSERT_TRUE(act(registers::remark, sent, registers::LineRef{number}, std::string("Lời mật ghi chú"), clerk()));
    ASSERT_TRUE(act(registers::track, registers::Tracking{"xa", first, 0, "2026-12-01", {}, "Lời mật", {}}, clerk()));
    secret.push_back(first);
    // Its file came again, under a subject that tells nothing.
    sheet.subject = "Gửi lại";
    const std::uint64_t again = post({.sheets = {sheet}});
    if (number % 3 == 0) secret.push_back(again);
    if (number % 4 == 1) by_decision.push_back(first);
    if (number % 4 < 2) by_decision.push_back(again);
  }
  ASSERT_EQ(lines(sent).size(), papers) << "two in each";
  dispose(by_decision);
  must([&](const keeping::Look& look) {
    return ask_purge(look, lan_, keeping::sorted(secret), std::string(64, 'b'), "07/NP", "lưu nhầm");
  });
  post({.sheets = {{"99", "TB/TU", "z"}}});  // a view is known by the last record it took
  ASSERT_FALSE(frames_that_tell().empty());
  const auto seed = std::getenv("VANTHU_SEED") != nullptr ? std::stoul(std::getenv("VANTHU_SEED")) : 20261130UL;
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  unsigned kills = 0, anew = 0;
  while (true) {
    shut();
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      open();
      if (keeper_ && !purge()->confirmed) (void)keeper_->purge(minh_, 1, false);
      if (keeper_) (void)keeper_->finish_what_began();
      ::_exit(0);
    }
    // Ever later: a quick disk is killed often, and a slow one gets on in the end.
    ::usleep(static_cast<useconds_t>(1000 + random() % (5000 * (1 + kills))));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    kills += WIFSIGNALED(status) ? 1U : 0U;
    if (random() % 3 == 0) {  // as when the machine goes down, too
      std::filesystem::remove(view_file());
      ++anew;
    }
    open();
    if (purge()->end == "done") break;
    ASSERT_LT(kills, 1000U);
  }
  EXPECT_GT(kills, 2U);
  RecordProperty("kills", static_cast<int>(kills));
  RecordProperty("anew", static_cast<int>(anew));
  nothing_tells();
  EXPECT_EQ(purge()->end, "done");
  EXPECT_TRUE(act(registers::remark, sent, registers::LineRef{1}, std::string("về sau"), clerk()));
}

/// One frame gave the numbers, with one subject: it goes with the first of their papers that is purged, and the other
/// numbers stand without it.
TEST_F(PurgeTest, NumbersThatWereGivenAtOnceStandWithoutTheWordsThatGaveThem) {
  registers::Allocating given{"vptu", {}, 5, 0};
  given.card.form = "party";
  given.card.symbol = "TB/TU";
  given.card.subject = "Lời mật khi cấp số";
  given.card.signer = "Lời mật của người ký";
  ASSERT_TRUE(act(registers::allocate, given, clerk("Lời mật")));
  const auto correct = [&](std::uint32_t number, const char* field, const char* now) {
    ASSERT_TRUE(act(registers::correct, sent, registers::LineRef{number}, std::string(field), std::string(now),
                    clerk("đọc sai")));
  };
  correct(3, "subject", "Việc riêng của số 3");
  correct(5, "subject", "Việc riêng của số 5");
  ASSERT_TRUE(act(registers::cancel, sent, registers::LineRef{4}, clerk("không dùng")));
  const std::uint64_t secret = post({.sheets = {{"01", "TB/TU", "s", "2026-11-20", "Lời mật của giấy"}}});
  const std::uint64_t other = post({.sheets = {{"02", "TB/TU", "o", "2026-11-20", "Văn bản khác"}}});
  post({.sheets = {{"05", "TB/TU", "five", "2026-11-20", "Văn bản số 5"}}});
  correct(5, "signer", "Ông Bình");
  must([&](const keeping::Look& look) {
    return ask_purge(look, lan_, {secret}, std::string(64, 'b'), "07/NP", "lưu nhầm");
  });
  const auto purged = keeper_->purge(minh_, 1, false);
  ASSERT_TRUE(purged) << purged.error().detail;
  EXPECT_EQ(frames_that_tell(), std::vector<std::uint64_t>());
  const auto same = [&] {
    const std::string before = everything();
    EXPECT_EQ(before.find("Lời mật"), std::string::npos) << before;
    ASSERT_TRUE(archive_->rebuild());
    EXPECT_EQ(everything(), before);
    const auto verified = archive_->verify(1, 0);
    ASSERT_TRUE(verified);
    EXPECT_TRUE(verified->faults.empty()) << verified->faults.front();
  };
  same();
  const std::vector<registers::Line> all = lines(sent);
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all[1].card.subject, "Văn bản khác") << other;
  EXPECT_EQ(all[2].card.subject, "Việc riêng của số 3");
  EXPECT_EQ(all[2].corrections.at(0).was, "");
  EXPECT_EQ(all[3].cancelled->why, "không dùng");
  EXPECT_EQ(all[4].corrections.at(0).was, "");
  EXPECT_EQ(all[4].corrections.at(0).now, "Việc riêng của số 5");
  EXPECT_EQ(all[4].corrections.at(1).was, "CHÁNH VĂN PHÒNG Trần Bá Khoa") << "that is the paper's own";
  // They go on, and another of them may be purged.
  const std::uint64_t third = post({.sheets = {{"03", "TB/TU", "t", "2026-11-20", "Lời mật thứ ba"}}});
  EXPECT_EQ(lines(sent)[2].despatches.at(0).record, third);
  const std::string waiting = everything();
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_EQ(everything(), waiting);
  must([&](const keeping::Look& look) {
    return ask_purge(look, lan_, {third}, std::string(64, 'b'), "08/NP", "lưu nhầm");
  });
  ASSERT_TRUE(keeper_->purge(minh_, 2, false));
  EXPECT_EQ(frames_that_tell(), std::vector<std::uint64_t>());
  same();
  EXPECT_EQ(lines(sent)[4].corrections.at(0).now, "Việc riêng của số 5");
}

/// What was written on a line stands under the record that came first in it.
TEST_F(PurgeTest, WhatWasWrittenOnALineGoesWithEachOfItsRecords) {
  registers::Attached sheet{"01", "TB/TU", "f", "2026-11-20", "Gửi lần đầu"};
  const std::uint64_t first = post({.sheets = {sheet}});
  sheet.subject = "Lời mật";
  const std::uint64_t secret = post({.sheets = {sheet}});
  ASSERT_TRUE(act(registers::remark, sent, registers::LineRef{1}, std::string("Lời mật ghi chú"), clerk()));
  ASSERT_TRUE(act(registers::correct, sent, registers::LineRef{1}, std::string("holder"), std::string("Lời mật"),
                  clerk("Lời mật")));
  ASSERT_TRUE(act(registers::cancel, sent, registers::LineRef{1}, clerk("Lời mật")));
  const auto history = archive_->history(first);
  ASSERT_EQ(history->size(), 3U);
  must([&](const keeping::Look& look) {
    return ask_purge(look, lan_, {secret}, std::string(64, 'b'), "07/NP", "lưu nhầm");
  });
  ASSERT_TRUE(keeper_->purge(minh_, 1, false));
  EXPECT_EQ(frames_that_tell(), std::vector<std::uint64_t>());
  const std::string before = everything();
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_EQ(everything(), before);
  const auto verified = archive_->verify(1, 0);
  EXPECT_TRUE(verified->faults.empty()) << verified->faults.front();
  EXPECT_TRUE(archive_->get(first)) << "nobody asked for it";
}

/// One frame keeps the lines of several records; of one of them another line is to lose its words.
TEST_F(PurgeTest, AFrameThatKeepsOtherRecordsTooGoesOnceTheyAreKeptAnew) {
  registers::Attached one{"01", "TB/TU", "f", "2026-11-20", "Việc một"};
  registers::Attached two{"02", "TB/TU", "g", "2026-11-20", "Lời mật hai"};
  one.kind = two.kind = "Giấy mời";
  const std::uint64_t with_one = post({.sheets = {one}});
  const std::uint64_t with_two = post({.sheets = {two}});
  two.subject = "Gửi lại";
  const std::uint64_t both = post({.sheets = {one, two}});
  dispose({both, with_one, with_two});
  for (const std::uint64_t record : {with_one, with_two}) {
    must([&](const keeping::Look& look) {
      return ask_purge(look, lan_, {record}, std::string(64, 'b'), "07/NP", "lưu nhầm");
    });
    ASSERT_TRUE(keeper_->purge(minh_, record == with_one ? 1 : 2, false));
  }
  EXPECT_EQ(frames_that_tell(), std::vector<std::uint64_t>());
  const std::string before = everything();
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_EQ(everything(), before);
}

/// Of what a damaged frame kept it is said which line is missing, where somebody verifies and where somebody reads.
TEST_F(PurgeTest, ALineThatNobodyKeepsAnyMoreIsMissed) {
  registers::Attached sheet{"01", "TB/TU", "f"};
  sheet.kind = "Giấy mời";
  const std::uint64_t gone = post({.to = {"vanthu.xa"}, .sheets = {sheet}});
  ASSERT_TRUE(enter("xa", gone));
  sheet.number = "02";
  const std::uint64_t other = post({.to = {"vanthu.xa"}, .sheets = {sheet}});
  ASSERT_TRUE(enter("xa", other, 0, true));
  post({.sheets = {{"03", "TB/TU", "z"}}});
  dispose({gone, other});
  must([&](const keeping::Look& look) {
    return ask_purge(look, lan_, {gone}, std::string(64, 'b'), "07/NP", "lưu nhầm");
  });
  ASSERT_TRUE(keeper_->purge(minh_, 1, false));
  std::uint64_t frame = 0;
  const auto history = archive_->history(gone);
  ASSERT_TRUE(history);
  for (const archive::Event& event : *history)
    if (event.what == "register.kept") frame = event.sequence;
  const auto verify = [&] {
    const auto verified = archive_->verify(1, 0);
    EXPECT_TRUE(verified);
    std::string faults;
    for (const std::string& fault : verified->faults) faults += fault + '\n';
    return faults;
  };
  ASSERT_EQ(verify(), "");
  std::optional<journal::FrameHead> head;
  ASSERT_TRUE(records_->scan(frame, [&](const journal::Frame& one) {
    head = one.head;
    return false;
  }));
  ASSERT_EQ(head->at.sequence, frame);
  shut();
  damage(folder_ / "records" / journal::segment_name(head->at.segment),
         head->at.offset + journal::frame_head_octets + 100);
  std::filesystem::remove(view_file());
  open();
  const std::string faults = verify();
  const std::string where = " was kept in frame " + std::to_string(frame) + " of the record log";
  EXPECT_NE(faults.find("record 1: line 1 of den/xa/2026" + where), faults.npos) << faults;
  EXPECT_NE(faults.find("record 1: line 1 of di/vptu/xx/tb-tu" + where), faults.npos) << faults;
  EXPECT_EQ(faults.find("record 2: "), faults.npos) << faults;
  for (const char* book : {sent, "den/xa/2026"}) {
    const std::vector<registers::Line> all = lines(book);
    ASSERT_EQ(all.size(), book == sent ? 3U : 2U);
    EXPECT_EQ(all[0].number, 1U);
    EXPECT_EQ(all[0].card.subject, "");
    EXPECT_NE(all[0].gone.find("mất dòng này"), std::string::npos) << all[0].gone;
    EXPECT_NE(all[1].card.subject, "") << "the other frame is whole";
    const std::string table = look([&](const lmdb::Transaction& txn) {
      registers::Naming naming;
      naming.name = naming.superior = [](const std::string& unit) { return unit; };
      return registers::to_csv(*registers::sheet_of(registers_, txn, *registers_.find(txn, book), 0, naming));
    });
    EXPECT_NE(table.find("mất dòng này"), std::string::npos) << table;
  }
  EXPECT_FALSE(enter("xa", gone));
}

/// That a record is gone is told twice; lines that are kept of it stand as long as one of the two can be read.
TEST_F(PurgeTest, AKeptLineStandsThoughWhatDisposedOfItsRecordIsDamaged) {
  registers::Attached sheet{"01", "TB/TU", "f"};
  sheet.kind = "Giấy mời";
  const std::uint64_t gone = post({.to = {"vanthu.xa"}, .sheets = {sheet}});
  ASSERT_TRUE(enter("xa", gone));
  post({.sheets = {{"02", "TB/TU", "z"}}});
  dispose({gone});
  const std::vector<registers::Line> before = lines(sent);
  ASSERT_EQ(before.size(), 2U);
  std::optional<journal::Position> at;
  const auto history = archive_->history(gone);
  ASSERT_TRUE(history);
  for (const archive::Event& event : *history)
    if (event.what == archive::disposed) {
      ASSERT_TRUE(records_->scan(event.sequence, [&](const journal::Frame& one) {
        at = one.head.at;
        return false;
      }));
    }
  ASSERT_TRUE(at);
  shut();
  damage(folder_ / "records" / journal::segment_name(at->segment), at->offset + journal::frame_head_octets + 100);
  std::filesystem::remove(view_file());
  open();
  const std::vector<registers::Line> after = lines(sent);
  ASSERT_EQ(after.size(), 2U);
  EXPECT_EQ(to_json(after[0]), to_json(before[0]));
  EXPECT_EQ(after[0].card.subject, before[0].card.subject);
}

/// Persons purge at once what stands in the same lines and under numbers that were given together, while
/// mailrooms go on writing.
TEST_F(PurgeTest, PurgesThatRunAtOnceDoNotMeet) {
  constexpr std::uint32_t papers = 8;
  registers::Allocating given{"vptu", {}, papers, 0};
  given.card.form = "party";
  given.card.symbol = "TB/TU";
  given.card.subject = "Lời mật khi cấp số";
  ASSERT_TRUE(act(registers::allocate, given, clerk("Lời mật")));
  keeping::Numbers secret[2], by_decision;
  for (std::uint32_t number = 1; number < papers; ++number) {
    registers::Attached sheet{"0" + std::to_string(number), "TB/TU", "f" + std::to_string(number), "2026-11-20",
                              "Lời mật của giấy"};
    sheet.kind = "Giấy mời";
    for (int times = 0; times < 3; ++times) {
      const std::uint64_t record = post({.sheets = {sheet}});
      ASSERT_TRUE(enter("xa", record, 0, true));
      ASSERT_TRUE(act(registers::remark, sent, registers::LineRef{number}, std::string("Lời mật ghi chú"), clerk()));
      secret[(number + static_cast<std::uint32_t>(times)) % 2].push_back(record);
      if ((number + static_cast<std::uint32_t>(times)) % 3 == 0) by_decision.push_back(record);
    }
  }
  dispose(by_decision);
  for (const keeping::Numbers& records : secret)
    must([&](const keeping::Look& look) {
      return ask_purge(look, lan_, records, std::string(64, 'b'), "07/NP", "lưu nhầm");
    });
  ASSERT_FALSE(frames_that_tell().empty());
  std::atomic<bool> ended = false;
  std::thread mailroom([&] {
    while (!ended) {
      (void)act(registers::remark, sent, registers::LineRef{papers}, std::string("số này"), clerk());
      post({.sheets = {{"99", "TB/TU", "z"}}});
    }
  });
  std::optional<Result<Done>> purged[2], again;
  std::thread persons([&] { purged[0] = keeper_->purge(minh_, 1, false); });
  std::thread others([&] { again = keeper_->purge(minh_, 2, false); });
  purged[1] = keeper_->purge(hoa_, 2, false);
  persons.join();
  others.join();
  ended = true;
  mailroom.join();
  EXPECT_TRUE(*purged[0]) << purged[0]->error().detail;
  EXPECT_NE(bool(*purged[1]), bool(*again)) << "one of them has confirmed it";
  EXPECT_TRUE(keeper_->look([&](const keeping::Look& look) -> Result<Done> {
    for (const keeping::Purge& one : look.ledger.purges(look.books)) EXPECT_EQ(one.end, "done") << one.number;
    return done;
  }));
  nothing_tells();
}

/// Records meet in lines in every way and go in every order. Every text names the record or the number that it was
/// written about: of what is purged no frame that can be opened has it, and nothing else is missing.
TEST_F(PurgeTest, OfRandomDaysNoFrameHasAWordOfWhatWasPurged) {
  const auto seed = std::getenv("VANTHU_SEED") != nullptr ? std::stoul(std::getenv("VANTHU_SEED")) : 7UL;
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  const auto one_of = [&](std::uint64_t most) { return random() % most; };
  const auto about = [](std::uint64_t record) { return "<bản ghi " + std::to_string(record) + ">"; };
  std::uint64_t last = 0;
  std::map<std::uint64_t, std::string> gone;   // records by the basis on which they went
  std::map<std::uint64_t, std::string> gifts;  // frames that gave numbers, and what with
  const auto letter = [&] {
    registers::Post post;
    for (std::uint64_t i = 0; i <= one_of(2); ++i)
      post.sheets.push_back(
          {std::to_string(1 + one_of(9)), "TB/TU", "f" + std::to_string(one_of(6)), "2026-11-20", about(last + 1)});
    ++last;
    return post;
  };
  const std::vector<std::string> books = {sent, "den/xa/2026", "den/btctu/2026"};
  for (int step = 0; step < 220; ++step) {
    const std::uint64_t record = last == 0 ? 1 : 1 + one_of(last);
    const std::string unit = one_of(2) == 0 ? "xa" : "btctu";
    const std::string& book = books[one_of(books.size())];
    const std::vector<registers::Line> all = lines(book);
    const registers::Line line = all.empty() ? registers::Line() : all[one_of(all.size())];
    const registers::LineRef ref{0, 1, line.ordinal == 0 ? 1 : line.ordinal};
    // Of what is gone nobody writes any more.
    const bool quiet = std::any_of(line.despatches.begin(), line.despatches.end(),
                                   [&](const auto& one) { return gone.contains(one.record); });
    const std::string words =
        line.despatches.empty() ? "<số>" : about(line.despatches[one_of(line.despatches.size())].record);
    switch (one_of(12)) {
      case 0:
      case 1:
      case 2:
        post(letter());
        break;
      case 3: {
        registers::Allocating given{"vptu", {}, static_cast<std::uint32_t>(1 + one_of(4)), 0};
        given.card.form = "party";
        given.card.symbol = "TB/TU";
        given.card.subject = "<cấp số lúc " + std::to_string(step) + ">";
        if (const auto events = act(registers::allocate, given, clerk(given.card.subject)))
          gifts[events->front().sequence] = given.card.subject;
        break;
      }
      case 4:
        if (!gone.contains(record)) (void)enter(unit, record, static_cast<std::uint32_t>(one_of(2)), true);
        break;
      case 5:
        if (!gone.contains(record))
          (void)act(registers::track, registers::Tracking{unit, record, 0, "2026-12-01", {}, about(record), {}},
                    clerk(about(record)));
        break;
      case 6:
        if (!quiet) (void)act(registers::cancel, book, ref, clerk(words));
        break;
      case 7:
        if (!quiet) (void)act(registers::correct, book, ref, std::string("subject"), words, clerk(words));
        break;
      case 8:
        if (!quiet) (void)act(registers::remark, book, ref, words, clerk(words));
        break;
      case 9:
        (void)act(registers::correct, book, ref, std::string("number"), std::to_string(1 + one_of(9)), clerk("số"));
        break;
      default: {
        if (last == 0 || gone[record] == "purge" || (!gone[record].empty() && one_of(2) == 0)) break;
        const std::string basis = !gone[record].empty() || one_of(2) == 0 ? "purge" : "disposal";
        for (const auto& [there, one] : look([&](const auto& txn) { return registers_.lines_of(txn, record); }))
          if (basis == "purge" && !one.made.by.empty()) gifts.erase(registers::frame_of(one));
        gone[record] = basis;
        must([&](const keeping::Look&) {
          archive::Event event = keeping::event_of("record.disposed", minh_, record);
          event.details = {{"basis", basis}, {"number", 1}, {"decision", "12-QĐ"}, {"decision_date", "2027-02-01"}};
          if (one_of(2) == 0) write_only(letter());
          return keeping::Events{event};
        });
        if (one_of(3) == 0) break;
        ASSERT_TRUE(keeper_->finish_what_began());
      }
    }
    std::erase_if(gone, [](const auto& one) { return one.second.empty(); });
  }
  post({.sheets = {{"99", "TB/TU", "z"}}});  // a view is known by the last record it took
  ASSERT_TRUE(keeper_->finish_what_began());
  std::string log;
  ASSERT_TRUE(records_->scan(1, [&](const journal::Frame& frame) {
    log += frame.meta + '\n';
    return true;
  }));
  const std::string before = everything();
  std::size_t purged = 0;
  for (const auto& [record, basis] : gone) {
    if (basis != "purge") continue;
    ++purged;
    EXPECT_EQ(log.find(about(record)), log.npos) << record << ' ' << log.substr(log.find(about(record)) - 300, 600);
    EXPECT_EQ(before.find(about(record)), before.npos) << record;
  }
  for (const auto& [frame, words] : gifts) EXPECT_NE(log.find(words), log.npos) << "nobody purged " << words;
  EXPECT_GT(purged, 3U);
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_EQ(everything(), before);
}

/// A purge that was stopped goes on later; what was written meanwhile stands in the books, and so it does in the log.
TEST_F(PurgeTest, WhatIsWrittenOnceTheLinesAreKeptStays) {
  const std::uint64_t secret = post({.sheets = {{"01", "TB/TU", "f", "2026-11-20", "Lời mật"}}});
  const auto remark = [&](const char* text) {
    const auto written = act(registers::remark, sent, registers::LineRef{1}, std::string(text), clerk());
    EXPECT_TRUE(written);
    return written ? written->front().sequence : 0;
  };
  const std::uint64_t before = remark("trước");
  say_purged(secret);
  ASSERT_TRUE(store_->forget({secret}));
  remark("sau");
  const auto frames = store_->frames_about(secret);
  ASSERT_TRUE(frames) << frames.error().detail;
  EXPECT_EQ(*frames, std::vector<std::uint64_t>{before});
}

/// What keeps the lines is written, whatever becomes of the view; what goes by it is looked for in a view that has it.
TEST_F(PurgeTest, AViewThatIsBehindHidesNoFrame) {
  const std::uint64_t secret = post({.sheets = {{"01", "TB/TU", "f", "2026-11-20", "Lời mật"}}});
  ASSERT_TRUE(act(registers::remark, sent, registers::LineRef{1}, std::string("Lời mật"), clerk()));
  const std::vector<std::uint64_t> written{records_->last_sequence()};
  say_purged(secret);
  const auto commit = lmdb::exchange_commit([](MDB_txn* txn) {
    mdb_txn_abort(txn);
    return MDB_MAP_FULL;
  });
  const bool kept = bool(store_->forget({secret}));
  lmdb::exchange_commit(commit);
  ASSERT_TRUE(kept);
  const auto frames = store_->frames_about(secret);
  ASSERT_TRUE(frames) << frames.error().detail;
  EXPECT_EQ(*frames, written);
}

}  // namespace
}  // namespace vanthu::admin
