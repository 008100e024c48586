// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/dsn.hpp"

#include <gtest/gtest.h>

#include "gateway/base/limits.hpp"

namespace vanthu::mail {
namespace {

const std::string letter = "Date: d\r\nFrom: f\r\nSubject: Thong bao\r\nX-A: b\r\n\r\nTHE BODY\r\n";

Accepted sample() {
  Accepted accepted;
  accepted.id = "01ABCDEFGHJKMNPQ";
  accepted.direction = Direction::out;
  accepted.envelope.reverse_path = Mailbox{"khoa", "a.example"};
  Delivery delivery;
  delivery.to = {"vanthu.btctu", "a.example"};
  delivery.original = "g.bandang@a.example";
  accepted.deliveries = {delivery};
  return accepted;
}

Report report() { return {"mx.example", "01ID", Time(), std::nullopt, ""}; }

std::string report_of(const Accepted& accepted, const Reply& reply, Action action = Action::failed,
                      const std::string& octets = letter) {
  return dsn(accepted, {{action, 0, reply, "127.0.0.1:24"}}, octets, report());
}

bool holds(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

TEST(Dsn, TellsTheSenderAndQuotesTheHeaderOnly) {
  const std::string text = report_of(sample(), {550, {5, 2, 2}, "over\r\nquota"});
  EXPECT_TRUE(holds(text, "To: <khoa@a.example>\r\n"));
  EXPECT_FALSE(holds(text, "Original-Recipient:")) << "the client gave no ORCPT";
  EXPECT_TRUE(holds(text, "Final-Recipient: rfc822; vanthu.btctu@a.example\r\nAction: failed\r\nStatus: 5.2.2\r\n"));
  EXPECT_TRUE(holds(text, "Remote-MTA: dns; 127.0.0.1\r\nDiagnostic-Code: smtp; 550 5.2.2 over  quota\r\n"));
  EXPECT_TRUE(holds(text, "The mailbox is full."));
  EXPECT_TRUE(holds(text, "Subject: Thong bao"));
  EXPECT_FALSE(holds(text, "THE BODY"));
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
    ASSERT_EQ(text[at - 1], '\r');
  for (const char c : text) ASSERT_LT(static_cast<unsigned char>(c), 0x80) << "seven bits reach every system";
}

TEST(Dsn, ReturnsTheWholeMessageWhereItWasAskedTo) {
  Accepted accepted = sample();
  accepted.envelope.ret = Envelope::Return::full;
  const std::string text = report_of(accepted, {550, {5, 1, 1}, "no"});
  EXPECT_TRUE(holds(text, "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" + letter));
  EXPECT_FALSE(holds(
      report_of(accepted, {550, {5, 1, 1}, "no"}, Action::failed, letter + std::string(limits::dsn_return_octets, 'x')),
      "message/rfc822\r\n"));
  EXPECT_FALSE(holds(report_of(accepted, {451, {4, 4, 1}, "no"}, Action::delayed), "message/rfc822\r\n"));
}

TEST(Dsn, GivesNothingBackOfWhatPolicyRefused) {
  Accepted accepted = sample();
  accepted.envelope.ret = Envelope::Return::full;
  const std::string text = report_of(accepted, {550, {5, 7, 1}, "marked"});
  EXPECT_TRUE(holds(text, "Date: d\r\nFrom: f\r\n"));
  EXPECT_FALSE(holds(text, "Thong bao"));
  EXPECT_FALSE(holds(text, "THE BODY"));
}

TEST(Dsn, CarriesTheParametersOfRfc3461) {
  Accepted accepted = sample();
  accepted.envelope.envid = "QQ\r\n314159";
  accepted.deliveries[0].orcpt = "rfc822;first@b.example";
  const std::string text = report_of(accepted, {250, {2, 0, 0}, "ok"}, Action::relayed);
  EXPECT_TRUE(holds(text, "Original-Envelope-Id: QQ  314159\r\n"));
  EXPECT_TRUE(holds(text, "Original-Recipient: rfc822; first@b.example\r\n"));
  EXPECT_TRUE(holds(text, "Action: relayed\r\nStatus: 2.0.0\r\n"));
}

TEST(Dsn, SaysUntilWhenWhatIsDelayedIsTriedAgain) {
  Report late = report();
  late.retry_until = Time();
  const std::string text = dsn(sample(), {{Action::delayed, 0, {451, {4, 4, 1}, "away"}, ""}}, letter, late);
  EXPECT_TRUE(holds(text, "Action: delayed\r\nStatus: 4.4.1\r\n"));
  EXPECT_TRUE(holds(text, "Will-Retry-Until: Thu, 01 Jan 1970"));
  EXPECT_FALSE(holds(text, "Remote-MTA")) << "no hop has spoken";
}

TEST(Dsn, NamesToOutsideOnlyWhatTheSenderWrote) {
  Accepted accepted = sample();
  accepted.direction = Direction::in;
  const std::string text = report_of(accepted, {550, {5, 2, 2}, "full"});
  EXPECT_FALSE(holds(text, "vanthu.btctu"));
  EXPECT_TRUE(holds(text, "Final-Recipient: rfc822; g.bandang@a.example\r\n"));
}

TEST(Dsn, WritesUtf8AddressesAsRfc6533Says) {
  Accepted accepted = sample();
  accepted.deliveries[0].to.local_part = "hương";
  EXPECT_TRUE(
      holds(report_of(accepted, {550, {5, 1, 1}, "no"}), "Final-Recipient: utf-8; h\\x{1B0}\\x{1A1}ng@a.example\r\n"));
}

TEST(Dsn, IsSentForWhatNotifyAsks) {
  EXPECT_TRUE(wanted(Action::failed, Notify::unsaid));
  EXPECT_TRUE(wanted(Action::delayed, Notify::unsaid));
  EXPECT_FALSE(wanted(Action::relayed, Notify::unsaid));
  for (const Action action : {Action::failed, Action::delayed, Action::delivered, Action::relayed})
    EXPECT_FALSE(wanted(action, Notify::never));
  EXPECT_TRUE(wanted(Action::delivered, Notify::on_success));
  EXPECT_TRUE(wanted(Action::relayed, Notify::on_success));
  EXPECT_FALSE(wanted(Action::failed, Notify::on_success | Notify::on_delay));
}

TEST(QuotedPrintable, KeepsLinesShortAndBlanksAtTheirEnds) {
  EXPECT_EQ(quoted_printable("a=b \r\như\r\n"), "a=3Db=20\r\nh=C6=B0\r\n");
  const std::string out = quoted_printable(std::string(200, 'x'));
  std::size_t begin = 0;
  for (std::size_t end = out.find("\r\n"); end != std::string::npos; end = out.find("\r\n", begin)) {
    EXPECT_LE(end - begin, 76U);
    begin = end + 2;
  }
}

}  // namespace
}  // namespace vanthu::mail
