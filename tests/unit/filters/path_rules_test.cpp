// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/path_rules.hpp"

#include <gtest/gtest.h>

#include "filters/chain.hpp"
#include "tests/unit/filters/facts_of.hpp"
#include "tests/unit/filters/office_fixture.hpp"
#include "tests/unit/filters/sample_province.hpp"

/// Who may write to whom: groups' own rules and the policy's, on the demo's directory with some groups more.
namespace vanthu::filters {
namespace {
using testing::full;
using testing::SampleProvince;
using testing::today;

const SampleProvince& ruled_province() {
  static const SampleProvince one(
      "",
      {{"groups.csv",
        "group_id,address,name_vi,kind,rule,valid_from,valid_to,note,may_post,moderated,moderators,decide_hours,on_"
        "timeout,unit_id\n"
        "thuongtruc-tu,g.thuongtruc@hatinh.dcs.example,Thường trực Tỉnh uỷ,static,,2016-07-01,,,,no,,,,\n"
        "ban-dang,g.bandang@hatinh.dcs.example,Các ban "
        "Đảng,static,,2016-07-01,,,members;moderators,no,cvp@hatinh.dcs.example,,,\n"
        "xaphuong,g.xaphuong@hatinh.dcs.example,\"Các đảng uỷ xã, phường\",dynamic,\"unit_kind in (du-xa,du-phuong) "
        "and parent = tinhuy and valid today\",2025-07-01,,,unit:vptu;position:Bí thư,no,,,,tinhuy\n"
        "vanthu-all,g.vanthu@hatinh.dcs.example,Văn thư,dynamic,registers_mail = yes and status = "
        "active,2016-07-01,,,,yes,cvp@hatinh.dcs.example; vanthu.vptu@hatinh.dcs.example,12,next,\n"
        "khong-ai,g.khongai@hatinh.dcs.example,Nhóm không ai điều hành,static,,2016-07-01,,,,yes,,,,\n"
        "btv-tu,g.btv@hatinh.dcs.example,Ban Thường vụ,static,,2025-10-02,,,bithu@hatinh.dcs.example,no,,,,\n"},
       {"group-members.csv",
        "group_id,member_address,valid_from,valid_to\n"
        "thuongtruc-tu,bithu@hatinh.dcs.example,2016-07-01,\n"
        "ban-dang,vanthu.btctu@hatinh.dcs.example,2016-07-01,\n"
        "ban-dang,vanthu.bnctu@hatinh.dcs.example,2016-07-01,\n"
        "khong-ai,vanthu.btctu@hatinh.dcs.example,2016-07-01,\n"
        "btv-tu,dongnh@hatinh.dcs.example,2025-10-02,\n"},
       {"recipient-lines.csv", "line_vi,resolves_to,note\n"}});
  return one;
}

constexpr const char* secrecy =
    "[[rule]]\nid = \"S-1\"\nsecrecy = [\"mat\", \"toi-mat\", \"tuyet-mat\"]\naction = \"reject\"\ntext_vi = \"chặn\"\n"
    "text_en = \"blocked\"\n";
std::shared_ptr<const Policy> policy(const std::string& toml) {
  const auto read = Policy::parse(toml + secrecy, "policy.toml");
  if (!read) throw std::runtime_error(read.error().detail);
  return *read;
}
std::string path_rule(const std::string& id, const std::string& conditions, const std::string& action = "reject") {
  return "[[addressing.rule]]\nid = \"" + id + "\"\naction = \"" + action +
         "\"\ntext_vi = \"không được\"\ntext_en = \"you may not\"\n" + conditions + "\n";
}

struct PathLetter {
  std::string login, sender;
  std::vector<std::string> to;
  std::uint64_t octets = 1000;
  Facts facts = testing::plain();

  directory::Login user() const {
    const auto own = ruled_province().directory().mailbox(full(login));
    if (!own) throw std::runtime_error("no " + login);
    return {own->address, own->person, "", own->unit};
  }
  Recipient recipient(const Policy& with, const std::string& path) const {
    static const Config config = testing::gateway_config();
    const Chain chain(config, ruled_province().directory(), std::shared_ptr<const Policy>(&with, [](const Policy*) {}));
    const mail::Mailbox from = *mail::parse_mailbox(full(sender.empty() ? login : sender), true);
    const directory::Login who = user();
    return chain.judge_forward_path(mail::Direction::out, &who, *mail::parse_mailbox(full(path), true), today, &from);
  }
  Verdict judge(const Policy& with) const {
    static const Config config = testing::gateway_config();
    const Chain chain(config, ruled_province().directory(), std::shared_ptr<const Policy>(&with, [](const Policy*) {}));
    mail::Envelope envelope;
    envelope.reverse_path = *mail::parse_mailbox(full(sender.empty() ? login : sender), true);
    Facts found = facts;
    found.octets = octets;
    found.from = {{"", full(sender.empty() ? login : sender)}};
    const directory::Login who = user();
    std::vector<mail::Delivery> deliveries;
    for (const std::string& path : to) {
      envelope.forward_paths.push_back(*mail::parse_mailbox(full(path), true));
      Recipient one = recipient(with, path);
      EXPECT_EQ(one.verdict.action, Action::accept) << path << ": " << one.verdict.reply.text;
      deliveries.insert(deliveries.end(), one.deliveries.begin(), one.deliveries.end());
    }
    Context context;
    context.direction = mail::Direction::out;
    context.login = &who;
    context.envelope = &envelope;
    context.deliveries = &deliveries;
    context.facts = &found;
    context.directory = &ruled_province().directory();
    context.today = today;
    return chain.judge_message(context);
  }
};

/// Somebody whose right it is to send as `address` that day.
std::string user_of(const std::string& address) {
  for (const auto& mailbox : ruled_province().directory().mailboxes()) {
    if (mailbox.kind != directory::Mailbox::Kind::person || mailbox.status != directory::Mailbox::Status::active)
      continue;
    const directory::Login login{mailbox.address, mailbox.person, "", mailbox.unit};
    if (ruled_province().directory().may_send_as(login, full(address), today).allowed) return mailbox.address;
  }
  throw std::runtime_error("nobody uses " + address);
}

struct PathRuleCase {
  const char *name, *sender, *to, *conditions;
  bool refused;
};
void PrintTo(const PathRuleCase& row, std::ostream* out) { *out << row.name; }
class PathRules : public ::testing::TestWithParam<PathRuleCase> {};
TEST_P(PathRules, HoldForTheWaysTheyName) {
  const PathRuleCase& row = GetParam();
  PathLetter letter;
  letter.login = user_of(row.sender);
  letter.sender = row.sender;
  const auto with = policy(path_rule("x.y", row.conditions));
  const Recipient one = letter.recipient(*with, row.to);
  EXPECT_EQ(one.verdict.rule, row.refused ? "x.y" : "none") << one.verdict.reply.text;
  EXPECT_EQ(one.deliveries.empty(), row.refused);
  if (!row.refused) return;
  EXPECT_EQ(one.verdict.reply.code, 550);
  EXPECT_EQ(one.verdict.reply.enhanced, (std::array<int, 3>{5, 7, 1}));
  EXPECT_NE(one.verdict.reply.text.find("không được"), std::string::npos);
  EXPECT_NE(one.verdict.steps.at(0).because.find(full(row.to) + " → "), std::string::npos);
  EXPECT_NE(one.verdict.steps.at(0).because.find("→ quy tắc x.y"), std::string::npos) << one.verdict.steps[0].because;
}
INSTANTIATE_TEST_SUITE_P(
    Rows, PathRules,
    ::testing::Values(
        PathRuleCase{"up", "vanthu.canloc", "bithu", "relation = \"up\"", true},
        PathRuleCase{"up_to_the_office_of_the_committee", "vanthu.canloc", "vptu", "relation = \"up\"", true},
        PathRuleCase{"not_up_to_another_office", "vanthu.canloc", "btctu", "relation = \"up\"", false},
        PathRuleCase{"across", "vanthu.canloc", "vanthu.locha", "relation = \"across\"", true},
        PathRuleCase{"down_by_the_office_of_the_committee", "vanthu.vptu", "vanthu.canloc", "relation = \"down\"",
                     true},
        PathRuleCase{"not_down_by_another_office", "vanthu.btctu", "vanthu.canloc", "relation = \"down\"", false},
        PathRuleCase{"self", "vanthu.vptu", "cvp", "relation = \"self\"", true},
        PathRuleCase{"self_only", "vanthu.vptu", "btctu", "relation = \"self\"", false},
        PathRuleCase{"outside", "vanthu.vptu", "x@y.example", "relation = \"outside\"", true},
        PathRuleCase{"to_a_class", "vanthu.vptu", "x@gmail.com",
                     "to_class = \"webmail\"\n[[addressing.external]]\nname = \"webmail\"\ndomains = \"gmail.com\"",
                     true},
        PathRuleCase{"to_others", "vanthu.vptu", "x@y.example",
                     "to_class = \"khac\"\n[[addressing.external]]\nname = \"webmail\"\ndomains = \"gmail.com\"", true},
        PathRuleCase{"to_unit_and_below", "vanthu.canloc", "btctu", "to_unit = \"tinhuy\"", true},
        PathRuleCase{"to_other_unit", "vanthu.canloc", "btctu", "to_unit = \"vptu\"", false},
        PathRuleCase{"to_unit_kind", "vanthu.vptu", "vanthu.canloc", "to_unit_kind = \"du-xa\"", true},
        PathRuleCase{"from_unit_kind", "vanthu.canloc", "btctu", "from_unit_kind = [\"du-xa\", \"du-phuong\"]", true},
        PathRuleCase{"from_other_unit_kind", "vanthu.vptu", "btctu", "from_unit_kind = \"du-xa\"", false},
        PathRuleCase{"from_kind", "vanthu.vptu", "btctu", "from_kind = \"person\"", false},
        PathRuleCase{"from_unit", "vanthu.vptu", "btctu", "from_unit = \"vptu\"", true},
        PathRuleCase{"to_position", "vanthu.canloc", "bithu", "to_position = \"bí thư\"", true},
        PathRuleCase{"to_the_holder_of_a_position", "vanthu.canloc", "dongnh", "to_position = \"Bí thư\"", true},
        PathRuleCase{"thuong_truc", "vanthu.canloc", "bithu",
                     "to_thuong_truc = true\n[addressing]\nthuong_truc = [\"Bí thư\", \"group:thuongtruc-tu\"]", true},
        PathRuleCase{"thuong_truc_group", "vanthu.canloc", "g.thuongtruc",
                     "to_thuong_truc = true\n[addressing]\nthuong_truc = [\"Bí thư\", \"group:thuongtruc-tu\"]", true},
        PathRuleCase{"not_thuong_truc", "vanthu.canloc", "btctu",
                     "to_thuong_truc = true\n[addressing]\nthuong_truc = [\"Bí thư\"]", false},
        PathRuleCase{"to_group", "vanthu.canloc", "g.thuongtruc", "to_group = \"thuongtruc-tu\"", true},
        PathRuleCase{"to_kind_group", "vanthu.canloc", "g.thuongtruc", "to_kind = \"group\"", true},
        PathRuleCase{"small_group", "vanthu.canloc", "g.thuongtruc", "mailboxes_over = 1", false},
        PathRuleCase{"no_longer_valid", "vanthu.canloc", "bithu", "relation = \"up\"\nvalid_to = 2026-01-01", false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(PathRule, ThatFitsFirstDecides) {
  PathLetter letter;
  letter.login = user_of("vanthu.canloc");
  letter.sender = "vanthu.canloc";
  const auto with =
      policy(path_rule("yes", "to_position = \"Bí thư\"", "accept") + path_rule("no", "relation = \"up\""));
  const Recipient allowed = letter.recipient(*with, "bithu");
  EXPECT_EQ(allowed.verdict.action, Action::accept);
  EXPECT_NE(allowed.verdict.steps[0].because.find("→ quy tắc yes"), std::string::npos);
  EXPECT_EQ(letter.recipient(*with, "vptu").verdict.rule, "no");
}

TEST(PathRule, MayAskTheSenderAboutTheAddressesItIsAbout) {
  PathLetter letter;
  letter.login = user_of("vanthu.vptu");
  letter.sender = "vanthu.vptu";
  letter.to = {"btctu", "x@y.example", "z@y.example"};
  const Verdict verdict = letter.judge(*policy(path_rule("ask", "relation = \"outside\"", "confirm")));
  EXPECT_EQ(verdict.action, Action::accept) << verdict.reply.text;
  ASSERT_EQ(verdict.decisions.size(), 1U);
  EXPECT_EQ(verdict.decisions[0].kind, "confirm");
  EXPECT_EQ(verdict.decisions[0].deciders, std::vector<std::string>{full("vanthu.vptu")});
  EXPECT_EQ(verdict.decisions[0].recipients, (std::vector<std::string>{"x@y.example", "z@y.example"}));
}

struct PostCase {
  const char *name, *sender, *group;
  bool allowed;
  const char* who;
};
void PrintTo(const PostCase& row, std::ostream* out) { *out << row.name; }
class MayPost : public ::testing::TestWithParam<PostCase> {};
TEST_P(MayPost, IsTheGroupsOwnWord) {
  const PostCase& row = GetParam();
  PathLetter letter;
  letter.login = user_of(row.sender);
  letter.sender = row.sender;
  const Recipient one = letter.recipient(*Policy::built_in(), row.group);
  EXPECT_EQ(one.verdict.action == Action::accept, row.allowed) << one.verdict.reply.text;
  if (row.allowed) return;
  EXPECT_EQ(one.verdict.reply.code, 550);
  EXPECT_EQ(one.verdict.rule, "addressing.may-post");
  EXPECT_NE(one.verdict.reply.text.find(row.who), std::string::npos) << one.verdict.reply.text;
}
INSTANTIATE_TEST_SUITE_P(Rows, MayPost,
                         ::testing::Values(PostCase{"member", "vanthu.btctu", "g.bandang", true, ""},
                                           PostCase{"moderator", "cvp", "g.bandang", true, ""},
                                           PostCase{"stranger", "vanthu.canloc", "g.bandang", false,
                                                    "thành viên của nhóm, người điều hành nhóm"},
                                           PostCase{"unit", "vanthu.vptu", "g.xaphuong", true, ""},
                                           PostCase{"position", "bithu", "g.xaphuong", true, ""},
                                           PostCase{"neither", "vanthu.btctu", "g.xaphuong", false,
                                                    "Văn phòng Tỉnh uỷ, Bí thư"},
                                           PostCase{"address", "bithu", "g.btv", true, ""},
                                           PostCase{"not_that_address", "vanthu.vptu", "g.btv", false, "bithu@"},
                                           PostCase{"everybody", "vanthu.canloc", "g.thuongtruc", true, ""}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ModeratedGroup, WaitsForItsModerators) {
  PathLetter letter;
  letter.login = user_of("vanthu.canloc");
  letter.sender = "vanthu.canloc";
  letter.to = {"btctu", "g.vanthu"};
  const Verdict verdict = letter.judge(*Policy::built_in());
  ASSERT_EQ(verdict.decisions.size(), 1U);
  const Decision& decision = verdict.decisions[0];
  EXPECT_EQ(decision.kind, "moderate");
  EXPECT_EQ(decision.deciders, (std::vector<std::string>{full("cvp"), full("vanthu.vptu")}));
  EXPECT_EQ(decision.recipients, std::vector<std::string>{full("g.vanthu")});
  EXPECT_EQ(decision.hours, 12U);
  EXPECT_EQ(decision.on_timeout, "next");
}

TEST(ModeratedGroup, DoesNotWaitForWhatAModeratorWrites) {
  PathLetter letter;
  letter.login = user_of("vanthu.vptu");
  letter.sender = "vanthu.vptu";
  letter.to = {"g.vanthu"};
  EXPECT_TRUE(letter.judge(*Policy::built_in()).decisions.empty());
}

TEST(ModeratedGroup, WithoutModeratorsTakesNothing) {
  PathLetter letter;
  letter.login = user_of("vanthu.vptu");
  letter.sender = "vanthu.vptu";
  const Recipient one = letter.recipient(*Policy::built_in(), "g.khongai");
  EXPECT_EQ(one.verdict.reply.code, 550);
  EXPECT_EQ(one.verdict.rule, "addressing.moderators");
}

TEST(Volume, IsSizeTimesMailboxes) {
  PathLetter letter;
  letter.login = user_of("vanthu.vptu");
  letter.sender = "vanthu.vptu";
  letter.to = {"btctu", "bnctu"};
  letter.octets = 5U << 20;
  const auto with = policy("[addressing]\nsize_times_recipients_mb = 10\n");
  EXPECT_EQ(letter.judge(*with).action, Action::accept);  // at the bound
  letter.octets = 6U << 20;
  const Verdict verdict = letter.judge(*with);
  EXPECT_EQ(verdict.reply.code, 552);
  EXPECT_EQ(verdict.rule, "addressing.volume");
  EXPECT_NE(verdict.reply.text.find("6 MB x 2"), std::string::npos) << verdict.reply.text;
  letter.to = {"btctu"};
  EXPECT_EQ(letter.judge(*with).action, Action::accept);  // one recipient is a matter of the size alone
}

struct OutsideCase {
  const char *name, *to;
  bool paper, refused, asked;
};
void PrintTo(const OutsideCase& row, std::ostream* out) { *out << row.name; }
class OutsidePaper : public ::testing::TestWithParam<OutsideCase> {};
TEST_P(OutsidePaper, GoesByTheClassOfItsRecipient) {
  const OutsideCase& row = GetParam();
  PathLetter letter;
  letter.login = user_of("vanthu.vptu");
  letter.sender = "vanthu.vptu";
  letter.to = {"btctu", row.to};
  if (row.paper) letter.facts.papers = {testing::paper("07", "TB/TU", "Thông báo")};
  const Verdict verdict = letter.judge(*Policy::built_in());
  EXPECT_EQ(verdict.action == Action::reject, row.refused) << verdict.reply.text;
  if (row.refused) {
    EXPECT_EQ(verdict.rule, "official.webmail");
  }
  std::vector<std::string> about;
  for (const Decision& decision : verdict.decisions)
    if (decision.why.find("[official.outside]") != std::string::npos) about = decision.recipients;
  EXPECT_EQ(about, row.asked ? std::vector<std::string>{row.to} : std::vector<std::string>{});
}
INSTANTIATE_TEST_SUITE_P(Rows, OutsidePaper,
                         ::testing::Values(OutsideCase{"webmail", "x@gmail.com", true, true, false},
                                           OutsideCase{"webmail_in_capitals", "x@GMAIL.com", true, true, false},
                                           OutsideCase{"webmail_without_paper", "x@gmail.com", false, false, false},
                                           OutsideCase{"party", "vptu@nghean.dcs.vn", true, false, true},
                                           OutsideCase{"state", "x@hatinh.gov.vn", true, false, true},
                                           OutsideCase{"state_like", "x@gov.vn.example", true, false, true},
                                           OutsideCase{"others", "x@y.example", true, false, true},
                                           OutsideCase{"others_without_paper", "x@y.example", false, false, false}),
                         [](const auto& row) { return std::string(row.param.name); });

struct PersonalCase {
  const char* outcome;
  Action action;
  std::size_t notices, decisions;
};
class PersonalPaper : public ::testing::TestWithParam<PersonalCase> {};
TEST_P(PersonalPaper, IsAnExceptionThatThePolicyDecidesOn) {
  PathLetter letter;
  letter.login = user_of("vanthu.vptu");
  letter.sender = "vanthu.vptu";
  letter.to = {"dongnh", "btctu"};
  letter.facts.papers = {testing::paper("07", "TB/TU", "Thông báo")};
  const Verdict verdict =
      letter.judge(*policy(std::string("[addressing]\npersonal_papers = \"") + GetParam().outcome + "\"\n"));
  EXPECT_EQ(verdict.action, GetParam().action) << verdict.reply.text;
  EXPECT_EQ(verdict.notices.size(), GetParam().notices);
  EXPECT_EQ(verdict.decisions.size(), GetParam().decisions);
  for (const Step& step : verdict.steps)
    if (step.rule == "addressing.personal-papers") {
      EXPECT_NE(step.because.find("qua hộp thư cá nhân: dongnh@hatinh.dcs.example"), std::string::npos);
    }
}
INSTANTIATE_TEST_SUITE_P(Outcomes, PersonalPaper,
                         ::testing::Values(PersonalCase{"off", Action::accept, 0, 0},
                                           PersonalCase{"record", Action::accept, 0, 0},
                                           PersonalCase{"notice", Action::accept, 1, 0},
                                           PersonalCase{"hold", Action::accept, 0, 1},
                                           PersonalCase{"reject", Action::reject, 0, 0}),
                         [](const auto& row) { return std::string(row.param.outcome); });

}  // namespace
}  // namespace vanthu::filters
