// SPDX-License-Identifier: GPL-3.0-or-later
// The folders of a large archive: what the book costs, how long memory takes to know it, what opening a folder costs.
//   shelves_bench [RECORDS]
#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>

#include "gateway/keeping/ledger.hpp"
#include "gateway/shelves/book.hpp"
#include "gateway/shelves/model.hpp"
#include "tests/support/temp_folder.hpp"

int main(int count, char** arguments) {
  using namespace vanthu;
  using Clock = std::chrono::steady_clock;
  const auto ms = [](Clock::time_point since) {
    return std::chrono::duration<double, std::milli>(Clock::now() - since).count();
  };
  const std::uint64_t records = count > 1 ? std::stoull(arguments[1]) : 1'000'000;
  const test::TempFolder folder("shelves");
  lmdb::Options options;
  options.sync = false;
  options.tables = 64;
  const auto environment = *lmdb::Environment::open(folder / "view.lmdb", options);
  keeping::Ledger ledger;
  shelves::Book book(ledger);
  {
    auto txn = *lmdb::Transaction::begin(*environment, lmdb::Transaction::Mode::write);
    (void)ledger.open(txn);
    (void)book.open(txn);
    (void)std::move(txn).commit();
  }
  // Everything is sent by one unit, so that one folder has it all, and received by one of seventy.
  auto begun = Clock::now();
  for (std::uint64_t number = 1; number <= records;) {
    auto txn = *lmdb::Transaction::begin(*environment, lmdb::Transaction::Mode::write);
    for (std::uint64_t i = 0; i < 1000 && number <= records; ++i, ++number) {
      archive::Entry entry;
      const std::string unit = "unit" + std::to_string(number % 70);
      entry.summary.number = number;
      entry.summary.units = {"vptu", unit};
      entry.summary.record_class = "official";
      entry.summary.kind = "Thông báo";
      entry.summary.octets = 20'000;
      entry.day = "2026-11-24";
      entry.at.sequence = number;
      mail::Accepted accepted;
      accepted.direction = mail::Direction::out;
      accepted.deliveries.push_back({{"vanthu", "x.example"}, "", "local", unit, ""});
      if (!book.take(txn, entry, accepted)) return 1;
    }
    if (!std::move(txn).commit()) return 1;
  }
  std::printf("book: %llu records in %.0f ms, %.1f MiB on the disk\n", static_cast<unsigned long long>(records),
              ms(begun), static_cast<double>(std::filesystem::file_size(folder / "view.lmdb")) / (1 << 20));
  shelves::Model model;
  const auto before = mallinfo2().uordblks + mallinfo2().hblkhd;
  begun = Clock::now();
  {
    const auto txn = *lmdb::Transaction::begin(*environment, lmdb::Transaction::Mode::read);
    book.each(txn, 1, [&](std::uint64_t, const shelves::Op& op) { model.take(op); });
  }
  std::printf("memory knows it after %.0f ms, %.1f MiB\n", ms(begun),
              static_cast<double>(mallinfo2().uordblks + mallinfo2().hblkhd - before) / (1 << 20));
  for (int round = 0; round < 3; ++round) {
    begun = Clock::now();
    std::vector<shelves::Placement> seen;
    for (const shelves::Folder& one : model.folders()) {
      if (!one.key.starts_with("di/")) continue;
      seen.reserve(one.placements.size());
      for (const shelves::Placement& placement : one.placements)
        if (model.card(placement.record).audience != 0) seen.push_back(placement);
    }
    std::printf("a folder of %zu opened in %.1f ms\n", seen.size(), ms(begun));
  }
  return 0;
}
