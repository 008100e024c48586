// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/transaction.hpp"

#include <gtest/gtest.h>

#include "gateway/relay/login.hpp"

namespace vanthu::relay {
namespace {
using Body = mail::Envelope::Body;

spool::Payload message(const std::string& octets = "Subject: a\r\n\r\nb\r\n") {
  spool::Payload payload;
  payload.accepted.envelope.reverse_path = mail::Mailbox{"khoa", "a.example"};
  mail::Delivery one, two;
  one.to = {"b", "b.example"};
  two.to = {"c", "b.example"};
  payload.accepted.deliveries = {one, two};
  payload.accepted.trace = "Received: x\r\n";
  payload.octets = std::make_shared<const Octets>(*Octets::of(octets));
  return payload;
}

Capabilities everything() {
  return read_capabilities({"mx.example", "PIPELINING", "8BITMIME", "SMTPUTF8", "CHUNKING", "BINARYMIME", "DSN",
                            "SIZE 0", "STARTTLS", "REQUIRETLS", "MT-PRIORITY MIXER", "AUTH PLAIN scram-sha-256",
                            "LIMITS RCPTMAX=50 MAILMAX=7", "X-OTHER"});
}

const Route smtp_route = *parse_route("default smtp://a:25");
const Route lmtp = *parse_route("local lmtp://127.0.0.1:24");

TEST(Capabilities, AreReadFromTheLinesOfEhlo) {
  const Capabilities all = everything();
  EXPECT_TRUE(all.pipelining && all.eight_bit && all.utf8 && all.chunking && all.binary && all.dsn && all.starttls &&
              all.require_tls && all.priority && all.size);
  EXPECT_EQ(all.size_limit, 0U);
  EXPECT_EQ(all.rcpt_max, 50U);
  EXPECT_EQ(all.mail_max, 7U);
  EXPECT_EQ(all.mechanisms, (std::vector<std::string>{"PLAIN", "SCRAM-SHA-256"}));
  EXPECT_EQ(read_capabilities({"PIPELINING"}), Capabilities{}) << "the first line is the hop's name";
  EXPECT_EQ(read_capabilities({"mx", "size 1000"}).size_limit, 1000U);
  EXPECT_EQ(read_capabilities({"mx", "SIZE lots", "LIMITS RCPTMAX"}).size_limit, 0U);
}

TEST(Transaction, SaysToAPlainHopNoMoreThanItKnows) {
  spool::Payload payload = message();
  payload.accepted.envelope.envid = "id";
  payload.accepted.envelope.priority = 4;
  payload.accepted.envelope.body = Body::eight_bit;
  payload.accepted.deliveries[0].notify = mail::Notify::on_failure;
  std::vector<spool::Outcome> refused;
  const Transaction plain = plan(payload, {0, 1}, {}, smtp_route, {}, refused);
  EXPECT_EQ(plain.commands, "MAIL FROM:<khoa@a.example>\r\nRCPT TO:<b@b.example>\r\nRCPT TO:<c@b.example>\r\n");
  EXPECT_FALSE(plain.bdat);
  EXPECT_TRUE(refused.empty());
}

TEST(Transaction, PutsARecordsNumberFirstWhereAllOfItStaysWithUs) {
  spool::Payload payload = message();
  payload.record_field = "Vanthu-Record: 7\r\n";
  payload.accepted.deliveries[0].next_hop = "local";
  payload.accepted.deliveries[1].next_hop = "outside";
  std::vector<spool::Outcome> refused;
  EXPECT_EQ(plan(payload, {0}, everything(), lmtp, {}, refused).before, "Vanthu-Record: 7\r\nReceived: x\r\n");
  EXPECT_NE(plan(payload, {0}, everything(), smtp_route, {}, refused).commands.find(" SIZE=48"), std::string::npos);
  EXPECT_EQ(plan(payload, {1}, everything(), smtp_route, {}, refused).before, "Received: x\r\n") << "not to another domain";
  EXPECT_EQ(plan(payload, {0, 1}, everything(), smtp_route, {}, refused).before, "Received: x\r\n") << "nor with it";
}

TEST(Transaction, PassesOnWhatTheHopOffers) {
  spool::Payload payload = message("Subject: Thư\r\n\r\nb\r\n");
  payload.accepted.envelope.envid = "id=1";
  payload.accepted.envelope.ret = mail::Envelope::Return::headers;
  payload.accepted.envelope.priority = 4;
  payload.accepted.envelope.body = Body::eight_bit;
  payload.accepted.envelope.utf8 = true;
  payload.accepted.deliveries[0].notify = mail::Notify::on_success | mail::Notify::on_delay;
  payload.accepted.deliveries[0].orcpt = "rfc822;x+y@b.example";
  payload.accepted.deliveries[1].to.local_part = "hương";
  payload.accepted.deliveries[1].orcpt = "utf-8;hương@b.example";
  std::vector<spool::Outcome> refused;
  const Transaction whole = plan(payload, {0, 1}, everything(), smtp_route, {}, refused);
  EXPECT_EQ(whole.commands, "MAIL FROM:<khoa@a.example> SIZE=" + std::to_string(13 + payload.octets->size()) +
                                " BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=id+3D1 MT-PRIORITY=4\r\n"
                                "RCPT TO:<b@b.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;x+2By@b.example\r\n"
                                "RCPT TO:<hương@b.example> ORCPT=utf-8;h\\x{1B0}\\x{1A1}ng@b.example\r\n");
  EXPECT_TRUE(whole.bdat);
}

struct Barrier {
  const char* name;
  void (*change)(spool::Payload&);
  std::vector<std::string> ehlo;
  std::array<int, 3> status;
};
class WhatAHopCannotCarry : public testing::TestWithParam<Barrier> {};
TEST_P(WhatAHopCannotCarry, IsRefusedBeforeItIsSent) {
  spool::Payload payload = message("Subject: a\r\n\r\n\xC3\xA9\r\n");
  GetParam().change(payload);
  std::vector<spool::Outcome> refused;
  const Transaction none =
      plan(payload, {0, 1}, read_capabilities(GetParam().ehlo), smtp_route, {true, false, false}, refused);
  EXPECT_TRUE(none.recipients.empty());
  ASSERT_EQ(refused.size(), 2U);
  EXPECT_TRUE(refused[0].settled);
  EXPECT_EQ(refused[0].reply.enhanced, GetParam().status) << refused[0].reply.text;
}
INSTANTIATE_TEST_SUITE_P(
    Transaction, WhatAHopCannotCarry,
    testing::Values(
        Barrier{"size", [](auto&) {}, {"mx", "SIZE 20"}, {5, 3, 4}},
        Barrier{"eight_bit", [](auto& p) { p.accepted.envelope.body = Body::eight_bit; }, {"mx"}, {5, 6, 3}},
        Barrier{"binary",
                [](auto& p) { p.accepted.envelope.body = Body::binary; },
                {"mx", "8BITMIME", "CHUNKING"},
                {5, 6, 3}},
        Barrier{"sender", [](auto& p) { p.accepted.envelope.reverse_path->local_part = "hương"; }, {"mx"}, {5, 6, 7}},
        Barrier{"header",
                [](auto& p) {
                  p.accepted.envelope.utf8 = true;
                  p.octets = std::make_shared<const Octets>(*Octets::of("Subject: Thư\r\n\r\n"));
                },
                {"mx"},
                {5, 6, 9}},
        Barrier{"tls_unverified",
                [](auto& p) { p.accepted.envelope.require_tls = true; },
                {"mx", "REQUIRETLS"},
                {5, 7, 30}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Transaction, RefusesOneUtf8RecipientAndServesTheOther) {
  spool::Payload payload = message();
  payload.accepted.deliveries[0].to.local_part = "hương";
  std::vector<spool::Outcome> refused;
  const Transaction rest = plan(payload, {0, 1}, {}, smtp_route, {}, refused);
  EXPECT_EQ(rest.recipients, std::vector<std::uint32_t>{1});
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].index, 0U);
}

TEST(Transaction, SendsEightBitsByRuleOnly) {
  spool::Payload payload = message("Subject: a\r\n\r\n\xC3\xA9\r\n");
  payload.accepted.envelope.body = Body::eight_bit;
  std::vector<spool::Outcome> refused;
  EXPECT_FALSE(plan(payload, {0}, {}, lmtp, {}, refused).recipients.empty()) << "the store takes octets as they are";
  const Route anyway = *parse_route("default smtp://a:25 eight-bit=send-anyway");
  EXPECT_FALSE(plan(payload, {0}, {}, anyway, {}, refused).recipients.empty());
  spool::Payload ascii = message();
  ascii.accepted.envelope.body = Body::eight_bit;
  EXPECT_FALSE(plan(ascii, {0}, {}, smtp_route, {}, refused).recipients.empty()) << "declared, and not so";
  EXPECT_TRUE(refused.empty());
}

TEST(Transaction, KeepsRequireTlsToVerifiedHopsAndTheMachineItself) {
  spool::Payload payload = message();
  payload.accepted.envelope.require_tls = true;
  std::vector<spool::Outcome> refused;
  const Transaction sent = plan(payload, {0}, everything(), smtp_route, {true, true, false}, refused);
  EXPECT_NE(sent.commands.find(" REQUIRETLS\r\n"), std::string::npos);
  EXPECT_FALSE(plan(payload, {0}, {}, lmtp, {false, false, true}, refused).recipients.empty());
  EXPECT_TRUE(refused.empty());
  EXPECT_TRUE(plan(payload, {0}, {}, lmtp, {false, false, false}, refused).recipients.empty());
}

TEST(DotStuffed, DoublesDotsAtLineStartsOnly) {
  const auto stuffed = [](std::string_view octets) {
    DotStuffed pieces(octets);
    std::string out;
    for (std::string_view piece = pieces.next(); !piece.empty(); piece = pieces.next()) out += piece;
    return out;
  };
  EXPECT_EQ(stuffed(""), "");
  EXPECT_EQ(stuffed("."), "..");
  EXPECT_EQ(stuffed(".\r\n.\r\n"), "..\r\n..\r\n");
  EXPECT_EQ(stuffed("a.b\r\n..c\r\nd\n.e\r.f"), "a.b\r\n...c\r\nd\n.e\r.f");
  EXPECT_EQ(stuffed("\n.a"), "\n.a");
  EXPECT_EQ(stuffed("a\r\n."), "a\r\n..");
}

TEST(Login, SpeaksScramAsRfc7677Shows) {
  auto login = Login::choose({"PLAIN", "SCRAM-SHA-256"}, "user", "pencil");
  ASSERT_TRUE(login);
  login->set_nonce("rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(login->initial(), "biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=");
  const auto final = login->answer(
      "cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQw"
      "OTY=");
  ASSERT_TRUE(final) << final.error().detail;
  EXPECT_EQ(
      *final,
      "Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1kSHpiWmFwV0lrNGpVaE4rVXRl"
      "OXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==");
  EXPECT_FALSE(login->complete());
  const auto last = login->answer("dj02cnJpVFJCaTIzV3BSUi93dHVwK21NaFVaVW4vZEI1bkxUSlJzamw5NUc0PQ==");
  ASSERT_TRUE(last);
  EXPECT_EQ(*last, "");
  EXPECT_TRUE(login->complete());
}

TEST(Login, TrustsNoHopThatDoesNotKnowThePassword) {
  auto login = Login::choose({"SCRAM-SHA-256"}, "user", "pencil");
  ASSERT_TRUE(login);
  login->set_nonce("rOprNGfwEbeRWgbNEkqO");
  (void)login->initial();
  EXPECT_FALSE(login->answer("cj1vdGhlcixzPVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY="));
  EXPECT_FALSE(login->answer("dj14"));
  EXPECT_FALSE(login->complete());
}

TEST(Login, TakesTheBestThatIsOffered) {
  EXPECT_EQ(Login::choose({"LOGIN", "PLAIN"}, "u", "p")->mechanism(), "PLAIN");
  EXPECT_FALSE(Login::choose({"GSSAPI"}, "u", "p"));
  auto login = Login::choose({"LOGIN"}, "u", "p");
  EXPECT_EQ(login->initial(), std::nullopt);
  EXPECT_EQ(*login->answer("VXNlcm5hbWU6"), "dQ==");
  EXPECT_EQ(*login->answer("UGFzc3dvcmQ6"), "cA==");
  EXPECT_FALSE(login->answer("x"));
}

}  // namespace
}  // namespace vanthu::relay
