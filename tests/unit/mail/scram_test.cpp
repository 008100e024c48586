// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/scram.hpp"

#include <gtest/gtest.h>

#include "gateway/base/base64.hpp"

namespace vanthu::mail {
namespace {
// RFC 7677 §3
constexpr const char* server_nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
constexpr const char* client_first = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
constexpr const char* server_first =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr const char* client_final =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

ScramKeys keys_of(std::string_view password) {
  return *derive_scram(password, *base64_decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
}
Scram exchange(Scram::Binding binding = Scram::Binding::none) {
  return Scram(binding, {{"tls-exporter", "E"}, {"tls-server-end-point", "S"}}, server_nonce);
}

TEST(Scram, PlaysTheExchangeOfRfc7677) {
  Scram scram = exchange();
  ASSERT_TRUE(scram.first(client_first));
  EXPECT_EQ(scram.user(), "user");
  EXPECT_EQ(scram.challenge(keys_of("pencil")), server_first);
  const auto answer = scram.last(client_final);
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST(Scram, RefusesTheProofOfAnotherPassword) {
  Scram scram = exchange();
  ASSERT_TRUE(scram.first(client_first));
  scram.challenge(keys_of("pencils"));
  const auto answer = scram.last(client_final);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reply, Reply(status::refused));
}

struct FirstCase {
  const char* name;
  Scram::Binding binding;
  const char* message;
  bool taken;
};
class ScramFirst : public testing::TestWithParam<FirstCase> {};
TEST_P(ScramFirst, IsReadAsRfc5802Says) {
  EXPECT_EQ(bool(exchange(GetParam().binding).first(GetParam().message)), GetParam().taken);
}
INSTANTIATE_TEST_SUITE_P(
    Rfc5802, ScramFirst,
    testing::Values(FirstCase{"plain", Scram::Binding::none, "n,,n=a,r=x", true},
                    FirstCase{"authzid", Scram::Binding::none, "n,a=b@c.example,n=a,r=x", true},
                    FirstCase{"extension", Scram::Binding::none, "n,,n=a,r=x,q=1", true},
                    FirstCase{"escaped", Scram::Binding::none, "n,,n=a=2Cb=3Dc,r=x", true},
                    FirstCase{"bad_escape", Scram::Binding::none, "n,,n=a=2c,r=x", false},
                    FirstCase{"empty_name", Scram::Binding::none, "n,,n=,r=x", false},
                    FirstCase{"no_nonce", Scram::Binding::none, "n,,n=a", false},
                    FirstCase{"nonce_with_space", Scram::Binding::none, "n,,n=a,r=x y", false},
                    FirstCase{"must_know", Scram::Binding::none, "n,,m=x,n=a,r=x", false},
                    FirstCase{"no_header", Scram::Binding::none, "n=a,r=x", false},
                    FirstCase{"bad_authzid", Scram::Binding::none, "n,b,n=a,r=x", false},
                    FirstCase{"could_bind", Scram::Binding::none, "y,,n=a,r=x", true},
                    FirstCase{"offer_was_taken_out", Scram::Binding::possible, "y,,n=a,r=x", false},
                    FirstCase{"cannot_bind", Scram::Binding::possible, "n,,n=a,r=x", true},
                    FirstCase{"binds_without_plus", Scram::Binding::possible, "p=tls-exporter,,n=a,r=x", false},
                    FirstCase{"plus", Scram::Binding::required, "p=tls-exporter,,n=a,r=x", true},
                    FirstCase{"plus_end_point", Scram::Binding::required, "p=tls-server-end-point,,n=a,r=x", true},
                    FirstCase{"plus_other", Scram::Binding::required, "p=tls-unique,,n=a,r=x", false},
                    FirstCase{"plus_without", Scram::Binding::required, "n,,n=a,r=x", false},
                    FirstCase{"plus_y", Scram::Binding::required, "y,,n=a,r=x", false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Scram, ReadsEscapedNamesAndWhoseMailbox) {
  Scram scram = exchange();
  ASSERT_TRUE(scram.first("n,a=box=2C1,n=a=3Db,r=x"));
  EXPECT_EQ(scram.user(), "a=b");
  EXPECT_EQ(scram.authorization(), "box,1");
}

TEST(Scram, RefusesAnotherChannelAndAnotherNonce) {
  for (const char* message :
       {"c=eSws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=", "c=biws,r=rOprNGfwEbeRWgbNEkqO,p="}) {
    Scram scram = exchange();
    ASSERT_TRUE(scram.first(client_first));
    scram.challenge(keys_of("pencil"));
    const auto answer = scram.last(message + base64_encode(std::string(32, 'x')));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reply, Reply(status::refused));
  }
}

TEST(ScramKeys, SurviveFormatThenParse) {
  const ScramKeys keys = keys_of("mật khẩu");
  const auto read = parse_scram(format(keys));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, keys);
  EXPECT_EQ(format(keys_of("pencil")),
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
            "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
}

TEST(ScramKeys, AreNotReadFromAnythingElse) {
  for (const char* text :
       {"", "SCRAM-SHA-256$",
        "SCRAM-SHA-256$4095:c2FsdA==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
        "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        "SCRAM-SHA-256$4096:$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        "SCRAM-SHA-256$4096:c2FsdA==$c2hvcnQ=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        "SCRAM-SHA-1$4096:c2FsdA==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
        "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="})
    EXPECT_FALSE(parse_scram(text)) << text;
}

TEST(Saslprep, DoesWhatRfc4013Shows) {  // §3
  EXPECT_EQ(saslprep("I\xC2\xADX"), "IX");
  EXPECT_EQ(saslprep("user"), "user");
  EXPECT_EQ(saslprep("USER"), "USER");
  EXPECT_EQ(saslprep("\xC2\xAA"), "a");
  EXPECT_EQ(saslprep("\xE2\x85\xA8"), "IX");
  EXPECT_EQ(saslprep("\x07"), std::nullopt);
  EXPECT_EQ(saslprep("\xD8\xA7\x31"), std::nullopt);
  EXPECT_EQ(saslprep("e\xCC\x82\xCC\x81"), "\xE1\xBA\xBF") << "two spellings of ế are one";
  EXPECT_EQ(saslprep("\xFF"), std::nullopt);
}

}  // namespace
}  // namespace vanthu::mail
