// SPDX-License-Identifier: GPL-3.0-or-later
// Against peers that answer, hang up, say nonsense or nothing. The real programs are asked in tests/system.
#include "gateway/opinion/opinion.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <thread>

namespace vanthu::opinion {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

std::shared_ptr<const Octets> message(std::string_view text) {
  return std::make_shared<const Octets>(*Octets::of(text));
}

/// A peer for one connection: takes what comes until `wanted` octets are there, answers, hangs up.
class Peer {
 public:
  Peer(std::size_t wanted, std::string answer, bool silent = false)
      : acceptor_(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        thread_([this, wanted, answer = std::move(answer), silent] {
          tcp::socket socket(context_);
          boost::system::error_code code;
          acceptor_.accept(socket, code);
          std::array<char, 65536> room{};
          while (!code && taken_.size() < wanted) {
            const std::size_t count = socket.read_some(asio::buffer(room), code);
            taken_.append(room.data(), count);
          }
          if (silent) {
            while (!code) (void)socket.read_some(asio::buffer(room), code);
            return;
          }
          asio::write(socket, asio::buffer(answer), code);
        }) {}
  ~Peer() { thread_.join(); }
  std::string address() const { return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }
  /// After the conversation.
  std::string taken() {
    thread_.join();
    thread_ = std::thread([] {});
    return taken_;
  }

 private:
  asio::io_context context_;
  tcp::acceptor acceptor_;
  std::string taken_;
  std::thread thread_;
};

filters::Opinion wait_for(asio::awaitable<filters::Opinion> conversation) {
  asio::io_context context(1);
  std::optional<filters::Opinion> answer;
  asio::co_spawn(context, std::move(conversation), [&](const std::exception_ptr& failed, filters::Opinion opinion) {
    EXPECT_FALSE(failed);
    answer = std::move(opinion);
  });
  context.run();
  return *answer;
}

constexpr std::chrono::seconds patience{20};

TEST(Clamd, IsGivenTheMessageInChunksAndBelieved) {
  const std::string text(200'000, 'x');
  Peer peer(10 + 4 + (128U << 10) + 4 + text.size() - (128U << 10) + 4, std::string("stream: OK\0", 11));
  EXPECT_EQ(wait_for(ask_clamd(peer.address(), message(text), patience)).result, "clean");
  const std::string taken = peer.taken();
  EXPECT_EQ(taken.substr(0, 14), std::string("zINSTREAM\0\0\x02\0\0", 14));
  EXPECT_EQ(taken.substr(taken.size() - 4), std::string(4, '\0'));
}

TEST(Clamd, NamesWhatItFound) {
  Peer peer(10 + 4 + 1 + 4, std::string("stream: Vanthu.Test.UNOFFICIAL FOUND\0", 37));
  const filters::Opinion opinion = wait_for(ask_clamd(peer.address(), message("x"), patience));
  EXPECT_EQ(opinion.result, "found");
  EXPECT_EQ(opinion.detail, "Vanthu.Test.UNOFFICIAL");
}

TEST(Clamd, ThatSaysNothingOrNonsenseIsAbsent) {
  for (const char* answer : {"", "INSTREAM size limit exceeded. ERROR", "stream: FOUND", "OK", "stream: OK FOUNDED"}) {
    Peer peer(10 + 4 + 1 + 4, std::string(answer) + (*answer == '\0' ? "" : std::string(1, '\0')));
    EXPECT_EQ(wait_for(ask_clamd(peer.address(), message("x"), patience)).result, "absent") << answer;
  }
}

TEST(Clamd, ThatTakesTooLongIsAbsent) {
  Peer peer(10, "", true);
  const auto begun = std::chrono::steady_clock::now();
  const filters::Opinion opinion = wait_for(ask_clamd(peer.address(), message("x"), std::chrono::milliseconds(200)));
  EXPECT_EQ(opinion.result, "absent");
  EXPECT_EQ(opinion.detail, "not in time");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(15));
}

TEST(Clamd, ThatIsNotThereIsAbsent) {
  EXPECT_EQ(wait_for(ask_clamd("127.0.0.1:1", message("x"), patience)).result, "absent");
  EXPECT_EQ(wait_for(ask_clamd("/nonexistent/clamd.ctl", message("x"), patience)).result, "absent");
}

std::string http_answer(const std::string& body, const char* status = "200 OK") {
  return std::string("HTTP/1.1 ") + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(Rspamd, IsToldTheEnvelopeAndGivesAnActionAScoreAndReasons) {
  Peer peer(200,
            http_answer(R"({"action":"add header","score":7.25,"symbols":{"BAD":{"score":4.5},"NONE":{"score":0}}})"));
  const filters::Opinion opinion = wait_for(ask_rspamd(
      peer.address(), message("Subject: x\r\n\r\n" + std::string(200, 'y')),
      {"192.0.2.1", "mail.example", "", "a@b.example", {"c@d.example", "e\r\nX: f@g.example"}, "S1"}, patience));
  EXPECT_EQ(opinion.result, "add header");
  EXPECT_DOUBLE_EQ(opinion.score, 7.25);
  EXPECT_EQ(opinion.detail, "BAD(4.50)");
  const std::string taken = peer.taken();
  EXPECT_TRUE(taken.starts_with("POST /checkv2 HTTP/1.1\r\n")) << taken;
  EXPECT_NE(taken.find("IP: 192.0.2.1\r\n"), std::string::npos);
  EXPECT_NE(taken.find("Rcpt: c@d.example\r\n"), std::string::npos);
  EXPECT_NE(taken.find("Rcpt: eX: f@g.example\r\n"), std::string::npos) << "no field of somebody else's";
}

TEST(Rspamd, ThatMakesNoSenseIsAbsent) {
  for (const char* body : {"", "[]", "{}", R"({"action":"dance","score":1})", R"({"action":"reject","score":"much"})"})
    EXPECT_EQ(read_rspamd(body).result, "absent") << body;
  Peer peer(60, http_answer("oops", "500 Internal Server Error"));
  const filters::Opinion opinion = wait_for(ask_rspamd(peer.address(), message("x"), {}, patience));
  EXPECT_EQ(opinion.result, "absent");
  EXPECT_EQ(opinion.detail, "it answered 500");
}

TEST(Rspamd, ThatTakesTooLongIsAbsent) {
  Peer peer(10, "", true);
  EXPECT_EQ(wait_for(ask_rspamd(peer.address(), message("x"), {}, std::chrono::milliseconds(200))).detail,
            "not in time");
}

}  // namespace
}  // namespace vanthu::opinion
