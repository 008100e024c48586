// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "gateway/mailauth/dkim_signer.hpp"
#include "gateway/mailauth/dkim_verifier.hpp"
#include "tests/unit/mailauth/zone.hpp"

namespace vanthu::mailauth {
namespace {
using Dkim = filters::Authentication::Dkim;

std::vector<Dkim> verify(const std::string& octets, const testing::Zone& zone, Time at = now()) {
  const auto message = split(octets);
  EXPECT_TRUE(message);
  std::vector<Dkim> outcomes;
  for (SignatureCheck& check : begin_checks(*message, author_domain(message->fields).value_or(""), at)) {
    if (!check.key_name.empty()) finish_check(check, zone.ask(check.key_name, dns::Type::txt));
    outcomes.push_back(check.outcome);
  }
  return outcomes;
}
std::string result(const std::string& octets, const testing::Zone& zone) {
  const auto outcomes = verify(octets, zone);
  return outcomes.size() == 1 ? outcomes[0].result + (outcomes[0].why.empty() ? "" : ": " + outcomes[0].why)
                              : "not one";
}

/// RFC 8463 appendix A: one message, an Ed25519 and an RSA signature.
const std::string rfc8463 =
    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
    " d=football.example.com; i=@football.example.com;\r\n"
    " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
    " subject : date : message-id : from : subject : date;\r\n"
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
    " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
    " d=football.example.com; i=@football.example.com;\r\n"
    " q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"
    " date : message-id : from : subject : date;\r\n"
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    " b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n"
    " DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n"
    " dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\r\n"
    "From: Joe SixPack <joe@football.example.com>\r\n"
    "To: Suzie Q <suzie@shopping.example.net>\r\n"
    "Subject: Is dinner ready?\r\n"
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
    "\r\n"
    "Hi.\r\n"
    "\r\n"
    "We lost the game.  Are you hungry yet?\r\n"
    "\r\n"
    "Joe.\r\n";

testing::Zone football() {
  testing::Zone zone;
  zone.txt("brisbane._domainkey.football.example.com",
           "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
  zone.txt(
      "test._domainkey.football.example.com",
      "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/"
      "J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOT"
      "IKT+l/K4w3QIDAQAB");
  return zone;
}

TEST(Verifier, PassesBothSignaturesOfRfc8463) {
  EXPECT_EQ(verify(rfc8463, football()),
            (std::vector<Dkim>{{"football.example.com", "brisbane", "ed25519-sha256", "pass", ""},
                               {"football.example.com", "test", "rsa-sha256", "pass", ""}}));
}

TEST(Verifier, SeesEveryChangeOfWhatIsSigned) {
  for (const auto& [from, to, why] :
       std::vector<std::array<std::string, 3>>{{"dinner", "Dinner", "signature did not verify"},
                                               {"Joe SixPack", "Joe  Sixpack", "signature did not verify"},
                                               {"We lost", "We won", "body hash did not verify"},
                                               {"t=1528637909", "t=1528637908", "signature did not verify"}}) {
    std::string changed = rfc8463;
    for (std::size_t at = 0; (at = changed.find(from, at)) != std::string::npos; at += to.size())
      changed.replace(at, from.size(), to);
    for (const Dkim& outcome : verify(changed, football())) {
      EXPECT_EQ(outcome.result, "fail") << from;
      EXPECT_EQ(outcome.why, why) << from;
    }
  }
}

TEST(Verifier, DoesNotCareForWhiteSpaceUnderRelaxed) {
  std::string changed = rfc8463;
  changed.replace(changed.find("We lost"), 7, "We \t lost");
  changed.replace(changed.find("Subject: Is"), 11, "SUBJECT:   Is");
  changed += "\r\n\r\n";
  for (const Dkim& outcome : verify(changed, football())) EXPECT_EQ(outcome.result, "pass") << outcome.why;
}

TEST(Verifier, SeesASecondFromThatIsSignedAgainst) {
  for (const Dkim& outcome : verify("From: evil@other.example\r\n" + rfc8463, football()))
    EXPECT_EQ(outcome.result, "fail") << outcome.why;
}

TEST(Verifier, SaysWhyAKeyIsOfNoUse) {
  const std::string one = rfc8463.substr(rfc8463.find("DKIM-Signature", 10));
  const std::string name = "test._domainkey.football.example.com";
  EXPECT_EQ(result(one, testing::Zone()), "permerror: no key");
  EXPECT_EQ(result(one, testing::Zone().fail(name)), "temperror: key: no answer from the DNS");
  EXPECT_EQ(result(one, testing::Zone().txt(name, "v=DKIM1; p=")), "permerror: key revoked");
  EXPECT_EQ(result(one, testing::Zone().txt(name, "v=spf1 -all")), "permerror: key record of another version");
  EXPECT_EQ(result(one, testing::Zone().txt(name, "p=!")), "permerror: key is no base64");
  EXPECT_EQ(result(one, testing::Zone().txt(name, "h=sha1; p=AAAA")), "permerror: key not for SHA-256");
  EXPECT_EQ(result(one, testing::Zone().txt(name, "s=tlsrpt; p=AAAA")), "permerror: key not for mail");
  EXPECT_EQ(
      result(one, testing::Zone().txt(name, "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")),
      "permerror: key of another algorithm");
  // RFC 8301 §3.2: below 1024 bits nothing counts
  EXPECT_EQ(
      result(one, testing::Zone().txt(name,
                                      "p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMSLmiwmdQ4qQFn8LD5WFbVrbLnDl2lTVEvGHBEO6u"
                                      "rkx9w3MxR8ynCbg+cUkeJxOZhGSbmjFOQOuAyLoOr2PckCAwEAAQ==")),
      "permerror: RSA key too short or too long");
}

struct WrongCase {
  const char* name;
  std::string from, to, result;
};
class WrongSignature : public ::testing::TestWithParam<WrongCase> {};
TEST_P(WrongSignature, HasAResultOfItsOwn) {
  std::string octets = rfc8463.substr(rfc8463.find("DKIM-Signature", 10));
  const std::size_t at = octets.find(GetParam().from);
  ASSERT_NE(at, std::string::npos);
  octets.replace(at, GetParam().from.size(), GetParam().to);
  EXPECT_EQ(result(octets, football()), GetParam().result);
}
INSTANTIATE_TEST_SUITE_P(
    Rfc6376, WrongSignature,
    ::testing::Values(
        WrongCase{"version", "v=1;", "v=2;", "neutral: signature of another version"},
        WrongCase{"sha1", "rsa-sha256", "rsa-sha1", "neutral: signature of an unknown or retired algorithm"},
        WrongCase{"no_domain", "d=football.example.com;", "", "neutral: signature lacks a tag"},
        WrongCase{"twice", "v=1;", "v=1; v=1;", "neutral: signature not understood"},
        WrongCase{"foreign_agent", "i=@football", "i=@other", "neutral: i= is not of the signing domain"},
        WrongCase{"from_unsigned", "h=from : to : subject :\r\n date : message-id : from", "h=to : subject :\r\n date",
                  "neutral: From is not signed"},
        WrongCase{"expired", "t=1528637909;", "t=1528637909; x=1528637910;", "fail: signature expired"},
        WrongCase{"expires_before_it_was_made", "t=1528637909;", "t=1528637909; x=1;", "neutral: bad x="},
        WrongCase{"other_body_form", "relaxed/relaxed", "relaxed/simple", "fail: body hash did not verify"},
        WrongCase{"unknown_form", "relaxed/relaxed", "tidy", "neutral: unknown canonical form"},
        WrongCase{"key_elsewhere", "dns/txt", "http", "neutral: key not in the DNS"},
        WrongCase{"l_beyond_the_body", "q=dns/txt;", "q=dns/txt; l=1000;", "permerror: body shorter than l="},
        WrongCase{"l_of_a_part", "q=dns/txt;", "q=dns/txt; l=5;", "fail: body hash did not verify"},
        WrongCase{"no_hash", "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=", "bh=2jUS",
                  "neutral: hash or signature is no base64"}),
    [](const auto& row) { return std::string(row.param.name); });

class SignerTest : public ::testing::Test {
 protected:
  SignerTest() : folder_(std::filesystem::path(::testing::TempDir()) / ("vanthu-dkim-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~SignerTest() override { std::filesystem::remove_all(folder_); }
  /// A configuration row for a fresh key, whose record goes into the zone.
  std::string key(const std::string& domain, const std::string& selector, Algorithm algorithm,
                  const std::string& from = "") {
    const NewKey made = make_key(algorithm);
    const auto file = folder_ / (domain + '.' + selector);
    std::ofstream(file) << made.pem;
    zone_.txt(selector + "._domainkey." + domain, key_record(*made.key));
    return domain + ' ' + selector + ' ' + file.string() + ' ' + from;
  }
  std::filesystem::path folder_;
  testing::Zone zone_;
};

const std::string letter =
    "From: Van thu <vanthu@tinhuy.example>\r\nTo: a@b.example\r\nSubject: =?utf-8?q?Th=C6=B0?=\r\n"
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nK\xc3\xadnh g\xe1\xbb\xadi  \r\n.\r\n\r\n";
const std::string trace = "Date: Tue, 24 Nov 2026 15:00:00 +0700\r\nMessage-ID: <1@tinhuy.example>\r\n";

TEST_F(SignerTest, SignsWithBothAlgorithmsWhatItVerifies) {
  const auto signer =
      Signer::load({key("tinhuy.example", "r1", Algorithm::rsa), key("tinhuy.example", "e1", Algorithm::ed25519)});
  ASSERT_TRUE(signer) << signer.error().detail;
  const std::string signatures = signer->sign(trace, letter, "tinhuy.example", now());
  const auto outcomes = verify(signatures + trace + letter, zone_);
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[0], (Dkim{"tinhuy.example", "r1", "rsa-sha256", "pass", ""}));
  EXPECT_EQ(outcomes[1], (Dkim{"tinhuy.example", "e1", "ed25519-sha256", "pass", ""}));
  for (const char* added : {"From: b@c.example\r\n", "Subject: another\r\n", "Cc: c@d.example\r\n", "Date: later\r\n"})
    for (const Dkim& outcome : verify(added + signatures + trace + letter, zone_)) EXPECT_EQ(outcome.result, "fail");
  // Hops add these, and a list may name itself
  for (const Dkim& outcome :
       verify("Received: x\r\nReturn-Path: <>\r\nList-Id: <l.example>\r\n" + signatures + trace + letter, zone_))
    EXPECT_EQ(outcome.result, "pass") << outcome.why;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = signatures.find("\r\n", begin)) != std::string::npos; begin = end + 2)
    EXPECT_LE(end - begin, 78U);
}

TEST_F(SignerTest, TakesTheNewestKeyThatIsInForce) {
  const auto signer = Signer::load({key("tinhuy.example", "old", Algorithm::ed25519, "2020-01-01"),
                                    key("tinhuy.example", "now", Algorithm::ed25519, "2026-11-01"),
                                    key("tinhuy.example", "next", Algorithm::ed25519, "2027-01-01")});
  ASSERT_TRUE(signer) << signer.error().detail;
  const auto selector_on = [&](const char* day) {
    const auto keys = signer->keys_for("tinhuy.example", *parse_date(day));
    return keys.size() == 1 ? keys[0]->selector : "not one";
  };
  EXPECT_EQ(selector_on("2026-10-31"), "old");
  EXPECT_EQ(selector_on("2026-11-01"), "now");
  EXPECT_EQ(selector_on("2027-01-01"), "next");
  EXPECT_EQ(selector_on("2019-12-31"), "not one");
}

TEST_F(SignerTest, SignsInTheNameOfTheAuthorsDomainOrOneAboveIt) {
  const auto signer =
      Signer::load({key("tinh.example", "a", Algorithm::ed25519), key("so.tinh.example", "b", Algorithm::ed25519)});
  ASSERT_TRUE(signer);
  EXPECT_EQ(signer->keys_for("tinh.example", *parse_date("2026-11-24")).at(0)->selector, "a");
  EXPECT_EQ(signer->keys_for("so.tinh.example", *parse_date("2026-11-24")).at(0)->selector, "b");
  EXPECT_EQ(signer->keys_for("xa.tinh.example", *parse_date("2026-11-24")).at(0)->selector, "a");
  EXPECT_TRUE(signer->keys_for("other.example", *parse_date("2026-11-24")).empty());
  EXPECT_EQ(signer->sign(trace, letter, "other.example", now()), "");
}

TEST_F(SignerTest, NamesWhatIsWrongWithARow) {
  const std::string good = key("tinhuy.example", "s", Algorithm::ed25519);
  std::ofstream(folder_ / "broken") << "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
  for (const std::string& bad :
       {std::string("tinhuy.example s"), std::string("tinhuy.example s /nonexistent"), good + " 2026-13-01",
        good + " 2026-01-01 more", "tinhuy.example s " + (folder_ / "broken").string(),
        std::string("a..b s /nonexistent")})
    EXPECT_FALSE(Signer::load({bad})) << bad;
  EXPECT_FALSE(Signer::load({good, good}));
}

TEST(KeyRecord, IsReadBackAsItWasWritten) {
  for (const Algorithm algorithm : {Algorithm::rsa, Algorithm::ed25519}) {
    const NewKey made = make_key(algorithm);
    const auto record = parse_key_record(key_record(*made.key));
    ASSERT_TRUE(record) << record.error().detail;
    EXPECT_EQ(record->algorithm, algorithm);
    EXPECT_TRUE(mailauth::verify(*record->key, algorithm, "text", sign(*made.key, algorithm, "text")));
    EXPECT_FALSE(mailauth::verify(*record->key, algorithm, "Text", sign(*made.key, algorithm, "text")));
  }
}
}  // namespace
}  // namespace vanthu::mailauth
