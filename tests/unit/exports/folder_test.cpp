// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>

#include "gateway/base/digest.hpp"
#include "gateway/exports/limits.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::exports {
namespace fs = std::filesystem;
namespace {

class FolderTest : public testing::Test {
 protected:
  static std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static Plan plan() {
    Plan one;
    one.id = "e1";
    one.records = {1, 2, 3, 4, 5};
    return one;
  }
  std::unique_ptr<Folder> open(const fs::path& folder) {
    auto opened = Folder::open(folder);
    EXPECT_TRUE(opened) << opened.error().detail;
    return *std::move(opened);
  }
  static void add(Folder& folder, std::uint64_t record) {
    const std::string number = std::to_string(record);
    ASSERT_TRUE(folder.put("data/records/" + number + ".eml", "letter " + number, true));
    ASSERT_TRUE(folder.append("data/list.tsv", number + "\trecord\n"));
    ASSERT_TRUE(folder.done_with(record));
  }
  static std::map<std::string, Kept> gather(Folder& folder) {
    std::map<std::string, Kept> all;
    EXPECT_TRUE(folder.gather([&](const std::string& name, const Kept& kept) -> Result<Done> {
      EXPECT_TRUE(all.emplace(name, kept).second) << name;
      return done;
    }));
    return all;
  }
  test::TempFolder top_{"export"};
};

TEST_F(FolderTest, HasEveryFileOnceUnderItsDigest) {
  auto folder = open(top_ / "a");
  EXPECT_FALSE(folder->plan());
  ASSERT_TRUE(folder->begin(plan()));
  for (std::uint64_t i = 1; i <= 5; ++i) add(*folder, i);
  const auto all = gather(*folder);
  EXPECT_EQ(all.size(), 7U);
  for (const auto& [name, kept] : all) {
    EXPECT_EQ(hex(sha256(read(top_ / "a" / name))), kept.sha256) << name;
    EXPECT_EQ(fs::file_size(top_ / "a" / name), kept.octets) << name;
  }
  ASSERT_TRUE(folder->end());
  EXPECT_FALSE(fs::exists(top_ / "a" / ".vanthu-partial"));
  folder.reset();
  EXPECT_TRUE(open(top_ / "a")->complete());
}

TEST_F(FolderTest, GoesOnAfterAStopAnywhere) {
  // Records after the last group are lost with the process; what was appended of them is cut.
  for (std::uint64_t stop = 0; stop <= 5; ++stop) {
    const fs::path path = top_ / std::to_string(stop);
    {
      auto folder = open(path);
      ASSERT_TRUE(folder->begin(plan()));
      for (std::uint64_t i = 1; i <= stop; ++i) add(*folder, i);
      if (stop % 2 == 1) gather(*folder);  // a stop within the end
    }
    auto folder = open(path);
    ASSERT_TRUE(folder->plan());
    EXPECT_EQ(*folder->plan(), plan());
    EXPECT_EQ(folder->reached(), stop % 2 == 1 ? stop : 0);
    for (std::uint64_t i = folder->reached() + 1; i <= 5; ++i) add(*folder, i);
    const auto all = gather(*folder);
    EXPECT_EQ(all.size(), 7U) << stop;
    EXPECT_EQ(read(path / "data/list.tsv"), "1\trecord\n2\trecord\n3\trecord\n4\trecord\n5\trecord\n") << stop;
    EXPECT_EQ(all.at("data/list.tsv").sha256, hex(sha256(read(path / "data/list.tsv"))));
    ASSERT_TRUE(folder->end());
  }
}

TEST_F(FolderTest, CutsALineOfProgressThatWasNotFinished) {
  {
    auto folder = open(top_ / "a");
    ASSERT_TRUE(folder->begin(plan()));
    add(*folder, 1);
    add(*folder, 2);
    gather(*folder);
  }
  const fs::path progress = top_ / "a/.vanthu-partial/progress";
  const std::string whole = read(progress);
  std::ofstream(progress, std::ios::binary) << whole.substr(0, whole.size() - 5);
  auto folder = open(top_ / "a");
  EXPECT_EQ(folder->reached(), 1U);
  for (std::uint64_t i = 2; i <= 5; ++i) add(*folder, i);
  EXPECT_EQ(gather(*folder).size(), 7U);
  EXPECT_EQ(read(top_ / "a/data/list.tsv"), "1\trecord\n2\trecord\n3\trecord\n4\trecord\n5\trecord\n");
}

TEST_F(FolderTest, ComesIntoAnEmptyFolderAloneAndOneAtATime) {
  fs::create_directory(top_ / "full");
  std::ofstream(top_ / "full/letter") << "mine";
  EXPECT_FALSE(Folder::open(top_ / "full"));
  auto first = open(top_ / "a");
  EXPECT_FALSE(Folder::open(top_ / "a"));
  first.reset();
  EXPECT_TRUE(Folder::open(top_ / "a"));
  EXPECT_FALSE(Folder::open("/proc/nowhere"));
}

TEST_F(FolderTest, LeavesNothingOfAnExportThatWasRefused) {
  open(top_ / "new");
  EXPECT_FALSE(fs::exists(top_ / "new"));
  fs::create_directory(top_ / "there");
  open(top_ / "there");
  EXPECT_TRUE(fs::exists(top_ / "there")) << "it was the caller's";
  EXPECT_TRUE(fs::is_empty(top_ / "there"));
  {
    const auto begun = open(top_ / "begun");
    EXPECT_FALSE(Folder::open(top_ / "begun")) << "two at a time";
    ASSERT_TRUE(begun->begin(plan()));
  }
  EXPECT_TRUE(open(top_ / "begun")->plan());
}

TEST_F(FolderTest, CommitsByGroups) {
  auto folder = open(top_ / "a");
  Plan many = plan();
  for (std::uint64_t i = 6; i <= limits::group_records + 1; ++i) many.records.push_back(i);
  ASSERT_TRUE(folder->begin(many));
  for (std::uint64_t i = 1; i < limits::group_records; ++i) add(*folder, i);
  EXPECT_EQ(folder->reached(), 0U);
  add(*folder, limits::group_records);
  EXPECT_EQ(folder->reached(), limits::group_records);
}
}  // namespace
}  // namespace vanthu::exports
