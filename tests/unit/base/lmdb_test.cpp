// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/lmdb.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.hpp"

namespace vanthu::lmdb {
namespace {

/// Every commit fails as LMDB fails: the transaction is gone.
template <int code>
int fails(MDB_txn* txn) {
  mdb_txn_abort(txn);
  return code;
}

class CommitTest : public testing::Test {
 protected:
  void SetUp() override { environment_ = *Environment::open(folder_ / "data", {.map_octets = 1U << 20}); }
  void TearDown() override {
    exchange_commit(mdb_txn_commit);
    environment_.reset();
  }
  Result<Done> write(const std::string& value) {
    auto txn = Transaction::begin(*environment_, Transaction::Mode::write);
    auto table = txn->table("t");
    if (!table) return table.error();
    if (auto put = txn->put(*table, "key", value); !put) return put;
    return std::move(*txn).commit();
  }
  std::string read() {
    auto txn = Transaction::begin(*environment_, Transaction::Mode::read);
    return std::string(*txn->get(*txn->table("t"), "key"));
  }
  test::TempFolder folder_{"lmdb"};
  std::unique_ptr<Environment> environment_;
};

TEST_F(CommitTest, ThatFailsLeavesTheOldStateAndSaysWhy) {
  ASSERT_TRUE(write("old"));
  const struct {
    Commit commit;
    Status status;
    const char* word;
  } rows[] = {{fails<EIO>, status::store_failed, "Input/output error"},
              {fails<ENOSPC>, status::store_full, "No space left"},
              {fails<MDB_MAP_FULL>, status::store_full, "MDB_MAP_FULL"}};
  for (const auto& row : rows) {
    exchange_commit(row.commit);
    const auto refused = write("new");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reply, Reply(row.status));
    EXPECT_NE(refused.error().detail.find(row.word), std::string::npos) << refused.error().detail;
    EXPECT_NE(refused.error().detail.find("commit"), std::string::npos) << refused.error().detail;
    EXPECT_EQ(read(), "old");
  }
  exchange_commit(mdb_txn_commit);
  ASSERT_TRUE(write("new"));
  EXPECT_EQ(read(), "new");
}

TEST_F(CommitTest, OfMoreThanTheMapHoldsLeavesTheOldState) {
  ASSERT_TRUE(write("old"));
  const auto refused = write(std::string(2U << 20, 'x'));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reply, Reply(status::store_full));
  EXPECT_EQ(read(), "old");
}

TEST_F(CommitTest, NumbersOfAKeyAreFoundDownwards) {
  auto txn = Transaction::begin(*environment_, Transaction::Mode::write);
  const Table table = *txn->table("numbers", Transaction::Values::numbers);
  // Few of one key, many of the next (a tree of their own in the file), one of the last; put twice they are there once.
  const auto fits = [](std::uint64_t number) { return number % 3 == 0 && number != 300; };
  for (int twice = 0; twice < 2; ++twice) {
    for (std::uint64_t number = 3; number <= 3000; number += 3) ASSERT_TRUE(txn->put(table, "many", key_of(number)));
    for (const std::uint64_t number : {7U, 9U}) ASSERT_TRUE(txn->put(table, "few", key_of(number)));
    ASSERT_TRUE(txn->put(table, "one", key_of(1)));
  }
  ASSERT_TRUE(txn->erase(table, "many", key_of(300)));
  ASSERT_TRUE(txn->erase(table, "many", key_of(301))) << "what is not there is gone";
  EXPECT_EQ(txn->count(table), 1000U - 1 + 2 + 1);
  for (std::uint64_t highest = 0; highest <= 3010; ++highest) {
    std::optional<std::uint64_t> expected;
    for (std::uint64_t number = std::min<std::uint64_t>(highest, 3000); number >= 3 && !expected; --number)
      if (fits(number)) expected = number;
    ASSERT_EQ(txn->greatest(table, "many", highest), expected) << highest;
  }
  EXPECT_EQ(txn->greatest(table, "few", 6), std::nullopt) << "not another key's";
  EXPECT_EQ(txn->greatest(table, "few", 8), 7U);
  EXPECT_EQ(txn->greatest(table, "few", ~0ULL), 9U);
  EXPECT_EQ(txn->greatest(table, "one", 5), 1U);
  EXPECT_EQ(txn->greatest(table, "fe", 5), std::nullopt);
  EXPECT_EQ(txn->greatest(table, "zz", 5), std::nullopt);
  EXPECT_EQ(txn->greatest(table, std::string(600, 'k'), 5), std::nullopt);
}

/// Of a mapped file, in this process; octets.
std::size_t held(const std::filesystem::path& file) {
  std::ifstream maps("/proc/self/smaps");
  bool mine = false;
  std::size_t kib = 0;
  for (std::string line; std::getline(maps, line);) {
    if (line.find('/') != std::string::npos) mine = line.ends_with(file.string());
    if (mine && line.starts_with("Rss:")) kib += std::stoul(line.substr(4));
  }
  return kib << 10;
}

TEST(Environment, HoldsNoMoreOfItsFileThanItIsTold) {
  constexpr std::size_t most_held = 64U << 20;
  const test::TempFolder folder("lmdb");
  const std::filesystem::path file = folder / "data";
  const auto environment =
      *Environment::open(file, {.map_octets = 1ULL << 30, .held_octets = most_held, .sync = false});
  constexpr std::uint64_t rows = most_held / 4096 * 2;
  auto txn = Transaction::begin(*environment, Transaction::Mode::write);
  const Table table = *txn->table("t");
  const std::string value(4000, 'v');  // a row a page
  for (std::uint64_t i = 0; i < rows; ++i) ASSERT_TRUE(txn->append(table, key_of(i), value));
  ASSERT_TRUE(std::move(*txn).commit());
  const auto reader = Transaction::begin(*environment, Transaction::Mode::read);
  const std::string_view first = *reader->get(table, key_of(0));
  std::size_t most = 0, seen = 0;
  reader->scan(table, {}, [&](std::string_view, std::string_view one) {
    if (one == value) ++seen;
    if (seen % 1000 == 0) most = std::max(most, held(file));
    return true;
  });
  EXPECT_EQ(seen, rows);
  EXPECT_GT(most, most_held / 2);
  EXPECT_LT(most, most_held + (32U << 20));
  EXPECT_EQ(first, value) << "what was read before stays valid";
}

}  // namespace
}  // namespace vanthu::lmdb
