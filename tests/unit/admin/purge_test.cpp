// SPDX-License-Identifier: GPL-3.0-or-later
// A purge of records that share lines of registers, killed again and again: in the end nothing in the log tells the
// secret, and the books that are made of it anew are those that were kept.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <random>

#include "admin/register_store.hpp"
#include "gateway/archive/book.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/keeping/keeper.hpp"
#include "gateway/keeping/key_shredder.hpp"
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
    must([&](const keeping::Look& look) { return add_to_file(look, lan_, file.id(), records, ""); });
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
  EXPECT_EQ(*keeper_->finish_what_began(), 0U);
  EXPECT_EQ(frames_that_tell(), std::vector<std::uint64_t>());
  const auto verified = archive_->verify(1, 0);
  ASSERT_TRUE(verified);
  EXPECT_TRUE(verified->faults.empty()) << verified->faults.front();
  const std::string before = everything();
  EXPECT_EQ(before.find("Lời mật"), std::string::npos) << before;
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(purge()->end, "done");
  EXPECT_TRUE(act(registers::remark, sent, registers::LineRef{1}, std::string("về sau"), clerk()));
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
  ASSERT_TRUE(store_->forget(secret));
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
  const bool kept = bool(store_->forget(secret));
  lmdb::exchange_commit(commit);
  ASSERT_TRUE(kept);
  const auto frames = store_->frames_about(secret);
  ASSERT_TRUE(frames) << frames.error().detail;
  EXPECT_EQ(*frames, written);
}

}  // namespace
}  // namespace vanthu::admin
