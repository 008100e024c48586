// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <sysexits.h>

#include <algorithm>
#include <functional>
#include <map>

#include "admin/commands.hpp"
#include "admin/dispatch.hpp"
#include "admin/knowledge.hpp"
#include "admin/register_store.hpp"
#include "gateway/archive/book.hpp"
#include "gateway/audit/trail.hpp"
#include "gateway/keeping/keeper.hpp"
#include "gateway/registers/acts.hpp"
#include "gateway/search/index.hpp"
#include "tests/unit/archive/fixture.hpp"
#include "tests/unit/directory/fixture.hpp"
#include "tests/unit/registers/fixture.hpp"

namespace vanthu::admin {
namespace json = boost::json;

class NoKey final : public keeping::Shredder {
 public:
  std::string_view means() const override { return "khoá riêng của từng bản ghi đã bị xoá"; }
  Result<Done> can_shred(std::uint64_t) override { return done; }
  Result<Done> shred(std::uint64_t record) override {
    shredded.push_back(record);
    return done;
  }
  std::vector<std::uint64_t> shredded;
};

/// Files, holds and disposals as an office commands them, over real logs; the clock stands twenty years ahead.
class KeepingCommands : public archive::ArchiveTest {
 protected:
  void SetUp() override {
    ArchiveTest::SetUp();
    record({"ID1", "Giấy mời họp", "", "", "", "", {"vptu"}, "2026-11-02"});
    record({"ID2", "Lịch tuần", "", "", "", "", {"vptu"}, "2026-11-24"});
    record({"ID3", "Kết luận thanh tra", "party", "07", "TB/TU", "Kết luận", {"btctu"}, "2026-11-24"});
    auto archive = archive::Archive::open(*records_, view_file(), {}, {&ledger_, &registers_});
    ASSERT_TRUE(archive) << archive.error().detail;
    archive_ = *std::move(archive);
    keeper_with(&no_key_);
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
    keeper_.reset();
    ArchiveTest::TearDown();
  }
  void keeper_with(keeping::Shredder* shredder) {
    keeping::Keeper::Settings settings;
    settings.shredder = shredder;
    settings.clock = [] { return now() + std::chrono::days(366 * 20); };
    keeper_ = std::make_unique<keeping::Keeper>(*archive_, ledger_, settings);
    office_.keeper = keeper_.get();
  }
  Answer run(const std::string& person, const std::vector<std::string>& words) {
    const Named named = named_by(words);
    if (named.command == nullptr) return {EX_USAGE, "", "no such command"};
    Request request;
    request.words.assign(words.begin() + static_cast<std::ptrdiff_t>(named.words), words.end());
    request.files = files_;
    request.actor = person.empty() ? "root" : person + "@x.example";
    request.person = person;
    request.everywhere = units_.empty();
    request.units = units_;
    request.sights = sights_;
    request.mailrooms = mailrooms_;
    return run_audited(office_, *trail_, *named.command, request);
  }
  json::value ask(const std::string& person, std::vector<std::string> words) {
    words.emplace_back("--json");
    const Answer answer = run(person, words);
    EXPECT_EQ(answer.exit, 0) << testing::PrintToString(words) << answer.err;
    return answer.exit == 0 ? json::parse(answer.out) : json::value(json::object{});
  }
  std::string refused(const std::string& person, const std::vector<std::string>& words, int exit = EX_NOPERM) {
    const Answer answer = run(person, words);
    EXPECT_EQ(answer.exit, exit) << testing::PrintToString(words) << answer.out << answer.err;
    EXPECT_EQ(answer.out, "");
    return answer.err;
  }
  /// A file of records 1 and 2 whose term is over by the keeper's clock.
  std::string due_file() {
    ask("lan", {"file", "open", "--unit", "vptu", "--year", "2026", "--code", "01.TH", "--title", "Thư mời năm 2026",
                "--class", "2-nam"});
    ask("lan", {"file", "add", "vptu/2026/01.TH", "1-2"});
    ask("lan", {"file", "close", "--ended", "2026-12-31", "vptu/2026/01.TH"});
    return "vptu/2026/01.TH";
  }

  keeping::Ledger ledger_;
  registers::Province places_;
  registers::Registers registers_{places_};
  NoKey no_key_;
  std::unique_ptr<keeping::Keeper> keeper_;
  std::unique_ptr<journal::Log> audit_log_;
  std::unique_ptr<audit::Trail> trail_;
  std::map<std::string, std::string> files_{{"quyet-dinh.pdf", "%PDF-1.7 12-QĐ"}, {"note.txt", "niêm phong"}};
  std::vector<std::string> units_, mailrooms_;
  std::vector<Sight> sights_;
  Office office_;
};

}  // namespace vanthu::admin
