// SPDX-License-Identifier: GPL-3.0-or-later
// What is on the disk: versions that are read, and octets that only look like frames.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "gateway/journal/frame.hpp"
#include "gateway/journal/log.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/journal/v1_writer.hpp"

namespace vanthu::journal {
namespace {

class FormatTest : public testing::Test {
 protected:
  Options options() const { return {folder_.path(), 1, 1U << 20, 0}; }
  static Draft message(const std::string& meta, std::string_view body) {
    return {Kind::message, true, meta, std::make_shared<const Octets>(*Octets::of(body))};
  }
  static std::string octets_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put(std::uint64_t first, const std::string& octets) const {
    std::ofstream(folder_ / segment_name(first), std::ios::binary) << octets;
  }
  static std::vector<std::string> metas(const Log& log) {
    std::vector<std::string> all;
    EXPECT_TRUE(log.scan(1, [&](const Frame& frame) { return all.push_back(frame.meta), true; }));
    return all;
  }
  test::TempFolder folder_{"format"};
};

TEST_F(FormatTest, ReadsALogOfVersionOneAndGoesOnInTheLatest) {
  test::V1Segment old(1, 1, 0);
  old.add({1, true, "one", "body one"});
  old.add({2, false, "two", ""});
  old.add({1, true, "three", std::string(3000, 'x')});
  put(1, old.octets());
  Position third;
  {
    auto log = Log::open(real_disk(), options());
    ASSERT_TRUE(log) << log.error().detail;
    EXPECT_EQ(metas(**log), (std::vector<std::string>{"one", "two", "three"}));
    ASSERT_TRUE((*log)->scan(3, [&](const Frame& frame) { return third = frame.head.at, true; }));
    EXPECT_EQ((*log)->read(third, true)->body, std::string(3000, 'x'));
    const auto head = (*log)->append_and_wait(message("four", "body"));
    ASSERT_TRUE(head) << head.error().detail;
    EXPECT_EQ(head->ordinal, 3U);
    EXPECT_EQ(head->at.segment, 4U) << "a segment holds one version";
  }
  EXPECT_EQ(octets_of(folder_ / segment_name(1)), old.octets()) << "what is old stays as it was";
  EXPECT_TRUE(octets_of(folder_ / segment_name(4)).starts_with("VTSEG004"));
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log) << log.error().detail;
  EXPECT_EQ(metas(**log), (std::vector<std::string>{"one", "two", "three", "four"}));
  EXPECT_TRUE((*log)->damage().empty());
}

TEST_F(FormatTest, ReplacesAnEmptySegmentOfVersionOne) {
  put(1, test::V1Segment(1, 1, 0).octets());
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log) << log.error().detail;
  ASSERT_TRUE((*log)->append_and_wait(message("one", "body")));
  EXPECT_EQ((*log)->segments().size(), 1U);
  EXPECT_EQ(metas(**log), std::vector<std::string>{"one"});
}

TEST_F(FormatTest, CutsATornTailOfVersionOne) {
  test::V1Segment old(1, 1, 0);
  old.add({1, true, "one", "body one"});
  old.add({1, true, "two", "body two"});
  put(1, old.octets().substr(0, old.octets().size() - 16));
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log) << log.error().detail;
  EXPECT_EQ(metas(**log), std::vector<std::string>{"one"});
  EXPECT_EQ((*log)->append_and_wait(message("two", "again"))->ordinal, 2U);
}

TEST_F(FormatTest, RefusesAVersionItDoesNotKnowAndTouchesNothing) {
  test::V1Segment later(1, 1, 0);
  later.add({1, true, "one", "body one"});
  std::string octets = later.octets();
  octets.replace(5, 3, "005");
  put(1, octets);
  for (const bool to_write : {true, false}) {
    const auto log = to_write ? Log::open(real_disk(), options()) : Log::open_read_only(real_disk(), options());
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().reply, Reply(status::bad_configuration));
    EXPECT_NE(log.error().detail.find("version 5"), std::string::npos) << log.error().detail;
    EXPECT_NE(log.error().detail.find(segment_name(1)), std::string::npos) << log.error().detail;
  }
  EXPECT_EQ(octets_of(folder_ / segment_name(1)), octets);
}

TEST_F(FormatTest, DoesNotTakeOctetsOfABodyForAFrame) {
  // A sender puts a frame into a letter: whole, of this log, of a later sequence, and it claims that all before it was
  // durable. A power loss then tears the head of the frame that carries it.
  Head forged{current_version, Kind::message, true, 1, 7, 7, 6, {}, 6, crc32c("forged"), 0, 0, 0};
  const auto forged_head = encode(forged);
  std::string body(1024 - frame_head_octets - 8, 'x');
  body.append(forged_head.data(), forged_head.size());
  body += "forged";
  body.append(4096, 'y');
  FrameHead carrier;
  {
    auto log = Log::open(real_disk(), options());
    ASSERT_TRUE(log);
    ASSERT_TRUE((*log)->append_and_wait(message("honest", "body")));
    carrier = *(*log)->append_and_wait(message("carrier!", body));
  }
  std::string octets = octets_of(folder_ / segment_name(1));
  ASSERT_EQ((octets.find("forged") - frame_head_octets) % frame_alignment, 0U) << "where a search would look";
  octets[carrier.at.offset + 20] ^= '\x55';
  put(1, octets);
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log);
  EXPECT_EQ(metas(**log), std::vector<std::string>{"honest"});
  EXPECT_TRUE((*log)->damage().empty());
  EXPECT_EQ((*log)->append_and_wait(message("next", "body"))->ordinal, 2U);
}

TEST_F(FormatTest, SegmentsHaveSaltsOfTheirOwn) {
  std::vector<std::uint64_t> salts;
  {
    auto log = Log::open(real_disk(), options());
    ASSERT_TRUE(log);
    const std::string big(700'000, 'x');
    for (int i = 0; i < 3; ++i) ASSERT_TRUE((*log)->append_and_wait(message("m", big)));
  }
  for (std::uint64_t first = 1; first <= 3; ++first) {
    const auto head = decode_segment(octets_of(folder_ / segment_name(first)));
    ASSERT_TRUE(head);
    EXPECT_NE(head->salt, 0U);
    salts.push_back(head->salt);
  }
  EXPECT_NE(salts[0], salts[1]);
  EXPECT_NE(salts[1], salts[2]);
}

TEST_F(FormatTest, KnowsASegmentThatLostItsNewNameWithThePower) {
  {
    auto log = Log::open(real_disk(), options());
    ASSERT_TRUE(log);
    const std::string big(700'000, 'x');
    for (const char* meta : {"1", "2"}) ASSERT_TRUE((*log)->append_and_wait(message(meta, big)));
  }
  std::filesystem::rename(folder_ / segment_name(2), folder_ / "next");
  {
    auto looking = Log::open_read_only(real_disk(), options());
    ASSERT_TRUE(looking) << looking.error().detail;
    EXPECT_EQ(metas(**looking), (std::vector<std::string>{"1", "2"}));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "next")) << "a look changes nothing";
  }
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log) << log.error().detail;
  EXPECT_EQ(metas(**log), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ((*log)->append_and_wait(message("3", "body"))->ordinal, 3U);
}

TEST_F(FormatTest, RemovesAFileMadeAheadThatWasNeverBegun) {
  std::ofstream(folder_ / "next") << std::string(4096, '\0');
  auto log = Log::open(real_disk(), options());
  ASSERT_TRUE(log) << log.error().detail;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "next"));
  EXPECT_EQ((*log)->append_and_wait(message("1", "body"))->ordinal, 1U);
}

}  // namespace
}  // namespace vanthu::journal
