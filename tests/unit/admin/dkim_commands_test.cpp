// SPDX-License-Identifier: GPL-3.0-or-later
// dkim new and dkim dns: key files as an operator would make and publish them.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sysexits.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "admin/commands.hpp"
#include "gateway/mailauth/dkim_signer.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::admin {
namespace {

class DkimCommands : public testing::Test {
 protected:
  Answer run(const char* verb, std::vector<std::string> words) {
    Office office;
    Request request;
    request.words = std::move(words);
    request.config_file = folder_ / "gateway.conf";
    return find_command("dkim", verb)->run(office, request);
  }
  std::string file(const char* name) const { return folder_ / name; }
  static std::string content(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  /// The record that a zone line's strings make together; each holds at most 255 octets (RFC 1035 §3.3.14).
  static std::string record_of(const std::string& out, const std::string& owner) {
    const std::size_t line = out.find(owner + ". IN TXT (");
    if (line == std::string::npos) return "no line for " + owner + " in " + out;
    const std::size_t end = out.find('\n', line);
    std::string record;
    for (std::size_t at = out.find('"', line); at < end; at = out.find('"', at)) {
      const std::size_t close = out.find('"', at + 1);
      EXPECT_LE(close - at - 1, 255U) << out;
      record += out.substr(at + 1, close - at - 1);
      at = close + 1;
    }
    return record;
  }
  /// Whether what the file signs verifies under that record.
  static bool belong_together(const std::string& file, const std::string& record) {
    const auto published = mailauth::parse_key_record(record);
    const auto key = mailauth::read_private_key(file);
    if (!published || !published->key || !key) return false;
    return mailauth::verify(*published->key, published->algorithm, "octets",
                            mailauth::sign(**key, published->algorithm, "octets"));
  }

  test::TempFolder folder_{"dkim"};
};

TEST_F(DkimCommands, NewMakesAKeyOfEachTypeAndSaysWhatBelongsIntoTheDns) {
  const struct {
    std::vector<std::string> type;
    mailauth::Algorithm algorithm;
  } cases[] = {{{}, mailauth::Algorithm::rsa},
               {{"--type", "rsa"}, mailauth::Algorithm::rsa},
               {{"--type", "ed25519"}, mailauth::Algorithm::ed25519}};
  for (const auto& one : cases) {
    const std::string key = file("key.pem");
    auto words = one.type;
    words.insert(words.end(), {"tinh.example", "s2026", key});
    const Answer answer = run("new", words);
    ASSERT_EQ(answer.exit, 0) << answer.err;
    const std::string record = record_of(answer.out, "s2026._domainkey.tinh.example");
    const auto published = mailauth::parse_key_record(record);
    ASSERT_TRUE(published) << record;
    EXPECT_EQ(published->algorithm, one.algorithm);
    EXPECT_TRUE(belong_together(key, record));
    struct stat about {};
    ASSERT_EQ(stat(key.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U) << "nobody else may sign";
    // The line for gateway.conf is one that the gateway takes.
    const std::string row = "dkim.key = ";
    const std::size_t at = answer.out.find(row);
    ASSERT_NE(at, std::string::npos) << answer.out;
    const std::string value = answer.out.substr(at + row.size(), answer.out.find('\n', at) - at - row.size());
    const auto signer = mailauth::Signer::load({value});
    ASSERT_TRUE(signer) << signer.error().detail;
    EXPECT_EQ(signer->rows().at(0).domain, "tinh.example");
    std::filesystem::remove(key);
  }
}

TEST_F(DkimCommands, NewLeavesAFileThatIsThereAlone) {
  std::ofstream(file("key.pem")) << "somebody's only key";
  const Answer answer = run("new", {"tinh.example", "s2026", file("key.pem")});
  EXPECT_EQ(answer.exit, EX_CANTCREAT);
  EXPECT_EQ(answer.out, "");
  EXPECT_NE(answer.err.find(file("key.pem")), std::string::npos) << answer.err;
  EXPECT_EQ(content(file("key.pem")), "somebody's only key");
  EXPECT_EQ(run("new", {"tinh.example", "s2026", file("nowhere/key.pem")}).exit, EX_CANTCREAT);
}

TEST_F(DkimCommands, NewLeavesNoFileBehindForANameThatNoDnsTakes) {
  for (const auto& [domain, selector] : {std::pair("tinh..example", "s2026"), std::pair("tinh.example", "s 2026"),
                                         std::pair("tinh.example", ""), std::pair("", "s2026")}) {
    const Answer answer = run("new", {domain, selector, file("key.pem")});
    EXPECT_NE(answer.exit, 0) << domain << ' ' << selector;
    EXPECT_EQ(answer.out, "") << domain << ' ' << selector;
    EXPECT_FALSE(std::filesystem::exists(file("key.pem"))) << domain << ' ' << selector;
  }
}

TEST_F(DkimCommands, SayHowTheyAreUsed) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{},
                                             {"tinh.example", "s2026"},
                                             {"tinh.example", "s2026", file("key.pem"), "more"},
                                             {"--type", "dsa", "tinh.example", "s2026", file("key.pem")},
                                             {"--size", "4096", "tinh.example", "s2026", file("key.pem")}}) {
    const Answer answer = run("new", words);
    EXPECT_EQ(answer.exit, EX_USAGE);
    EXPECT_NE(answer.err.find("dkim new"), std::string::npos) << answer.err;
  }
  EXPECT_FALSE(std::filesystem::exists(file("key.pem")));
  EXPECT_EQ(run("dns", {"tinh.example"}).exit, EX_USAGE);
}

TEST_F(DkimCommands, DnsSaysTheSameOfAFileAndOfTheConfiguration) {
  ASSERT_EQ(run("new", {"tinh.example", "s2026", file("one.pem")}).exit, 0);
  ASSERT_EQ(run("new", {"--type", "ed25519", "tinh.example", "e2026", file("two.pem")}).exit, 0);
  const Answer one = run("dns", {"tinh.example", "s2026", file("one.pem")});
  ASSERT_EQ(one.exit, 0) << one.err;
  EXPECT_TRUE(belong_together(file("one.pem"), record_of(one.out, "s2026._domainkey.tinh.example")));
  std::ofstream(folder_ / "gateway.conf")
      << "hostname = mx.tinh.example\ndomain = tinh.example\ndata = " << folder_.path().string()
      << "\ndkim.key = tinh.example s2026 " << file("one.pem") << "\ndkim.key = tinh.example e2026 " << file("two.pem")
      << '\n';
  const Answer all = run("dns", {});
  ASSERT_EQ(all.exit, 0) << all.err;
  EXPECT_EQ(all.out.substr(0, one.out.size()), one.out);
  EXPECT_TRUE(belong_together(file("two.pem"), record_of(all.out, "e2026._domainkey.tinh.example")));
}

TEST_F(DkimCommands, DnsNamesWhatItCannotRead) {
  std::ofstream(file("letter.pem")) << "no key at all";
  for (const char* name : {"nowhere.pem", "letter.pem"}) {
    const Answer answer = run("dns", {"tinh.example", "s2026", file(name)});
    EXPECT_NE(answer.exit, 0) << name;
    EXPECT_EQ(answer.out, "") << name;
    EXPECT_NE(answer.err.find(file(name)), std::string::npos) << answer.err;
  }
  EXPECT_NE(run("dns", {}).exit, 0) << "there is no configuration";
}

}  // namespace
}  // namespace vanthu::admin
