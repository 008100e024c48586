// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/lmdb.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>

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
  void SetUp() override {
    char name[] = "/tmp/vanthu-lmdb-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    environment_ = *Environment::open(folder_ / "data", {.map_octets = 1U << 20});
  }
  void TearDown() override {
    exchange_commit(mdb_txn_commit);
    environment_.reset();
    std::filesystem::remove_all(folder_);
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
  std::filesystem::path folder_;
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

}  // namespace
}  // namespace vanthu::lmdb
