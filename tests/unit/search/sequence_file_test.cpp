// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/sequence_file.hpp"

#include <gtest/gtest.h>
#include <xapian.h>

#include <filesystem>
#include <random>

#include "gateway/search/limits.hpp"

namespace vanthu::search {
namespace {

class SequenceFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "vanthu-sequences-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

TEST_F(SequenceFileTest, GivesBackWhatWasAppended) {
  auto file = SequenceFile::create(folder());
  ASSERT_TRUE(file) << file.error().detail;
  std::mt19937 random(3);
  std::vector<std::pair<std::string, std::string>> written;  // sequence, place
  std::size_t octets = 0;
  for (int i = 0; octets < 3 * limits::sequences_waiting; ++i) {
    std::string sequence(3 * (random() % 4000), static_cast<char>('a' + i % 26));
    octets += sequence.size();
    auto place = file->append(sequence);
    ASSERT_TRUE(place);
    written.emplace_back(std::move(sequence), *std::move(place));
  }
  ASSERT_TRUE(file->flush(true));
  const SequenceReader map(folder(), file->id());
  for (const auto& [sequence, place] : written) ASSERT_EQ(map.at(place), sequence);
  EXPECT_EQ(map.at(""), "") << "a record without words";
}

TEST_F(SequenceFileTest, GoesOnBehindWhatIsThere) {
  auto file = SequenceFile::create(folder());
  const std::string id = file->id();
  const std::string first = *file->append("abcdef");
  ASSERT_TRUE(file->flush(true));
  const std::uint64_t octets = file->octets();
  file = SequenceFile::open(folder(), octets);
  ASSERT_TRUE(file) << file.error().detail;
  EXPECT_EQ(file->id(), id);
  const std::string second = *file->append("ghi");
  ASSERT_TRUE(file->flush(true));
  const SequenceReader map(folder(), id);
  EXPECT_EQ(map.at(first), "abcdef");
  EXPECT_EQ(map.at(second), "ghi");
}

TEST_F(SequenceFileTest, WipesOneAndNoOther) {
  auto file = SequenceFile::create(folder());
  const std::string first = *file->append("abc"), second = *file->append("defghi"), third = *file->append("jkl");
  ASSERT_TRUE(file->flush(true));
  ASSERT_TRUE(file->wipe(second));
  const SequenceReader map(folder(), file->id());
  EXPECT_EQ(map.at(first), "abc");
  EXPECT_EQ(map.at(second), std::string(6, '\0'));
  EXPECT_EQ(map.at(third), "jkl");
}

TEST_F(SequenceFileTest, NeverReadsBeyondItselfOrForAnotherIndex) {
  auto file = SequenceFile::create(folder());
  const std::string place = *file->append("abcdef");
  ASSERT_TRUE(file->flush(true));
  const SequenceReader map(folder(), file->id());
  std::string behind = place;
  behind[4] = static_cast<char>(behind[4] + 1);
  EXPECT_THROW(map.at(behind), Xapian::DatabaseCorruptError);
  EXPECT_THROW(map.at(std::string(8, '\xFF')), Xapian::DatabaseCorruptError);
  EXPECT_THROW(map.at(std::string("\0\0\0\0\0\0\0\1", 8)), Xapian::DatabaseCorruptError) << "its head is no sequence";
  EXPECT_EQ(file->wipe(behind).error().reply, Reply(status::corrupt));
  const SequenceReader other(folder(), std::string(32, '0'));
  EXPECT_THROW(other.at(place), Xapian::DatabaseModifiedError);
}

/// What is read of it by somebody else's fault must never end the program that takes in the mail.
TEST_F(SequenceFileTest, CutShortUnderWhoReadsItIsDamageAndNothingWorse) {
  auto file = SequenceFile::create(folder());
  const std::string first = *file->append(std::string(9'000, 'a')), last = *file->append(std::string(900'000, 'b'));
  ASSERT_TRUE(file->flush(true));
  const SequenceReader map(folder(), file->id());
  EXPECT_EQ(map.at(first), std::string(9'000, 'a'));
  std::filesystem::resize_file(folder() / "sequences", 20'000);
  EXPECT_THROW((void)std::string(map.at(last)), Xapian::DatabaseCorruptError);
  EXPECT_EQ(map.at(first), std::string(9'000, 'a')) << "what is there is read";
}

TEST_F(SequenceFileTest, RefusesWhatIsNotItsOwn) {
  EXPECT_EQ(SequenceFile::open(folder(), 0).error().reply, Reply(status::corrupt)) << "missing";
  std::uint64_t octets = 0;
  {
    auto file = SequenceFile::create(folder());
    ASSERT_TRUE(file->append("abc"));
    ASSERT_TRUE(file->flush(true));
    octets = file->octets();
  }
  EXPECT_TRUE(SequenceFile::open(folder(), octets));
  EXPECT_EQ(SequenceFile::open(folder(), octets + 1).error().reply, Reply(status::corrupt)) << "its end is missing";
  std::filesystem::resize_file(folder() / "sequences", 20);
  EXPECT_EQ(SequenceFile::open(folder(), 0).error().reply, Reply(status::corrupt)) << "half a head";
}

TEST_F(SequenceFileTest, IsSharedWithAnotherFolder) {
  auto file = SequenceFile::create(folder());
  const std::string place = *file->append("abc");
  ASSERT_TRUE(file->flush(true));
  const std::filesystem::path other = folder() / "other";
  std::filesystem::create_directory(other);
  ASSERT_TRUE(share_sequences(folder(), other));
  const SequenceReader map(other, file->id());
  EXPECT_EQ(map.at(place), "abc");
  ASSERT_TRUE(SequenceFile::create(folder())) << "a new one beside it";
  EXPECT_EQ(map.at(place), "abc");
  EXPECT_FALSE(share_sequences(folder(), folder() / "nowhere"));
}

}  // namespace
}  // namespace vanthu::search
