// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of directory, who and mailbox on a small directory.
#include "admin/commands.hpp"

#include <boost/json.hpp>

#include "fixture.hpp"
#include "gateway/base/config.hpp"

namespace vanthu::directory {
namespace {
namespace json = boost::json;
using Words = std::vector<std::string>;

class DirectoryCommands : public testing::Test {
 protected:
  DirectoryCommands() {
    config_.domains = {"tinh.example"};
    desk_.config = &config_;
    desk_.directory = &*office_;
  }
  admin::Answer run(const char* noun, const char* verb, Words words, const std::string& input = {}, Files files = {}) {
    const admin::Command* row = admin::find_command(noun, verb);
    if (row == nullptr) {
      ADD_FAILURE() << noun << ' ' << verb << ": no such row";
      return {};
    }
    admin::Request request;
    request.words = std::move(words);
    request.input = input;
    request.files = std::move(files);
    return row->run(desk_, request);
  }
  static bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

  Office office_;
  Config config_;
  admin::Office desk_;
};

TEST_F(DirectoryCommands, ResolveAnswersYesNoAndWhere) {
  EXPECT_EQ(run("directory", "resolve", {"annv@tinh.example"}).exit, 0);
  const auto closed = run("directory", "resolve", {"hu.kyanh@tinh.example"});
  EXPECT_EQ(closed.exit, 1);
  EXPECT_TRUE(has(closed.out, "vanthu.kyanh@tinh.example (Đảng uỷ xã Kỳ Anh)")) << closed.out;
  EXPECT_EQ(run("directory", "resolve", {"hu.kyanh@tinh.example", "--at", "30/06/2025"}).exit, 0);
  const auto unknown = run("directory", "resolve", {"anvn@tinh.example", "--json"});
  EXPECT_EQ(unknown.exit, 1);
  const json::value answer = json::parse(unknown.out);
  EXPECT_EQ(answer.at("kind").as_string(), "unknown");
  EXPECT_EQ(answer.at("neighbours").at(0).as_string(), "annv@tinh.example");
}

TEST_F(DirectoryCommands, ImportListsFaultsAndChangesNothing) {
  const auto refused = run("directory", "import", {"x"}, {}, and_line(small_files(), "people.csv", "p9,,x,active,"));
  EXPECT_EQ(refused.exit, 65);
  EXPECT_TRUE(has(refused.err, "people.csv:6: full_name is empty")) << refused.err;
  EXPECT_TRUE(refused.out.empty());
  const auto dry =
      run("directory", "import", {"x", "--dry-run"}, {}, and_line(small_files(), "people.csv", "p9,Ai,x,active,"));
  EXPECT_EQ(dry.exit, 0);
  EXPECT_FALSE((*office_).person("p9"));
  const auto taken =
      run("directory", "import", {"x", "--json"}, {}, and_line(small_files(), "people.csv", "p9,Ai,x,active,"));
  EXPECT_EQ(taken.exit, 0);
  EXPECT_TRUE(json::parse(taken.out).at("stored").as_bool());
  EXPECT_TRUE((*office_).person("p9"));
}

TEST_F(DirectoryCommands, WhoFindsByIdAddressAndNameWithOrWithoutMarks) {
  for (const char* wanted : {"p2", "binhtt@tinh.example", "Trần Thị Bình", "tran thi binh", "binh"}) {
    const auto found = run("who", "", {wanted, "--json"});
    ASSERT_EQ(found.exit, 0) << wanted << found.err;
    EXPECT_EQ(json::parse(found.out).at("people").at(0).at("id").as_string(), "p2");
  }
  EXPECT_EQ(run("who", "", {"tran", "thi", "binh"}).exit, 0) << "a name need not be quoted";
  const auto text = run("who", "", {"p2"}).out;
  EXPECT_TRUE(has(text, "vanthu.vp@tinh.example")) << text;
  EXPECT_EQ(run("who", "", {"Bính"}).exit, 0) << "no one is spelt so: those alike without marks";
  EXPECT_EQ(run("who", "", {"nobody"}).exit, 66);
  EXPECT_EQ(run("who", "", {"bithu@tinh.example"}).exit, 0) << "who holds the position";
}

TEST_F(DirectoryCommands, ShowTellsOfEverySortOfThing) {
  const auto all = run("directory", "show", {});
  EXPECT_TRUE(has(all.out, "  Văn phòng Tỉnh uỷ  [vp]\n")) << all.out;
  EXPECT_TRUE(has(run("directory", "show", {"unit", "vp"}).out, "văn thư: vanthu.vp@tinh.example"));
  EXPECT_TRUE(has(run("directory", "show", {"mailbox", "annv@tinh.example"}).out, "tên khác: an.nguyen@tinh.example"));
  EXPECT_TRUE(has(run("directory", "show", {"group", "tatca"}).out, "bỏ qua: vanthu.hu.kyanh@tinh.example"));
  EXPECT_EQ(run("directory", "show", {"person", "p1"}).exit, 0);
  EXPECT_EQ(run("directory", "show", {"unit", "nowhere"}).exit, 66);
  EXPECT_EQ(run("directory", "show", {"unit"}).exit, 64);
  EXPECT_EQ(run("directory", "show", {"planet", "mars"}).exit, 64);
  for (const Words& words :
       {Words{}, Words{"unit", "vp"}, Words{"mailbox", "annv@tinh.example"}, Words{"group", "tatca"}}) {
    Words with_json = words;
    with_json.emplace_back("--json");
    EXPECT_NO_THROW(static_cast<void>(json::parse(run("directory", "show", with_json).out)));
  }
}

TEST_F(DirectoryCommands, MailboxLivesFromAddToClose) {
  const Words add{"duan@tinh.example", "--kind", "role", "--unit", "vp"};
  ASSERT_EQ(run("mailbox", "add", add).exit, 0);
  EXPECT_EQ(run("mailbox", "add", add).exit, 73);
  EXPECT_EQ(run("mailbox", "password", {"duan@tinh.example"}, "ngắn\n").exit, 65);
  EXPECT_EQ(run("mailbox", "password", {"duan@tinh.example"}, "mật khẩu\n").exit, 0) << "eight characters, not octets";
  EXPECT_TRUE((*office_).authenticate("duan@tinh.example", "mật khẩu", day_of(now())));
  EXPECT_EQ(run("mailbox", "suspend", {"duan@tinh.example"}).exit, 0);
  EXPECT_TRUE(has(run("mailbox", "list", {"--status", "suspended"}).out, "duan@tinh.example"));
  EXPECT_EQ(run("mailbox", "resume", {"duan@tinh.example"}).exit, 0);
  EXPECT_EQ(run("mailbox", "close", {"duan@tinh.example"}).exit, 0);
  EXPECT_EQ(run("mailbox", "close", {"duan@tinh.example"}).exit, 65);
  EXPECT_EQ(run("mailbox", "close", {"nobody@tinh.example"}).exit, 66);
}

TEST_F(DirectoryCommands, MailboxAddSaysWhatIsWrong) {
  EXPECT_EQ(run("mailbox", "add", {"a@tinh.example", "--kind", "robot", "--unit", "vp"}).exit, 64);
  EXPECT_EQ(run("mailbox", "add", {"a@tinh.example", "--unit", "vp"}).exit, 64);
  EXPECT_EQ(run("mailbox", "add", {"a@else.example", "--kind", "role", "--unit", "vp"}).exit, 65);
  EXPECT_EQ(run("mailbox", "add", {"a@tinh.example", "--kind", "role", "--unit", "nowhere"}).exit, 65);
  EXPECT_EQ(run("mailbox", "list", {"--status", "asleep"}).exit, 64);
}

TEST_F(DirectoryCommands, SayThatNoDirectoryIsOpen) {
  desk_.directory = nullptr;
  EXPECT_EQ(run("directory", "show", {}).exit, 69);
}
}  // namespace
}  // namespace vanthu::directory
