// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "filters/facts.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/keeping/acts.hpp"
#include "gateway/keeping/query.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::keeping {

/// Books without an archive under them: records and events come by hand, time is the test's.
class World {
 public:
  World() { renew(); }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  struct Letter {
    std::string kind{};            ///< of its paper; empty: it has none
    std::string unit = "vptu";     ///< that received it
    std::string subject = "Việc";  ///< words that a search finds
    std::string header_date{};     ///< what the message itself says
    std::string form = "party";
  };
  /// The record's number.
  std::uint64_t receive(const Letter& letter) {
    Received received;
    mail::Accepted& a = received.accepted;
    const std::uint64_t number = ++last_record_;
    a.id = "ID" + std::to_string(number);
    a.received = now;
    a.envelope.reverse_path = mail::Mailbox{"ai", "ngoai.example"};
    a.deliveries.push_back({{"vanthu", "x.example"}, "vanthu@x.example", "local", letter.unit, ""});
    a.sha256 = hex(sha256(a.id));
    a.record_class = "official";
    filters::Facts facts;
    facts.subject = letter.subject;
    facts.date = letter.header_date;
    if (!letter.kind.empty()) {
      filters::Paper paper;
      paper.form = letter.form;
      paper.kind = letter.kind;
      paper.date = letter.header_date;
      facts.papers.push_back(paper);
    }
    a.facts = filters::to_json(facts);
    journal::FrameHead head;
    head.ordinal = number;
    std::string fault;
    received.entry = archive::make_entry(head, a, {}, fault);
    EXPECT_EQ(fault, "");
    change([&](lmdb::Transaction& txn) { return ledger.take(txn, received.entry, a); });
    log_.emplace_back(std::move(received));
    return number;
  }

  Result<Events> act(const std::function<Result<Events>(const Look&)>& decide) {
    Result<Events> events = Events{};
    look([&](const Look& look) { events = decide(look); });
    if (!events) return events;
    for (archive::Event& event : *events) {
      event.time = now;
      event.sequence = ++sequence_;
      // As the log gives it back: through JSON.
      event = archive::parse_events(archive::to_json({event}))->front();
      event.sequence = sequence_;
    }
    change([&](lmdb::Transaction& txn) -> Result<Done> {
      for (const archive::Event& event : *events)
        if (auto taken = ledger.take(txn, event); !taken) return taken;
      return done;
    });
    for (const archive::Event& event : *events) log_.emplace_back(event);
    return events;
  }
  void look(const std::function<void(const Look&)>& look) const {
    const auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::read);
    ASSERT_TRUE(txn);
    look({ledger, *txn, *schedule, now});
  }
  Fate fate(std::uint64_t record) const {
    Fate fate;
    look([&](const Look& at) {
      Terms terms;
      fate = fate_of(at, record, terms);
    });
    return fate;
  }

  /// Every row of every table.
  std::map<std::string, std::map<std::string, std::string>> tables() const {
    std::map<std::string, std::map<std::string, std::string>> all;
    auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::write);
    for (const char* name :
         {"keeping.records", "keeping.files", "keeping.in-file", "keeping.of-record", "keeping.holds", "keeping.watch",
          "keeping.held", "keeping.hold-records", "keeping.disposals", "keeping.lines", "keeping.claimed",
          "keeping.gone", "keeping.schedules", "keeping.purges", "keeping.purging", "keeping.fonds",
          "keeping.own-fonds", "keeping.in-fonds", "keeping.receipts"}) {
      const auto table = txn->table(name);
      txn->scan(*table, "", [&](std::string_view key, std::string_view value) {
        all[name][std::string(key)] = value;
        return true;
      });
    }
    return all;
  }
  /// Drops the books and makes them again from records and events.
  void rebuild() {
    renew();
    for (const auto& one : log_)
      change([&](lmdb::Transaction& txn) {
        if (const auto* received = std::get_if<Received>(&one))
          return ledger.take(txn, received->entry, received->accepted);
        return ledger.take(txn, std::get<archive::Event>(one));
      });
  }
  void pass(std::chrono::days days) { now += days; }
  Date today() const { return day_of(now); }

  Ledger ledger;
  const Schedule* schedule = &Schedule::built_in();
  Time now{std::chrono::sys_days(std::chrono::year(2020) / 3 / 1) + std::chrono::hours(5)};

 private:
  struct Received {
    archive::Entry entry;
    mail::Accepted accepted;
  };
  void renew() {
    environment_.reset();
    std::filesystem::remove(folder_ / "books");
    std::filesystem::remove(folder_ / "books-lock");
    lmdb::Options options;
    options.map_octets = 256U << 20;
    options.sync = false;
    environment_ = *lmdb::Environment::open(folder_ / "books", options);
    change([&](lmdb::Transaction& txn) { return ledger.open(txn); });
  }
  void change(const std::function<Result<Done>(lmdb::Transaction&)>& work) {
    auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::write);
    ASSERT_TRUE(txn);
    const auto worked = work(*txn);
    ASSERT_TRUE(worked) << worked.error().detail;
    ASSERT_TRUE(std::move(*txn).commit());
  }

  test::TempFolder folder_{"keeping"};
  std::unique_ptr<lmdb::Environment> environment_;
  std::vector<std::variant<Received, archive::Event>> log_;
  std::uint64_t last_record_ = 0, sequence_ = 0;
};

inline const Who lan{"lan@x.example", "p-lan"}, minh{"minh@x.example", "p-minh"}, hoa{"hoa@x.example", "p-hoa"},
    root{"root", ""};

}  // namespace vanthu::keeping
