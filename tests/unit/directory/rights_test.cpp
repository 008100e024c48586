// SPDX-License-Identifier: GPL-3.0-or-later
#include "fixture.hpp"

namespace vanthu::directory {
namespace {

const Login an{"annv@tinh.example", "p1", "Nguyễn Văn An", "tinh"};
const Login binh{"binhtt@tinh.example", "p2", "Trần Thị Bình", "vp-hc"};
const Login cuong{"cuongl@tinh.example", "p3", "Lê Cường", "xa"};

Files with_delegations() {
  Files files = small_files();
  files["delegations.csv"] =
      "mailbox,delegate_person_id,right,valid_from,valid_to\n"
      "bithu@tinh.example,p2,send-as,2025-01-01,2026-12-31\n"
      "annv@tinh.example,p2,on-behalf,2025-01-01,\n"
      "annv@tinh.example,p3,read,2025-01-01,\n"
      "postmaster@tinh.example,p3,send-as,,2026-01-01\n";
  return files;
}

struct RightsCase {
  const char* name;
  const Login* login;
  const char *address, *day;
  bool send, on_behalf, open;
  const char* because;
};
class Rights : public testing::TestWithParam<RightsCase> {};
TEST_P(Rights, FollowPostAndDelegationOfThatDay) {
  Office office(with_delegations());
  const RightsCase& c = GetParam();
  const auto send = office->may_send_as(*c.login, c.address, date(c.day));
  EXPECT_EQ(send.allowed, c.send) << send.because;
  EXPECT_EQ(send.on_behalf, c.on_behalf);
  EXPECT_NE(send.because.find(c.because), std::string::npos) << send.because;
  EXPECT_EQ(office->may_open(*c.login, c.address, date(c.day)).allowed, c.open);
}
INSTANTIATE_TEST_SUITE_P(
    Directory, Rights,
    testing::Values(
        RightsCase{"own", &an, "annv@tinh.example", "2026-11-24", true, false, true, "own mailbox"},
        RightsCase{"own_in_capitals", &an, "AnnV@tinh.example", "2026-11-24", true, false, true, "own mailbox"},
        RightsCase{"own_alias", &an, "an.nguyen@tinh.example", "2026-11-24", true, false, true, "alias of own mailbox"},
        RightsCase{"somebody_else", &an, "cuongl@tinh.example", "2026-11-24", false, false, false, "no delegation"},
        RightsCase{"unknown", &an, "nobody@tinh.example", "2026-11-24", false, false, false, "no such address"},
        RightsCase{"outside", &an, "an@else.example", "2026-11-24", false, false, false, "no such address"},
        RightsCase{"group", &an, "g.tatca@tinh.example", "2026-11-24", false, false, false, "group"},
        RightsCase{"position", &an, "bithu@tinh.example", "2026-11-24", true, false, true, "holds Bí thư of Tỉnh uỷ"},
        RightsCase{"position_before", &an, "bithu@tinh.example", "2025-10-01", false, false, false, "no position"},
        RightsCase{"clerk_in_department", &binh, "vanthu.vp@tinh.example", "2026-11-24", true, false, true,
                   "Văn thư of Phòng"},
        RightsCase{"clerk_by_alias", &binh, "tinh@tinh.example", "2026-11-24", true, false, true, "Văn thư of Phòng"},
        RightsCase{"clerk_of_unit", &cuong, "vanthu.kyanh@tinh.example", "2026-11-24", true, false, true,
                   "Văn thư of Đảng uỷ"},
        RightsCase{"clerk_below_another_mailroom", &cuong, "vanthu.vp@tinh.example", "2026-11-24", false, false, false,
                   "not own"},
        RightsCase{"not_a_clerk", &an, "vanthu.vp@tinh.example", "2026-11-24", false, false, false, "not own"},
        RightsCase{"closed", &cuong, "vanthu.hu.kyanh@tinh.example", "2026-11-24", false, false, false, "closed"},
        RightsCase{"send_as", &binh, "bithu@tinh.example", "2026-11-24", true, false, true, "delegation: send-as"},
        RightsCase{"send_as_ended", &binh, "bithu@tinh.example", "2027-01-01", false, false, false, "not own"},
        RightsCase{"on_behalf", &binh, "annv@tinh.example", "2026-11-24", true, true, true, "on-behalf"},
        RightsCase{"read_is_not_send", &cuong, "annv@tinh.example", "2026-11-24", false, false, true, "not own"},
        RightsCase{"system", &cuong, "postmaster@tinh.example", "2026-01-01", true, false, true, "delegation"},
        RightsCase{"system_ended", &cuong, "postmaster@tinh.example", "2026-01-02", false, false, false, "not own"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Rights, EndWithTheLoginsOwnMailbox) {
  Office office(with_delegations());
  ASSERT_TRUE(office->set_mailbox_status("annv@tinh.example", Mailbox::Status::suspended, today));
  EXPECT_FALSE(office->may_send_as(an, "annv@tinh.example", today).allowed);
  EXPECT_FALSE(office->may_send_as(an, "bithu@tinh.example", today).allowed);
}

TEST(Rights, OfAMailboxThatLogsInByItselfEndThere) {
  Office office;
  const Login machine{"postmaster@tinh.example", "", "", "vp"};
  EXPECT_TRUE(office->may_send_as(machine, "postmaster@tinh.example", today).allowed);
  EXPECT_FALSE(office->may_send_as(machine, "vanthu.vp@tinh.example", today).allowed);
}

TEST(Rights, ComparePositionsByTheirMatchKey) {
  Office office(with(small_files(), "assignments.csv", "p2,vp-hc,Văn thư", "p2,vp-hc,VĂN  THƯ"));
  EXPECT_TRUE(office->may_send_as(binh, "vanthu.vp@tinh.example", today).allowed);
}
}  // namespace
}  // namespace vanthu::directory
