// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/client.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <thread>

namespace vanthu::http {
namespace {
namespace asio = boost::asio;

TEST(Url, IsTakenApart) {
  EXPECT_EQ(*parse_url("http://127.0.0.1:8462"), (Url{false, {"127.0.0.1", 8462}, "/"}));
  EXPECT_EQ(*parse_url("https://w.example/tsr?a=b"), (Url{true, {"w.example", 443}, "/tsr?a=b"}));
  EXPECT_EQ(*parse_url("http://[::1]/x"), (Url{false, {"::1", 80}, "/x"}));
  for (const char* text : {"", "w.example", "ftp://w.example", "http://", "http://:80", "http://a b", "http://a@b/",
                           "http://a#b", "http://a:0/", "http://a:99999/", "http://a\r\nx: y"})
    EXPECT_FALSE(parse_url(text)) << text;
}

/// Answers one connection with fixed octets.
class Server {
 public:
  explicit Server(std::string answer)
      : acceptor_(context_, {asio::ip::make_address("127.0.0.1"), 0}), thread_([this, answer = std::move(answer)] {
          asio::ip::tcp::socket socket(context_);
          acceptor_.accept(socket);
          boost::system::error_code ignored;
          asio::read_until(socket, asio::dynamic_buffer(request), "\r\n\r\nhello", ignored);
          asio::write(socket, asio::buffer(answer), ignored);
          if (answer.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(1500));
        }) {}
  ~Server() { thread_.join(); }
  Url url() const { return {false, {"127.0.0.1", acceptor_.local_endpoint().port()}, "/x"}; }
  std::string request;

 private:
  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
};

TEST(Post, GivesTheAnswer) {
  Server server("HTTP/1.1 409 Conflict\r\nContent-Type: text/x.tlog.size\r\nContent-Length: 3\r\n\r\n12\n");
  const auto answer = post(server.url(), "text/plain", "hello", std::chrono::seconds(5), 100);
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->status, 409U);
  EXPECT_EQ(answer->content_type, "text/x.tlog.size");
  EXPECT_EQ(answer->body, "12\n");
  EXPECT_NE(server.request.find("POST /x HTTP/1.1\r\n"), std::string::npos);
  EXPECT_NE(server.request.find(" GMT\r\n"), std::string::npos) << server.request;
}

TEST(Post, SaysWhatIsWrong) {
  {
    Server server("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'a'));
    EXPECT_FALSE(post(server.url(), "text/plain", "hello", std::chrono::seconds(5), 100)) << "too long";
  }
  {
    Server server("220 mail.example ESMTP\r\n");
    EXPECT_FALSE(post(server.url(), "text/plain", "hello", std::chrono::seconds(5), 100)) << "not HTTP";
  }
  {
    Server server("");
    const auto answer = post(server.url(), "text/plain", "hello", std::chrono::seconds(1), 100);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reply, Reply(status::timed_out));
  }
  EXPECT_FALSE(post({false, {"127.0.0.1", 1}, "/"}, "text/plain", "hello", std::chrono::seconds(5), 100));
}

}  // namespace
}  // namespace vanthu::http
