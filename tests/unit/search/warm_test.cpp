// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/warm.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/temp_folder.hpp"

namespace vanthu::search {
namespace {
namespace fs = std::filesystem;

class WarmTest : public testing::Test {
 protected:
  static constexpr std::size_t octets = 32U << 20;
  void SetUp() override {
    descriptor_ = ::open((folder_ / "postlist.glass").c_str(), O_RDWR | O_CREAT, 0600);
    const std::string content(octets, 'p');
    ASSERT_EQ(::pwrite(descriptor_, content.data(), octets, 0), static_cast<ssize_t>(octets));
    ASSERT_EQ(::fsync(descriptor_), 0);
    ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_DONTNEED);
  }
  void TearDown() override { ::close(descriptor_); }
  /// Pages of the file in the page cache.
  std::size_t cached() const {
    void* map = ::mmap(nullptr, octets, PROT_READ, MAP_SHARED, descriptor_, 0);
    std::vector<unsigned char> pages(octets / 4096);
    EXPECT_EQ(::mincore(map, octets, pages.data()), 0);
    ::munmap(map, octets);
    return static_cast<std::size_t>(
        std::count_if(pages.begin(), pages.end(), [](auto page) { return (page & 1) != 0; }));
  }
  test::TempFolder folder_{"warm"};
  int descriptor_ = -1;
};

TEST_F(WarmTest, BringsWhatQuestionsGoThroughIntoThePageCache) {
  warm(folder_.path(), false);
  for (int i = 0; i < 1000 && cached() < octets / 4096; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(cached(), octets / 4096);
}

TEST_F(WarmTest, EndsWhenItIsTold) {
  const std::size_t before = cached();
  warm(folder_.path(), true);
  EXPECT_EQ(cached(), before);
  fs::remove(folder_ / "postlist.glass");
  warm(folder_.path(), false);  // nothing there is nothing to do
}

}  // namespace
}  // namespace vanthu::search
