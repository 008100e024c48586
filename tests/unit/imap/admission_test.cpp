// SPDX-License-Identifier: GPL-3.0-or-later
// Against a real directory in a folder of its own.
#include "gateway/imap/admission.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "directory/import.hpp"
#include "directory/login_today.hpp"

namespace vanthu::imap {
namespace {
using std::chrono::November;
constexpr Date today{std::chrono::year{2026}, November, std::chrono::day{24}};

/// The sample directory of the province in a box.
std::map<std::string, std::string> sample() {
  std::map<std::string, std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(VANTHU_SOURCE_DIR) / "conf/demo/directory")) {
    if (entry.path().extension() != ".csv") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    files[entry.path().filename().string()] = std::string(std::istreambuf_iterator<char>(in), {});
  }
  return files;
}

class AdmissionTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / ("vanthu-admission-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    auto opened = directory::Directory::open(folder_ / "directory.lmdb", directory::Directory::Mode::write);
    ASSERT_TRUE(opened) << opened.error().detail;
    directory_ = *std::move(opened);
    const auto report = directory::import(*directory_, sample(), {{"hatinh.dcs.example"}, false, today});
    ASSERT_TRUE(report) << report.error().detail;
    ASSERT_TRUE(report->stored) << (report->faults.empty() ? "" : report->faults.front());
    for (const char* address : {"khoatb@hatinh.dcs.example", "kienth@hatinh.dcs.example"})
      ASSERT_TRUE(directory_->set_password(address, "đúng rồi"));
  }
  void TearDown() override {
    directory_.reset();
    std::filesystem::remove_all(folder_);
  }
  Admission ask(std::string user, std::string mailbox, std::string password = "đúng rồi") {
    return admit(*directory_, {std::move(user), std::move(mailbox), std::move(password)}, today);
  }
  std::filesystem::path folder_;
  std::unique_ptr<directory::Directory> directory_;
};

TEST_F(AdmissionTest, OpensOnesOwnMailboxWhateverTheCaseOfTheAddress) {
  const Admission admission = ask("KhoaTB@HaTinh.dcs.example", "");
  EXPECT_EQ(admission.answer, LoginAnswer::accepted);
  EXPECT_EQ(admission.user, "khoatb@hatinh.dcs.example");
  EXPECT_EQ(admission.mailbox, "khoatb@hatinh.dcs.example");
}

TEST_F(AdmissionTest, SaysTheSameForAnUnknownUserAndAWrongPassword) {
  for (const Admission& admission :
       {ask("khoatb@hatinh.dcs.example", "", "sai"), ask("nobody@hatinh.dcs.example", ""), ask("not an address", ""),
        ask("khoatb@hatinh.dcs.example", "vanthu.vptu@hatinh.dcs.example", "sai")}) {
    EXPECT_EQ(admission.answer, LoginAnswer::wrong);
    EXPECT_EQ(admission.user, "");
    EXPECT_EQ(admission.mailbox, "");
  }
}

TEST_F(AdmissionTest, OpensTheUnitsMailboxForWhoHoldsItsPosition) {
  const Admission admission = ask("kienth@hatinh.dcs.example", "Vanthu.VPTU@hatinh.dcs.example");
  EXPECT_EQ(admission.answer, LoginAnswer::accepted);
  EXPECT_EQ(admission.user, "kienth@hatinh.dcs.example");
  EXPECT_EQ(admission.mailbox, "vanthu.vptu@hatinh.dcs.example");
  EXPECT_NE(admission.because, "own mailbox");
}

TEST_F(AdmissionTest, OfASessionThatGoesOnEndsWithItsLoginPasswordOrRight) {
  constexpr const char* clerk = "kienth@hatinh.dcs.example";
  constexpr const char* office = "vanthu.vptu@hatinh.dcs.example";
  const auto again = [&](const Admission& earlier, Date day = today) {
    return admit_again(*directory_, earlier.login, earlier.proof, earlier.mailbox, day).answer;
  };
  const auto word = directory_->add_app_password(clerk, "điện thoại", today);
  ASSERT_TRUE(word);
  const Admission own = ask(clerk, office), phone = ask(clerk, office, *word);
  ASSERT_EQ(phone.answer, LoginAnswer::accepted);
  const auto scram = directory_->scram(clerk, today);
  ASSERT_TRUE(scram && scram->login);
  Admission shown = admit(*directory_, *scram->login, office, today);
  shown.proof = directory::proof_by_password(*directory_, clerk, {}, today);
  for (const Admission& one : {own, phone, shown}) EXPECT_EQ(again(one), LoginAnswer::accepted);
  EXPECT_EQ(again(phone, Date{today.year(), today.month(), std::chrono::day{25}}), LoginAnswer::wrong)
      << "its last day";
  ASSERT_TRUE(directory_->remove_app_password(clerk, directory_->app_passwords(clerk).front().id));
  EXPECT_EQ(again(phone), LoginAnswer::wrong);
  EXPECT_EQ(again(own), LoginAnswer::accepted);
  ASSERT_TRUE(directory_->set_password(clerk, "mật khẩu khác"));
  EXPECT_EQ(again(own), LoginAnswer::wrong);
  EXPECT_EQ(again(shown), LoginAnswer::wrong);
  const Admission fresh = ask(clerk, office, "mật khẩu khác");
  EXPECT_EQ(again(fresh), LoginAnswer::accepted);
  directory::Login other = fresh.login;
  other.person = "somebody else";
  EXPECT_EQ(admit_again(*directory_, other, fresh.proof, office, today).answer, LoginAnswer::wrong);
  EXPECT_EQ(admit_again(*directory_, fresh.login, fresh.proof, "khoatb@hatinh.dcs.example", today).answer,
            LoginAnswer::not_allowed);
  ASSERT_TRUE(directory_->set_mailbox_status(clerk, directory::Mailbox::Status::suspended, today));
  EXPECT_EQ(again(fresh), LoginAnswer::wrong);
}

TEST_F(AdmissionTest, OfASessionThatGoesOnEndsWithTheRowOfItsCertificate) {
  constexpr const char* clerk = "kienth@hatinh.dcs.example";
  constexpr const char* other = "khoatb@hatinh.dcs.example";
  const auto take = [&](const std::string& rows) {
    auto files = sample();
    files["certificates.csv"] = "certificate,address,valid_from,valid_to\r\n" + rows;
    const auto report = directory::import(*directory_, files, {{"hatinh.dcs.example"}, false, today});
    ASSERT_TRUE(report && report->stored) << (report && !report->faults.empty() ? report->faults.front() : "");
  };
  const std::string own = std::string("sha256:ab12,") + clerk + ",,2026-11-25\r\n";
  take(own);
  const std::vector<std::string> names{"sha256:ab12", "CN=kien", "kien@cert.example"};
  const auto login = directory_->by_certificate(names, {}, today);
  ASSERT_TRUE(login) << login.error().detail;
  const directory::Proof proof{0, false, names};
  const auto again = [&](std::chrono::day day = today.day()) {
    return admit_again(*directory_, *login, proof, clerk, Date{today.year(), today.month(), day}).answer;
  };
  EXPECT_EQ(again(), LoginAnswer::accepted);
  EXPECT_EQ(again(std::chrono::day{25}), LoginAnswer::accepted) << "its last day";
  EXPECT_EQ(again(std::chrono::day{26}), LoginAnswer::wrong);
  directory::Proof expired = proof;
  expired.lapsed = [] { return std::string("expired"); };
  EXPECT_EQ(admit_again(*directory_, *login, expired, clerk, today).answer, LoginAnswer::wrong);
  take(own + "sha256:ab12," + other + ",,\r\n");
  EXPECT_EQ(again(), LoginAnswer::accepted) << "it is another mailbox's, too";
  ASSERT_TRUE(directory_->set_password(clerk, "mật khẩu khác"));
  EXPECT_EQ(again(), LoginAnswer::accepted) << "no password was its proof";
  take("kien@cert.example," + std::string(clerk) + ",,\r\n");
  EXPECT_EQ(again(), LoginAnswer::accepted) << "by another of its names";
  take(std::string("sha256:ab12,") + other + ",,\r\n");
  EXPECT_EQ(again(), LoginAnswer::wrong);
  take("");
  EXPECT_EQ(again(), LoginAnswer::wrong);
}

TEST_F(AdmissionTest, KnowsOnesOwnPasswordFromAPrograms) {
  constexpr const char* clerk = "kienth@hatinh.dcs.example";
  const auto word = directory_->add_app_password(clerk, "điện thoại", today);
  ASSERT_TRUE(word);
  EXPECT_FALSE(ask(clerk, "", *word).proof.own);
  EXPECT_TRUE(ask(clerk, "").proof.own);
  ASSERT_TRUE(directory_->set_password(clerk, "vt-tôi tự đặt"));
  EXPECT_TRUE(ask(clerk, "", "vt-tôi tự đặt").proof.own) << "whatever it looks like";
}

TEST_F(AdmissionTest, OpensNoMailboxOfOthers) {
  for (const char* mailbox :
       {"vanthu.vptu@hatinh.dcs.example", "kienth@hatinh.dcs.example", "nobody@hatinh.dcs.example", "x y"})
    EXPECT_EQ(ask("khoatb@hatinh.dcs.example", mailbox).answer, LoginAnswer::not_allowed) << mailbox;
}
}  // namespace
}  // namespace vanthu::imap
