// SPDX-License-Identifier: GPL-3.0-or-later
// Books that are made anew without the records whose keys are destroyed, over random years: they are the books.
#include <boost/json.hpp>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "gateway/base/disk.hpp"
#include "gateway/keeping/keeper.hpp"
#include "gateway/keeping/key_shredder.hpp"
#include "gateway/keeping/query.hpp"
#include "gateway/shelves/shelves.hpp"
#include "gateway/vault/vault.hpp"
#include "tests/unit/archive/fixture.hpp"
#include "tests/unit/keeping/world.hpp"

namespace vanthu::keeping {
namespace {
using namespace std::chrono;

/// Remarks on a record go with it when it is purged.
class Remarks final : public Store {
 public:
  std::string_view name() const override { return "ghi chú"; }
  Result<Done> forget(const std::vector<std::uint64_t>&) override { return done; }
  Result<std::vector<std::uint64_t>> frames_about(std::uint64_t record) override {
    const auto history = archive->history(record);
    if (!history) return history.error();
    std::vector<std::uint64_t> frames;
    for (const archive::Event& event : *history)
      if (event.what == "register.remarked") frames.push_back(event.sequence);
    return frames;
  }
  archive::Archive* archive = nullptr;
};

class GoneTest : public archive::ArchiveTest {
 protected:
  using Tables = std::map<std::string, std::map<std::string, std::string>>;
  using Folders = std::map<std::string, std::vector<shelves::Placement>>;

  void SetUp() override {
    ArchiveTest::SetUp();
    auto vault = vault::Vault::open(real_disk(), {folder_ / "keys", "file:" + (folder_ / "master.key").string()});
    ASSERT_TRUE(vault) << vault.error().detail;
    vault_ = *std::move(vault);
    records_.reset();
    auto log = journal::Log::open(real_disk(), {folder_ / "records", 2, 1U << 20, 0, 0, 0, vault_.get()});
    ASSERT_TRUE(log) << log.error().detail;
    records_ = *std::move(log);
    open("archive.lmdb");
  }
  void TearDown() override {
    shut();
    ArchiveTest::TearDown();
  }
  void shut() {
    keeper_.reset();
    shredder_.reset();
    archive_.reset();
  }
  void open(const char* view) {
    shut();
    auto archive = archive::Archive::open(*records_, folder_ / view, {}, {&ledger_, &shelf_book_});
    ASSERT_TRUE(archive) << archive.error().detail;
    archive_ = *std::move(archive);
    ASSERT_TRUE(archive_->catch_up());
    remarks_.archive = archive_.get();
    shredder_ = std::make_unique<KeyShredder>(*archive_, *vault_);
    keeper_ = std::make_unique<Keeper>(
        *archive_, ledger_, Keeper::Settings{shredder_.get(), {&remarks_}, [this] { return now() + days(passed_); }});
  }
  bool act(const std::function<Result<Events>(const Look&)>& decide) { return bool(keeper_->act(decide)); }
  template <class Value>
  Value look(const std::function<Value(const Look&)>& ask) {
    Value value{};
    EXPECT_TRUE(keeper_->look([&](const Look& at) -> Result<Done> {
      value = ask(at);
      return done;
    }));
    return value;
  }

  /// Every row of the ledger in a view's file.
  Tables tables(const char* view) {
    shut();
    lmdb::Options options;
    options.map_octets = 1ULL << 30;
    options.tables = 64;
    options.read_only = true;
    const auto environment = lmdb::Environment::open(folder_ / view, options);
    EXPECT_TRUE(environment);
    auto txn = lmdb::Transaction::begin(**environment, lmdb::Transaction::Mode::read);
    EXPECT_TRUE(txn);
    Tables all;
    for (const char* name :
         {"records",  "files",     "in-file",   "of-record", "holds",    "watch",     "held",
          "claimed",  "disposals", "lines",     "gone",      "plans",    "purges",    "purging",
          "foreseen", "fonds",     "own-fonds", "in-fonds",  "receipts", "schedules", "hold-records"}) {
      const auto table = txn->table(("keeping." + std::string(name)).c_str());
      EXPECT_TRUE(table) << name;
      txn->scan(*table, "", [&](std::string_view key, std::string_view value) {
        all[name][std::string(key)] = value;
        return true;
      });
    }
    return all;
  }
  /// What stands in which folder under which number, as a reader sees it.
  Folders folders() {
    shelves::Shelves shelves(*archive_, shelf_book_);
    EXPECT_TRUE(shelves.refresh());
    return shelves.look([](const shelves::Model& model) {
      Folders all;
      for (const shelves::Folder& folder : model.folders())
        for (const shelves::Placement& one : folder.placements)
          if (model.card(one.record).audience != 0) all[folder.key].push_back(one);
      return all;
    });
  }
  /// The same in all views: the one that was kept, one made anew and one that had come halfway.
  void compare(bool halfway) {
    const Folders placed = folders();
    const Tables kept = tables("archive.lmdb");
    std::size_t gone = 0;
    ASSERT_TRUE(records_->scan(1, [&](const journal::Frame& frame) {
      gone += frame.seal == journal::Seal::gone ? 1U : 0U;
      return true;
    }));
    ASSERT_GT(gone, 0U);
    for (const char* view : {"anew.lmdb", "halfway.lmdb"}) {
      if (!halfway && std::string_view(view) == "halfway.lmdb") continue;
      SCOPED_TRACE(view);
      testing::internal::CaptureStderr();
      open(view);
      EXPECT_EQ(testing::internal::GetCapturedStderr().find("archive.view.dropped"), std::string::npos);
      EXPECT_EQ(folders(), placed);
      const Tables made = tables(view);
      for (const auto& [name, rows] : kept) {
        const auto other = made.find(name);
        ASSERT_TRUE(other != made.end()) << name;
        for (const auto& [key, value] : rows) {
          const auto row = other->second.find(key);
          EXPECT_EQ(row == other->second.end() ? "nothing" : row->second, value)
              << name << ' ' << testing::PrintToString(key);
        }
        EXPECT_EQ(other->second.size(), rows.size()) << name;
      }
      EXPECT_EQ(made.size(), kept.size());
    }
  }

  Ledger ledger_;
  shelves::Book shelf_book_{ledger_};
  Remarks remarks_;
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<KeyShredder> shredder_;
  std::unique_ptr<Keeper> keeper_;
  unsigned passed_ = 0;  // days by which the keeper's clock goes before
};

Hold inspection() {
  Hold hold;
  hold.owner = "UBKT";
  hold.reason = "vụ việc";
  hold.review = "2999-01-01";
  hold.future = true;
  archive::Query query;
  query.words = {"thanh tra"};
  hold.query = to_json(query);
  return hold;
}

TEST_F(GoneTest, AHoldKeepsWhatCameUnderItByItself) {
  ASSERT_TRUE(act([](const Look& look) { return set_hold(look, lan, inspection(), {}); }));
  record({"ID1", "Thanh tra"});
  record({"ID2", "Thanh tra"});
  ASSERT_TRUE(
      act([](const Look& look) { return ask_purge(look, lan, {1}, std::string(64, 'b'), "07/NP", "lưu nhầm"); }));
  ASSERT_TRUE(keeper_->purge(minh, 1, true));
  record({"ID3", "Việc khác"});
  ASSERT_TRUE(archive_->catch_up());
  EXPECT_EQ(look<Numbers>([](const Look& at) { return at.ledger.records_held_by(at.books, 1); }), (Numbers{1, 2}));
  compare(false);
}

TEST_F(GoneTest, WhyARecordWasFiledGoesWithItAndThatItWasStays) {
  File file;
  file.unit = "vptu";
  file.year = 2026;
  file.code = "01";
  file.title = "Hồ sơ";
  file.file_class = "2-nam";
  ASSERT_TRUE(act([&](const Look& look) { return open_file(look, lan, file, ""); }));
  record({"ID1", "Việc"});
  record({"ID2", "Việc"});
  ASSERT_TRUE(act([&](const Look& look) {
    return add_to_file(look, minh, file.id(), {1, 2}, "Lời mật khi lập hồ sơ");
  }));
  ASSERT_TRUE(act([&](const Look& look) { return remove_from_file(look, hoa, file.id(), {2}, "nhầm"); }));
  const std::uint64_t stays = records_->last_sequence();
  ASSERT_TRUE(act([&](const Look& look) { return add_to_file(look, minh, file.id(), {2}, ""); }));
  ASSERT_TRUE(
      act([](const Look& look) { return ask_purge(look, lan, {1}, std::string(64, 'b'), "07/NP", "lưu nhầm"); }));
  ASSERT_TRUE(keeper_->purge(minh, 1, true));
  record({"ID3", "Việc khác"});
  ASSERT_TRUE(archive_->catch_up());
  std::string log;
  ASSERT_TRUE(records_->scan(1, [&](const journal::Frame& frame) {
    log += frame.meta;
    return true;
  }));
  EXPECT_EQ(log.find("Lời mật"), log.npos);
  EXPECT_FALSE(archive_->events_at(stays)->gone) << "it is about the other record alone";
  const auto verified = archive_->verify(1, 0);
  ASSERT_TRUE(verified);
  EXPECT_TRUE(verified->faults.empty()) << verified->faults.front();
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(look<Numbers>([&](const Look& at) { return at.ledger.records_in(at.books, file.id()); }),
              (Numbers{1, 2}));
    const auto history = archive_->history(2);
    ASSERT_TRUE(history);
    std::string told;
    for (const archive::Event& event : *history) told += event.what + ' ';
    EXPECT_EQ(told, "file.removed file.added file.kept events.destroyed ");
    const auto kept = archive::kept_in((*history)[2]);
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->what, "file.added");
    EXPECT_EQ(kept->actor, minh.actor);
    EXPECT_EQ(kept->reason, "");
    ASSERT_TRUE(archive_->rebuild());
  }
  compare(false);
}

TEST_F(GoneTest, BooksOfRandomYearsAreTheSameWhenTheRecordsAreNoMore) {
  const auto seed = std::getenv("VANTHU_SEED") != nullptr ? std::stoul(std::getenv("VANTHU_SEED")) : 7UL;
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  const auto one_of = [&](std::uint64_t most) { return random() % most; };
  std::uint64_t last = 0, destroyed = 0, purged = 0;
  const auto some_records = [&] {
    Numbers numbers;
    for (std::uint64_t i = 0; i <= one_of(4) && last != 0; ++i) numbers.push_back(1 + one_of(last));
    return sorted(std::move(numbers));
  };
  const auto some_file = [&] { return "vptu/2026/" + std::to_string(1 + one_of(12)); };
  const auto anybody = [&] { return std::array{lan, minh, hoa}[one_of(3)]; };
  const auto newest = [&](std::uint64_t (Ledger::*last_of)(const Ledger::Snapshot&) const) {
    const auto number = look<std::uint64_t>([&](const Look& at) { return (at.ledger.*last_of)(at.books); });
    return number == 0 ? 1 : one_of(3) == 0 ? 1 + one_of(number) : number;
  };
  for (int step = 0; step < 1000; ++step) {
    if (step == 500) {
      record({"HALF", "Việc"});
      ++last;
      ASSERT_TRUE(archive_->catch_up());
      shut();
      std::filesystem::copy(folder_ / "archive.lmdb", folder_ / "halfway.lmdb");
      open("archive.lmdb");
    }
    const Who who = anybody();
    const std::string id = some_file();
    const Numbers numbers = some_records();
    switch (one_of(24)) {
      case 0:
      case 1:
      case 2:
      case 3: {
        archive::Letter letter{"ID" + std::to_string(step), one_of(3) == 0 ? "Thanh tra" : "Công tác"};
        if (one_of(6) == 0) letter.form = "party", letter.number = "7", letter.symbol = "TB/TU";
        letter.units = {one_of(2) == 0 ? "vptu" : "btctu"};
        record(letter);
        ++last;
        if (one_of(2) == 0) {
          ASSERT_TRUE(archive_->catch_up());
        }
        break;
      }
      case 4:
      case 5: {
        File file;
        file.unit = "vptu";
        file.year = 2026;
        file.code = id.substr(10);
        file.title = "Hồ sơ";
        file.file_class = one_of(4) == 0 ? "5-nam" : "2-nam";
        (void)act([&](const Look& look) { return open_file(look, who, file, ""); });
        break;
      }
      case 6:
      case 7:
      case 8:
        (void)act(
            [&](const Look& look) { return add_to_file(look, who, id, numbers, one_of(2) == 0 ? "lời ghi" : ""); });
        break;
      case 9:
        if (one_of(2) == 0)
          (void)act([&](const Look& look) { return remove_from_file(look, who, id, numbers, "nhầm"); });
        else
          (void)act([&](const Look& look) { return reopen_file(look, who, id, "thêm"); });
        break;
      case 10:
      case 11:
      case 12:
        (void)act([&](const Look& look) { return close_file(look, who, id, day_of(look.now), "", ""); });
        break;
      case 13: {
        if (one_of(4) != 0) break;
        Hold hold = inspection();
        hold.future = one_of(3) != 0;
        Numbers frozen = numbers;
        if (one_of(3) == 0) {
          hold.query = {};
          hold.file = id;
          frozen = look<Numbers>([&](const Look& at) { return at.ledger.records_in(at.books, id); });
        }
        (void)act([&](const Look& look) { return set_hold(look, who, hold, frozen); });
        break;
      }
      case 14:
      case 15: {
        const auto number = newest(&Ledger::last_hold);
        (void)act([&](const Look& look) { return release_hold(look, who, number, "xong"); });
        (void)act([&](const Look& look) { return release_hold(look, one_of(2) == 0 ? lan : hoa, number, "xong"); });
        break;
      }
      case 16:
      case 17:
        passed_ += static_cast<unsigned>(one_of(900));
        break;
      case 18:
        (void)act([&](const Look& look) { return propose_disposal(look, lan, "vptu", "Hết hạn."); });
        break;
      case 19:
      case 20:
      case 21: {
        const auto number = newest(&Ledger::last_disposal);
        if (one_of(12) == 0) {
          (void)act([&](const Look& look) { return withdraw_disposal(look, who, number, "sai"); });
          break;
        }
        (void)act([&](const Look& look) {
          return decide_disposal(look, lan, number, "1-QĐ", day_of(look.now), std::string(64, 'a'), 1000);
        });
        (void)act([&](const Look& look) -> Result<Events> {
          const auto disposal = look.ledger.disposal(look.books, number);
          return disposal ? approve_disposal(look, minh, number, disposal->list_sha256) : Events{};
        });
        if (const auto executed = keeper_->execute(hoa, number)) destroyed += executed->destroyed;
        break;
      }
      case 22: {
        const Numbers few(numbers.begin(),
                          numbers.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(numbers.size(), 2)));
        (void)act(
            [&](const Look& look) { return ask_purge(look, lan, few, std::string(64, 'b'), "07/NP", "lưu nhầm"); });
        const auto number = newest(&Ledger::last_purge);
        if (one_of(4) == 0)
          (void)act([&](const Look& look) { return withdraw_purge(look, who, number, "nhầm"); });
        else if (keeper_->purge(minh, number, one_of(2) == 0))
          ++purged;
        break;
      }
      default:
        if (numbers.empty()) break;
        (void)act([&](const Look&) { return Events{event_of("register.remarked", who, numbers.front(), "lời ghi")}; });
    }
  }
  ASSERT_TRUE(keeper_->finish_what_began());
  EXPECT_TRUE(destroyed > 5 || seed != 7) << destroyed;
  EXPECT_TRUE(purged > 2 || seed != 7) << purged;
  RecordProperty("destroyed", static_cast<int>(destroyed));
  // Why what was purged came into files, and with what, nobody reads any more; why others did, who may.
  std::size_t filings = 0, words = 0;
  ASSERT_TRUE(records_->scan(1, [&](const journal::Frame& frame) {
    const auto events = archive::parse_events(frame.meta);
    if (!events || !std::all_of(events->begin(), events->end(), archive::is_filing)) return true;
    const bool secret = look<bool>([&](const Look& at) {
      return std::any_of(events->begin(), events->end(), [&](const archive::Event& event) {
        const auto gone = at.ledger.gone(at.books, event.record);
        return gone && gone->basis == "purge";
      });
    });
    ++filings;
    for (const archive::Event& event : *events) {
      words += event.reason.empty() ? 0U : 1U;
      EXPECT_TRUE(!secret || event.reason.empty()) << frame.head.at.sequence;
    }
    return true;
  }));
  EXPECT_TRUE((filings > 5 && words > 5) || seed != 7) << filings << ' ' << words;
  compare(true);
}

}  // namespace
}  // namespace vanthu::keeping
