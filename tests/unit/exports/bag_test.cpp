// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/bag.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "gateway/exports/readme.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::exports {
namespace fs = std::filesystem;
namespace {

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Bag, IsWhatSha256sumAndRfc8493Want) {
  const test::TempFolder place("bag");
  const fs::path top = place / "bag";
  Plan plan;
  plan.id = "e1";
  plan.format = Format::bagit;
  plan.purpose = "Giao nộp";
  plan.organization = "Tỉnh uỷ Hà Tĩnh";
  plan.began = "2026-11-29T08:00:00Z";
  plan.records = {1};
  {
    auto folder = *Folder::open(top);
    ASSERT_TRUE(folder->begin(plan));
    ASSERT_TRUE(folder->put("data/records/1.eml", "Subject: x\r\n\r\n", true));
    ASSERT_TRUE(folder->append("data/list.tsv", "1\n"));
    ASSERT_TRUE(folder->done_with(1));
    const auto payload = write_manifest(*folder, plan.format);
    ASSERT_TRUE(payload) << payload.error().detail;
    EXPECT_EQ(payload->files, 2U);
    EXPECT_EQ(payload->octets, 16U);
    EXPECT_FALSE(fs::exists(top / "bagit.txt")) << "no bag before the end";
    ASSERT_TRUE(write_tag_files(*folder, plan, *payload));
    ASSERT_TRUE(folder->end());
  }
  EXPECT_EQ(read(top / "bagit.txt"), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
  const std::string info = read(top / "bag-info.txt");
  for (const char* line : {"Source-Organization: Tỉnh uỷ Hà Tĩnh\n", "Payload-Oxum: 16.2\n",
                           "Bagging-Date: 2026-11-29\n", "External-Description: Giao nộp\n"})
    EXPECT_NE(info.find(line), std::string::npos) << line;
  for (const char* manifest : {"manifest-sha256.txt", "tagmanifest-sha256.txt"}) {
    const std::string command = "cd " + top.string() + " && sha256sum --strict --quiet -c " + manifest;
    EXPECT_EQ(std::system(command.c_str()), 0) << manifest;  // NOLINT(cert-env33-c): the very program an archivist uses
  }
  const std::string tags = read(top / "tagmanifest-sha256.txt");
  for (const char* file : {"bagit.txt", "bag-info.txt", "manifest-sha256.txt", "README.vi.txt", "vanthu-export.json"})
    EXPECT_NE(tags.find(std::string("  ") + file + '\n'), std::string::npos) << file;
}

/// What the command line does, without a gateway: 40 records into a bag, from wherever the last one stopped.
int export_on(const fs::path& top) {
  Plan plan;
  plan.id = "e1";
  plan.format = Format::bagit;
  plan.purpose = "x";
  plan.began = "2026-11-29T08:00:00Z";
  for (std::uint64_t i = 1; i <= 40; ++i) plan.records.push_back(i);
  auto opened = Folder::open(top);
  if (!opened) return 1;
  Folder& folder = **opened;
  if (folder.complete()) return 0;
  if (!folder.plan() && !folder.begin(plan)) return 2;
  if (!folder.put("data/fonds.json", "{}", false)) return 3;
  for (const std::uint64_t i : plan.records) {
    const std::string number = std::to_string(i);
    if (i <= folder.reached()) continue;
    if (!folder.put("data/records/" + number + ".eml", "letter " + number, true) ||
        !folder.append("data/list.tsv", number + '\n') || !folder.done_with(i))
      return 4;
  }
  const auto payload = write_manifest(folder, plan.format);
  if (!payload || !write_tag_files(folder, plan, *payload) || !folder.end()) return 5;
  return 0;
}

TEST(Bag, IsTheSameAfterAnyNumberOfKills) {
  const test::TempFolder place("bag");
  const fs::path whole = place / "whole";
  ASSERT_EQ(export_on(whole), 0);
  std::mt19937 random{20261129};
  for (int bag = 0; bag < 4; ++bag) {
    const fs::path top = place / std::to_string(bag);
    int status = -1;
    for (int round = 0; round < 60 && status != 0; ++round) {
      const pid_t child = ::fork();
      ASSERT_GE(child, 0);
      if (child == 0) ::_exit(export_on(top));
      ::usleep(static_cast<useconds_t>(random() % (200 + static_cast<unsigned>(round) * 700)));
      ::kill(child, SIGKILL);
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      ASSERT_TRUE(WIFSIGNALED(status) || status == 0) << WEXITSTATUS(status);
      if (!fs::exists(top / "data/records")) continue;
      for (const auto& entry : fs::directory_iterator(top / "data/records"))
        ASSERT_EQ(read(entry.path()), "letter " + entry.path().stem().string());
      if (fs::exists(top / "bagit.txt")) {
        ASSERT_TRUE(fs::exists(top / "tagmanifest-sha256.txt"));
      }
    }
    ASSERT_EQ(export_on(top), 0);
    for (const char* manifest : {"manifest-sha256.txt", "tagmanifest-sha256.txt"})
      EXPECT_EQ(read(top / manifest), read(whole / manifest)) << manifest;
    for (const auto& entry : fs::recursive_directory_iterator(whole))
      if (entry.is_regular_file()) {
        const fs::path file = fs::relative(entry.path(), whole);
        EXPECT_EQ(read(top / file), read(entry.path())) << file;
      }
    EXPECT_FALSE(fs::exists(top / ".vanthu-partial"));
  }
}

TEST(Bag, ValuesStayInTheirLine) {
  Plan plan;
  plan.purpose = "a\nPayload-Oxum: 0.0";
  plan.began = "2026-11-29T08:00:00Z";
  EXPECT_EQ(bag_info(plan, {}).find("\nPayload-Oxum: 0.0\nI"), bag_info(plan, {}).rfind("\nPayload-Oxum: 0.0\nI"));
  EXPECT_NE(bag_info(plan, {}).find("External-Description: a Payload-Oxum: 0.0\n"), std::string::npos);
}

TEST(Readme, SaysInBothLanguagesHowToCheck) {
  Plan plan;
  plan.key = "x/records+00+AAAA";
  plan.purpose = "Kiểm tra";
  for (const char* language : {"vi", "en"}) {
    const std::string text = readme(plan, language);
    for (const char* word : {"sha256sum -c", "vanthu-verify bag . --key 'x/records+00+AAAA'", "Kiểm tra", "openssl"})
      EXPECT_NE(text.find(word), std::string::npos) << language << ' ' << word;
  }
}
}  // namespace
}  // namespace vanthu::exports
