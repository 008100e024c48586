// SPDX-License-Identifier: GPL-3.0-or-later
// The program itself: options, help, exit codes.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <sysexits.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temp_folder.hpp"

namespace {

struct Ran {
  int exit = -1;
  std::string out;  // both streams
};

class CliTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(folder_ / "data");
    std::ofstream(folder_ / "good.conf") << "# what we are\nhostname = mx.hatinh.example\ndomain = hatinh.example\n"
                                         << "data = " << (folder_ / "data").string() << "\n";
    std::ofstream(folder_ / "bad.conf") << "hostnam = mx.hatinh.example\n";
  }
  Ran vanthu(const std::string& words, const std::string& environment = "") const {
    const std::string line = environment + " VANTHU_UNUSED=1 '" VANTHU_BINARY_DIR "/bin/vanthu' " + words + " 2>&1";
    Ran ran;
    FILE* pipe = ::popen(line.c_str(), "r");
    if (pipe == nullptr) return ran;
    std::array<char, 4096> block{};
    for (std::size_t got = 0; (got = std::fread(block.data(), 1, block.size(), pipe)) > 0;)
      ran.out.append(block.data(), got);
    const int status = ::pclose(pipe);
    ran.exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ran;
  }
  std::string config(const char* name) const { return "--config '" + (folder_ / name).string() + "' "; }
  vanthu::test::TempFolder folder_{"cli"};
};

TEST_F(CliTest, SaysWhatItCanDo) {
  EXPECT_EQ(vanthu("help").exit, 0);
  EXPECT_NE(vanthu("--help").out.find("archive search"), std::string::npos);
  EXPECT_NE(vanthu("help archive").out.find("usage: vanthu archive get N"), std::string::npos);
  EXPECT_NE(vanthu("archive get --help").out.find("usage: vanthu archive get N"), std::string::npos);
  EXPECT_EQ(vanthu("--version").exit, 0);
}

TEST_F(CliTest, AnswersWrongWordsWithExit64AndTheNearestRightOnes) {
  EXPECT_EQ(vanthu("").exit, EX_USAGE);
  const Ran noun = vanthu("archiv search");
  EXPECT_EQ(noun.exit, EX_USAGE);
  EXPECT_NE(noun.out.find("did you mean 'archive search'"), std::string::npos) << noun.out;
  const Ran verb = vanthu("archive serch");
  EXPECT_EQ(verb.exit, EX_USAGE);
  EXPECT_NE(verb.out.find("archive search"), std::string::npos);
  EXPECT_EQ(vanthu("archive").exit, EX_USAGE);
  EXPECT_EQ(vanthu("--confg x archive search").exit, EX_USAGE);
  EXPECT_EQ(vanthu("--config").exit, EX_USAGE);
}

TEST_F(CliTest, ChecksAConfiguration) {
  EXPECT_EQ(vanthu(config("good.conf") + "config check").exit, 0);
  const Ran bad = vanthu(config("bad.conf") + "config check");
  EXPECT_EQ(bad.exit, EX_CONFIG);
  EXPECT_NE(bad.out.find("bad.conf:1: unknown key 'hostnam'; the nearest known one is 'hostname'"), std::string::npos)
      << bad.out;
  EXPECT_EQ(vanthu("config check '" + (folder_ / "good.conf").string() + "'").exit, 0);
  std::ofstream(folder_ / "policy.toml") << "langage = \"vi\"\n";
  std::ofstream(folder_ / "wrong-policy.conf") << std::ifstream(folder_ / "good.conf").rdbuf()
                                               << "\n[policy]\nfile = " << (folder_ / "policy.toml").string() << '\n';
  const Ran policy = vanthu(config("wrong-policy.conf") + "config check");
  EXPECT_EQ(policy.exit, EX_CONFIG);
  EXPECT_NE(policy.out.find("unknown key 'langage'; the nearest known one is 'language'"), std::string::npos)
      << policy.out;
  const Ran shown = vanthu(config("good.conf") + "config show");
  EXPECT_NE(shown.out.find("hostname = mx.hatinh.example\n"), std::string::npos);
  EXPECT_EQ(shown.out.find("what we are"), std::string::npos);
  EXPECT_NE(vanthu("config keys").out.find("limits.message-octets"), std::string::npos);
}

TEST_F(CliTest, FindsItsConfigurationByOptionOrEnvironment) {
  const std::string environment = "VANTHU_CONFIG='" + (folder_ / "good.conf").string() + "'";
  EXPECT_EQ(vanthu("archive search", environment).exit, 0);
  EXPECT_EQ(vanthu(config("bad.conf") + "archive search", environment).exit, EX_CONFIG);
  const Ran missing = vanthu(config("none.conf") + "archive search");
  EXPECT_EQ(missing.exit, EX_CONFIG);
  EXPECT_NE(missing.out.find("none.conf: cannot be read"), std::string::npos) << missing.out;
}

TEST_F(CliTest, SaysSoWhenStandardOutputCannotTakeTheAnswer) {
  const Ran full = vanthu("config keys > /dev/full");
  EXPECT_EQ(full.exit, EX_IOERR);
}

}  // namespace
