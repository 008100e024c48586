// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/sasl_server.hpp"

#include <gtest/gtest.h>

#include "gateway/base/base64.hpp"

namespace vanthu::mail {
namespace {
using Next = SaslServer::Next;
std::string b64(std::string_view octets) { return base64_encode(octets); }

TEST(SaslServer, OffersWhatTheConnectionCanCarry) {
  EXPECT_EQ(sasl_mechanisms({}), "SCRAM-SHA-256 PLAIN LOGIN");
  EXPECT_EQ(sasl_mechanisms({true, {{"tls-exporter", "x"}}}), "SCRAM-SHA-256-PLUS SCRAM-SHA-256 EXTERNAL PLAIN LOGIN");
  EXPECT_EQ(sasl_mechanisms({false, {}, false}, "AUTH="), "AUTH=SCRAM-SHA-256 AUTH=PLAIN");
  EXPECT_FALSE(SaslServer::begin("EXTERNAL", {}));
  EXPECT_FALSE(SaslServer::begin("SCRAM-SHA-256-PLUS", {}));
  EXPECT_FALSE(SaslServer::begin("CRAM-MD5", {}));
}

TEST(SaslServer, TakesPlainAtOnceOrAsked) {
  auto sasl = SaslServer::begin("PLAIN", {});
  EXPECT_EQ(sasl->start(), Next::challenge);
  EXPECT_EQ(sasl->challenge(), "");
  EXPECT_EQ(sasl->take(b64(std::string("box\0user\0secret", 15))), Next::password);
  EXPECT_EQ(sasl->user(), "user");
  EXPECT_EQ(sasl->authorization(), "box");
  EXPECT_EQ(sasl->password(), "secret");
  EXPECT_EQ(SaslServer::begin("PLAIN", {})->take(b64("user")), Next::malformed);
}

TEST(SaslServer, AsksForNameAndPasswordInLogin) {
  auto sasl = SaslServer::begin("LOGIN", {});
  EXPECT_EQ(sasl->start(), Next::challenge);
  EXPECT_EQ(sasl->challenge(), "Username:");
  EXPECT_EQ(sasl->take(b64("user")), Next::challenge);
  EXPECT_EQ(sasl->challenge(), "Password:");
  EXPECT_EQ(sasl->take(b64("secret")), Next::password);
  EXPECT_EQ(sasl->user(), "user");
  EXPECT_EQ(sasl->password(), "secret");
  EXPECT_EQ(SaslServer::begin("LOGIN", {})->take(""), Next::malformed);
  EXPECT_EQ(SaslServer::begin("LOGIN", {})->take("not base64"), Next::malformed);
}

TEST(SaslServer, LeavesTheCertificateToTheDirectory) {
  auto sasl = SaslServer::begin("EXTERNAL", {true, {}});
  EXPECT_EQ(sasl->take(""), Next::certificate);
  EXPECT_EQ(sasl->authorization(), "");
  sasl = SaslServer::begin("EXTERNAL", {true, {}});
  EXPECT_EQ(sasl->take(b64("a@b.example")), Next::certificate);
  EXPECT_EQ(sasl->authorization(), "a@b.example");
}

TEST(SaslServer, AsksForTheKeysOfAScramUserAndRefusesAWrongProof) {
  auto sasl = SaslServer::begin("SCRAM-SHA-256", {});
  EXPECT_EQ(sasl->start(), Next::challenge);
  EXPECT_EQ(sasl->take(b64("n,,n=user,r=abc")), Next::keys);
  EXPECT_EQ(sasl->user(), "user");
  EXPECT_EQ(sasl->keys(*derive_scram("secret", "salt", 4096)), Next::challenge);
  const std::string first = sasl->challenge();
  const std::string nonce = first.substr(2, first.find(',') - 2);
  EXPECT_GT(nonce.size(), 20U);
  EXPECT_EQ(sasl->take(b64("c=biws,r=" + nonce + ",p=" + b64(std::string(32, 'x')))), Next::wrong);
}

}  // namespace
}  // namespace vanthu::mail
