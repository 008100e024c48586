// SPDX-License-Identifier: GPL-3.0-or-later
// A disk that gives back zeros for a page of the directory: an outage, and never another answer. (A page of other
// octets can end the process: LMDB trusts what it reads.)
#include "fixture.hpp"

namespace vanthu::directory {
namespace {
constexpr std::size_t page_octets = 4096;

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What is answered to all of them, or that there was no answer.
std::string told(const Directory& directory) {
  static const char* const asked[] = {"annv@tinh.example",    "an.nguyen@tinh.example", "bithu@tinh.example",
                                      "g.tatca@tinh.example", "nobody@tinh.example",    "hu.kyanh@tinh.example",
                                      "cuongl@tinh.example",  "vanthu.vp@tinh.example", "g.vong@tinh.example",
                                      "dungp@tinh.example",   "binhtt+a@tinh.example",  "vanthu.hu.kyanh@tinh.example"};
  std::string all;
  for (const char* address : asked) {
    try {
      const Resolution found = directory.resolve(address, today);
      all += std::to_string(static_cast<int>(found.kind)) + ' ' + found.via;
      for (const std::string& one : addresses(found)) all += ' ' + one;
      for (const std::string& one : found.successors) all += " > " + one;
      for (const std::string& one : found.skipped) all += " - " + one;
    } catch (const std::exception&) {
      all += '?';
    }
    all += '\n';
  }
  return all;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    all.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

TEST(ADamagedDirectory, IsAnOutageAndNeverAnotherAnswer) {
  Office office;
  const auto right = lines(told(*office));
  office.close();
  const std::string whole = read_file(office.file());
  std::size_t outages = 0;
  for (std::size_t page = 2; page < whole.size() / page_octets; ++page) {
    std::string damaged = whole;
    std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(page * page_octets), page_octets, '\0');
    const Folder folder;
    std::ofstream(folder.file(), std::ios::binary) << damaged;
    const auto opened = Directory::open(folder.file(), Directory::Mode::read);
    if (!opened) {
      ++outages;
      continue;
    }
    const auto answers = lines(told(**opened));
    ASSERT_EQ(answers.size(), right.size());
    for (std::size_t i = 0; i < right.size(); ++i)
      if (answers[i] == "?")
        ++outages;
      else
        EXPECT_EQ(answers[i], right[i]) << "page " << page;
  }
  EXPECT_GT(outages, 20U);
}

TEST(ADamagedDirectory, ThatIsCutIsAnOutage) {
  Office office;
  const auto right = lines(told(*office));
  office.close();
  const std::string whole = read_file(office.file());
  for (std::size_t pages = 2; pages < whole.size() / page_octets; ++pages) {
    const Folder folder;
    std::ofstream(folder.file(), std::ios::binary) << whole.substr(0, pages * page_octets - (pages % 2) * 100);
    const auto opened = Directory::open(folder.file(), Directory::Mode::write);
    if (!opened) continue;
    const auto answers = lines(told(**opened));
    ASSERT_EQ(answers.size(), right.size());
    for (std::size_t i = 0; i < right.size(); ++i) EXPECT_TRUE(answers[i] == "?" || answers[i] == right[i]) << pages;
  }
}

}  // namespace
}  // namespace vanthu::directory
