// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/sequence_file.hpp"

#include <gtest/gtest.h>
#include <xapian.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <random>

#include "gateway/search/limits.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::search {
namespace {

class SequenceFileTest : public ::testing::Test {
 protected:
  const std::filesystem::path& folder() const { return folder_.path(); }
  static constexpr std::array files{"sequences", "sequences-upper", "sequences-pairs"};
  std::uintmax_t size_of(const char* name) const { return std::filesystem::file_size(folder_ / name); }
  std::vector<std::uintmax_t> sizes_of_all() const {
    std::vector<std::uintmax_t> sizes;
    for (const char* name : files) sizes.push_back(size_of(name));
    return sizes;
  }

 private:
  test::TempFolder folder_{"sequences"};
};

/// Of so many words: its lowest octets tell which one it is, the upper ones are others.
SequenceOctets some(std::size_t words, char which) {
  SequenceOctets made{std::string(words, which), std::string(2 * words, static_cast<char>(which - 'a' + 'A'))};
  if (words > 0) {
    made.lowest[0] = 1;  // a mark
    made.upper[0] = made.upper[1] = '\0';
  }
  return made;
}

std::string numbers_of(const Sequence& sequence) {
  std::string numbers;
  for (std::size_t i = 0; i < sequence.size(); ++i) numbers += std::to_string(sequence[i]) + ' ';
  return numbers;
}
std::string numbers_of(const SequenceOctets& octets) { return numbers_of(Sequence(octets)); }

TEST_F(SequenceFileTest, GivesBackWhatWasAppended) {
  auto file = SequenceFile::create(folder());
  ASSERT_TRUE(file) << file.error().detail;
  std::mt19937 random(3);
  std::vector<std::pair<SequenceOctets, std::string>> written;  // with its place
  std::size_t words = 0;
  for (int i = 0; words < 3 * limits::sequences_waiting; ++i) {
    SequenceOctets sequence = some(1 + random() % 4000, static_cast<char>('a' + i % 26));
    words += sequence.lowest.size();
    auto place = file->append(sequence);
    ASSERT_TRUE(place);
    written.emplace_back(std::move(sequence), *std::move(place));
  }
  ASSERT_TRUE(file->flush(true));
  EXPECT_EQ(file->words(), words);
  const SequenceReader reader(folder(), {file->id(), file->words()});
  for (std::size_t i = 0; i < written.size(); ++i) {
    const auto& [sequence, place] = written[i];
    const Sequence found = reader.sequence(parse_place(place));
    ASSERT_EQ(found.lowest(), sequence.lowest);
    ASSERT_EQ(found[found.size() / 2], Sequence(sequence)[found.size() / 2]);
  }
  EXPECT_EQ(reader.sequence(parse_place("")).size(), 0U) << "a record without words";
}

TEST_F(SequenceFileTest, GoesOnBehindWhatIsThere) {
  auto file = SequenceFile::create(folder());
  const std::string id = file->id();
  const std::string first = *file->append(some(2, 'a'));
  ASSERT_TRUE(file->flush(true));
  const std::uint64_t words = file->words();
  file = SequenceFile::open(folder(), words);
  ASSERT_TRUE(file) << file.error().detail;
  EXPECT_EQ(file->id(), id);
  const std::string second = *file->append(some(3, 'b'));
  ASSERT_TRUE(file->flush(true));
  const SequenceReader reader(folder(), {id, file->words()});
  EXPECT_EQ(numbers_of(reader.sequence(parse_place(first))), numbers_of(some(2, 'a')));
  EXPECT_EQ(numbers_of(reader.sequence(parse_place(second))), numbers_of(some(3, 'b')));
}

/// As after a stop before the commit, also between the writing of the one file and of the other: nobody would ever wipe
/// it.
TEST_F(SequenceFileTest, CutsOffWhatWasNeverCommitted) {
  for (const char* longer : files) {
    auto file = SequenceFile::create(folder());
    const std::string id = file->id();
    const std::string first = *file->append(some(2, 'a'));
    ASSERT_TRUE(file->flush(true));
    const std::uint64_t words = file->words();
    const auto sizes = sizes_of_all();
    ASSERT_TRUE(file->append(some(4, 'x')));
    ASSERT_TRUE(file->flush(true));
    std::filesystem::resize_file(folder() / longer, size_of(longer) + 7);
    file = SequenceFile::open(folder(), words);
    ASSERT_TRUE(file) << file.error().detail;
    EXPECT_EQ(file->words(), words);
    EXPECT_EQ(sizes_of_all(), sizes);
    const std::string second = *file->append(some(3, 'b'));
    ASSERT_TRUE(file->flush(true));
    const SequenceReader reader(folder(), {id, file->words()});
    EXPECT_EQ(numbers_of(reader.sequence(parse_place(first))), numbers_of(some(2, 'a'))) << longer;
    EXPECT_EQ(numbers_of(reader.sequence(parse_place(second))), numbers_of(some(3, 'b'))) << longer;
  }
}

TEST_F(SequenceFileTest, WipesOneAndNoOther) {
  auto file = SequenceFile::create(folder());
  const std::string first = *file->append(some(1, 'a')), second = *file->append(some(2, 'b')),
                    third = *file->append(some(1, 'c'));
  ASSERT_TRUE(file->flush(true));
  ASSERT_TRUE(file->wipe(second));
  const SequenceReader reader(folder(), {file->id(), file->words()});
  EXPECT_EQ(numbers_of(reader.sequence(parse_place(first))), numbers_of(some(1, 'a')));
  EXPECT_THROW(reader.sequence(parse_place(second)), Xapian::DatabaseModifiedError);
  EXPECT_EQ(numbers_of(reader.sequence(parse_place(third))), numbers_of(some(1, 'c')));
  for (const auto& [name, octets] : {std::pair{"sequences", 1}, std::pair{"sequences-upper", 2}}) {
    std::ifstream in(folder() / name, std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(all.substr(static_cast<std::size_t>(32 + octets), static_cast<std::size_t>(2 * octets)),
              std::string(static_cast<std::size_t>(2 * octets), '\0'))
        << name;
  }
}

TEST_F(SequenceFileTest, NeverReadsBeyondItselfOrForAnotherIndex) {
  auto file = SequenceFile::create(folder());
  const std::string place = *file->append(some(2, 'a'));
  ASSERT_TRUE(file->flush(true));
  const SequenceReader reader(folder(), {file->id(), file->words()});
  std::string behind = place;
  behind[4] = static_cast<char>(behind[4] + 1);
  EXPECT_THROW(reader.sequence(parse_place(behind)), Xapian::DatabaseCorruptError);
  EXPECT_THROW(reader.sequence(parse_place(std::string(8, '\xFF'))), Xapian::DatabaseCorruptError);
  EXPECT_EQ(file->wipe(behind).error().reply, Reply(status::corrupt));
  const SequenceReader other(folder(), {std::string(32, '0'), file->words()});
  EXPECT_THROW(other.sequence(parse_place(place)), Xapian::DatabaseModifiedError);
}

TEST_F(SequenceFileTest, UpperOctetsThatAreNoSequenceAreDamage) {
  auto file = SequenceFile::create(folder());
  SequenceOctets wrong = some(2, 'a');
  wrong.upper[0] = 'x';
  const std::string place = *file->append(wrong);
  ASSERT_TRUE(file->flush(true));
  const SequenceReader reader(folder(), {file->id(), file->words()});
  const Sequence found = reader.sequence(parse_place(place));
  EXPECT_THROW((void)found[1], Xapian::DatabaseCorruptError);
}

/// What is read of it by somebody else's fault must never end the program that takes in the mail.
TEST_F(SequenceFileTest, CutShortUnderWhoReadsItIsDamageAndNothingWorse) {
  auto file = SequenceFile::create(folder());
  const std::string first = *file->append(some(9'000, 'a')), last = *file->append(some(900'000, 'b'));
  ASSERT_TRUE(file->flush(true));
  const SequenceReader reader(folder(), {file->id(), file->words()});
  const Sequence whole = reader.sequence(parse_place(first));
  EXPECT_EQ(whole[8'999], Sequence(some(9'000, 'a'))[8'999]);
  std::filesystem::resize_file(folder() / "sequences", 20'000);
  EXPECT_THROW(reader.sequence(parse_place(last)), Xapian::DatabaseCorruptError);
  EXPECT_EQ(reader.sequence(parse_place(first)).lowest(), some(9'000, 'a').lowest) << "what is there is read";
  std::filesystem::resize_file(folder() / "sequences-upper", 1'000);
  const SequenceReader anew(folder(), {file->id(), file->words()});
  const Sequence half = anew.sequence(parse_place(first));
  EXPECT_THROW((void)half[0], Xapian::DatabaseCorruptError);
}

TEST_F(SequenceFileTest, RefusesWhatIsNotItsOwn) {
  const auto why = [&](std::uint64_t least) { return SequenceFile::open(folder(), least).error().reply; };
  EXPECT_EQ(why(0), Reply(status::corrupt)) << "missing";
  std::uint64_t words = 0;
  const auto made = [&] {
    auto file = SequenceFile::create(folder());
    ASSERT_TRUE(file->append(some(2, 'a')));
    ASSERT_TRUE(file->flush(true));
    words = file->words();
  };
  made();
  EXPECT_TRUE(SequenceFile::open(folder(), words));
  EXPECT_EQ(why(words + 1), Reply(status::corrupt)) << "its end is missing";
  for (const char* name : files) {
    made();
    if (name != std::string_view("sequences-pairs")) {  // so few words fill no block
      std::filesystem::resize_file(folder() / name, std::filesystem::file_size(folder() / name) - 1);
      EXPECT_EQ(why(words), Reply(status::corrupt)) << name << ": its end is missing";
    }
    std::filesystem::resize_file(folder() / name, 20);
    EXPECT_EQ(why(0), Reply(status::corrupt)) << name << ": half a head";
    std::filesystem::remove(folder() / name);
    EXPECT_EQ(why(0), Reply(status::corrupt)) << name << ": missing";
  }
  for (const char* name : {"sequences-upper", "sequences-pairs"}) {
    made();
    std::filesystem::rename(folder() / name, folder() / "kept");
    made();
    std::filesystem::rename(folder() / "kept", folder() / name);
    EXPECT_EQ(why(0), Reply(status::corrupt)) << name << ": of two indexes";
  }
}

TEST_F(SequenceFileTest, IsSharedWithAnotherFolder) {
  auto file = SequenceFile::create(folder());
  const std::string place = *file->append(some(2, 'a'));
  ASSERT_TRUE(file->flush(true));
  const std::filesystem::path other = folder() / "other";
  std::filesystem::create_directory(other);
  ASSERT_TRUE(share_sequences(folder(), other));
  const SequenceReader reader(other, {file->id(), file->words()});
  EXPECT_EQ(numbers_of(reader.sequence(parse_place(place))), numbers_of(some(2, 'a')));
  ASSERT_TRUE(SequenceFile::create(folder())) << "a new one beside it";
  EXPECT_EQ(numbers_of(reader.sequence(parse_place(place))), numbers_of(some(2, 'a')));
  EXPECT_FALSE(share_sequences(folder(), folder() / "nowhere"));
}

}  // namespace
}  // namespace vanthu::search
