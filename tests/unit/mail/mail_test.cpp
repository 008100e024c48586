// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "gateway/mail/accepted.hpp"
#include "gateway/mail/tls_required.hpp"
#include "gateway/mail/trace.hpp"

namespace vanthu::mail {
namespace {

struct Address {
  const char *name, *text;
  bool utf8, good;
};
class MailboxSyntax : public testing::TestWithParam<Address> {};
TEST_P(MailboxSyntax, IsReadStrictly) {
  EXPECT_EQ(bool(parse_mailbox(GetParam().text, GetParam().utf8)), GetParam().good) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(
    Rfc5321, MailboxSyntax,
    testing::Values(
        Address{"plain", "lannth@hatinh.dcs.example", false, true}, Address{"plus", "a+b@x.example", false, true},
        Address{"utf8", "vănthư@tỉnhuỷ.example", true, true},
        Address{"utf8_not_agreed", "vănthư@x.example", false, false}, Address{"no_at", "abc", false, false},
        Address{"two_at", "a@b@c.example", false, false}, Address{"quoted", "\"a b\"@x.example", false, false},
        Address{"route", "@a.example:b@c.example", false, false}, Address{"percent", "a%b@x.example", false, false},
        Address{"bang", "a!b@x.example", false, false}, Address{"pipe", "|sh@x.example", false, false},
        Address{"slash", "../../x@x.example", false, false}, Address{"line_end", "a\r\nRCPT@x.example", false, false},
        Address{"dots", "a..b@x.example", false, false}, Address{"first_dot", ".a@x.example", false, false},
        Address{"bare_host", "a@host", false, false}, Address{"empty_local", "@x.example", false, false},
        Address{"bad_utf8", "a\xFF@x.example", true, false},
        Address{"encoded_word", "=?utf-8?q?a=40b?=@x.example", false, false},
        Address{"equals_signs", "prvs=12ab=lan@x.example", false, true},
        Address{"full_width_at", "a\uFF20y.example@x.example", true, false},
        Address{"zero_width", "a\u200Bb@x.example", true, false}, Address{"bidi", "\u202Ea@x.example", true, false},
        Address{"line_separator", "a\u2028b@x.example", true, false},
        Address{"no_break_space", "a\u00A0b@x.example", true, false},
        Address{"private_use", "a\uE000@x.example", true, false},
        Address{"ligature_stays", "\uFB01@x.example", true, true},
        Address{"full_width_domain", "a@\uFF58.example", true, false},
        Address{"ideographic_stop", "a@x\u3002example", true, false},
        Address{"zero_width_domain", "a@x\u200Bx.example", true, false},
        Address{"domain_in_capitals", "a@TỈNH.example", true, true},
        Address{"domain_decomposed", "a@ti\u0309nh.example", true, true},
        Address{"bad_a_label", "a@xn--0049.example", false, false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Mailbox, BoundsItsParts) {
  EXPECT_TRUE(parse_mailbox(std::string(64, 'a') + "@x.example", false));
  EXPECT_FALSE(parse_mailbox(std::string(65, 'a') + "@x.example", false));
  EXPECT_EQ(key(*parse_mailbox("Lan.NTH@X.example", false)), "lan.nth@x.example");
  EXPECT_EQ(key("Lan.NTH@X.example"), "lan.nth@x.example");
  EXPECT_EQ(key("Không phải địa chỉ"), "Không phải địa chỉ");
  // After it was made what is sent: each of these letters becomes two, and each of these names an A-label.
  const auto times = [](int count, const std::string& text) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
  };
  EXPECT_TRUE(parse_mailbox(times(10, "\u0958") + "@x.example", true));
  EXPECT_FALSE(parse_mailbox(times(11, "\u0958") + "@x.example", true)) << "66 octets";
  EXPECT_TRUE(parse_mailbox(times(60, "a") + '@' + times(15, "ỷ.") + "example", true));
  EXPECT_FALSE(parse_mailbox(times(60, "a") + '@' + times(25, "ỷ.") + "example", true));
}

TEST(Mailbox, TakesALabelsAndULabelsInAnyFormForOneDomain) {
  const auto one = parse_mailbox("a@tỉnhuỷ.example", true);
  ASSERT_TRUE(one);
  for (const char* other : {"a@TỈNHUỶ.Example", "a@ti\u0309nhuy\u0309.example"}) {
    const auto same = parse_mailbox(other, true);
    ASSERT_TRUE(same) << other;
    EXPECT_EQ(same->domain, one->domain) << other;
  }
  EXPECT_EQ(parse_mailbox("a@" + one->domain, false)->domain, one->domain);
  const auto mixed = parse_mailbox("a@tỉnh." + one->domain, true);
  ASSERT_TRUE(mixed) << "labels of both sorts";
  EXPECT_TRUE(mixed->domain.ends_with("." + one->domain));
}

TEST(Mailbox, LooksAtWhatItKeeps) {
  const auto composed = parse_mailbox("nguye\u0302\u0303n@x.example", true);
  ASSERT_TRUE(composed);
  EXPECT_EQ(composed->local_part, "nguyễn");
  EXPECT_FALSE(parse_mailbox("a\u037Eb@x.example", true)) << "a Greek question mark, which is composed to a semicolon";
}

TEST(Trace, NamesTheLoginInSender) {
  EXPECT_EQ(sender_field("thulm@hatinh.dcs.example"), "Sender: <thulm@hatinh.dcs.example>\r\n");
}

TEST(TlsRequired, IsNoWhereTheHeaderSaysSoOnce) {
  const struct {
    const char* octets;
    bool no;
  } cases[] = {{"TLS-Required: No\r\n\r\nx", true},
               {"Subject: x\r\ntls-required:nO \r\nTo: a@b.c\r\n\r\n", true},
               {"TLS-Required:\r\n No\r\n\r\n", true},
               {"TLS-Required: Yes\r\n\r\n", false},
               {"TLS-Required: No, thanks\r\n\r\n", false},
               {"TLS-Required:\r\n\r\n", false},
               {"TLS-Required: No\r\nTLS-Required: No\r\n\r\n", false},
               {"TLS-Required: No\r\nTLS-Required: Yes\r\n\r\n", false},
               {"X-TLS-Required: No\r\n\r\n", false},
               {"Subject: x\r\n\r\nTLS-Required: No\r\n", false},
               {"", false}};
  for (const auto& one : cases) EXPECT_EQ(tls_not_required(one.octets), one.no) << one.octets;
}

Accepted sample_accepted() {
  Accepted a;
  a.id = "01ABCDEFGHJKMNPQ";
  a.received = Time(std::chrono::microseconds(1'764'000'000'000'000));
  a.session = "S1";
  a.client = "192.0.2.7";
  a.helo = "pc.example";
  a.tls = "TLSv1.3 TLS_AES_256_GCM_SHA384";
  a.user = "lannth@hatinh.dcs.example";
  a.direction = Direction::out;
  a.envelope.reverse_path = Mailbox{"vanthu.vptu", "hatinh.dcs.example"};
  a.envelope.forward_paths = {{"g.bandang", "hatinh.dcs.example"}, {"bcc", "hatinh.dcs.example"}};
  a.envelope.body = Envelope::Body::eight_bit;
  a.deliveries = {{{"vanthu.btctu", "hatinh.dcs.example"}, "g.bandang@hatinh.dcs.example", "local", "btctu", ""}};
  a.sha256 = std::string(64, 'a');
  a.trace = "Received: x\r\n";
  a.record_class = "official";
  a.facts = {{"subject", "Thông báo"}};
  a.verdict = {{"rule", "none"}};
  return a;
}

TEST(Accepted, SurvivesFormatThenParse) {
  const Accepted a = sample_accepted();
  const auto again = parse_accepted(to_json(a));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(to_json(*again), to_json(a));
  EXPECT_EQ(again->envelope.forward_paths, a.envelope.forward_paths);
  Accepted null_sender = a;
  null_sender.envelope.reverse_path.reset();
  EXPECT_FALSE(parse_accepted(to_json(null_sender))->envelope.reverse_path);
  EXPECT_FALSE(parse_accepted("{\"id\":1}"));
  EXPECT_FALSE(parse_accepted("nonsense"));
}

TEST(Accepted, KeepsWhereAMailProgramFiledIt) {
  Accepted a;
  a.direction = Direction::append;
  EXPECT_FALSE(parse_accepted(to_json(a))->filed);
  a.filed = Filed{"vanthu@x", "vptu", "p1", "Lưu trữ", "archive", "(\\Seen)"};
  const auto read = parse_accepted(to_json(a));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->filed, a.filed);
  EXPECT_EQ(read->direction, Direction::append);
}

TEST(Accepted, KeepsWhereAnImportedMessageCameFrom) {
  Accepted a = sample_accepted();
  EXPECT_FALSE(parse_accepted(to_json(a))->imported);
  a.imported = Imported{"run", "khoa", "lý do", "mbox:/a", "octet 0"};
  EXPECT_EQ(parse_accepted(to_json(a))->imported, a.imported);
  a.imported->folder = "INBOX";
  a.imported->flags = {"\\Seen"};
  a.imported->date = "2019-01-01";
  a.imported->unit = "vptu";
  a.imported->note = "mboxrd";
  a.imported->same_id = 7;
  EXPECT_EQ(parse_accepted(to_json(a))->imported, a.imported);
}

TEST(Accepted, KeepsWhatTheExtensionsSay) {
  Accepted a = sample_accepted();
  a.envelope.body = Envelope::Body::binary;
  a.envelope.envid = "QQ 314159";
  a.envelope.ret = Envelope::Return::headers;
  a.envelope.require_tls = true;
  a.envelope.tls_optional = true;
  a.envelope.priority = -3;
  a.hold = "policy.scan-to-outside";
  a.deliveries.front().notify = Notify::on_success | Notify::on_delay;
  a.deliveries.front().orcpt = "rfc822;Lan@Hatinh.example";
  const auto again = parse_accepted(to_json(a));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->envelope.body, Envelope::Body::binary);
  EXPECT_EQ(again->envelope.envid, "QQ 314159");
  EXPECT_EQ(again->envelope.ret, Envelope::Return::headers);
  EXPECT_TRUE(again->envelope.require_tls);
  EXPECT_TRUE(again->envelope.tls_optional);
  EXPECT_EQ(again->envelope.priority, -3);
  EXPECT_EQ(again->hold, a.hold);
  EXPECT_EQ(again->deliveries.front().notify, Notify::on_success | Notify::on_delay);
  EXPECT_EQ(again->deliveries.front().orcpt, "rfc822;Lan@Hatinh.example");
}

TEST(Accepted, KeepsWhoMustBeAsked) {
  Accepted a = sample_accepted();
  a.questions = {{"moderate", {"m@x.example", "n@x.example"}, {0, 2}, 7200, "next", "nhóm \"kín\""}};
  const auto again = parse_accepted(to_json(a));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->questions, a.questions);
  EXPECT_EQ(to_json(sample_accepted()).find("questions"), std::string::npos);
}

TEST(Accepted, KeepsWhichReceiptsItBrings) {
  Accepted a = sample_accepted();
  EXPECT_EQ(to_json(a).find("\"receipts\""), std::string::npos);
  a.receipts.kinds = {"delivery", "slip"};
  EXPECT_EQ(parse_accepted(to_json(a))->receipts, a.receipts);
  a.receipts.remind_hours = 72;
  EXPECT_EQ(parse_accepted(to_json(a))->receipts, a.receipts);
}

TEST(Accepted, KnowsWhatCameAndWhatIsDelivered) {
  Accepted a = sample_accepted();
  const std::string_view frame = "came|goes";
  EXPECT_EQ(as_it_came(a, frame), frame);
  EXPECT_EQ(as_delivered(a, frame), frame);
  a.original_octets = 5;
  const auto again = parse_accepted(to_json(a));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(as_it_came(*again, frame), "came|");
  EXPECT_EQ(as_delivered(*again, frame), "goes");
  EXPECT_EQ(as_delivered(*again, "x"), "");
}

TEST(Accepted, TellsWhatCameWithoutTheRest) {
  Accepted a = sample_accepted();
  a.facts = boost::json::array(5000, boost::json::string(20, 'x'));  // more than fits on its stack
  auto came = parse_came(to_json(a));
  ASSERT_TRUE(came) << came.error().detail;
  EXPECT_EQ(came->sha256, a.sha256);
  EXPECT_EQ(came->original_octets, 0U);
  a.original_octets = 5;
  EXPECT_EQ(parse_came(to_json(a))->original_octets, 5U);
  for (const char* text : {"", "{", "[]", "{}", R"({"sha256":7})", R"({"sha256":"ab","original_octets":-1})"})
    EXPECT_EQ(parse_came(text).error().reply, Reply(status::corrupt)) << text;
}

TEST(Accepted, LeavesOutWhatSaysNothingAsAnOlderProgramDid) {
  const std::string text = to_json(sample_accepted());
  for (const char* member :
       {"envid", "\"ret\"", "require_tls", "tls_optional", "priority", "\"hold\"", "notify", "orcpt"})
    EXPECT_EQ(text.find(member), std::string::npos) << member;
}

TEST(Received, SaysHowTheMessageCame) {
  const std::string field = received_field(sample_accepted(), "mx.hatinh.dcs.example");
  EXPECT_NE(field.find("from pc.example ([192.0.2.7])"), std::string::npos) << field;
  EXPECT_NE(field.find("with ESMTPSA id 01ABCDEFGHJKMNPQ"), std::string::npos) << field;
  EXPECT_EQ(field.find("lannth"), std::string::npos) << "who logged in is not the recipients' business";
  EXPECT_TRUE(field.ends_with("\r\n"));
}

TEST(Received, NamesTheTransmissionTypesOfTheRegistry) {
  struct Case {
    bool extended, utf8, tls, authenticated;
    const char* protocol;
  };
  for (const Case& c : {Case{false, false, false, false, "SMTP"}, Case{false, false, true, false, "SMTP"},
                        Case{true, false, false, false, "ESMTP"}, Case{true, false, true, false, "ESMTPS"},
                        Case{true, false, false, true, "ESMTPA"}, Case{true, false, true, true, "ESMTPSA"},
                        Case{true, true, false, false, "UTF8SMTP"}, Case{true, true, true, true, "UTF8SMTPSA"}})
    EXPECT_EQ(with_protocol(c.extended, c.utf8, c.tls, c.authenticated), c.protocol);
}

TEST(Received, NamesTheRecipientOnlyWhereThereIsOne) {
  Accepted a = sample_accepted();
  a.envelope.forward_paths = {{"lan", "x.example"}};
  EXPECT_NE(received_field(a, "mx").find("\r\n\tfor <lan@x.example>;"), std::string::npos) << received_field(a, "mx");
  a.envelope.forward_paths.push_back({"hoa", "x.example"});
  EXPECT_EQ(received_field(a, "mx").find("for <"), std::string::npos) << "the second may be a Bcc";
}

TEST(Received, SaysTheNameThatANamedHostVouchesFor) {
  Accepted a = sample_accepted();
  a.name = "mail.elsewhere.example";
  a.client = "2001:db8::1";
  EXPECT_NE(received_field(a, "mx").find("(mail.elsewhere.example [IPv6:2001:db8::1])"), std::string::npos);
}

TEST(MissingFields, AreAddedOnceAndOnlyWhereMissing) {
  const Accepted a = sample_accepted();
  const std::string both = missing_fields(a, "Subject: x\r\n\r\nDate: in the body\r\n", "mx.example");
  EXPECT_NE(both.find("Date: "), std::string::npos);
  EXPECT_NE(both.find("Message-ID: <" + a.id + "@mx.example>\r\n"), std::string::npos);
  EXPECT_EQ(missing_fields(a, "DATE:x\r\nMessage-Id :\r\n <a@b>\r\n\r\n", "mx.example"), "");
  EXPECT_EQ(missing_fields(a, "Subject: a\r\n Date: folded\r\nMessage-ID: <a@b>\r\n", "mx").find("Date: "), 0U);
}

}  // namespace
}  // namespace vanthu::mail
