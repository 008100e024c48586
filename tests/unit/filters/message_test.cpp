// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "filters/chain.hpp"
#include "gateway/base/limits.hpp"
#include "tests/unit/filters/facts_of.hpp"
#include "tests/unit/filters/office_fixture.hpp"

/// The whole chain at the end of the octets, on a directory of a small province.
namespace vanthu::filters {
namespace {
using testing::full;
using testing::part;
using testing::plain;
using testing::province;
using testing::today;

/// A message on its way, changed by each test to what it is about.
struct Letter {
  std::string login = "hungnv";  ///< empty: from outside
  std::string reverse_path = "hungnv";
  std::vector<std::string> to{"lantt"};
  Facts facts = plain(full("hungnv"));

  Verdict judge() const {
    static const Config config = testing::gateway_config();
    return judge(Chain(config, province().directory(), Policy::built_in()));
  }
  Verdict judge(const Chain& chain) const {
    mail::Envelope envelope;
    if (!reverse_path.empty()) envelope.reverse_path = *mail::parse_mailbox(full(reverse_path), true);
    const directory::Login user = login.empty() ? directory::Login{} : province().login(full(login));
    std::vector<mail::Delivery> deliveries;
    Context context;
    context.direction = login.empty() ? mail::Direction::in : mail::Direction::out;
    context.login = login.empty() ? nullptr : &user;
    for (const std::string& path : to) {
      envelope.forward_paths.push_back(*mail::parse_mailbox(full(path), true));
      const Recipient recipient =
          chain.judge_forward_path(context.direction, context.login, envelope.forward_paths.back(), today);
      EXPECT_EQ(recipient.verdict.action, Action::accept) << recipient.verdict.reply.text;
      deliveries.insert(deliveries.end(), recipient.deliveries.begin(), recipient.deliveries.end());
    }
    context.envelope = &envelope;
    context.deliveries = &deliveries;
    context.facts = &facts;
    context.directory = &province().directory();
    context.today = today;
    return chain.judge_message(context);
  }
};

const Step* step_of(const Verdict& verdict, std::string_view rule) {
  for (const Step& step : verdict.steps)
    if (step.rule == rule) return &step;
  return nullptr;
}

struct AuthorCase {
  const char* name;
  void (*change)(Letter&);
  const char* rule;  ///< "none": accepted
  const char* text;
};
void PrintTo(const AuthorCase& row, std::ostream* out) { *out << row.name; }
class Authors : public ::testing::TestWithParam<AuthorCase> {};
TEST_P(Authors, AreWhoTheySayTheyAre) {
  Letter letter;
  GetParam().change(letter);
  const Verdict verdict = letter.judge();
  EXPECT_EQ(verdict.rule, GetParam().rule) << verdict.reply.text;
  EXPECT_NE(verdict.reply.text.find(GetParam().text), std::string::npos) << verdict.reply.text;
  EXPECT_EQ(verdict.action == Action::accept, verdict.rule == "none");
}
Author from(std::string name, const std::string& path) { return {std::move(name), full(path)}; }
void as(Letter& letter, const std::string& login, const std::string& path, const std::string& name = "") {
  letter.login = login;
  letter.reverse_path = path;
  letter.facts.from = {from(name, path)};
}

INSTANTIATE_TEST_SUITE_P(
    Own, Authors,
    ::testing::Values(
        AuthorCase{"own", [](Letter&) {}, "none", ""},
        AuthorCase{"own_in_capitals", [](Letter& l) { l.facts.from = {from("", "HungNV@HATINH.dcs.example")}; }, "none",
                   ""},
        AuthorCase{"no_from",
                   [](Letter& l) {
                     l.facts.from_fields = 0;
                     l.facts.from.clear();
                   },
                   "addressing.one-author", "đúng một trường From"},
        AuthorCase{"two_fields",
                   [](Letter& l) {
                     l.facts.from_fields = 2;
                     l.facts.from.push_back(l.facts.from[0]);
                   },
                   "addressing.one-author", ""},
        AuthorCase{"two_addresses", [](Letter& l) { l.facts.from.push_back(from("", "lantt")); },
                   "addressing.one-author", "đúng một địa chỉ"},
        AuthorCase{"unreadable",
                   [](Letter& l) {
                     l.facts.from = {{"", "\"a b\"@hatinh.dcs.example"}};
                   },
                   "addressing.one-author", "không đọc được"},
        AuthorCase{"another", [](Letter& l) { l.facts.from = {from("", "lantt")}; }, "addressing.author",
                   "không được đứng tên người gửi lantt@hatinh.dcs.example [addressing.author]"},
        AuthorCase{"foreign", [](Letter& l) { l.facts.from = {from("", "x@ngoai.example")}; }, "addressing.author", ""},
        AuthorCase{"position", [](Letter& l) { as(l, "dongnh", "bithu"); }, "none", ""},
        AuthorCase{"registry", [](Letter& l) { as(l, "lantt", "vanthu.vptu", "Văn phòng Tỉnh uỷ"); }, "none", ""},
        AuthorCase{"on_behalf_unsigned", [](Letter& l) { as(l, "thulm", "bithu"); }, "none", ""},
        AuthorCase{"on_behalf",
                   [](Letter& l) {
                     as(l, "thulm", "bithu", "Nguyễn Hữu Đông");
                     l.facts.sender = {from("Lê Minh Thư", "thulm")};
                   },
                   "none", ""},
        AuthorCase{"on_behalf_signed_wrong",
                   [](Letter& l) {
                     as(l, "thulm", "bithu");
                     l.facts.sender = {from("", "bithu")};
                   },
                   "addressing.sender", "trường Sender phải ghi địa chỉ thulm@"},
        AuthorCase{"sender_own", [](Letter& l) { l.facts.sender = {from("", "hungnv")}; }, "none", ""},
        AuthorCase{"sender_other", [](Letter& l) { l.facts.sender = {from("", "lantt")}; }, "addressing.sender", ""},
        AuthorCase{"two_senders",
                   [](Letter& l) {
                     l.facts.sender = {from("", "hungnv"), from("", "hungnv")};
                   },
                   "addressing.sender", "đúng một địa chỉ"},
        AuthorCase{"reply_to_own_registry", [](Letter& l) { l.facts.reply_to = {from("", "vanthu.vptu")}; }, "none",
                   ""},
        AuthorCase{"reply_to_oneself", [](Letter& l) { l.facts.reply_to = {from("", "hungnv")}; }, "none", ""},
        AuthorCase{"reply_to_a_colleague", [](Letter& l) { l.facts.reply_to = {from("", "lantt")}; },
                   "addressing.reply-to", "văn thư cơ quan bạn"},
        AuthorCase{"reply_to_anothers_registry", [](Letter& l) { l.facts.reply_to = {from("", "vanthu.btctu")}; },
                   "addressing.reply-to", "vanthu.btctu@"},
        AuthorCase{"reply_to_the_unreadable",
                   [](Letter& l) {
                     l.facts.reply_to = {{"", "\"van thu\"@hatinh.dcs.example"}};
                   },
                   "addressing.reply-to", ""},
        AuthorCase{"reply_outside", [](Letter& l) { l.facts.reply_to = {from("", "x@ngoai.example")}; },
                   "addressing.reply-to", "không được hướng ra ngoài"},
        AuthorCase{"outside_from_registry",
                   [](Letter& l) {
                     as(l, "lantt", "vanthu.vptu");
                     l.to = {"x@ngoai.example"};
                   },
                   "none", ""},
        AuthorCase{"outside_from_person",
                   [](Letter& l) {
                     as(l, "lantt", "lantt");
                     l.to = {"x@ngoai.example"};
                   },
                   "addressing.outside", "chỉ gửi trong hệ thống, không gửi ra ngoài: lantt@"},
        AuthorCase{"hops", [](Letter& l) { l.facts.received_fields = limits::received_fields; }, "none", ""},
        AuthorCase{"loop", [](Letter& l) { l.facts.received_fields = limits::received_fields + 1; }, "addressing.loop",
                   "thư đi vòng"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    DisplayNames, Authors,
    ::testing::Values(
        AuthorCase{"own", [](Letter& l) { as(l, "hungnv", "hungnv", "Nguyễn Văn Hùng"); }, "none", ""},
        AuthorCase{"own_bare", [](Letter& l) { as(l, "hungnv", "hungnv", "NGUYEN VAN HUNG"); }, "none", ""},
        AuthorCase{"own_with_unit", [](Letter& l) { as(l, "hungnv", "hungnv", "Nguyễn Văn Hùng (VPTU)"); }, "none", ""},
        AuthorCase{"free", [](Letter& l) { as(l, "hungnv", "hungnv", "Hùng ở văn phòng"); }, "none", ""},
        AuthorCase{"leader", [](Letter& l) { as(l, "hungnv", "hungnv", "Nguyễn Hữu Đông"); }, "addressing.display-name",
                   "tên hiển thị là của người hoặc đơn vị khác: Nguyễn Hữu Đông"},
        AuthorCase{"leader_bare", [](Letter& l) { as(l, "hungnv", "hungnv", "nguyen huu dong"); },
                   "addressing.display-name", ""},
        AuthorCase{"leader_with_title",
                   [](Letter& l) { as(l, "hungnv", "hungnv", "Nguyễn Hữu Đông - Bí thư Tỉnh uỷ"); },
                   "addressing.display-name", ""},
        AuthorCase{"leader_decomposed",
                   [](Letter& l) { as(l, "hungnv", "hungnv", "Nguye\u0302\u0303n Hu\u031B\u0303u Đo\u0302ng"); },
                   "addressing.display-name", ""},
        AuthorCase{"leader_zero_width", [](Letter& l) { as(l, "hungnv", "hungnv", "Nguyễn\u200B Hữu Đông"); },
                   "addressing.display-name", ""},
        AuthorCase{"own_unit", [](Letter& l) { as(l, "hungnv", "hungnv", "Văn phòng Tỉnh ủy"); }, "none", ""},
        AuthorCase{"other_unit", [](Letter& l) { as(l, "hungnv", "hungnv", "Ban Tổ chức Tỉnh ủy"); },
                   "addressing.display-name", ""},
        AuthorCase{"body_above_by_registry", [](Letter& l) { as(l, "lantt", "vanthu.vptu", "Tỉnh uỷ Hà Tĩnh"); },
                   "none", ""},
        AuthorCase{"body_above_by_person", [](Letter& l) { as(l, "hungnv", "hungnv", "Tỉnh uỷ Hà Tĩnh"); },
                   "addressing.display-name", ""},
        AuthorCase{"holder", [](Letter& l) { as(l, "dongnh", "bithu", "Nguyễn Hữu Đông"); }, "none", ""},
        AuthorCase{"address_of_another", [](Letter& l) { as(l, "hungnv", "hungnv", "<bithu@hatinh.dcs.example>"); },
                   "addressing.display-name", "bithu@hatinh.dcs.example"},
        AuthorCase{"own_address", [](Letter& l) { as(l, "hungnv", "hungnv", "hungnv@hatinh.dcs.example"); }, "none",
                   ""},
        AuthorCase{"foreign_address", [](Letter& l) { as(l, "hungnv", "hungnv", "Hùng (hung@ngoai.example)"); },
                   "addressing.display-name", "hung@ngoai.example"},
        AuthorCase{"leader_cyrillic", [](Letter& l) { as(l, "hungnv", "hungnv", "Nguуễn Hữu Đông"); },
                   "addressing.display-name", "người hoặc đơn vị khác"},
        AuthorCase{"leader_behind_a_dash", [](Letter& l) { as(l, "hungnv", "hungnv", "Thư mời - Nguyễn Hữu Đông"); },
                   "addressing.display-name", "Nguyễn Hữu Đông"},
        AuthorCase{"leader_but_for_the_marks", [](Letter& l) { as(l, "hungnv", "hungnv", "Nguyễn Hữu Đồng"); }, "none",
                   ""},
        AuthorCase{"a_mark_changed_in_cyrillic", [](Letter& l) { as(l, "hungnv", "hungnv", "Nguуễn Hữu Đồng"); },
                   "addressing.display-name", ""},
        AuthorCase{"post_held", [](Letter& l) { as(l, "dongnh", "dongnh", "Bí thư Tỉnh uỷ - Nguyễn Hữu Đông"); },
                   "none", ""},
        AuthorCase{"post_of_the_mailbox", [](Letter& l) { as(l, "thulm", "bithu", "Bí thư Tỉnh uỷ"); }, "none", ""},
        AuthorCase{"post_of_another", [](Letter& l) { as(l, "hungnv", "hungnv", "Bí thư Tỉnh uỷ"); },
                   "addressing.display-name", "chức danh mà bạn không giữ: Bí thư"},
        AuthorCase{"post_of_another_beside_own_name",
                   [](Letter& l) { as(l, "hungnv", "hungnv", "Nguyễn Văn Hùng, Bí thư Tỉnh uỷ"); },
                   "addressing.display-name", "không giữ: Bí thư"},
        AuthorCase{"post_bare", [](Letter& l) { as(l, "hungnv", "hungnv", "BI THU"); }, "addressing.display-name",
                   "không giữ"},
        AuthorCase{"post_in_look_alikes", [](Letter& l) { as(l, "hungnv", "hungnv", "Ві thu"); },
                   "addressing.display-name", "không giữ"},
        AuthorCase{"own_post_of_another_unit",
                   [](Letter& l) { as(l, "khoatb", "khoatb", "Chuyên viên Văn phòng Tỉnh uỷ"); },
                   "addressing.display-name", ""},
        AuthorCase{"own_post_unit_and_those_above",
                   [](Letter& l) {
                     as(l, "khoatb", "khoatb", "Trần Bá Khoa - Chuyên viên - Ban Tổ chức Tỉnh uỷ, Tỉnh uỷ Hà Tĩnh");
                   },
                   "none", ""},
        AuthorCase{"own_name_and_another_unit",
                   [](Letter& l) { as(l, "khoatb", "khoatb", "Trần Bá Khoa (Văn phòng Tỉnh uỷ)"); },
                   "addressing.display-name", "Văn phòng Tỉnh uỷ"},
        AuthorCase{"colleague_of_the_same_position", [](Letter& l) { as(l, "khoatb", "khoatb", "Nguyễn Văn Hùng"); },
                   "addressing.display-name", "Nguyễn Văn Hùng"},
        AuthorCase{"body_by_its_registry", [](Letter& l) { as(l, "lantt", "vanthu.vptu", "Thường trực Tỉnh uỷ"); },
                   "none", ""},
        AuthorCase{"body_by_a_member", [](Letter& l) { as(l, "dongnh", "dongnh", "Thường trực Tỉnh uỷ"); }, "none", ""},
        AuthorCase{"body_by_somebody",
                   [](Letter& l) { as(l, "hungnv", "hungnv", "Thường trực Tỉnh uỷ - Nguyễn Văn Hùng"); },
                   "addressing.display-name", "không giữ: Thường trực"},
        AuthorCase{"leaders_title_of_the_unknown", [](Letter& l) { as(l, "hungnv", "hungnv", "Bí thư - Hà Tĩnh"); },
                   "addressing.display-name", "không giữ"},
        AuthorCase{"title_of_the_unknown", [](Letter& l) { as(l, "lantt", "lantt", "Chuyên viên - Sở Y tế"); }, "none",
                   ""}),
    [](const auto& row) { return std::string(row.param.name); });

void outside(Letter& letter, const std::string& path = "x@ngoai.example", const std::string& name = "") {
  letter.login = "";
  letter.reverse_path = "x@ngoai.example";
  letter.to = {"vanthu.vptu"};
  letter.facts.from = {from(name, path)};
}
INSTANTIATE_TEST_SUITE_P(
    FromOutside, Authors,
    ::testing::Values(AuthorCase{"stranger", [](Letter& l) { outside(l); }, "none", ""},
                      AuthorCase{"null_reverse_path",
                                 [](Letter& l) {
                                   outside(l);
                                   l.reverse_path = "";
                                 },
                                 "none", ""},
                      AuthorCase{"forged", [](Letter& l) { outside(l, "bithu"); }, "addressing.forged",
                                 "phải đăng nhập"},
                      AuthorCase{"forged_in_capitals", [](Letter& l) { outside(l, "bithu@HATINH.DCS.EXAMPLE"); },
                                 "addressing.forged", ""},
                      AuthorCase{"forged_quoted", [](Letter& l) { outside(l, "\"bi thu\"@hatinh.dcs.example"); },
                                 "addressing.forged", ""},
                      AuthorCase{"forged_sender",
                                 [](Letter& l) {
                                   outside(l);
                                   l.facts.sender = {from("", "bithu")};
                                 },
                                 "addressing.forged", ""},
                      AuthorCase{"forged_second",
                                 [](Letter& l) {
                                   outside(l);
                                   l.facts.from.push_back(from("", "bithu"));
                                 },
                                 "addressing.one-author", ""},
                      AuthorCase{"quoted", [](Letter& l) { outside(l, "\"a b\"@ngoai.example"); }, "none", ""},
                      AuthorCase{"two_fields",
                                 [](Letter& l) {
                                   outside(l);
                                   l.facts.from_fields = 2;
                                 },
                                 "addressing.one-author", ""},
                      AuthorCase{"no_from",
                                 [](Letter& l) {
                                   outside(l);
                                   l.facts.from_fields = 0;
                                   l.facts.from.clear();
                                 },
                                 "addressing.one-author", ""},
                      AuthorCase{"loop",
                                 [](Letter& l) {
                                   outside(l);
                                   l.facts.received_fields = 99;
                                 },
                                 "addressing.loop", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(OnBehalf, IsRecordedWithBothPersonsAndAddsSenderWhereThereIsNone) {
  Letter letter;
  as(letter, "thulm", "bithu");
  OnBehalf act{"thulm@hatinh.dcs.example", "p-thu", "bithu@hatinh.dcs.example", "p-dong", "Bí thư", "tinhuy", true};
  Verdict verdict = letter.judge();
  EXPECT_EQ(verdict.on_behalf, act);
  const Step* step = step_of(verdict, "addressing.on-behalf");
  ASSERT_NE(step, nullptr);
  EXPECT_TRUE(step->matched);
  EXPECT_EQ(step->because,
            "Lê Minh Thư <thulm@hatinh.dcs.example> viết thay Nguyễn Hữu Đông, Bí thư, Tỉnh uỷ Hà Tĩnh "
            "<bithu@hatinh.dcs.example>; thêm trường Sender");
  EXPECT_NE(to_text(verdict).find(R"("on_behalf":{"login":"thulm@hatinh.dcs.example","person":"p-thu")"),
            std::string::npos);

  letter.facts.sender = {from("", "thulm")};
  act.add_sender = false;
  verdict = letter.judge();
  EXPECT_EQ(verdict.on_behalf, act);

  letter.facts.sender = {from("", "lantt")};
  verdict = letter.judge();
  EXPECT_EQ(verdict.rule, "addressing.sender");
  EXPECT_FALSE(verdict.on_behalf);
}

TEST(OnBehalf, IsNotWhatHoldersAndRegistriesDo) {
  Letter letter;
  as(letter, "dongnh", "bithu");
  EXPECT_FALSE(letter.judge().on_behalf);
  as(letter, "lantt", "vanthu.vptu");
  EXPECT_FALSE(letter.judge().on_behalf);
}

struct FamiliarCase {
  const char* about;
  const char* address;
  const char* name;
  const char* told;  ///< empty: nothing of ours is shown
};
void PrintTo(const FamiliarCase& row, std::ostream* out) { *out << row.about; }
class UnderANameOfOurs : public ::testing::TestWithParam<FamiliarCase> {};
TEST_P(UnderANameOfOurs, IsNotedAndPasses) {
  Letter letter;
  outside(letter, GetParam().address, GetParam().name);
  const Verdict verdict = letter.judge();
  EXPECT_EQ(verdict.action, Action::accept) << verdict.reply.text;
  const Step* step = step_of(verdict, "addressing.display-name");
  ASSERT_NE(step, nullptr);
  const std::string told = GetParam().told;
  EXPECT_EQ(step->matched, !told.empty()) << step->because;
  EXPECT_EQ(step->because, told.empty() ? told : "thư từ ngoài mang tên của ta: " + told);
}
INSTANTIATE_TEST_SUITE_P(
    FromOutside, UnderANameOfOurs,
    ::testing::Values(
        FamiliarCase{"person", "x@ngoai.example", "Nguyễn Hữu Đông", "Nguyễn Hữu Đông (person)"},
        FamiliarCase{"person_in_look_alikes", "x@ngoai.example", "Nguуễn Hữu Đồng", "Nguуễn Hữu Đồng (person)"},
        FamiliarCase{"another_person", "x@ngoai.example", "Nguyễn Hữu Đồng", ""},
        FamiliarCase{"unit", "x@ngoai.example", "Văn phòng Tỉnh ủy", "Văn phòng Tỉnh ủy (unit)"},
        FamiliarCase{"leader", "x@ngoai.example", "Bí thư", "Bí thư (leader)"},
        FamiliarCase{"leader_of_a_unit", "x@ngoai.example", "Bí thư Tỉnh uỷ - báo cáo",
                     "Bí thư Tỉnh uỷ - báo cáo (leader), Tỉnh uỷ (unit)"},
        FamiliarCase{"leader_of_others", "x@ngoai.example", "Bí thư - Đoàn trường Đại học X", ""},
        FamiliarCase{"clerk_of_others", "x@ngoai.example", "Văn thư", ""},
        FamiliarCase{"address", "x@ngoai.example", "bithu@hatinh.dcs.example", "bithu@hatinh.dcs.example (address)"},
        FamiliarCase{"own_address", "x@ngoai.example", "x@ngoai.example", ""},
        FamiliarCase{"domain_in_look_alikes", "x@h\u0430tinh.dcs.example", "", "x@h\u0430tinh.dcs.example (domain)"},
        FamiliarCase{"domain_in_look_alikes_as_a_label", "x@xn--htinh-4ve.dcs.example", "",
                     "x@xn--htinh-4ve.dcs.example (domain)"},
        FamiliarCase{"domain_with_other_signs", "x@hatinh-dcs.example", "", "x@hatinh-dcs.example (domain)"},
        FamiliarCase{"domain_at_the_front", "x@hatinh.dcs.example.ngoai.example", "",
                     "x@hatinh.dcs.example.ngoai.example (domain)"},
        FamiliarCase{"domain_below", "x@mail.hatinh.dcs.example", "", "x@mail.hatinh.dcs.example (domain)"},
        FamiliarCase{"stranger", "x@ngoai.example", "Lê Văn Tám", ""}),
    [](const auto& row) { return std::string(row.param.about); });

TEST(FromOutside, UnderANameOfOursMeetsARuleThatNamesIt) {
  const std::string toml = std::string(R"(
    [[rule]]
    id = "S-1"
    secrecy = ["mat", "toi-mat", "tuyet-mat"]
    action = "reject"
    text_vi = "x"
    text_en = "x"
    [[addressing.leader]]
    title = "Bí thư"
    [[rule]]
    id = "stranger"
    direction = "in"
    shows_name_of = ["leader", "address"]
    action = "hold"
  )");
  const auto policy = Policy::parse(toml, "test");
  ASSERT_TRUE(policy) << policy.error().detail;
  static const Config config = testing::gateway_config();
  const Chain chain(config, province().directory(), *policy);
  Letter letter;
  outside(letter, "x@ngoai.example", "BI THU TINH UY");
  Verdict verdict = letter.judge(chain);
  EXPECT_EQ(verdict.action, Action::hold);
  EXPECT_EQ(verdict.rule, "stranger");
  ASSERT_NE(step_of(verdict, "stranger"), nullptr);
  EXPECT_NE(step_of(verdict, "stranger")->because.find("(leader): BI THU TINH UY"), std::string::npos);
  outside(letter, "x@ngoai.example", "Nguyễn Hữu Đông");
  verdict = letter.judge(chain);
  EXPECT_EQ(verdict.action, Action::accept) << "a person's name is not among what the rule names";
}

struct OfficialCase {
  const char* name;
  void (*change)(Letter&);
  const char* record_class;
  bool personal;
};
void PrintTo(const OfficialCase& row, std::ostream* out) { *out << row.name; }
class Official : public ::testing::TestWithParam<OfficialCase> {};
TEST_P(Official, IsDecidedByPaperAndRegistry) {
  Letter letter;
  GetParam().change(letter);
  const Verdict verdict = letter.judge();
  EXPECT_EQ(verdict.action, Action::accept) << verdict.reply.text;
  EXPECT_EQ(verdict.record_class, GetParam().record_class);
  const Step* step = step_of(verdict, "addressing.personal-papers");
  EXPECT_EQ(step != nullptr && step->matched, GetParam().personal);
}
void with(Letter& letter, Paper paper) {
  letter.facts.parts.push_back(part(std::to_string(letter.facts.parts.size() + 1), "van-ban.pdf", "application/pdf"));
  letter.facts.papers.push_back(std::move(paper));
}
INSTANTIATE_TEST_SUITE_P(
    Rows, Official,
    ::testing::Values(
        OfficialCase{"private_note", [](Letter&) {}, "", false},
        OfficialCase{"paper_between_people", [](Letter& l) { with(l, testing::paper("15", "CV/VPTU", "Công văn")); },
                     "official-exchange", true},
        OfficialCase{"unsure_paper", [](Letter& l) { with(l, testing::paper("15", "CV/VPTU", "Công văn", 0.5)); }, "",
                     false},
        OfficialCase{"surest_paper_decides",
                     [](Letter& l) {
                       with(l, testing::paper("15", "CV/VPTU", "Công văn", 0.7));
                       with(l, testing::paper("1", "NQ/TU", "nghị quyết", 0.9));
                     },
                     "official-directing", true},
        OfficialCase{"unknown_kind", [](Letter& l) { with(l, testing::paper("3", "XX/TU", "Điều gì đó")); }, "official",
                     true},
        OfficialCase{"draft_without_number", [](Letter& l) { with(l, testing::paper("", "BC/TU", "Báo cáo")); },
                     "official-working", false},
        OfficialCase{"unit_to_unit",
                     [](Letter& l) {
                       as(l, "lantt", "vanthu.vptu");
                       l.to = {"vanthu.btctu"};
                       with(l, testing::paper("07", "TB/TU", "Thông báo"));
                     },
                     "official-exchange", false},
        OfficialCase{"from_registry", [](Letter& l) { as(l, "lantt", "vanthu.vptu"); }, "official", false},
        OfficialCase{"to_registry", [](Letter& l) { l.to = {"vanthu.btctu"}; }, "official", false},
        OfficialCase{"one_of_many_is_a_registry",
                     [](Letter& l) {
                       l.to = {"lantt", "vptu"};
                     },
                     "official", false},
        OfficialCase{"from_outside_to_registry", [](Letter& l) { outside(l); }, "official", false},
        OfficialCase{"from_outside_with_paper",
                     [](Letter& l) {
                       outside(l);
                       with(l, testing::paper("9", "TB/TU", "Thông báo"));
                     },
                     "official-exchange", false},
        OfficialCase{"from_outside_to_machinery",
                     [](Letter& l) {
                       outside(l);
                       l.to = {"postmaster"};
                       with(l, testing::paper("9", "TB/TU", "Thông báo"));
                     },
                     "", false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(OfficialClass, IsTheOneInForceOnThePapersOwnDay) {
  const auto policy = Policy::parse(
      "[[official.class]]\nkind = \"Thông báo\"\nvalid_to = 2025-12-31\nrecord_class = \"old\"\n"
      "[[official.class]]\nkind = \"Thông báo\"\nvalid_from = 2026-01-01\nrecord_class = \"new\"\n"
      "[[rule]]\nid = \"S-1\"\nsecrecy = [\"mat\", \"toi-mat\", \"tuyet-mat\"]\naction = \"reject\"\ntext_vi = \"c\"\n"
      "text_en = \"b\"\n",
      "policy.toml");
  ASSERT_TRUE(policy) << policy.error().detail;
  static const Config config = testing::gateway_config();
  const Chain chain(config, province().directory(), *policy);
  for (const auto& [date, expected] :
       {std::pair{"2025-12-31", "old"}, std::pair{"2026-01-01", "new"}, std::pair{"", "new"}}) {
    Letter letter;
    Paper dated = testing::paper("1", "TB/TU", "Thông báo");
    dated.date = date;
    with(letter, dated);
    EXPECT_EQ(letter.judge(chain).record_class, expected) << date;
  }
}

TEST(Chain, RefusesASecretFirstAndTellsNothingOfTheRest) {
  Letter letter;
  letter.facts.from = {from("Nguyễn Hữu Đông", "bithu")};  // would be refused too, and by name
  with(letter, testing::paper("15", "CV/VPTU", "Công văn"));
  letter.facts.secrecy = "mat";
  letter.facts.secrecy_part = "2";
  const Verdict verdict = letter.judge();
  EXPECT_EQ(verdict.rule, "S-1");
  EXPECT_TRUE(verdict.secret);
  EXPECT_EQ(verdict.record_class, "");
  EXPECT_EQ(verdict.steps.size(), 1U);
}

TEST(Chain, ExplainsEveryQuestionItAsked) {
  const Verdict verdict = Letter().judge();
  for (const char* rule :
       {"addressing.loop", "addressing.one-author", "addressing.author", "addressing.sender", "addressing.reply-to",
        "addressing.display-name", "addressing.outside", "S-1", "attachments.executable", "policy.harmless",
        "attachments.unread", "official.paper", "official.registry", "addressing.personal-papers"})
    EXPECT_NE(step_of(verdict, rule), nullptr) << rule;
}

TEST(Chain, OrdersNoArchiveForWhatItRefusesAsUnreadableReport) {
  Letter letter;
  letter.facts.parts.push_back(part("1", "", "text/plain"));
  const Verdict verdict = letter.judge();
  EXPECT_EQ(verdict.rule, "attachments.report");
  EXPECT_EQ(verdict.reply.code, 451);
}

TEST(Chain, SaysWhichAttachmentsNobodyCouldRead) {
  Letter letter;
  letter.facts.parts.push_back(part("2", "quet.tif", "image/tiff", true, false));
  const Verdict verdict = letter.judge();
  EXPECT_EQ(verdict.action, Action::accept);
  const Step* step = step_of(verdict, "attachments.unread");
  ASSERT_NE(step, nullptr);
  EXPECT_TRUE(step->matched);
  EXPECT_NE(step->because.find("quet.tif (image/tiff)"), std::string::npos) << step->because;
}

TEST(Chain, LetsEveryRefusalStandInTheExplanation) {
  Letter letter;
  letter.facts.from = {from("Nguyễn Hữu Đông", "bithu")};
  letter.facts.findings = {{"content.executable", "1", "application/x-dosexec"}};
  const Verdict verdict = letter.judge();
  EXPECT_EQ(verdict.rule, "addressing.author");
  const Step* step = step_of(verdict, "attachments.executable");
  ASSERT_NE(step, nullptr);
  EXPECT_TRUE(step->matched);
}

}  // namespace
}  // namespace vanthu::filters
