// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <sysexits.h>

#include <boost/json.hpp>
#include <filesystem>

#include "admin/command.hpp"
#include "filters/policy/policy.hpp"
#include "tests/unit/filters/office_fixture.hpp"

/// `vanthu policy …` with the real inspector, without a gateway.
namespace vanthu::admin {
namespace {
using filters::testing::province;

Answer run(std::string_view verb, const std::vector<std::string>& words, std::map<std::string, std::string> files,
           bool with_directory = true) {
  Config config = filters::testing::gateway_config();
  config.inspector_program = VANTHU_BINARY_DIR "/bin/vanthu-inspector";
  Office office;
  office.config = &config;
  // The row takes a directory it could change, as all rows do; these only read.
  if (with_directory) office.directory = const_cast<directory::Directory*>(&province().directory());
  Request request;
  request.words = words;
  request.files = std::move(files);
  for (const Command& row : policy_commands())
    if (row.verb == verb) return row.run(office, request);
  ADD_FAILURE() << "no row policy " << verb;
  return {};
}

std::string note(const std::string& from, const std::string& to, const std::string& end = "\r\n") {
  return "From: " + from + end + "To: " + to + end + "Subject: x" + end + "Date: Tue, 24 Nov 2026 15:00:00 +0700" +
         end + "Message-ID: <1@may.hatinh.dcs.example>" + end + end + "Chào anh." + end;
}
const std::string own = note("hungnv@hatinh.dcs.example", "lantt@hatinh.dcs.example");

TEST(PolicyCheck, JudgesByTheMessagesOwnFields) {
  const Answer answer = run("check", {"a.eml"}, {{"a.eml", own}});
  EXPECT_EQ(answer.exit, EX_OK) << answer.err << answer.out;
  for (const char* line : {"a.eml: nhận\n", "MAIL FROM:<hungnv@hatinh.dcs.example>: nhận (own mailbox)",
                           "RCPT TO:<lantt@hatinh.dcs.example>: nhận (lantt@hatinh.dcs.example → direct → ",
                           "· attachments.executable", "· addressing.author: own mailbox"})
    EXPECT_NE(answer.out.find(line), std::string::npos) << line << "\n" << answer.out;
}

TEST(PolicyCheck, SaysNoWithOneAndTheReasons) {
  const Answer answer = run(
      "check", {"--from", "khoatb@hatinh.dcs.example", "--to", "vanthu.hcanloc@hatinh.dcs.example", "--json", "a.eml"},
      {{"a.eml", own}});
  EXPECT_EQ(answer.exit, 1) << answer.err;
  const auto all = boost::json::parse(answer.out);
  const auto& one = all.as_array().at(0);
  EXPECT_FALSE(one.at("accepted").as_bool());
  EXPECT_EQ(one.at("login"), "khoatb@hatinh.dcs.example");
  EXPECT_EQ(one.at("direction"), "out");
  EXPECT_EQ(one.at("recipients").at(0).at("verdict").at("rule"), "addressing.closed");
  EXPECT_EQ(one.at("message").at("rule"), "addressing.author");
  EXPECT_EQ(one.at("message").at("policy_version"), filters::Policy::built_in()->version().c_str());
  EXPECT_EQ(one.at("facts").at("from").at(0).at("address"), "hungnv@hatinh.dcs.example");
}

TEST(PolicyCheck, JudgesAsFromOutsideWhenTold) {
  const Answer answer = run("check", {"--direction", "in", "a.eml"}, {{"a.eml", own}});
  EXPECT_EQ(answer.exit, 1);
  EXPECT_NE(answer.out.find("[addressing.forged]"), std::string::npos) << answer.out;
}

TEST(PolicyCheck, TakesFilesWithUnixLineEndsAndSaysSo) {
  const Answer answer =
      run("check", {"a.eml"}, {{"a.eml", note("hungnv@hatinh.dcs.example", "lantt@hatinh.dcs.example", "\n")}});
  EXPECT_EQ(answer.exit, EX_OK) << answer.err << answer.out;
  EXPECT_NE(answer.out.find("đã đổi thành CRLF"), std::string::npos);
}

TEST(PolicyCheck, ShowsNothingOfASecret) {
  std::string secret = own;
  secret.replace(secret.find("Subject: x"), 10, "Subject: chuyen-rieng");
  secret += "\r\nTUYỆT MẬT\r\n\r\nnội dung\r\n";
  for (const bool json : {false, true}) {
    const Answer answer =
        run("check", json ? std::vector<std::string>{"--json", "a.eml"} : std::vector<std::string>{"a.eml"},
            {{"a.eml", secret}});
    EXPECT_EQ(answer.exit, 1);
    EXPECT_NE(answer.out.find("S-1"), std::string::npos) << answer.out;
    for (const char* told : {"chuyen-rieng", "nội dung", "TUYỆT", "text/plain"})
      EXPECT_EQ(answer.out.find(told), std::string::npos) << told;
  }
}

TEST(PolicyCheck, JudgesContentWhereThereIsNoDirectory) {
  const Answer answer = run("check", {"a.eml"}, {{"a.eml", own}}, false);
  EXPECT_EQ(answer.exit, EX_OK) << answer.err;
  EXPECT_NE(answer.out.find("không xét vì không có danh bạ"), std::string::npos) << answer.out;
}

TEST(PolicyCheck, JudgesTheOtherFilesWhenOneIsNoMessage) {
  const Answer answer = run("check", {"empty.eml", "a.eml"}, {{"empty.eml", ""}, {"a.eml", own}});
  EXPECT_EQ(answer.exit, EX_DATAERR);
  EXPECT_EQ(answer.err, "empty.eml: is empty, a message was expected\n");
  EXPECT_NE(answer.out.find("a.eml: nhận"), std::string::npos);
}

struct UsageCase {
  const char* name;
  std::vector<std::string> words;
  const char* says;
};
TEST(PolicyCheck, NamesWhatIsWrongWithItsWords) {
  for (const UsageCase& row : {UsageCase{"no file", {}, "no message file"},
                               UsageCase{"from", {"--from", "x", "a.eml"}, "--from: no mail address"},
                               UsageCase{"to", {"--to", "x@", "a.eml"}, "--to: no mail address"},
                               UsageCase{"direction", {"--direction", "up", "a.eml"}, "in, out or append, not up"},
                               UsageCase{"day", {"--at", "hôm nay", "a.eml"}, "no day"},
                               UsageCase{"option", {"--frm", "a.eml"}, "unknown option --frm"}}) {
    const Answer answer = run("check", row.words, {{"a.eml", own}});
    EXPECT_EQ(answer.exit, EX_USAGE) << row.name;
    EXPECT_NE(answer.err.find(row.says), std::string::npos) << answer.err;
  }
}

TEST(PolicyCheck, TakesNoPolicyWithFaults) {
  const Answer answer = run("check", {"--policy", "/nonexistent.toml", "a.eml"}, {{"a.eml", own}});
  EXPECT_EQ(answer.exit, EX_DATAERR);
  EXPECT_EQ(answer.err, "/nonexistent.toml: cannot be read\n");
}

const std::string least =
    "[[rule]]\nid = \"S-1\"\nsecrecy = [\"mat\", \"toi-mat\", \"tuyet-mat\"]\naction = \"reject\"\n"
    "text_vi = \"chặn\"\ntext_en = \"blocked\"\n";

TEST(PolicyTest, ThePolicyOfTheProductPassesItsOwnTests) {
  const std::string policy = filters::Policy::built_in()->text();
  for (const bool with_directory : {true, false}) {
    const Answer answer = run("test", {"x.toml"}, {{"x.toml", policy}}, with_directory);
    EXPECT_EQ(answer.exit, EX_OK) << answer.out << answer.err;
  }
}

TEST(PolicyTest, RunsTheTestsThatAPolicyBrings) {
  const std::string policy =
      least +
      "[[test]]\nname = \"marked\"\nfacts.secrecy = \"mat\"\nexpect = \"reject\"\nrule = \"S-1\"\n"
      "[[test]]\nname = \"inline\"\nexpect = \"accept\"\nfrom = \"hungnv@hatinh.dcs.example\"\n"
      "to = \"lantt@hatinh.dcs.example\"\ntext = \"\"\"\n" +
      note("hungnv@hatinh.dcs.example", "lantt@hatinh.dcs.example", "\n") + "\"\"\"\n" +
      "[[test]]\nname = \"file\"\nmessage = \"own.eml\"\nexpect = \"reject\"\n";
  const Answer answer = run("test", {"p/x.toml"}, {{"p/x.toml", policy}, {"p/x.toml » own.eml", own}});
  EXPECT_EQ(answer.exit, 1);
  EXPECT_NE(answer.out.find("1 of 3 tests failed"), std::string::npos) << answer.out << answer.err;
  EXPECT_NE(answer.out.find("✗ file (p/x.toml:"), std::string::npos) << answer.out;
  EXPECT_NE(answer.out.find("(expected): reject"), std::string::npos) << answer.out;
  EXPECT_NE(answer.out.find("(got):      accept"), std::string::npos) << answer.out;
}

TEST(PolicyTest, PassesTheDefaultAndNamesFaultsByLine) {
  const std::string good = run("default", {}, {}).out;
  EXPECT_EQ(run("test", {"policy.toml"}, {{"policy.toml", good}}).exit, EX_OK);
  const Answer answer = run("test", {"policy.toml"}, {{"policy.toml", good + "[[rule]]\nacton = 1\n"}});
  EXPECT_EQ(answer.exit, EX_DATAERR);
  EXPECT_NE(answer.err.find(": unknown key 'acton'; the nearest known one is 'action'"), std::string::npos)
      << answer.err;
}

/// A list wrote its footer behind the base64 of a file.
std::string with_footer(const std::string& from) {
  std::string message = note(from, "hungnv@hatinh.dcs.example");
  message.erase(message.find("\r\n\r\n"));
  return message +
         "\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; name=a.bin\r\n"
         "Content-Transfer-Encoding: base64\r\n\r\nAAECAw==\r\n\r\n____ list ____\r\n";
}

TEST(PolicyCheck, BringsMailFromOutsideToItsStrictReadingAndSaysSo) {
  // The mailbox is for mail from inside alone, which is another matter than what is judged here.
  const Answer answer = run("check", {"--json", "a.eml"}, {{"a.eml", with_footer("snv@nghean.example")}});
  const auto all = boost::json::parse(answer.out);
  EXPECT_TRUE(all.at(0).at("rewritten").as_bool());
  EXPECT_EQ(all.at(0).at("message").at("action"), "accept");
  const Answer ours = run("check", {"--json", "a.eml"}, {{"a.eml", with_footer("hungnv@hatinh.dcs.example")}});
  EXPECT_EQ(ours.exit, 1) << "nobody alters what our own users write";
  EXPECT_EQ(boost::json::parse(ours.out).at(0).at("message").at("rule"), "mime.ambiguous");
}

Answer look(const std::vector<std::string>& words, std::map<std::string, std::string> files) {
  Config config = filters::testing::gateway_config();
  config.inspector_program = VANTHU_BINARY_DIR "/bin/vanthu-inspector";
  Office office;
  office.config = &config;
  Request request;
  request.words = words;
  request.files = std::move(files);
  return inspect_commands()[0].run(office, request);
}

TEST(Inspect, TellsEachFindingWithItsClassPlaceAndSentence) {
  const std::string message = with_footer("snv@nghean.example");
  const Answer answer = look({"--jsonl", "a.eml"}, {{"a.eml", message}});
  EXPECT_EQ(answer.exit, EX_OK) << answer.err;
  const auto one = boost::json::parse(answer.out);
  EXPECT_TRUE(one.at("message").as_bool());
  const auto& finding = one.at("findings").at(0);
  EXPECT_EQ(finding.at("id"), "mime.bad-base64");
  EXPECT_EQ(finding.at("class"), "encoding");
  EXPECT_TRUE(finding.at("blocks").as_bool());
  EXPECT_EQ(finding.at("part"), "1");
  EXPECT_EQ(finding.at("offset").to_number<std::size_t>(), message.find("AAECAw"));
  EXPECT_EQ(finding.at("en"), "base64 data is damaged or can be read in two ways");
}

TEST(Inspect, TakesAFileThatIsNoMessageAsPartOne) {
  const Answer answer = look({"--json", "bao cao.txt"}, {{"bao cao.txt", "MZ" + std::string(70, '\0')}});
  EXPECT_EQ(answer.exit, EX_OK) << answer.err;
  const auto all = boost::json::parse(answer.out);
  EXPECT_FALSE(all.at(0).at("message").as_bool());
  EXPECT_EQ(all.at(0).at("facts").at("parts").at(0).at("name"), "bao cao.txt");
  EXPECT_EQ(all.at(0).at("file_sha256"), all.at(0).at("facts").at("parts").at(0).at("sha256"));
}

TEST(Inspect, IsReadableForPeople) {
  const Answer answer = look({"a.eml", "b.txt"}, {{"a.eml", with_footer("x@y.example")}, {"b.txt", "Xin chao."}});
  EXPECT_EQ(answer.exit, EX_OK) << answer.err;
  for (const char* words : {"a.eml  sha256 ", "mime.bad-base64", "b.txt  sha256 ", "no finding"})
    EXPECT_NE(answer.out.find(words), std::string::npos) << words << '\n' << answer.out;
  EXPECT_EQ(look({"--json"}, {}).exit, EX_USAGE);
  EXPECT_EQ(look({"missing"}, {}).exit, EX_NOINPUT);
}

}  // namespace
}  // namespace vanthu::admin
