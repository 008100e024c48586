// SPDX-License-Identifier: GPL-3.0-or-later
// The demo's directory as a whole: a province before and after the district level went.
#include <algorithm>

#include "fixture.hpp"

namespace vanthu::directory {
namespace {
using Kind = Resolution::Kind;
using Names = std::vector<std::string>;

class SampleDirectory : public testing::Test {
 protected:
  static void SetUpTestSuite() { office_ = std::make_unique<Office>(sample_files(), sample_options()); }
  static void TearDownTestSuite() { office_.reset(); }
  static Directory& directory() { return **office_; }
  static std::string at(const std::string& name) { return name + "@hatinh.dcs.example"; }
  static Login login(const char* name) {
    const auto mailbox = directory().mailbox(at(name));
    return {mailbox->address, mailbox->person, "", mailbox->unit};
  }
  static std::unique_ptr<Office> office_;
};
std::unique_ptr<Office> SampleDirectory::office_;

TEST_F(SampleDirectory, IsImportedWithItsOdditiesNoted) {
  const Folder folder;
  const auto office = *Directory::open(folder.file(), Directory::Mode::write);
  const auto report = import(*office, sample_files(), sample_options());
  EXPECT_EQ(office->units().size(), 70U);
  EXPECT_EQ(office->people().size(), 245U);
  EXPECT_EQ(office->mailboxes().size(), 345U);
  EXPECT_EQ(office->groups().size(), 16U);
  const std::string notes = testing::PrintToString(report->notes);
  EXPECT_NE(notes.find("Nguyễn Văn Hùng is the name of several people: n225, n226, n227"), std::string::npos);
  EXPECT_NE(notes.find("dunghq@hatinh.dcs.example, a member of btv-tu, is dormant"), std::string::npos);
}

TEST_F(SampleDirectory, ClosesTheDistrictsAndNamesTheirSuccessors) {
  const Resolution kyanh = directory().resolve(at("vanthu.hu.kyanh"), today);
  EXPECT_EQ(kyanh.kind, Kind::closed);
  EXPECT_EQ(kyanh.closed_name, "Huyện uỷ Kỳ Anh");
  EXPECT_EQ(kyanh.successors,
            (Names{at("vanthu.kyanh") + " (Đảng uỷ xã Kỳ Anh)", at("vanthu.kyhoa") + " (Đảng uỷ xã Kỳ Hoa)"}));
  EXPECT_EQ(directory().resolve(at("vanthu.hu.kyanh"), date("2025-06-30")).kind, Kind::mailbox);
}

TEST_F(SampleDirectory, FollowsAChainOfSuccessors) {
  // Lộc Hà became part of Thạch Hà, which the communes took over from.
  EXPECT_EQ(directory().resolve(at("hu.locha"), today).successors,
            (Names{at("vanthu.locha") + " (Đảng uỷ xã Lộc Hà)", at("vanthu.thachha") + " (Đảng uỷ xã Thạch Hà)"}));
  EXPECT_EQ(directory().resolve(at("hu.locha"), date("2025-03-01")).successors,
            Names{at("vanthu.hu.thachha") + " (Huyện uỷ Thạch Hà)"});
}

TEST_F(SampleDirectory, ServesTheCommitteeByItsOffice) {
  EXPECT_EQ(addresses(directory().resolve(at("tinhuy"), today)), Names{at("vanthu.vptu")});
  EXPECT_EQ(directory().registry_of("tinhuy", today)->address, at("vanthu.vptu"));
  EXPECT_EQ(directory().registry_of("vptu-cycntt", today)->address, at("vanthu.vptu"));
}

/// The members file prints yesterday's answer of each rule: the rule must give the same.
TEST_F(SampleDirectory, AnswersDynamicGroupsAsTheMembersFileLists) {
  std::map<std::string, std::vector<std::string>> listed;
  const std::string file = sample_files().at("group-members.csv");
  for (std::size_t start = 0; start < file.size();) {
    const std::size_t end = std::min(file.find('\n', start), file.size());
    const std::string line = file.substr(start, end - start);
    start = end + 1;
    const std::size_t comma = line.find(',');
    if (comma != std::string::npos)
      listed[line.substr(0, comma)].push_back(line.substr(comma + 1, line.find(',', comma + 1) - comma - 1));
  }
  for (const char* id : {"duct", "xaphuong", "vanthu-all"}) {
    for (const Group& group : directory().groups()) {
      if (group.id != id) continue;
      Names got = addresses(directory().resolve(group.address, today));
      Names want = listed.at(id);
      std::sort(got.begin(), got.end());
      std::sort(want.begin(), want.end());
      EXPECT_EQ(got, want) << id;
    }
  }
}

TEST_F(SampleDirectory, DoesNotResolveTheDistrictsGroupForNewMail) {
  EXPECT_EQ(directory().resolve(at("g.huyenthanhthi"), today).kind, Kind::closed);
  const Names then = addresses(directory().resolve(at("g.huyenthanhthi"), date("2024-06-30")));
  EXPECT_EQ(then.size(), 16U) << "13 district committees, the provincial organs' committee, the army's, the police's";
}

TEST_F(SampleDirectory, LetsTheClerksSendForTheOfficeAndNobodyElse) {
  EXPECT_TRUE(directory().may_send_as(login("kienth"), at("vanthu.vptu"), today).allowed);
  EXPECT_EQ(directory().may_send_as(login("kienth"), at("vanthu.vptu"), today).because,
            "Văn thư of Phòng Hành chính - Lưu trữ, Văn phòng Tỉnh uỷ");
  EXPECT_FALSE(directory().may_send_as(login("khoatb"), at("vanthu.vptu"), today).allowed);
  EXPECT_FALSE(directory().may_send_as(login("kienth"), at("vanthu.btctu"), today).allowed);
  EXPECT_TRUE(directory().may_send_as(login("dunghtt"), at("luutru"), today).allowed) << "Lưu trữ viên";
  EXPECT_FALSE(directory().may_send_as(login("phucnm"), at("khongtraloi"), today).allowed);
  EXPECT_TRUE(directory().may_send_as(login("datdk"), at("cvp"), today).allowed);
}

TEST_F(SampleDirectory, KnowsTheSecretarysDelegations) {
  const Login secretary = login("nganptm");
  EXPECT_TRUE(directory().may_send_as(secretary, at("bithu"), today).allowed);
  EXPECT_FALSE(directory().may_send_as(secretary, at("bithu"), today).on_behalf);
  EXPECT_TRUE(directory().may_send_as(secretary, at("cvp"), today).on_behalf);
  EXPECT_TRUE(directory().may_open(secretary, at("cvp"), today).allowed);
  EXPECT_FALSE(directory().may_send_as(secretary, at("pbttt"), today).allowed);
}

TEST_F(SampleDirectory, KnowsItsRoles) {
  EXPECT_EQ(directory().roles("n022", today).at(0).role, "administrator");
  EXPECT_EQ(directory().roles("n206", today).at(0).scope, "xcanloc25");
  EXPECT_EQ(directory().roles("n017", today).at(0).role, "archivist");
  EXPECT_TRUE(directory().roles("n009", today).empty());
}

TEST_F(SampleDirectory, FindsNeighboursOfAMisspeltAddress) {
  const Names near = directory().neighbours(at("khoatbb"), 3, today);
  ASSERT_FALSE(near.empty());
  EXPECT_EQ(near[0], at("khoatb"));
}
}  // namespace
}  // namespace vanthu::directory
