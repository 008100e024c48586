// SPDX-License-Identifier: GPL-3.0-or-later
// A disk that fills up: messages get 452 before it is full, what must go on goes on, and with room again all does.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <mutex>

#include "gateway/journal/log.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::journal {
namespace {
constexpr std::uint64_t mebibyte = 1ULL << 20;

/// The real disk, with as much room as it is told. Counts what is allocated to a descriptor; what is cut or removed is
/// not given back.
class SmallDisk : public Disk {
 public:
  explicit SmallDisk(std::uint64_t room) : room_(room) {}
  void add(std::uint64_t octets) {
    const std::lock_guard lock(mutex_);
    room_ += octets;
  }
  std::uint64_t room() const {
    const std::lock_guard lock(mutex_);
    return room_;
  }
  Result<int> open(const std::filesystem::path& file, Open mode) override { return real_disk().open(file, mode); }
  Result<Done> allocate(int descriptor, std::uint64_t octets) override {
    const std::lock_guard lock(mutex_);
    const std::uint64_t more = octets - std::min(octets, allocated_[descriptor]);
    if (more > room_) return fail(status::store_full, "no room");
    room_ -= more;
    allocated_[descriptor] = octets;
    return real_disk().allocate(descriptor, octets);
  }
  Result<Done> write(int descriptor, std::span<iovec> parts, std::uint64_t offset) override {
    return real_disk().write(descriptor, parts, offset);
  }
  Result<Done> sync_data(int) override { return done; }
  Result<Done> truncate(int descriptor, std::uint64_t octets) override {
    return real_disk().truncate(descriptor, octets);
  }
  Result<Done> sync_folder(const std::filesystem::path&) override { return done; }
  Result<Done> remove(const std::filesystem::path& file) override { return real_disk().remove(file); }
  Result<Done> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    return real_disk().rename(from, to);
  }
  Result<std::uint64_t> free_octets(const std::filesystem::path&) override { return room(); }
  void close(int descriptor) override {
    {
      const std::lock_guard lock(mutex_);
      allocated_.erase(descriptor);
    }
    real_disk().close(descriptor);
  }

 private:
  mutable std::mutex mutex_;
  std::uint64_t room_;
  std::map<int, std::uint64_t> allocated_;
};

class SpaceTest : public testing::Test {
 protected:
  void TearDown() override { log_.reset(); }
  SmallDisk& open(std::uint64_t room, std::uint64_t segment, std::uint64_t reserve) {
    log_.reset();
    disk_ = std::make_unique<SmallDisk>(room);
    auto log = Log::open(*disk_, {folder_.path(), 1, segment, reserve});
    EXPECT_TRUE(log) << log.error().detail;
    log_ = *std::move(log);
    return *disk_;
  }
  Result<FrameHead> message(std::size_t octets) {
    return log_->append_and_wait(
        {Kind::message, true, "m", std::make_shared<const Octets>(*Octets::of(std::string(octets, 'x')))});
  }
  /// How many are taken until one is not.
  unsigned messages_until_full(std::size_t octets) {
    for (unsigned taken = 0;; ++taken) {
      const auto head = message(octets);
      if (head) continue;
      EXPECT_EQ(head.error().reply.code, 452) << head.error().detail;
      return taken;
    }
  }
  Result<FrameHead> progress(std::size_t octets = 100) {
    return log_->append_and_wait({Kind::progress, false, std::string(octets, 'p'), nullptr});
  }
  test::TempFolder folder_{"space"};
  std::unique_ptr<SmallDisk> disk_;
  std::unique_ptr<Log> log_;  // uses the disk
};

TEST_F(SpaceTest, MessagesLeaveTheReserveToWhatMustGoOn) {
  SmallDisk& disk = open(20 * mebibyte, 2 * mebibyte, 8 * mebibyte);
  EXPECT_GE(messages_until_full(100'000), 100U) << "about 12 MiB are for messages";
  EXPECT_GE(disk.room(), 8 * mebibyte);
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(progress(100'000)) << i;  // 6 MiB out of the reserve
  EXPECT_FALSE(message(10)) << "the reserve is for progress";
  disk.add(10 * mebibyte);
  EXPECT_TRUE(message(100'000)) << "room again, and nothing was restarted";
}

TEST_F(SpaceTest, WhatIsAllocatedCountsAsRoom) {
  SmallDisk& disk = open(12 * mebibyte, 4 * mebibyte, 8 * mebibyte);
  ASSERT_TRUE(message(10));
  EXPECT_EQ(disk.room(), 8 * mebibyte) << "the segment stands beside the reserve";
  EXPECT_GE(messages_until_full(100'000), 35U) << "and is written full";
  EXPECT_EQ(disk.room(), 8 * mebibyte);
}

TEST_F(SpaceTest, ASegmentGetsSmallerBeforeAMessageIsRefused) {
  SmallDisk& disk = open(9 * mebibyte, 64 * mebibyte, 8 * mebibyte);
  EXPECT_TRUE(message(100'000)) << "one of 1 MiB, for there is no room for one of 64";
  EXPECT_EQ(disk.room(), 8 * mebibyte);
  ASSERT_TRUE(progress(2'000'000));
  EXPECT_LT(disk.room(), 8 * mebibyte) << "progress has the reserve";
}

TEST_F(SpaceTest, AFullDiskRefusesChangesNothingAndGoesOnLater) {
  SmallDisk& disk = open(4 * mebibyte, 1 * mebibyte, 0);
  const unsigned taken = messages_until_full(100'000);
  EXPECT_GE(taken, 30U);
  EXPECT_EQ(log_->last_ordinal(), taken);
  EXPECT_TRUE(message(10)) << "a small one still fits";
  disk.add(2 * mebibyte);
  const auto head = message(100'000);
  ASSERT_TRUE(head) << head.error().detail;
  EXPECT_EQ(head->ordinal, taken + 2U);
  open(64 * mebibyte, 1 * mebibyte, 0);
  EXPECT_EQ(log_->last_ordinal(), taken + 2U);
  EXPECT_TRUE(log_->damage().empty());
}

}  // namespace
}  // namespace vanthu::journal
