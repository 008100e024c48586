// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/journal/log.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <latch>
#include <thread>

#include "gateway/journal/frame.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/journal/faulty_disk.hpp"

namespace vanthu::journal {
namespace {

class LogTest : public testing::Test {
 protected:
  Options options(std::uint64_t segment = 1U << 20) const { return {folder_ / "spool", 1, segment, 0}; }
  static Draft message(const std::string& meta, std::string_view body, bool numbered = false) {
    return {Kind::message, numbered, meta, std::make_shared<const Octets>(*Octets::of(body))};
  }
  static std::vector<std::string> metas(const Log& log) {
    std::vector<std::string> all;
    EXPECT_TRUE(log.scan(1, [&](const Frame& frame) { return all.push_back(frame.meta), true; }));
    return all;
  }
  std::filesystem::path first_segment() const { return folder_ / "spool" / segment_name(1); }
  void overwrite(const std::filesystem::path& file, std::uint64_t offset, std::string_view octets) const {
    std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(static_cast<std::streamoff>(offset));
    out.write(octets.data(), static_cast<std::streamsize>(octets.size()));
  }
  test::TempFolder folder_{"log"};
};

TEST_F(LogTest, GivesBackWhatWasCommittedAfterItIsOpenedAgain) {
  Position where;
  {
    auto log = Log::open(real_disk(), options());
    ASSERT_TRUE(log);
    auto head = (*log)->append_and_wait(message("{\"a\":1}", "Subject: x\r\n\r\ny"));
    ASSERT_TRUE(head) << head.error().detail;
    where = head->at;
    EXPECT_EQ(head->at.sequence, 1U);
  }
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log);
  auto frame = (*log)->read(where, true);
  ASSERT_TRUE(frame) << frame.error().detail;
  EXPECT_EQ(frame->meta, "{\"a\":1}");
  EXPECT_EQ(frame->body, "Subject: x\r\n\r\ny");
  EXPECT_EQ((*log)->last_sequence(), 1U);
}

TEST_F(LogTest, NumbersOnlyNumberedFramesAndWithoutGaps) {
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log);
  EXPECT_EQ((*log)->append_and_wait(message("1", "a", true))->ordinal, 1U);
  EXPECT_EQ((*log)->append_and_wait({Kind::progress, false, "p", nullptr})->ordinal, 0U);
  EXPECT_EQ((*log)->append_and_wait(message("2", "b", true))->ordinal, 2U);
  log = Log::open_read_only(real_disk(), options());
  ASSERT_TRUE(log);
  EXPECT_EQ((*log)->last_ordinal(), 2U);
}

TEST_F(LogTest, GoesOnInANewSegmentWhenOneIsFull) {
  {
    auto log = Log::open(real_disk(), options());
    ASSERT_TRUE(log);
    const std::string big(400'000, 'x');
    for (int i = 1; i <= 10; ++i) ASSERT_TRUE((*log)->append_and_wait(message(std::to_string(i), big, true)));
  }
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log);
  EXPECT_EQ(metas(**log), (std::vector<std::string>{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}));
  EXPECT_EQ((*log)->last_ordinal(), 10U);
  EXPECT_TRUE((*log)->damage().empty());
  ASSERT_TRUE((*log)->drop_before(5));
  EXPECT_EQ(metas(**log).front(), "5");
}

TEST_F(LogTest, TakesAFrameThatIsLargerThanASegment) {
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log);
  const std::string big(3U << 20, 'x');
  auto head = (*log)->append_and_wait(message("big", big));
  ASSERT_TRUE(head);
  EXPECT_EQ((*log)->read(head->at, true)->body, big);
}

TEST_F(LogTest, CutsATailThatNoSyncHadCovered) {
  FrameHead second;
  {
    auto log = Log::open(real_disk(), options());
    ASSERT_TRUE(log);
    ASSERT_TRUE((*log)->append_and_wait(message("first", "body one")));
    second = *(*log)->append_and_wait(message("second", "body two"));
  }
  overwrite(first_segment(), second.at.offset + frame_head_octets + 6, "BODY");  // the last batch's body is broken
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log);
  EXPECT_EQ(metas(**log), std::vector<std::string>{"first"});
  EXPECT_TRUE((*log)->damage().empty());
  ASSERT_TRUE((*log)->append_and_wait(message("third", "x")));
  EXPECT_EQ(metas(**log), (std::vector<std::string>{"first", "third"}));
}

TEST_F(LogTest, ReportsDamageInTheMiddleAndKeepsTheRest) {
  FrameHead second;
  {
    auto log = Log::open(real_disk(), options());
    ASSERT_TRUE(log);
    ASSERT_TRUE((*log)->append_and_wait(message("first", "body one")));
    second = *(*log)->append_and_wait(message("second", "body two"));
    ASSERT_TRUE((*log)->append_and_wait(message("third", "body three")));
    ASSERT_TRUE((*log)->append_and_wait(message("fourth", "body four")));
  }
  overwrite(first_segment(), second.at.offset + 20, "\xFF\xFF\xFF");
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log);
  EXPECT_EQ(metas(**log), (std::vector<std::string>{"first", "third", "fourth"}));
  ASSERT_EQ((*log)->damage().size(), 1U);
  EXPECT_EQ((*log)->damage()[0].offset, second.at.offset);
  EXPECT_EQ((*log)->last_sequence(), 4U);
}

TEST_F(LogTest, NamesAByteThatChangedWhenTheFrameIsRead) {
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log);
  const auto head = *(*log)->append_and_wait(message("m", "body one"));
  overwrite(first_segment(), head.at.offset + frame_head_octets + 3, "X");
  const auto frame = (*log)->read(head.at, true);
  ASSERT_FALSE(frame);
  EXPECT_NE(frame.error().detail.find("checksum"), std::string::npos);
}

TEST_F(LogTest, ReadsABodyInPiecesAndChecksIt) {
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log);
  std::string big(700'000, 'x');
  big[699'999] = 'y';
  const auto head = *(*log)->append_and_wait(message("m", big));
  const auto none = *(*log)->append_and_wait({Kind::progress, false, "p", nullptr});
  const auto body = (*log)->read_body(head.at);
  ASSERT_TRUE(body) << body.error().detail;
  EXPECT_TRUE(body->view() == big);
  EXPECT_EQ((*log)->read_body(none.at)->size(), 0U);
  overwrite(first_segment(), head.at.offset + frame_head_octets + 600'000, "X");
  const auto broken = (*log)->read_body(head.at);
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().detail.find("checksum"), std::string::npos);
}

TEST_F(LogTest, NamesItsSegmentsAndWhatIsInThem) {
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log);
  EXPECT_TRUE((*log)->segments().empty());
  const std::string big(400'000, 'x');
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE((*log)->append_and_wait(message(std::to_string(i), big)));
  Head head;
  head.meta_octets = 1;
  head.body_octets = big.size();
  const std::uint64_t frame = head.octets();
  auto all = (*log)->segments();
  // What is sealed is cut behind its frames by the thread that makes room ahead, which nobody waits for.
  for (int i = 0; i < 500 && all[0].octets != segment_head_octets + 2 * frame; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    all = (*log)->segments();
  }
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].first_sequence, 1U);
  EXPECT_EQ(all[0].last_sequence, 2U);
  EXPECT_EQ(all[1].last_sequence, 4U);
  EXPECT_EQ(all[2].first_sequence, 5U);
  EXPECT_EQ(all[2].last_sequence, 5U);
  EXPECT_TRUE(all[2].current);
  EXPECT_FALSE(all[0].current);
  EXPECT_EQ(all[0].octets, segment_head_octets + 2 * frame);
  EXPECT_EQ(all[2].octets, segment_head_octets + frame);
}

TEST_F(LogTest, KeepsTheFramesOfASegmentWhoseHeadIsDamaged) {
  {
    auto log = Log::open(real_disk(), options());
    ASSERT_TRUE(log);
    for (const char* meta : {"1", "2", "3"}) ASSERT_TRUE((*log)->append_and_wait(message(meta, "body", true)));
  }
  overwrite(first_segment(), 0, std::string(segment_head_octets, '\0'));
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log) << log.error().detail;
  EXPECT_EQ(metas(**log), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_FALSE((*log)->damage().empty()) << "it is told";
  EXPECT_EQ((*log)->append_and_wait(message("4", "body", true))->ordinal, 4U);
}

TEST_F(LogTest, DropsASegmentThatNeverGotItsHead) {
  {
    auto log = Log::open(real_disk(), options());
    ASSERT_TRUE(log);
    ASSERT_TRUE((*log)->append_and_wait(message("1", "body")));
  }
  std::ofstream(folder_ / "spool" / segment_name(2)) << std::string(4096, '\0');
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log) << log.error().detail;
  EXPECT_EQ(metas(**log), std::vector<std::string>{"1"});
  EXPECT_FALSE(std::filesystem::exists(folder_ / "spool" / segment_name(2)));
}

TEST_F(LogTest, RefusesAFolderOfAnotherLogAndTouchesNothing) {
  {
    auto log = Log::open(real_disk(), options());
    ASSERT_TRUE(log);
    ASSERT_TRUE((*log)->append_and_wait(message("1", "body")));
  }
  Options other = options();
  other.log_id = 2;
  const auto refused = Log::open(real_disk(), other);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("another log"), std::string::npos) << refused.error().detail;
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log);
  EXPECT_EQ(metas(**log), std::vector<std::string>{"1"});
}

TEST_F(LogTest, LetsOnlyOneProcessWrite) {
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log);
  const auto second = Log::open(real_disk(), options());
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().detail.find("another process"), std::string::npos);
}

TEST_F(LogTest, CommitsWhatManyThreadsAppendAtOnce) {
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log);
  constexpr int frames = 2000;
  std::latch all(frames);
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < frames / 4; ++i)
        (*log)->append(message(std::to_string(t * 1000 + i), "x", true), [&](Result<FrameHead> head) {
          if (head) ++good;
          all.count_down();
        });
    });
  for (auto& thread : threads) thread.join();
  all.wait();
  EXPECT_EQ(good, frames);
  std::uint64_t expected = 0;
  ASSERT_TRUE((*log)->scan(1, [&](const Frame& frame) { return frame.head.ordinal == ++expected; }));
  EXPECT_EQ(expected, frames);
}

TEST_F(LogTest, RefusesMessagesButNotProgressBelowTheReserve) {
  Options scarce = options();
  scarce.reserve_octets = 1ULL << 60;
  auto log = Log::open(real_disk(), scarce);
  ASSERT_TRUE(log);
  const auto refused = (*log)->append_and_wait(message("m", "x"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reply.code, 452);
  EXPECT_TRUE((*log)->append_and_wait({Kind::progress, false, "p", nullptr}));
}

/// Fails the nth disk call, for each n, until none is left to fail; what was claimed must be there after opening again,
/// and what was refused must not, unless the failure itself could not be undone.
void never_claims_what_it_did_not_keep(const std::filesystem::path& folder, const Reply& how) {
  constexpr int frames = 16;  // two segments, and enough commits for room to be made ahead
  for (int nth = 0;; ++nth) {
    std::filesystem::remove_all(folder / "spool");
    std::vector<std::string> claimed;
    test::FaultyDisk disk(nth, how);
    const Options options{folder / "spool", 1, 420'000, 0};
    {
      auto log = Log::open(disk, options);
      if (log) {
        const std::string big(40'000, 'b');
        for (int i = 0; i < frames; ++i) {
          const std::string meta = "m" + std::to_string(i);
          if ((*log)->append_and_wait({Kind::message, true, meta, std::make_shared<const Octets>(*Octets::of(big))}))
            claimed.push_back(meta);
        }
        if (how.code == 452 && disk.failed() &&
            disk.failed_call() != "sync") {  // a sync that failed is never trusted again
          EXPECT_GE(claimed.size(), frames - 1U) << "a full disk refuses one frame and goes on, call " << nth;
        }
      }
    }
    auto again = Log::open(real_disk(), options);
    ASSERT_TRUE(again) << again.error().detail << " call " << nth;
    std::vector<std::string> kept;
    std::uint64_t ordinal = 0;
    ASSERT_TRUE((*again)->scan(1, [&](const Frame& frame) {
      kept.push_back(frame.meta);
      EXPECT_EQ(frame.head.ordinal, ++ordinal) << "record numbers have no gaps, call " << nth;
      EXPECT_TRUE((*again)->read(frame.head.at, true)) << "call " << nth;
      return true;
    }));
    for (const std::string& meta : claimed)
      EXPECT_NE(std::find(kept.begin(), kept.end(), meta), kept.end()) << meta << " was claimed, disk call " << nth;
    EXPECT_LE(kept.size(), claimed.size() + 1) << "disk call " << nth;
    EXPECT_TRUE((*again)->damage().empty()) << "disk call " << nth;
    if (!disk.failed()) return;
  }
}

TEST_F(LogTest, GoesOnBehindAFrameThatWasReadAsAScanFromThereWould) {
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log);
  const std::string big(200'000, 'b');  // five frames a segment
  std::vector<Position> places;
  for (int i = 0; i < 12; ++i)
    places.push_back((*log)
                         ->append_and_wait({Kind::message, true, "m" + std::to_string(i),
                                            std::make_shared<const Octets>(*Octets::of(big))})
                         ->at);
  ASSERT_GT((*log)->segments().size(), 1U);
  const auto metas = [&](auto scan) {
    std::vector<std::string> found;
    EXPECT_TRUE(scan([&](const Frame& frame) { return found.push_back(frame.meta), true; }));
    return found;
  };
  for (const Position& at : places)
    EXPECT_EQ(metas([&](auto visit) { return (*log)->scan_behind(at, visit); }),
              metas([&](auto visit) { return (*log)->scan(at.sequence + 1, visit); }))
        << at.sequence;
  EXPECT_EQ(metas([&](auto visit) { return (*log)->scan_behind({}, visit); }).size(), places.size());
  const Position nowhere{3, places[2].segment, places[2].offset + 64};
  EXPECT_EQ(metas([&](auto visit) { return (*log)->scan_behind(nowhere, visit); }).size(), places.size() - 3);
  EXPECT_TRUE((*log)->damage().empty());
}

TEST_F(LogTest, NeverClaimsWhatItDidNotKeepWhenTheDiskIsFull) {
  never_claims_what_it_did_not_keep(folder_.path(), status::store_full);
}
TEST_F(LogTest, NeverClaimsWhatItDidNotKeepWhenTheDiskBreaks) {
  never_claims_what_it_did_not_keep(folder_.path(), status::store_failed);
}

}  // namespace
}  // namespace vanthu::journal
