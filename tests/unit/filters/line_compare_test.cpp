// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <set>

#include "filters/chain.hpp"
#include "tests/unit/filters/facts_of.hpp"
#include "tests/unit/filters/office_fixture.hpp"
#include "tests/unit/filters/sample_province.hpp"

/// The printed recipients of a paper beside those of the message, through the whole chain, on the demo's directory.
namespace vanthu::filters {
namespace {
using testing::full;
using testing::plain;
using testing::SampleProvince;
using testing::today;

const SampleProvince& compared_province() {
  static const SampleProvince one;
  return one;
}

std::shared_ptr<const Policy> with_outcome(const std::string& outcome) {
  std::string text = Policy::built_in()->book().name;  // the file itself is compiled in; one key is changed
  std::ifstream in(VANTHU_SOURCE_DIR "/conf/policy.toml", std::ios::binary);
  text.assign(std::istreambuf_iterator<char>(in), {});
  const std::size_t at = text.find("\nnoi_nhan = ");
  text.replace(at, text.find('\n', at + 1) - at, "\nnoi_nhan = \"" + outcome + "\"");
  return *Policy::parse(text, "policy.toml");
}

struct Despatch {
  std::string login = "lannth", sender = "vanthu.vptu";
  std::vector<std::string> to;
  Paper paper = testing::paper("07", "TB/TU", "Thông báo");
  std::string outcome = "record";
  bool secret = false;

  Verdict judge() const {
    static const Config config = testing::gateway_config();
    const Chain chain(config, compared_province().directory(), with_outcome(outcome));
    Facts facts = plain(full(sender));
    facts.papers = {paper};
    mail::Envelope envelope;
    envelope.reverse_path = *mail::parse_mailbox(full(sender), true);
    const auto own = compared_province().directory().mailbox(full(login));
    const directory::Login user{full(login), own->person, "", own->unit};
    std::vector<mail::Delivery> deliveries;
    for (const std::string& path : to) {
      const std::string address = path.find('@') == std::string::npos ? full(path) : path;
      envelope.forward_paths.push_back(*mail::parse_mailbox(address, true));
      const Recipient one = chain.judge_forward_path(mail::Direction::out, &user, envelope.forward_paths.back(), today);
      EXPECT_EQ(one.verdict.action, Action::accept) << one.verdict.reply.text;
      deliveries.insert(deliveries.end(), one.deliveries.begin(), one.deliveries.end());
    }
    Context context;
    context.direction = mail::Direction::out;
    context.login = &user;
    context.envelope = &envelope;
    context.deliveries = &deliveries;
    context.facts = &facts;
    context.directory = &compared_province().directory();
    context.today = today;
    return chain.judge_message(context);
  }
};

std::string because(const Verdict& verdict, const std::string& rule) {
  for (const Step& step : verdict.steps)
    if (step.rule == "addressing.recipient-lines" + rule) return step.because;
  return "";
}

/// Somebody who is the văn thư of VPTU that day.
std::string clerk() {
  static const std::string address = [] {
    for (const auto& mailbox : compared_province().directory().mailboxes()) {
      if (mailbox.kind != directory::Mailbox::Kind::person || mailbox.status != directory::Mailbox::Status::active)
        continue;
      const directory::Login login{mailbox.address, mailbox.person, "", mailbox.unit};
      if (compared_province().directory().may_send_as(login, full("vanthu.vptu"), today).allowed)
        return mailbox.address.substr(0, mailbox.address.find('@'));
    }
    return std::string();
  }();
  return address;
}

struct CompareCase {
  const char* name;
  std::vector<std::string> lines, to;
  const char* date;
  const char* sum;  ///< served, unserved, extra, not understood
  const char *unserved, *extra, *riddle;
};
void PrintTo(const CompareCase& row, std::ostream* out) { *out << row.name; }
class Compared : public ::testing::TestWithParam<CompareCase> {};
TEST_P(Compared, WithTheEnvelope) {
  const CompareCase& row = GetParam();
  Despatch despatch;
  despatch.login = clerk();
  despatch.paper.date = row.date;
  despatch.paper.recipients = row.lines;
  despatch.to = row.to;
  const Verdict verdict = despatch.judge();
  EXPECT_EQ(verdict.action, Action::accept) << verdict.reply.text;
  EXPECT_NE(because(verdict, "").find(row.sum), std::string::npos) << because(verdict, "");
  for (const auto& [rule, wanted] :
       {std::pair{".unserved", row.unserved}, {".extra", row.extra}, {".not-understood", row.riddle}}) {
    const std::string found = because(verdict, rule);
    EXPECT_NE(found.find(wanted), std::string::npos) << rule << ": " << found;
    EXPECT_EQ(found.empty(), std::string(wanted).empty()) << rule << ": " << found;
  }
}
INSTANTIATE_TEST_SUITE_P(
    Rows, Compared,
    ::testing::Values(CompareCase{"as_printed",
                                  {"Ban Tổ chức Tỉnh uỷ", "Đảng uỷ các xã, phường", "Lưu VPTU"},
                                  {"btctu", "g.xaphuong"},
                                  "2026-11-20",
                                  "đã gửi 2, chưa gửi 0, thừa 0, không hiểu 0, ngoài hệ thống 0, lưu 1",
                                  "",
                                  "",
                                  ""},
                      CompareCase{"unserved",
                                  {"Ban Tổ chức Tỉnh uỷ", "Ban Nội chính Tỉnh uỷ"},
                                  {"btctu"},
                                  "2026-11-20",
                                  "đã gửi 1, chưa gửi 1",
                                  "“Ban Nội chính Tỉnh uỷ”",
                                  "",
                                  ""},
                      CompareCase{"extra",
                                  {"Ban Tổ chức Tỉnh uỷ"},
                                  {"btctu", "bnctu"},
                                  "2026-11-20",
                                  "thừa 1",
                                  "",
                                  "“bnctu@hatinh.dcs.example”: Ban Nội chính Tỉnh uỷ",
                                  ""},
                      CompareCase{"one_of_a_group_missing",
                                  {"Các ban Đảng, UBKT, Văn phòng Tỉnh uỷ"},
                                  {"btctu", "btgdvtu", "bnctu"},
                                  "2026-11-20",
                                  "chưa gửi 1, thừa 0",
                                  "còn thiếu: Uỷ ban Kiểm tra Tỉnh uỷ",
                                  "",
                                  ""},
                      CompareCase{"the_sender_is_of_the_group",
                                  {"Các ban Đảng, UBKT, Văn phòng Tỉnh uỷ"},
                                  {"btctu", "btgdvtu", "bnctu", "ubkttu"},
                                  "2026-11-20",
                                  "đã gửi 1, chưa gửi 0, thừa 0",
                                  "",
                                  "",
                                  ""},
                      CompareCase{"not_understood",
                                  {"Công ty Hoa Sen", "Ban Tổ chức Tỉnh uỷ"},
                                  {"btctu"},
                                  "2026-11-20",
                                  "không hiểu 1",
                                  "",
                                  "",
                                  "“Công ty Hoa Sen”: không có trong danh bạ"},
                      CompareCase{"a_guess_serves_nobody_and_surprises_nobody",
                                  {"Ban Nội chinh Tỉnh uỷ"},
                                  {"bnctu"},
                                  "2026-11-20",
                                  "đã gửi 0, chưa gửi 0, thừa 0, không hiểu 1",
                                  "",
                                  "",
                                  "Ban Nội chính Tỉnh uỷ"},
                      CompareCase{"external_is_expected_elsewhere",
                                  {"Ban Bí thư Trung ương Đảng (báo cáo)", "UBND tỉnh", "Ban Tổ chức Tỉnh uỷ"},
                                  {"btctu"},
                                  "2026-11-20",
                                  "đã gửi 1, chưa gửi 0, thừa 0, không hiểu 0, ngoài hệ thống 2",
                                  "",
                                  "",
                                  ""},
                      CompareCase{"a_position_by_its_mailbox",
                                  {"Đồng chí Bí thư Tỉnh uỷ (b/c)"},
                                  {"bithu"},
                                  "2026-11-20",
                                  "đã gửi 1, chưa gửi 0, thừa 0",
                                  "",
                                  "",
                                  ""},
                      CompareCase{"a_position_by_its_holder",
                                  {"Bí thư Tỉnh uỷ"},
                                  {"dongnh"},
                                  "2026-11-20",
                                  "đã gửi 1, chưa gửi 0, thừa 0",
                                  "",
                                  "",
                                  ""},
                      CompareCase{"thuong_truc_by_position_mailboxes",
                                  {"Thường trực Tỉnh uỷ (báo cáo)"},
                                  {"bithu", "pbttt"},
                                  "2026-11-20",
                                  "chưa gửi 1, thừa 0",
                                  "còn thiếu: Phó Bí thư Tỉnh uỷ Hà Tĩnh",
                                  "",
                                  ""},
                      CompareCase{"a_personal_mailbox_serves_no_unit",
                                  {"Ban Tổ chức Tỉnh uỷ"},
                                  {"khoatb"},
                                  "2026-11-20",
                                  "đã gửi 0, chưa gửi 1, thừa 0",
                                  "Ban Tổ chức Tỉnh uỷ",
                                  "",
                                  ""},
                      CompareCase{"closed_group_by_all_successors_of_one",
                                  {"Huyện uỷ Kỳ Anh"},
                                  {"vanthu.kyanh", "vanthu.kyhoa"},
                                  "2025-06-20",
                                  "đã gửi 1, chưa gửi 0, thừa 0",
                                  "",
                                  "",
                                  ""},
                      CompareCase{"closed_unit_by_one_successor",
                                  {"Huyện uỷ Kỳ Anh"},
                                  {"vanthu.kyanh"},
                                  "2025-06-20",
                                  "đã gửi 0, chưa gửi 1, thừa 0",
                                  "Huyện uỷ Kỳ Anh",
                                  "",
                                  ""},
                      CompareCase{"closed_group_is_expanded_as_of_the_paper",
                                  {"Các huyện, thành, thị uỷ, đảng uỷ trực thuộc"},
                                  {"vanthu.kyanh", "vanthu.kyhoa"},
                                  "2025-06-20",
                                  "chưa gửi 1, thừa 0",
                                  "còn thiếu: ",
                                  "",
                                  ""},
                      CompareCase{"closed_group_on_a_new_paper",
                                  {"Các huyện, thành, thị uỷ, đảng uỷ trực thuộc"},
                                  {"btctu"},
                                  "2026-11-20",
                                  "không hiểu 1",
                                  "",
                                  "btctu",
                                  "không còn (hoặc chưa có) vào ngày của văn bản"},
                      CompareCase{"own_copies_are_no_surprise",
                                  {"Ban Tổ chức Tỉnh uỷ"},
                                  {"btctu", "luutru", "datdk"},
                                  "2026-11-20",
                                  "đã gửi 1, chưa gửi 0, thừa 0",
                                  "",
                                  "",
                                  ""}),
    [](const auto& row) { return std::string(row.param.name); });

Despatch short_one(const std::string& outcome) {
  Despatch despatch;
  despatch.login = clerk();
  despatch.outcome = outcome;
  despatch.paper.recipients = {"Ban Tổ chức Tỉnh uỷ", "Ban Nội chính Tỉnh uỷ"};
  despatch.to = {"btctu"};
  return despatch;
}

TEST(RecipientLines, AreToldOrAskedAboutAsThePolicySays) {
  const Verdict recorded = short_one("record").judge();
  EXPECT_TRUE(recorded.notices.empty() && recorded.decisions.empty());
  EXPECT_FALSE(because(recorded, ".unserved").empty());

  const Verdict told = short_one("notice").judge();
  ASSERT_EQ(told.notices.size(), 1U);
  EXPECT_EQ(told.notices[0].id, "addressing.recipient-lines");
  EXPECT_NE(told.notices[0].text_vi.find("07-TB/TU"), std::string::npos) << told.notices[0].text_vi;
  EXPECT_NE(told.notices[0].text_vi.find("chưa gửi tới: “Ban Nội chính Tỉnh uỷ”"), std::string::npos)
      << told.notices[0].text_vi;
  EXPECT_NE(told.notices[0].text_en.find("not served: “Ban Nội chính Tỉnh uỷ”"), std::string::npos)
      << told.notices[0].text_en;
  EXPECT_EQ(told.action, Action::accept);

  const Verdict asked = short_one("hold").judge();
  ASSERT_EQ(asked.decisions.size(), 1U);
  EXPECT_EQ(asked.decisions[0].kind, "confirm");
  EXPECT_EQ(asked.decisions[0].deciders, std::vector<std::string>{full("vanthu.vptu")});
  EXPECT_TRUE(asked.decisions[0].recipients.empty());
  EXPECT_EQ(asked.decisions[0].hours, 48U);
  EXPECT_EQ(asked.action, Action::accept);

  EXPECT_EQ(because(short_one("off").judge(), ""), "");
}

TEST(RecipientLines, SayNothingWhereThePaperIsServedAsPrinted) {
  Despatch despatch = short_one("hold");
  despatch.to = {"btctu", "bnctu"};
  const Verdict verdict = despatch.judge();
  EXPECT_TRUE(verdict.decisions.empty());
  EXPECT_NE(
      because(verdict, ".served").find("“Ban Tổ chức Tỉnh uỷ”: Ban Tổ chức Tỉnh uỷ (tên đơn vị trong danh bạ) 97 %"),
      std::string::npos)
      << because(verdict, ".served");
}

TEST(RecipientLines, OfAPersonsMailAreNotLookedAt) {
  Despatch despatch = short_one("hold");
  despatch.sender = despatch.login;
  const Verdict verdict = despatch.judge();
  EXPECT_TRUE(verdict.decisions.empty());
  EXPECT_EQ(because(verdict, ""), "chỉ xét thư của hộp thư đơn vị");
}

TEST(RecipientLines, OfSomebodyElsesPaperAreNotLookedAt) {
  Despatch despatch = short_one("hold");
  despatch.paper.symbol = "CV/BTCTU";  // received from there and passed on
  const Verdict verdict = despatch.judge();
  EXPECT_TRUE(verdict.decisions.empty());
  EXPECT_EQ(because(verdict, ""), "văn bản của nơi khác: 07-CV/BTCTU");
}

TEST(RecipientLines, OfASecretPaperAreNeverLookedAt) {
  Despatch despatch = short_one("hold");
  despatch.paper.secrecy = "mat";
  const Verdict verdict = despatch.judge();
  EXPECT_TRUE(verdict.secret);
  EXPECT_EQ(verdict.steps.size(), 1U);
  EXPECT_TRUE(verdict.decisions.empty() && verdict.notices.empty());
}

TEST(RecipientLines, AreReadThroughNhuTrenAndNhuDieu) {
  Despatch despatch = short_one("record");
  despatch.paper.recipients = {"Như trên", "Như Điều 2"};
  despatch.paper.addressed_to = {"Ban Tổ chức Tỉnh uỷ"};
  despatch.paper.articles = {"Điều 2. Ban Nội chính Tỉnh uỷ và Uỷ ban Kiểm tra Tỉnh uỷ chịu trách nhiệm thi hành."};
  EXPECT_NE(because(despatch.judge(), "").find("đã gửi 1, chưa gửi 2"), std::string::npos)
      << because(despatch.judge(), "");
}

}  // namespace
}  // namespace vanthu::filters
