// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/https.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <thread>

#include "gateway/base/limits.hpp"
#include "gateway/net/tls.hpp"

namespace vanthu::relay {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

/// A server on a thread of its own that gives one client after another what `talk` writes; a certificate for
/// mta-sts.b.example that vouches for itself.
class Https : public testing::Test {
 protected:
  Https() : file_(std::filesystem::temp_directory_path() / ("https-test-" + std::to_string(::getpid()) + ".pem")) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400);
    X509_set_pubkey(certificate.get(), key.get());
    X509_EXTENSION* san = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:mta-sts.b.example");
    X509_add_ext(certificate.get(), san, -1);
    X509_EXTENSION_free(san);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    FILE* out = std::fopen(file_.c_str(), "w");
    PEM_write_X509(out, certificate.get());
    std::fclose(out);
    SSL_CTX_use_certificate(server_.get(), certificate.get());
    SSL_CTX_use_PrivateKey(server_.get(), key.get());
    std::signal(SIGPIPE, SIG_IGN);  // the client hangs up on rubbish
  }
  ~Https() override { std::filesystem::remove(file_); }

  using Put = std::function<bool(const std::string&)>;  // false: the client has hung up

  /// What a client gets that has a second for all of it.
  Result<std::string> get(const std::function<void(const Put&)>& talk, const std::string& host = "mta-sts.b.example",
                          bool tls = true, std::vector<std::string> addresses = {"127.0.0.1"}) {
    asio::io_context context;
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    const auto port = acceptor.local_endpoint().port();
    const int listening = acceptor.native_handle();
    std::thread server([&] {
      for (int link = ::accept(listening, nullptr, nullptr); link >= 0; link = ::accept(listening, nullptr, nullptr)) {
        const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(server_.get()), SSL_free);
        SSL_set_fd(ssl.get(), link);
        std::string request(1000, '\0');
        if (tls && SSL_accept(ssl.get()) == 1 && SSL_read(ssl.get(), request.data(), 1000) > 0)
          talk([&](const std::string& octets) {
            return SSL_write(ssl.get(), octets.data(), static_cast<int>(octets.size())) > 0;
          });
        else if (!tls)
          talk([](const std::string&) { return true; });
        if (tls && close_notify) SSL_shutdown(ssl.get());
        ::close(link);
      }
    });
    Result<std::string> got = fail(status::ok, "");
    const net::TlsContext trust = *net::client_context(file_);
    const std::string path = "/.well-known/mta-sts.txt";
    asio::co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
          got = co_await https_get(host, addresses, path, trust, std::chrono::seconds(1), port);
        },
        asio::detached);
    const auto began = Clock::now();
    context.run();
    took = Clock::now() - began;
    ::shutdown(listening, SHUT_RDWR);
    server.join();
    return got;
  }

  bool close_notify = false;  // the server takes its leave
  Clock::duration took{};

 private:
  std::filesystem::path file_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> server_{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
};

const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n";
constexpr std::chrono::milliseconds patience{2500};  // of a test on a busy machine, for what may take a second

TEST_F(Https, GivesTheBodyOfAPlainAnswer) {
  const auto got = get([](const Put& put) { put(head + "Content-Length: 5\r\n\r\nbody\n"); });
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(*got, "body\n");
}

TEST_F(Https, TakesABodyWithoutALengthOnlyWhereItsEndIsSigned) {
  const auto endless = [](const Put& put) { put(head + "\r\nmx: a.example\n"); };
  EXPECT_FALSE(get(endless)) << "whoever cuts the connection could cut the policy";
  close_notify = true;
  const auto whole = get(endless);
  ASSERT_TRUE(whole) << whole.error().detail;
  EXPECT_EQ(*whole, "mx: a.example\n");
}

TEST_F(Https, TakesNothingElse) {
  for (const std::string answer :
       {"HTTP/1.1 302 Found\r\nLocation: https://mta-sts.b.example/.well-known/mta-sts.txt\r\nContent-Length: "
        "0\r\n\r\n",
        "HTTP/1.1 404 No\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\ncut", "220 smtp.example\r\n", ""})
    EXPECT_FALSE(get([&](const Put& put) { put(answer); })) << answer;
  EXPECT_FALSE(get([](const Put& put) { put(head + "Content-Length: 5\r\n\r\nbody\n"); }, "mta-sts.c.example"));
}

TEST_F(Https, TakesNoMoreThanAPolicyMayHave) {
  std::size_t put_octets = 0;
  const auto endless = [&](const std::string& begin, const std::string& piece) {
    return [&put_octets, begin, piece](const Put& put) {
      put_octets = 0;
      put(begin);
      while (put_octets < (1U << 30) && put(piece)) put_octets += piece.size();
    };
  };
  EXPECT_FALSE(get(endless(head + "\r\n", std::string(10000, 'x'))));
  EXPECT_LT(put_octets, 16U << 20) << "what the sockets hold, and a policy";
  EXPECT_FALSE(get(endless("HTTP/1.1 200 OK\r\n", "X-Rubbish: " + std::string(4000, 'x') + "\r\n")));
  EXPECT_LT(put_octets, 16U << 20);
  EXPECT_FALSE(get(endless("HTTP/1.1 200 OK\r\nX-Rubbish: ", std::string(4000, 'x'))));
  EXPECT_LT(put_octets, 16U << 20);
  EXPECT_FALSE(get([](const Put& put) { put(head + "Content-Length: 100000000000\r\n\r\nx"); }));
}

TEST_F(Https, IsCutWhenItTrickles) {
  const auto trickle = [](const Put& put) {
    put(head + "\r\n");
    for (int i = 0; i < 200 && put("x"); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  };
  EXPECT_FALSE(get(trickle));
  EXPECT_LT(took, patience);
}

TEST_F(Https, WaitsOnceForAllAddressesTogether) {
  const auto silent = [](const Put&) { std::this_thread::sleep_for(std::chrono::milliseconds(1500)); };
  EXPECT_FALSE(get(silent, "mta-sts.b.example", false, std::vector<std::string>(16, "127.0.0.1")));
  EXPECT_LT(took, patience);
}

}  // namespace
}  // namespace vanthu::relay
