// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/vault/vault.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <thread>

#include "tests/support/temp_folder.hpp"
#include "tests/unit/journal/faulty_disk.hpp"

namespace vanthu::vault {
namespace {
namespace fs = std::filesystem;
using journal::FrameKey;
using journal::KeyName;

bool same(const FrameKey& a, const FrameKey& b) { return a.data == b.data && a.blinding == b.blinding; }

class VaultTest : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void TearDown() override { vault_.reset(); }
  Options options(bool read_only = false) const {
    return {folder_ / "keys", "file:" + (folder_ / "master").string(), read_only, now};
  }
  void open() {
    vault_.reset();
    auto vault = Vault::open(real_disk(), options());
    ASSERT_TRUE(vault) << vault.error().detail;
    vault_ = *std::move(vault);
  }
  journal::Keys::Fresh fresh(const char* key_class = "official") {
    auto given = vault_->fresh(key_class);
    EXPECT_TRUE(given) << given.error().detail;
    return *given;
  }
  fs::path file_of(const KeyName& name) const {
    std::string digits = std::to_string(name.file);
    return folder_ / "keys" / (digits.insert(0, 20 - digits.size(), '0') + ".keys");
  }
  test::TempFolder folder_{"vault"};
  std::unique_ptr<Vault> vault_;
};

TEST_F(VaultTest, FindsEveryKeyAgain) {
  std::vector<journal::Keys::Fresh> given;
  for (int i = 0; i < 1100; ++i) given.push_back(fresh(i % 3 == 0 ? "events" : "official"));
  open();
  for (const auto& one : given) {
    const auto key = vault_->key(one.name);
    ASSERT_TRUE(key) << key.error().detail;
    ASSERT_TRUE(same(*key, one.key));
  }
  EXPECT_EQ(vault_->status()->periods, 2U);
}

TEST_F(VaultTest, GivesNoKeyTwiceWhoeverAsksAndHoweverOftenItIsOpened) {
  std::set<KeyName> names;
  std::set<std::array<unsigned char, 32>> keys;
  std::mutex mutex;
  for (int start = 0; start < 3; ++start) {
    open();
    std::vector<std::thread> askers;
    for (int i = 0; i < 4; ++i)
      askers.emplace_back([&] {
        for (int k = 0; k < 150; ++k) {
          const auto one = fresh();
          const std::lock_guard lock(mutex);
          EXPECT_TRUE(names.insert(one.name).second);
          EXPECT_TRUE(keys.insert(one.key.data).second);
          EXPECT_TRUE(keys.insert(one.key.blinding).second);
        }
      });
    for (std::thread& asker : askers) asker.join();
  }
  EXPECT_EQ(names.size(), 1800U);
}

TEST_F(VaultTest, ADestroyedKeyIsNowhereAndItsNeighboursAre) {
  const auto first = fresh();
  const auto second = fresh();
  ASSERT_TRUE(vault_->destroy(first.name));
  EXPECT_EQ(vault_->key(first.name).error().reply, Reply(status::not_found));
  EXPECT_TRUE(vault_->destroy(first.name)) << "again changes nothing";
  open();
  EXPECT_EQ(vault_->key(first.name).error().reply, Reply(status::not_found));
  EXPECT_TRUE(same(*vault_->key(second.name), second.key));
  std::ifstream in(file_of(first.name), std::ios::binary);
  const std::string octets{std::istreambuf_iterator<char>(in), {}};
  const std::string slot = octets.substr(offset_of(first.name.slot), slot_octets);
  EXPECT_EQ(slot.substr(8, 80), std::string(80, '\0')) << "not even its ciphertext is left";
  EXPECT_EQ(vault_->destroy({~std::uint64_t{0}, 0}).error().reply, Reply(status::not_found));
}

TEST_F(VaultTest, DamageIsNoDestruction) {
  const auto first = fresh();
  const auto second = fresh();
  std::fstream out(file_of(first.name), std::ios::in | std::ios::out | std::ios::binary);
  out.seekp(static_cast<std::streamoff>(offset_of(first.name.slot) + 20));
  out.put('!');
  out.close();
  open();
  EXPECT_EQ(vault_->key(first.name).error().reply, Reply(status::corrupt));
  EXPECT_TRUE(vault_->key(second.name));
  fs::remove(file_of(first.name));
  open();
  EXPECT_EQ(vault_->key(second.name).error().reply, Reply(status::corrupt)) << "a lost file is no destroyed key";
}

TEST_F(VaultTest, AFolderFromABackupGivesNoKeyAgain) {
  const auto kept = fresh();
  vault_.reset();
  fs::copy(folder_ / "keys", folder_ / "backup");
  open();
  const auto lost = fresh();
  vault_.reset();
  fs::remove_all(folder_ / "keys");
  fs::rename(folder_ / "backup", folder_ / "keys");
  Options later = options();
  later.clock = [] { return now() + std::chrono::minutes(1); };
  auto vault = Vault::open(real_disk(), later);
  ASSERT_TRUE(vault) << vault.error().detail;
  vault_ = *std::move(vault);
  for (int i = 0; i < 1100; ++i) EXPECT_GT(fresh().name.file, lost.name.file);
  EXPECT_TRUE(same(*vault_->key(kept.name), kept.key));
  EXPECT_EQ(vault_->key(lost.name).error().reply, Reply(status::corrupt)) << "lost with its file, and not another one";
}

TEST_F(VaultTest, AnotherMasterKeyOpensNothingAndMakesNothing) {
  fresh();
  vault_.reset();
  fs::rename(folder_ / "master", folder_ / "kept");
  auto missing = Vault::open(real_disk(), options());
  ASSERT_FALSE(missing) << "where there are keys none is made";
  EXPECT_NE(missing.error().detail.find("put it back"), std::string::npos) << missing.error().detail;
  ASSERT_TRUE(open_master(options().master, true));
  const auto wrong = Vault::open(real_disk(), options());
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().detail.find("another one is in place"), std::string::npos) << wrong.error().detail;
}

TEST_F(VaultTest, WrapsEverythingAnew) {
  const auto kept = fresh();
  const auto gone = fresh("events");
  ASSERT_TRUE(vault_->destroy(gone.name));
  std::ifstream in(file_of(kept.name), std::ios::binary);
  const std::string before{std::istreambuf_iterator<char>(in), {}};
  auto master = open_master("file:" + (folder_ / "next").string(), true);
  ASSERT_TRUE(master);
  const auto report = vault_->rewrap(*std::move(master));
  ASSERT_TRUE(report) << report.error().detail;
  EXPECT_EQ(report->files, 2U);
  EXPECT_TRUE(same(*vault_->key(kept.name), kept.key));
  const auto later = fresh();
  fs::rename(folder_ / "next", folder_ / "master");
  open();
  EXPECT_TRUE(same(*vault_->key(kept.name), kept.key));
  EXPECT_TRUE(same(*vault_->key(later.name), later.key));
  EXPECT_EQ(vault_->key(gone.name).error().reply, Reply(status::not_found));
  std::ifstream again(file_of(kept.name), std::ios::binary);
  const std::string after{std::istreambuf_iterator<char>(again), {}};
  EXPECT_NE(before.substr(offset_of(0), slot_octets), after.substr(offset_of(0), slot_octets));
}

/// Names a file late where another thread than the test's own has made it.
class LateDisk final : public test::FaultyDisk {
 public:
  LateDisk() : FaultyDisk(-1, status::store_full) {}
  Result<Done> rename(const fs::path& from, const fs::path& to) override {
    if (std::this_thread::get_id() != mine_) std::this_thread::sleep_for(std::chrono::milliseconds(200));
    return FaultyDisk::rename(from, to);
  }

 private:
  const std::thread::id mine_ = std::this_thread::get_id();
};

TEST_F(VaultTest, AFileMadeAheadDuringARewrapIsNoHindrance) {
  LateDisk disk;
  std::vector<journal::Keys::Fresh> given;
  {
    auto vault = Vault::open(disk, options());
    ASSERT_TRUE(vault) << vault.error().detail;
    for (int i = 0; i < 300; ++i) given.push_back(*(*vault)->fresh("official"));  // half of a file: the next is begun
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_TRUE((*vault)->rewrap());
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    const auto again = (*vault)->rewrap();
    EXPECT_TRUE(again) << again.error().detail;
  }
  open();
  for (const auto& one : given) ASSERT_TRUE(same(*vault_->key(one.name), one.key));
}

TEST_F(VaultTest, ACallThatFailsLosesNoKey) {
  bool survived = false;
  for (int nth = 0; !survived; ++nth) {
    ASSERT_LT(nth, 100);
    vault_.reset();
    fs::remove_all(folder_ / "keys");
    open();
    std::vector<journal::Keys::Fresh> given{fresh(), fresh("events")};
    vault_.reset();
    test::FaultyDisk disk(nth, status::store_full);
    {
      auto vault = Vault::open(disk, options());
      ASSERT_TRUE(vault) << vault.error().detail;
      const bool rewrapped = static_cast<bool>((*vault)->rewrap());
      const auto more = (*vault)->fresh("official");
      if (more) given.push_back(*more);
      survived = rewrapped && more;
    }
    for (const bool again : {false, true}) {
      open();
      for (const auto& one : given) {
        const auto key = vault_->key(one.name);
        ASSERT_TRUE(key) << "call " << nth << ": " << key.error().detail;
        ASSERT_TRUE(same(*key, one.key)) << nth;
      }
      EXPECT_TRUE(again || vault_->rewrap()) << "what was left half done is no hindrance";
    }
  }
}

TEST_F(VaultTest, OpenForReadingGivesAndDestroysNothing) {
  const auto one = fresh();
  auto reader = Vault::open(real_disk(), options(true));
  ASSERT_TRUE(reader) << reader.error().detail;
  EXPECT_TRUE(same(*(*reader)->key(one.name), one.key));
  EXPECT_FALSE((*reader)->fresh("official"));
  EXPECT_FALSE((*reader)->destroy(one.name));
  EXPECT_FALSE((*reader)->rewrap());
  EXPECT_EQ(fs::status(folder_ / "keys").permissions(), fs::perms::owner_all);
}

}  // namespace
}  // namespace vanthu::vault
