// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/directory.hpp"
#include "fixture.hpp"
#include "gateway/base/clock.hpp"

namespace vanthu::directory {
namespace {

Mailbox mailbox(const char* address, Mailbox::Kind kind, const char* unit) {
  Mailbox one;
  one.address = address;
  one.kind = kind;
  one.unit = unit;
  return one;
}

struct MailboxCase {
  const char* name;
  Mailbox mailbox;
  const char* says;
};
class RefusedMailbox : public testing::TestWithParam<MailboxCase> {};
TEST_P(RefusedMailbox, IsNotAddedAndTheReasonIsGiven) {
  Office office;
  const auto added = office->put_mailbox(GetParam().mailbox);
  ASSERT_FALSE(added);
  EXPECT_NE(added.error().detail.find(GetParam().says), std::string::npos) << added.error().detail;
}
INSTANTIATE_TEST_SUITE_P(
    Changes, RefusedMailbox,
    testing::Values(
        MailboxCase{"no_address", mailbox("nothing", Mailbox::Kind::role, "vp"), "no address"},
        MailboxCase{"tag", mailbox("a+b@tinh.example", Mailbox::Kind::role, "vp"), "no address"},
        MailboxCase{"no_unit", mailbox("a@tinh.example", Mailbox::Kind::role, "nowhere"), "unit 'nowhere'"},
        MailboxCase{"nobody", mailbox("a@tinh.example", Mailbox::Kind::person, "vp"), "names its person"},
        MailboxCase{"no_position", mailbox("a@tinh.example", Mailbox::Kind::position, "vp"), "names its position"},
        MailboxCase{"an_alias", mailbox("tinh@tinh.example", Mailbox::Kind::role, "vp"), "alias or a group"},
        MailboxCase{"a_group", mailbox("g.tatca@tinh.example", Mailbox::Kind::role, "vp"), "alias or a group"},
        MailboxCase{"closed", mailbox("vanthu.hu.kyanh@tinh.example", Mailbox::Kind::unit, "xa"), "never used again"},
        MailboxCase{"owned", mailbox("annv@tinh.example", Mailbox::Kind::role, "vp"), "never changes hands"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Changes, AddAMailboxAndChangeItsAttributes) {
  Office office;
  Mailbox one = mailbox("DuAn@tinh.example", Mailbox::Kind::role, "vp");
  ASSERT_TRUE(office->put_mailbox(one));
  one.quota_mb = 99;
  ASSERT_TRUE(office->put_mailbox(one));
  EXPECT_EQ(office->mailbox("duan@tinh.example")->quota_mb, 99U);
}

TEST(Changes, CloseAMailboxFromThatDayOnAndForGood) {
  Office office;
  const Date this_day = day_of(now());
  const Date yesterday{std::chrono::sys_days{this_day} - std::chrono::days{1}};
  ASSERT_TRUE(office->set_mailbox_status("annv@tinh.example", Mailbox::Status::closed, this_day));
  EXPECT_EQ(office->resolve("annv@tinh.example", this_day).kind, Resolution::Kind::closed);
  EXPECT_EQ(office->resolve("annv@tinh.example", yesterday).kind, Resolution::Kind::mailbox);
  EXPECT_FALSE(office->put_mailbox(mailbox("annv@tinh.example", Mailbox::Kind::role, "vp")));
  EXPECT_FALSE(office->set_mailbox_status("annv@tinh.example", Mailbox::Status::closed, this_day)) << "closed already";
}

TEST(Changes, TakeBackAnActButNotAClosureOfTheImport) {
  Office office;
  const Date this_day = day_of(now());
  ASSERT_TRUE(office->set_mailbox_status("annv@tinh.example", Mailbox::Status::closed, this_day));
  ASSERT_TRUE(office->set_mailbox_status("annv@tinh.example", Mailbox::Status::active, this_day));
  EXPECT_EQ(office->resolve("annv@tinh.example", this_day).kind, Resolution::Kind::mailbox);
  const auto refused = office->set_mailbox_status("dungp@tinh.example", Mailbox::Status::active, this_day);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("closed by the import"), std::string::npos);
  EXPECT_FALSE(office->set_mailbox_status("nobody@tinh.example", Mailbox::Status::suspended, this_day));
}
}  // namespace
}  // namespace vanthu::directory
