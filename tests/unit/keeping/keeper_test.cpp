// SPDX-License-Identifier: GPL-3.0-or-later
// Disposal over a real archive: what is told, what is found, what a kill leaves.
#include "gateway/keeping/keeper.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>

#include "gateway/keeping/limits.hpp"
#include "tests/unit/archive/fixture.hpp"

namespace vanthu::keeping {
namespace {
using namespace std::chrono;

const Who lan{"lan@x.example", "p-lan"}, minh{"minh@x.example", "p-minh"}, hoa{"hoa@x.example", "p-hoa"};

/// Leaves a file for each record it shredded: what a kill cannot take back.
class Marks final : public Shredder {
 public:
  explicit Marks(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
  }
  std::string_view means() const override { return "bằng dấu"; }
  Result<Done> can_shred(std::uint64_t record) override {
    if (record == open) return fail(status::refused, "nằm không mã hoá");
    return done;
  }
  Result<Done> shred(std::uint64_t record) override {
    if (broken) return fail(status::store_failed, "the key store is away");
    std::ofstream(folder_ / std::to_string(record)) << 'x';
    return done;
  }
  Result<Done> can_shred_events(std::uint64_t sequence) override {
    if (sequence == unshreddable) return fail(status::refused, "nằm không mã hoá");
    return done;
  }
  Result<Done> shred_events(std::uint64_t sequence) override {
    if (broken) return fail(status::store_failed, "the key store is away");
    events.push_back(sequence);
    return done;
  }
  bool has(std::uint64_t record) const { return std::filesystem::exists(folder_ / std::to_string(record)); }
  bool broken = false;
  std::uint64_t open = 0;  ///< a record without a key of its own
  std::uint64_t unshreddable = 0;
  std::vector<std::uint64_t> events;  ///< frames of them, as they were shredded

 private:
  std::filesystem::path folder_;
};

class Forgetful final : public Store {
 public:
  std::string_view name() const override { return "chỉ mục thử"; }
  Result<Done> forget(const std::vector<std::uint64_t>& records) override {
    EXPECT_FALSE(records.empty()) << "where nothing goes nobody is asked";
    if (std::count(records.begin(), records.end(), stuck)) return fail(status::store_failed, "away");
    forgotten.insert(forgotten.end(), records.begin(), records.end());
    return done;
  }
  Result<std::vector<std::uint64_t>> frames_about(std::uint64_t record) override {
    EXPECT_TRUE(std::count(forgotten.begin(), forgotten.end(), record)) << "what it needs it keeps first";
    return about[record];
  }
  std::uint64_t stuck = 0;  ///< a record that stays, whatever is asked
  std::vector<std::uint64_t> forgotten;
  std::map<std::uint64_t, std::vector<std::uint64_t>> about;
};

class KeeperTest : public archive::ArchiveTest {
 protected:
  void SetUp() override {
    ArchiveTest::SetUp();
    marks_ = std::make_unique<Marks>(folder_ / "marks");
  }
  void TearDown() override {
    shut();
    ArchiveTest::TearDown();
  }
  void shut() {
    keeper_.reset();
    archive_.reset();
  }
  void open(Shredder* shredder, std::vector<Store*> stores = {}) {
    shut();
    auto archive = archive::Archive::open(*records_, view_file(), {}, {&ledger_});
    ASSERT_TRUE(archive) << archive.error().detail;
    archive_ = *std::move(archive);
    Keeper::Settings settings;
    settings.shredder = shredder;
    settings.stores = std::move(stores);
    settings.clock = [] { return now() + days(366 * 20); };
    keeper_ = std::make_unique<Keeper>(*archive_, ledger_, settings);
  }
  /// A closed file of the first `count` records, proposed, decided and approved as disposal 1.
  void approve(std::uint64_t count) {
    File file;
    file.unit = "vptu";
    file.year = 2026;
    file.code = "01";
    file.title = "Thư mời";
    file.file_class = "2-nam";
    must([&](const Look& look) { return open_file(look, lan, file, ""); });
    Numbers all;
    for (std::uint64_t record = 1; record <= count; ++record) all.push_back(record);
    must([&](const Look& look) { return add_to_file(look, lan, file.id(), all, ""); });
    must([&](const Look& look) { return close_file(look, lan, file.id(), day_of(now() + days(366)), "", ""); });
    must([&](const Look& look) { return propose_disposal(look, lan, "vptu", "Hết giá trị."); });
    must([&](const Look& look) {
      return decide_disposal(look, lan, 1, "12-QĐ/VPTU", day_of(look.now), std::string(64, 'a'), 1000);
    });
    must([&](const Look& look) {
      return approve_disposal(look, minh, 1, look.ledger.disposal(look.books, 1)->list_sha256);
    });
  }
  void must(const std::function<Result<Events>(const Look&)>& decide) {
    const auto events = keeper_->act(decide);
    ASSERT_TRUE(events) << events.error().detail;
  }
  std::optional<Line> line(std::uint64_t record) {
    std::optional<Line> found;
    EXPECT_TRUE(keeper_->look([&](const Look& look) -> Result<Done> {
      found = look.ledger.line(look.books, 1, record);
      return done;
    }));
    return found;
  }
  Ledger ledger_;
  std::unique_ptr<Keeper> keeper_;
  std::unique_ptr<Marks> marks_;
};

TEST_F(KeeperTest, WithoutAShredderNothingIsExecutedAndNothingWritten) {
  record({"ID1", "Giấy mời"});
  open(nullptr);
  approve(1);
  const std::uint64_t before = records_->last_sequence();
  const auto executed = keeper_->execute(hoa, 1);
  ASSERT_FALSE(executed);
  EXPECT_NE(executed.error().detail.find("chưa có cách xoá"), std::string::npos);
  EXPECT_EQ(records_->last_sequence(), before);
  EXPECT_TRUE(archive_->get(1));
}

TEST_F(KeeperTest, WhatIsDisposedOfAnswersWithItsDecision) {
  record({"ID1", "Giấy mời họp", "", "", "", "", {"btctu"}});
  record({"ID2", "Giấy mời khác"});
  record({"ID3", "Giấy mời đang giữ"});
  record({"ID4", "Thư ở lại"});
  Forgetful store;
  open(marks_.get(), {&store});
  approve(3);
  must([&](const Look& look) {
    Hold hold;
    hold.owner = "UBKT";
    hold.reason = "vụ việc";
    hold.review = "2999-01-01";
    return set_hold(look, lan, hold, {3});
  });
  const auto executed = keeper_->execute(hoa, 1);
  ASSERT_TRUE(executed) << executed.error().detail;
  EXPECT_EQ(executed->destroyed, 2U);
  EXPECT_EQ(executed->spared, 1U);
  EXPECT_EQ(store.forgotten, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_TRUE(marks_->has(1) && marks_->has(2));
  EXPECT_FALSE(marks_->has(3) || marks_->has(4));
  std::set<std::uint64_t> frames;
  for (const std::uint64_t record : {1, 2, 3}) {
    const auto history = archive_->history(record);
    for (const archive::Event& event : *history)
      if (event.what == archive::disposed || event.what == "record.spared") frames.insert(event.sequence);
  }
  EXPECT_EQ(frames.size(), 3U) << "what proves that one is gone tells nothing of another";
  for (int time = 0; time < 2; ++time) {
    for (const auto& error : {archive_->get(1).error(), archive_->show(2).error()}) {
      EXPECT_EQ(error.reply, Reply(status::not_found));
      EXPECT_NE(error.detail.find("đã hủy theo quyết định 12-QĐ/VPTU"), std::string::npos) << error.detail;
    }
    archive::Query invited;
    invited.words = {"mời"};
    EXPECT_EQ(numbers(invited), (std::vector<std::uint64_t>{3}));
    archive::Query unit;
    unit.unit = "btctu";
    EXPECT_TRUE(numbers(unit).empty());
    EXPECT_EQ(line(3)->state, Line::State::spared);
    EXPECT_EQ(line(1)->state, Line::State::destroyed);
    const auto verified = archive_->verify(1, 0);
    ASSERT_TRUE(verified);
    EXPECT_EQ(verified->disposed, 2U);
    EXPECT_TRUE(verified->faults.empty()) << verified->faults.front();
    const auto reconciled = archive_->reconcile(*spool_);
    ASSERT_TRUE(reconciled);
    EXPECT_TRUE(reconciled->faults.empty()) << reconciled->faults.front();
    EXPECT_EQ(archive_->history(1)->back().what, "record.destroyed");
    if (time == 0) {
      ASSERT_TRUE(archive_->rebuild());  // the octets lie there still: nothing but the events speaks
    }
  }
  EXPECT_FALSE(keeper_->execute(hoa, 1)) << "it is over";
}

TEST_F(KeeperTest, WhatCannotBeShreddedIsSparedAndNotPurged) {
  record({"ID1", "Thư"});
  record({"ID2", "Thư"});
  open(marks_.get());
  approve(2);
  marks_->open = 2;
  const auto executed = keeper_->execute(hoa, 1);
  ASSERT_TRUE(executed) << executed.error().detail;
  EXPECT_EQ(executed->destroyed, 1U);
  EXPECT_EQ(line(2)->why, "nằm không mã hoá");
  EXPECT_TRUE(archive_->get(2));
  must([&](const Look& look) { return ask_purge(look, lan, {2}, std::string(64, 'b'), "07/NP", "lưu nhầm"); });
  EXPECT_FALSE(keeper_->purge(minh, 1, false));
  EXPECT_TRUE(archive_->get(2)) << "no word was written that could not be kept";
}

TEST_F(KeeperTest, ADisposalThatSparesAllAsksNoStore) {
  record({"ID1", "Thư"});
  Forgetful store;
  open(marks_.get(), {&store});
  approve(1);
  marks_->open = 1;
  const auto executed = keeper_->execute(hoa, 1);
  ASSERT_TRUE(executed) << executed.error().detail;
  EXPECT_EQ(executed->spared, 1U);
  EXPECT_TRUE(store.forgotten.empty());
}

TEST_F(KeeperTest, APurgeWaitsForNoDisposalThatIsStuck) {
  record({"ID1", "Thư"});
  record({"ID2", "Mật"});
  Forgetful store;
  open(marks_.get(), {&store});
  approve(1);
  store.stuck = 1;
  EXPECT_FALSE(keeper_->execute(hoa, 1));
  must([&](const Look& look) { return ask_purge(look, lan, {2}, std::string(64, 'b'), "07/NP", "lưu nhầm"); });
  EXPECT_FALSE(keeper_->purge(minh, 1, false)) << "what is stuck is said";
  EXPECT_TRUE(marks_->has(2));
  EXPECT_FALSE(marks_->has(1));
  store.stuck = 0;
  EXPECT_TRUE(keeper_->finish_what_began());
  EXPECT_TRUE(marks_->has(1));
}

TEST_F(KeeperTest, AWordAboutADisposalIsNotBelieved) {
  record({"ID1", "Giấy mời"});
  open(marks_.get());
  archive::Event forged = event_of("record.disposed", hoa, 1);
  forged.details["basis"] = "disposal";
  forged.details["number"] = 1;
  ASSERT_TRUE(archive_->act([&](const lmdb::Transaction&) { return Events{forged}; }));
  const auto verified = archive_->verify(1, 0);
  ASSERT_TRUE(verified);
  ASSERT_EQ(verified->faults.size(), 1U);
  EXPECT_EQ(verified->faults[0], "record 1: disposed of without the words of 3 persons");
}

TEST_F(KeeperTest, AKeyStoreThatFailsStopsItAndTheNextTryGoesOn) {
  for (int i = 1; i <= 3; ++i) record({"ID" + std::to_string(i), "Thư"});
  open(marks_.get());
  approve(3);
  marks_->broken = true;
  EXPECT_FALSE(keeper_->execute(hoa, 1));
  EXPECT_EQ(line(1)->state, Line::State::disposed) << "said, and not yet done";
  EXPECT_FALSE(archive_->get(1)) << "from then on it is given to nobody";
  EXPECT_FALSE(keeper_->finish_what_began());
  marks_->broken = false;
  EXPECT_EQ(*keeper_->finish_what_began(), 3U);
  const auto executed = keeper_->execute(hoa, 1);
  ASSERT_TRUE(executed) << executed.error().detail;
  EXPECT_EQ(executed->destroyed, 3U);
}

TEST_F(KeeperTest, APurgeGoesWhateverTheTermIs) {
  record({"ID1", "Thư", "party", "1", "NQ/TU"});
  open(marks_.get());
  must([&](const Look& look) { return ask_purge(look, lan, {1}, std::string(64, 'b'), "07/NP", "lưu nhầm"); });
  EXPECT_FALSE(keeper_->purge(lan, 1, false));
  EXPECT_FALSE(marks_->has(1));
  ASSERT_TRUE(keeper_->purge(minh, 1, false));
  EXPECT_TRUE(marks_->has(1));
  EXPECT_NE(archive_->get(1).error().detail.find("xoá khẩn cấp"), std::string::npos);
  EXPECT_TRUE(archive_->verify(1, 0)->faults.empty());
}

TEST_F(KeeperTest, WhatWentByADecisionIsPurgedLaterWithWhatIsKeptOfIt) {
  for (int i = 1; i <= 2; ++i) record({"ID" + std::to_string(i), "Thư"});
  Forgetful store;
  open(marks_.get(), {&store});
  approve(2);
  ASSERT_TRUE(keeper_->execute(hoa, 1));
  ASSERT_TRUE(marks_->has(1));
  store.forgotten.clear();
  const auto ask = [&](const Look& look) {
    return ask_purge(look, lan, {1}, std::string(64, 'b'), "07/NP", "lưu nhầm");
  };
  must(ask);
  EXPECT_FALSE(keeper_->act(ask)) << "it waits";
  EXPECT_FALSE(keeper_->purge(lan, 1, false)) << "two persons";
  marks_->broken = true;
  EXPECT_FALSE(keeper_->purge(minh, 1, false));
  marks_->broken = false;
  EXPECT_EQ(*keeper_->finish_what_began(), 1U);
  EXPECT_EQ(store.forgotten, (std::vector<std::uint64_t>{1, 1})) << "what is kept of it is taken without words";
  EXPECT_FALSE(keeper_->act(ask)) << "once is enough";
  const std::string told = archive_->get(1).error().detail;
  EXPECT_NE(told.find("xoá khẩn cấp"), std::string::npos);
  EXPECT_NE(told.find("12-QĐ/VPTU"), std::string::npos) << told;
  EXPECT_EQ(archive_->get(2).error().detail.find("xoá khẩn cấp"), std::string::npos);
  EXPECT_TRUE(archive_->verify(1, 0)->faults.empty());
  EXPECT_EQ(line(1)->state, Line::State::destroyed) << "of its disposal";
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_EQ(archive_->get(1).error().detail, told);
}

TEST_F(KeeperTest, APurgeTakesAlongWhatWasWrittenAboutTheRecordAndSaysSoBefore) {
  for (int i = 1; i <= 2; ++i) record({"ID" + std::to_string(i), "Thư"});
  Forgetful store;
  open(marks_.get(), {&store});
  const auto remark = [&](std::uint64_t record) {
    return keeper_->act([&](const Look&) { return Events{event_of("register.remarked", lan, record, "lời ghi")}; })
        ->front()
        .sequence;
  };
  const std::uint64_t written = remark(2), open_in_the_log = remark(2), of_another = remark(1);
  store.about = {{1, {of_another}}, {2, {written, open_in_the_log}}};
  const auto said = [&](std::uint64_t number) {
    std::vector<std::vector<std::uint64_t>> all;
    const auto history = archive_->history(number);
    EXPECT_TRUE(history);
    for (const archive::Event& event : *history)
      if (event.what == archive::events_destroyed) all.push_back(archive::frames_in(event));
    return all;
  };
  marks_->unshreddable = open_in_the_log;
  must([&](const Look& look) { return ask_purge(look, lan, {2}, std::string(64, 'b'), "07/NP", "lưu nhầm"); });
  marks_->broken = true;
  EXPECT_FALSE(keeper_->purge(minh, 1, false));
  EXPECT_EQ(said(2), (std::vector<std::vector<std::uint64_t>>{{written}})) << "said, and not yet done";
  EXPECT_TRUE(marks_->events.empty());
  // It goes on where it was stopped, whatever is still known of the frames.
  store.about.clear();
  marks_->broken = false;
  EXPECT_EQ(*keeper_->finish_what_began(), 1U);
  EXPECT_EQ(marks_->events, (std::vector<std::uint64_t>{written}));
  EXPECT_EQ(said(2).size(), 1U);
  // What goes by its term leaves what was written of it.
  store.about = {{1, {of_another}}};
  approve(1);
  ASSERT_TRUE(keeper_->execute(hoa, 1));
  EXPECT_TRUE(marks_->has(1));
  EXPECT_TRUE(said(1).empty());
  EXPECT_EQ(marks_->events, (std::vector<std::uint64_t>{written}));
}

TEST_F(KeeperTest, AKillLeavesEachRecordWholeOrToBeFinished) {
  constexpr std::uint64_t count = 400;
  for (std::uint64_t i = 1; i < count; ++i) {
    const archive::Letter letter{"ID" + std::to_string(i), "Thư"};
    records_->append({journal::Kind::message, true, mail::to_json(archive::accepted(letter)),
                      std::make_shared<const Octets>(*Octets::of(archive::octets_of(letter)))},
                     [](const Result<journal::FrameHead>&) {});
  }
  record({"ID" + std::to_string(count), "Thư"});
  open(marks_.get());
  approve(count);
  std::mt19937 random(20261129);
  unsigned kills = 0, halves = 0;
  while (true) {
    shut();
    spool_.reset();
    records_.reset();
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      open_logs();
      open(marks_.get());
      if (keeper_) (void)keeper_->execute(hoa, 1);
      ::_exit(0);
    }
    // Ever later: a quick disk is killed often, and a slow one gets on in the end.
    ::usleep(static_cast<useconds_t>(1000 + random() % (2000 * (1 + kills))));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    kills += WIFSIGNALED(status) ? 1U : 0U;
    open_logs();
    open(marks_.get());
    ASSERT_TRUE(archive_->catch_up());
    for (std::uint64_t i = 1; i <= count; ++i)
      if (line(i)->state == Line::State::disposed) ++halves;
    ASSERT_TRUE(keeper_->finish_what_began());
    std::uint64_t left = 0;
    for (std::uint64_t i = 1; i <= count; ++i) {
      const auto state = line(i)->state;
      ASSERT_TRUE(state == Line::State::listed || state == Line::State::destroyed) << name_of(state);
      ASSERT_EQ(bool(archive_->get(i)), state == Line::State::listed) << i;
      ASSERT_EQ(marks_->has(i), state == Line::State::destroyed) << i;
      left += state == Line::State::listed ? 1 : 0;
    }
    if (left == 0) break;
    ASSERT_LT(kills, 1000U);
  }
  EXPECT_GT(kills, 2U);
  RecordProperty("kills", static_cast<int>(kills));
  RecordProperty("halves", static_cast<int>(halves));
  if (const auto executed = keeper_->execute(hoa, 1)) {
    EXPECT_EQ(executed->destroyed, count);
  }
  EXPECT_TRUE(archive_->verify(1, 0)->faults.empty());
}

}  // namespace
}  // namespace vanthu::keeping
