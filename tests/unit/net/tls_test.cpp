// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/tls.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>

#include "gateway/base/limits.hpp"
#include "gateway/net/client_certificate.hpp"

namespace vanthu::net {
namespace {
using namespace std::chrono_literals;

/// A self-signed certificate for these names, and its key, as files.
CertificatePair make_pair(const std::filesystem::path& folder, const std::string& file, const std::string& names,
                          int type = EVP_PKEY_EC) {
  EVP_PKEY* key = type == EVP_PKEY_EC ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048);
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(file.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* san = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  X509_add_ext(certificate, san, -1);
  X509_EXTENSION_free(san);
  X509_sign(certificate, key, EVP_sha256());
  CertificatePair pair{folder / (file + ".pem"), folder / (file + ".key")};
  FILE* out = std::fopen(pair.certificate.c_str(), "w");
  PEM_write_X509(out, certificate);
  std::fclose(out);
  out = std::fopen(pair.key.c_str(), "w");
  PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return pair;
}

class TlsTest : public testing::Test {
 protected:
  TlsTest() : folder_(std::filesystem::temp_directory_path() / ("tls-test-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~TlsTest() override { std::filesystem::remove_all(folder_); }

  struct Seen {
    bool accepted = false, connected = false, resumed = false;
    std::string served, why, echoed, version, alpn;
    std::optional<std::string> exporter_here, exporter_there, end_point, unique;
    std::unique_ptr<ClientCertificate> shown{};
  };
  /// One handshake over loopback and a greeting; `prepare` shapes the client.
  Seen shake(const TlsContext& server, const std::function<void(SSL*)>& prepare, const std::string& name = "a.example",
             std::size_t octets = 5) {
    Seen seen;
    asio::io_context context(1);
    asio::ip::tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});
    const HostPort to{"127.0.0.1", acceptor.local_endpoint().port()};
    const auto serve = [&]() -> asio::awaitable<void> {
      auto socket = co_await acceptor.async_accept(asio::use_awaitable);
      Connection connection(std::move(socket));
      const auto secured = co_await connection.accept_tls(server, 5s);
      seen.accepted = bool(secured);
      if (!secured) seen.why = secured.error().detail;
      if (!secured) co_return;
      seen.exporter_here = connection.channel_binding("tls-exporter");
      seen.end_point = connection.channel_binding("tls-server-end-point");
      seen.unique = connection.channel_binding("tls-unique");
      seen.shown = ClientCertificate::shown(connection.tls_session());
      const std::string greeting(octets, 'x');
      EXPECT_TRUE(co_await connection.write(greeting, 5s));
      co_await connection.close();
    };
    const auto call = [&]() -> asio::awaitable<void> {
      auto connection = co_await Connection::connect(to, 5s);
      if (!connection) co_return;
      const auto client = client_context({});
      const std::function<bool(SSL*)> shape = [&](SSL* ssl) {
        if (prepare) prepare(ssl);
        return true;
      };
      const auto secured = co_await (*connection)->start_tls(*client, name, 5s, shape);
      seen.connected = bool(secured);
      if (!secured) co_return;
      SSL* ssl = (*connection)->tls_session();
      std::array<char, 200> subject{};
      X509_NAME_get_text_by_NID(X509_get_subject_name(SSL_get0_peer_certificate(ssl)), NID_commonName, subject.data(),
                                static_cast<int>(subject.size()));
      seen.served = subject.data();
      seen.version = SSL_get_version(ssl);
      seen.exporter_there = (*connection)->channel_binding("tls-exporter");
      const unsigned char* protocol = nullptr;
      unsigned length = 0;
      SSL_get0_alpn_selected(ssl, &protocol, &length);
      seen.alpn.assign(reinterpret_cast<const char*>(protocol), length);
      while (seen.echoed.size() < octets) {
        const auto more = co_await (*connection)->read_more(5s);
        if (!more) break;
        seen.echoed += (*connection)->buffered();
        (*connection)->consume((*connection)->buffered().size());
      }
      seen.resumed = SSL_session_reused(ssl) == 1;
      ticket_.reset(SSL_get1_session(ssl));
      co_await (*connection)->close();  // without close_notify a session may not be resumed
    };
    asio::co_spawn(context, serve(), asio::detached);
    asio::co_spawn(context, call(), asio::detached);
    context.run();
    return seen;
  }

  struct FreeSession {
    void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
  };
  std::filesystem::path folder_;
  std::unique_ptr<SSL_SESSION, FreeSession> ticket_;  // of the last handshake
};

TEST_F(TlsTest, ChoosesTheCertificateByTheNameThatIsAskedFor) {
  ServerTls tls(
      {make_pair(folder_, "first", "DNS:a.example"), make_pair(folder_, "second", "DNS:b.example,DNS:*.c.example")},
      {});
  ASSERT_TRUE(tls.load());
  const auto context = tls.context(TlsUse::mx);
  for (const auto& [asked, served] :
       {std::pair("a.example", "first"), std::pair("b.example", "second"), std::pair("B.EXAMPLE", "second"),
        std::pair("x.c.example", "second"), std::pair("x.y.c.example", "first"), std::pair("nobody.example", "first"),
        std::pair("127.0.0.1", "first")})
    EXPECT_EQ(shake(context, {}, asked).served, served) << asked;
}

TEST_F(TlsTest, ServesOneNameWithTwoAlgorithms) {
  ServerTls tls(
      {make_pair(folder_, "ecdsa", "DNS:a.example"), make_pair(folder_, "rsa", "DNS:a.example", EVP_PKEY_RSA)}, {});
  ASSERT_TRUE(tls.load());
  const auto only = [](const char* algorithms) {
    return [algorithms](SSL* ssl) { SSL_set1_sigalgs_list(ssl, algorithms); };
  };
  for (const char* name : {"a.example", "127.0.0.1"}) {
    EXPECT_EQ(shake(tls.context(TlsUse::mx), only("ECDSA+SHA256"), name).served, "ecdsa");
    EXPECT_EQ(shake(tls.context(TlsUse::mx), only("RSA-PSS+SHA256"), name).served, "rsa");
  }
}

TEST_F(TlsTest, KeepsTheOldCertificatesWhenOneOfTheNewIsWrong) {
  const auto first = make_pair(folder_, "first", "DNS:a.example");
  const auto second = make_pair(folder_, "second", "DNS:b.example");
  ServerTls tls({first, second}, {});
  ASSERT_TRUE(tls.load());
  make_pair(folder_, "renewed", "DNS:a.example");
  std::filesystem::copy_file(folder_ / "renewed.pem", first.certificate,
                             std::filesystem::copy_options::overwrite_existing);
  const auto mixed = tls.load();
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().detail, first.key.string() + ": is not the key of " + first.certificate.string());
  EXPECT_EQ(shake(tls.context(TlsUse::mx), {}).served, "first");
  std::filesystem::copy_file(folder_ / "renewed.key", first.key, std::filesystem::copy_options::overwrite_existing);
  std::ofstream(second.certificate) << "nothing";
  EXPECT_FALSE(tls.load());
  EXPECT_EQ(shake(tls.context(TlsUse::mx), {}).served, "first");
}

TEST_F(TlsTest, ResumesByTicketAcrossAReload) {
  ServerTls tls({make_pair(folder_, "first", "DNS:a.example")}, {});
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    ASSERT_TRUE(tls.load());
    const auto at_most = [version](SSL* ssl) { SSL_set_max_proto_version(ssl, version); };
    EXPECT_FALSE(shake(tls.context(TlsUse::mx), at_most).resumed);
    ASSERT_TRUE(tls.load());
    const auto again = [&](SSL* ssl) {
      at_most(ssl);
      SSL_set_session(ssl, ticket_.get());
    };
    EXPECT_TRUE(shake(tls.context(TlsUse::mx), again).resumed) << version;
    EXPECT_FALSE(shake(tls.context(TlsUse::imap), again).resumed) << "another use, another session";
  }
}

TEST_F(TlsTest, KnowsWhetherAClientsCertificateWouldBeTakenToday) {
  const auto ours = make_pair(folder_, "a", "DNS:a.example");
  const auto theirs = make_pair(folder_, "clerk", "email:clerk@a.example");
  const auto others = make_pair(folder_, "other", "email:other@a.example");
  const std::filesystem::path authorities = folder_ / "authorities.pem";
  const auto trust = [&](const CertificatePair& one) {
    std::filesystem::copy_file(one.certificate, authorities, std::filesystem::copy_options::overwrite_existing);
  };
  trust(theirs);
  ServerTls tls({ours}, authorities);
  ASSERT_TRUE(tls.load());
  const auto in_force = [&] { return tls.context(TlsUse::imap); };
  const auto show = [&](const CertificatePair& one) {
    return [&](SSL* ssl) {
      SSL_use_certificate_file(ssl, one.certificate.c_str(), SSL_FILETYPE_PEM);
      SSL_use_PrivateKey_file(ssl, one.key.c_str(), SSL_FILETYPE_PEM);
      if (ticket_) SSL_set_session(ssl, ticket_.get());
    };
  };
  EXPECT_EQ(shake(in_force(), {}).shown, nullptr) << "none was shown";
  ticket_.reset();
  EXPECT_EQ(shake(in_force(), show(others)).shown, nullptr) << "nobody vouches for it";
  ticket_.reset();
  const auto fresh = shake(in_force(), show(theirs));
  const auto again = shake(in_force(), show(theirs));
  EXPECT_TRUE(again.resumed);
  const auto late = vanthu::now() + 25h;
  for (const Seen* seen : {&fresh, &again}) {
    trust(theirs);
    ASSERT_TRUE(tls.load());
    ASSERT_NE(seen->shown, nullptr) << seen->resumed;
    ClientCertificate& certificate = *seen->shown;
    EXPECT_EQ(certificate.lapsed(in_force(), vanthu::now()), "");
    EXPECT_EQ(certificate.lapsed(in_force(), late), "the certificate has expired");
    trust(others);
    EXPECT_EQ(certificate.lapsed(in_force(), vanthu::now()), "") << "nothing was read again";
    ASSERT_TRUE(tls.load());
    EXPECT_NE(certificate.lapsed(in_force(), vanthu::now()), "");
    EXPECT_NE(certificate.lapsed(in_force(), vanthu::now()), "") << "and still";
    trust(theirs);
    ASSERT_TRUE(tls.load());
    EXPECT_EQ(certificate.lapsed(in_force(), vanthu::now()), "") << "under the same authority as before";
    EXPECT_EQ(certificate.lapsed(in_force(), late), "the certificate has expired");
  }
}

TEST_F(TlsTest, AnswersAlpnAndTurnsAwayWhoSpeaksSomethingElseToOurUsersPorts) {
  ServerTls tls({make_pair(folder_, "first", "DNS:a.example")}, {});
  ASSERT_TRUE(tls.load());
  const auto offers = [](std::string protocols) {
    return [protocols](SSL* ssl) {
      SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(protocols.data()),
                          static_cast<unsigned>(protocols.size()));
    };
  };
  EXPECT_EQ(shake(tls.context(TlsUse::submission), offers("\x02h2\x04smtp")).alpn, "smtp");
  EXPECT_EQ(shake(tls.context(TlsUse::imap), offers("\x04imap")).alpn, "imap");
  EXPECT_FALSE(shake(tls.context(TlsUse::submission), offers("\x02h2")).accepted);
  EXPECT_FALSE(shake(tls.context(TlsUse::imap), offers("\x04smtp")).accepted);
  const auto passed_over = shake(tls.context(TlsUse::mx), offers("\x02h2"));
  EXPECT_TRUE(passed_over.accepted);
  EXPECT_EQ(passed_over.alpn, "");
}

TEST_F(TlsTest, TakesNothingOlderThanTls12) {
  ServerTls tls({make_pair(folder_, "first", "DNS:a.example")}, {});
  ASSERT_TRUE(tls.load());
  const auto old = [](SSL* ssl) {
    SSL_set_security_level(ssl, 0);
    SSL_set_min_proto_version(ssl, TLS1_VERSION);
    SSL_set_max_proto_version(ssl, TLS1_1_VERSION);
  };
  EXPECT_FALSE(shake(tls.context(TlsUse::mx), old).accepted);
}

TEST_F(TlsTest, BindsBothEndsToTheSameChannel) {
  ServerTls tls({make_pair(folder_, "first", "DNS:a.example")}, {});
  ASSERT_TRUE(tls.load());
  const auto newest = shake(tls.context(TlsUse::submission), {});
  EXPECT_EQ(newest.version, "TLSv1.3");
  ASSERT_TRUE(newest.exporter_here);
  EXPECT_EQ(newest.exporter_here->size(), 32U);
  EXPECT_EQ(newest.exporter_here, newest.exporter_there);
  EXPECT_EQ(newest.end_point->size(), 32U);
  EXPECT_FALSE(newest.unique) << "RFC 9266: TLS 1.3 has none";
  const auto older =
      shake(tls.context(TlsUse::submission), [](SSL* ssl) { SSL_set_max_proto_version(ssl, TLS1_2_VERSION); });
  EXPECT_TRUE(older.unique);
  EXPECT_EQ(older.end_point, newest.end_point);
}

TEST_F(TlsTest, CarriesMoreThanFitsIntoOneRecordOrOneSocketBuffer) {
  ServerTls tls({make_pair(folder_, "first", "DNS:a.example")}, {});
  ASSERT_TRUE(tls.load());
  EXPECT_EQ(shake(tls.context(TlsUse::mx), {}, "a.example", 8U << 20).echoed, std::string(8U << 20, 'x'));
}

TEST(TicketKeys, TurnAndAreForgotten) {
  TicketKeys::Clock::time_point now{1000h};
  TicketKeys keys([&] { return now; });
  const TicketKeys::Key first = keys.newest();
  EXPECT_TRUE(keys.find(first.name.data())->newest);
  now += limits::ticket_key_time;
  EXPECT_FALSE(keys.find(first.name.data())->newest);
  EXPECT_NE(keys.newest().name, first.name);
  now += limits::ticket_key_time * (limits::ticket_keys - 1);
  EXPECT_FALSE(keys.find(first.name.data()));
}

}  // namespace
}  // namespace vanthu::net
