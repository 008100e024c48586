// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "filters/chain.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/filters/office_fixture.hpp"

namespace vanthu::filters {
namespace {
using testing::full;
using testing::province;
using testing::today;

const Config& config() {
  static const Config one = testing::gateway_config();
  return one;
}
const Chain& chain() {
  static const Chain one(config(), province().directory(), Policy::built_in());
  return one;
}
std::optional<mail::Mailbox> address(const std::string& text) {
  if (text.empty()) return std::nullopt;
  auto mailbox = mail::parse_mailbox(text, true);
  EXPECT_TRUE(mailbox) << text;
  return *mailbox;
}

/// `login` empty: from outside. Local parts without a domain are of ours.
struct PathCase {
  const char *name, *login, *path;
  int code;
  const char *rule, *text;
};
void PrintTo(const PathCase& row, std::ostream* out) { *out << row.name; }

class ReversePath : public ::testing::TestWithParam<PathCase> {};
TEST_P(ReversePath, IsTheLoginsOwnOrNotOurs) {
  const PathCase& row = GetParam();
  const bool in = *row.login == '\0';
  const directory::Login login = in ? directory::Login{} : province().login(full(row.login));
  const Verdict verdict = chain().judge_reverse_path(in ? mail::Direction::in : mail::Direction::out,
                                                     in ? nullptr : &login, address(full(row.path)), today);
  EXPECT_EQ(verdict.reply.code, row.code) << verdict.reply.text;
  EXPECT_EQ(verdict.rule, row.rule);
  EXPECT_EQ(verdict.policy_version, Policy::built_in()->version());
  ASSERT_FALSE(verdict.steps.empty());
  EXPECT_NE((verdict.reply.text + verdict.steps[0].because).find(row.text), std::string::npos) << verdict.reply.text;
}
INSTANTIATE_TEST_SUITE_P(
    Rows, ReversePath,
    ::testing::Values(
        PathCase{"own", "hungnv", "hungnv", 250, "none", "own mailbox"},
        PathCase{"own_in_capitals", "hungnv", "HungNV", 250, "none", "own mailbox"},
        PathCase{"position_held", "dongnh", "bithu", 250, "none", "holds Bí thư"},
        PathCase{"registry_by_right", "lantt", "vanthu.vptu", 250, "none", "Văn thư"},
        PathCase{"alias_of_registry", "lantt", "vptu", 250, "none", "Văn thư"},
        PathCase{"delegation", "thulm", "bithu", 250, "none", "on-behalf"},
        PathCase{"colleague", "hungnv", "lantt", 550, "addressing.reverse-path", "không được gửi bằng địa chỉ lantt@"},
        PathCase{"other_unit", "lantt", "vanthu.btctu", 550, "addressing.reverse-path", "[addressing.reverse-path]"},
        PathCase{"position_not_held", "hungnv", "bithu", 550, "addressing.reverse-path", ""},
        PathCase{"unknown", "hungnv", "khongco", 550, "addressing.reverse-path", ""},
        PathCase{"foreign", "hungnv", "x@ngoai.example", 550, "addressing.reverse-path", ""},
        PathCase{"null_from_a_user", "hungnv", "", 550, "addressing.null-reverse-path", ""},
        PathCase{"null_from_outside", "", "", 250, "none", "địa chỉ gửi trống"},
        PathCase{"outside", "", "x@ngoai.example", 250, "none", "từ ngoài"},
        PathCase{"forged", "", "bithu", 550, "addressing.forged", "phải đăng nhập"}),
    [](const auto& row) { return std::string(row.param.name); });

class ForwardPath : public ::testing::TestWithParam<PathCase> {};
TEST_P(ForwardPath, IsResolvedOrRefusedWithTheReason) {
  const PathCase& row = GetParam();
  const bool in = *row.login == '\0';
  const directory::Login login = in ? directory::Login{} : province().login(full(row.login));
  const Recipient recipient = chain().judge_forward_path(in ? mail::Direction::in : mail::Direction::out,
                                                         in ? nullptr : &login, *address(full(row.path)), today);
  EXPECT_EQ(recipient.verdict.reply.code, row.code) << recipient.verdict.reply.text;
  EXPECT_EQ(recipient.verdict.rule, row.rule);
  EXPECT_EQ(recipient.deliveries.empty(), row.code != 250);
  EXPECT_NE((recipient.verdict.reply.text + recipient.verdict.steps.at(0).because).find(row.text), std::string::npos)
      << recipient.verdict.reply.text << " / " << recipient.verdict.steps[0].because;
}
INSTANTIATE_TEST_SUITE_P(
    Rows, ForwardPath,
    ::testing::Values(
        PathCase{"colleague", "hungnv", "lantt", 250, "none", "direct"},
        PathCase{"alias", "hungnv", "vptu", 250, "none", "alias"},
        PathCase{"position", "hungnv", "bithu", 250, "none", "position"},
        PathCase{"subaddress", "hungnv", "lantt+ke-hoach", 250, "none", "subaddress"},
        PathCase{"group", "hungnv", "g.bandang", 250, "none", "bỏ qua thành viên đã đóng: vanthu.hcanloc@"},
        PathCase{"empty_group", "hungnv", "g.rong", 550, "addressing.empty-group", "không có thành viên nào"},
        PathCase{"group_from_outside", "", "g.bandang", 550, "addressing.group", "chỉ người dùng trong hệ thống"},
        PathCase{"closed", "hungnv", "vanthu.hcanloc", 550, "addressing.closed",
                 "Huyện uỷ Can Lộc) đã đóng; hãy gửi tới: vanthu.canloc@hatinh.dcs.example (Đảng uỷ xã Can Lộc)"},
        PathCase{"closed_from_outside", "", "vanthu.hcanloc", 550, "addressing.closed", "vanthu.canloc@"},
        PathCase{"suspended", "hungnv", "hungnv2", 550, "addressing.suspended", "tạm khoá"},
        PathCase{"misspelt", "hungnv", "lantr", 550, "addressing.unknown", "có phải: lantt@hatinh.dcs.example"},
        PathCase{"misspelt_from_outside", "", "lantr", 550, "addressing.unknown", "[addressing.unknown]"},
        PathCase{"unit_from_outside", "", "vanthu.vptu", 250, "none", "direct"},
        PathCase{"inside_only", "", "lantt", 550, "addressing.inside-only", "không nhận thư từ ngoài"},
        PathCase{"relay", "", "x@ngoai.example", 550, "addressing.relay", "không chuyển tiếp"},
        PathCase{"to_the_outside", "khoatb", "x@ngoai.example", 250, "none", "ra ngoài"},
        PathCase{"to_the_outside_as_registry", "lantt", "x@ngoai.example", 250, "none", "ra ngoài"},
        PathCase{"not_to_the_outside", "hungnv", "x@ngoai.example", 550, "addressing.outside",
                 "chỉ gửi trong hệ thống"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ForwardPath, TellsOutsidersNoNeighbours) {
  const Recipient recipient = chain().judge_forward_path(mail::Direction::in, nullptr, *address(full("lantr")), today);
  EXPECT_EQ(recipient.verdict.reply.text, "không có địa chỉ lantr@hatinh.dcs.example [addressing.unknown]");
  EXPECT_EQ(recipient.verdict.reply.enhanced, (std::array<int, 3>{5, 1, 1}));
}

TEST(ForwardPath, GivesTheDeliveryWhatTheRecordMustKnow) {
  const directory::Login login = province().login(full("hungnv"));
  const Recipient recipient = chain().judge_forward_path(mail::Direction::out, &login, *address(full("BiThu")), today);
  ASSERT_EQ(recipient.deliveries.size(), 1U);
  const mail::Delivery& delivery = recipient.deliveries[0];
  EXPECT_EQ(mail::format(delivery.to), full("bithu"));
  EXPECT_EQ(delivery.original, full("BiThu"));
  EXPECT_EQ(delivery.next_hop, "local");
  EXPECT_EQ(delivery.unit, "tinhuy");
  EXPECT_EQ(delivery.holder, "p-dong");
}

TEST(ForwardPath, OfAGroupServesEveryOpenMember) {
  const directory::Login login = province().login(full("hungnv"));
  const Recipient recipient =
      chain().judge_forward_path(mail::Direction::out, &login, *address(full("g.bandang")), today);
  ASSERT_EQ(recipient.deliveries.size(), 2U);
  for (const mail::Delivery& delivery : recipient.deliveries) EXPECT_EQ(delivery.original, full("g.bandang"));
}

TEST(ForwardPath, ToTheOutsideNeedsAWayThere) {
  Config closed = config();
  closed.relay_outside.clear();
  const Chain inside(closed, province().directory(), Policy::built_in());
  const directory::Login login = province().login(full("khoatb"));
  const Recipient recipient =
      inside.judge_forward_path(mail::Direction::out, &login, *address("x@ngoai.example"), today);
  EXPECT_EQ(recipient.verdict.reply.code, 550);
  EXPECT_EQ(recipient.verdict.reply.enhanced, (std::array<int, 3>{5, 4, 4}));
}

TEST(Domains, AreOursInAnySpelling) {
  Config idn;
  idn.domains = {"Tỉnhuỷ.Example"};
  const Chain chain_of_idn(idn, province().directory(), Policy::built_in());
  EXPECT_EQ(chain_of_idn.judge_reverse_path(mail::Direction::in, nullptr, address("a@TỈNHUỶ.example"), today).rule,
            "addressing.forged");
}

TEST(EmptyDirectory, IsAnOutageAndNeverANo) {
  const test::TempFolder folder("filters");
  auto empty = directory::Directory::open(folder / "directory.lmdb", directory::Directory::Mode::write);
  ASSERT_TRUE(empty) << empty.error().detail;
  const Chain on_empty(config(), **empty, Policy::built_in());
  const directory::Login login = province().login(full("hungnv"));
  for (const mail::Direction direction : {mail::Direction::in, mail::Direction::out}) {
    const Recipient recipient = on_empty.judge_forward_path(direction, &login, *address(full("lantt")), today);
    EXPECT_EQ(recipient.verdict.reply.code, 451);
    EXPECT_EQ(recipient.verdict.action, Action::defer);
    EXPECT_TRUE(recipient.deliveries.empty());
  }
  EXPECT_EQ(on_empty.judge_reverse_path(mail::Direction::out, &login, address(full("hungnv")), today).reply.code, 451);
}

TEST(Submission, WithoutALoginIsToldToLogIn) {
  const Verdict verdict = chain().judge_reverse_path(mail::Direction::out, nullptr, address(full("hungnv")), today);
  EXPECT_EQ(verdict.reply.code, 530);
  EXPECT_EQ(verdict.reply.enhanced, (std::array<int, 3>{5, 7, 0}));
}

}  // namespace
}  // namespace vanthu::filters
