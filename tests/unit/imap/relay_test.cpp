// SPDX-License-Identifier: GPL-3.0-or-later
// The relay between two loopback connections: this test speaks for the client and for the store.
#include "gateway/imap/relay.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <thread>

namespace vanthu::imap {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

/// A connection and its far end, which this thread uses with plain blocking calls.
struct Line {
  explicit Line(asio::io_context& context) : far(own) {
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    far.connect(acceptor.local_endpoint());
    near = std::make_unique<net::Connection>(acceptor.accept());
  }
  void say(std::string_view octets) { asio::write(far, asio::buffer(octets)); }
  std::string hear(std::size_t octets) {
    std::string text(octets, '\0');
    boost::system::error_code code;
    text.resize(asio::read(far, asio::buffer(text), code));
    return text;
  }
  std::string hear_all() {
    std::string text;
    boost::system::error_code code;
    asio::read(far, asio::dynamic_buffer(text), code);
    return text;
  }
  asio::io_context own;
  tcp::socket far;
  std::unique_ptr<net::Connection> near;
};

class RelayTest : public testing::Test {
 protected:
  RelayTest() : client(context), store(context) {}
  void SetUp() override {
    end_ = asio::co_spawn(
        context,
        [this]() -> asio::awaitable<RelayEnd> {
          ClientGate::Options options{1000000, ClientGate::NonSync::any};
          RelayNames names{"S", "lan@x", "lan@x"};
          std::function<bool()> stop = [this] { return draining.load(); };
          RelayEnd end = co_await relay(*client.near, *store.near, options, std::move(names), std::move(stop));
          co_await client.near->close();
          co_await store.near->close();
          co_return end;
        },
        asio::use_future);
    thread_ = std::thread([this] { context.run(); });
  }
  void TearDown() override {
    boost::system::error_code ignored;
    client.far.close(ignored);
    store.far.close(ignored);
    thread_.join();
  }
  RelayEnd end() { return end_.get(); }

  asio::io_context context;
  Line client, store;
  std::atomic<bool> draining = false;

 private:
  std::future<RelayEnd> end_;
  std::thread thread_;
};

TEST_F(RelayTest, CarriesBothWaysAndEndsWithTheStore) {
  client.say("a1 NOOP\r\n");
  EXPECT_EQ(store.hear(9), "a1 NOOP\r\n");
  store.say("a1 OK done\r\n");
  EXPECT_EQ(client.hear(12), "a1 OK done\r\n");
  client.say("a2 LOGOUT\r\n");
  EXPECT_EQ(store.hear(11), "a2 LOGOUT\r\n");
  store.say("* BYE\r\na2 OK\r\n");
  store.far.close();
  EXPECT_EQ(client.hear_all(), "* BYE\r\na2 OK\r\n");
  const RelayEnd ended = end();
  EXPECT_EQ(ended.why, "logout");
  EXPECT_EQ(ended.from_client, 20U);
  EXPECT_EQ(ended.to_client, 26U);
}

TEST_F(RelayTest, AnswersBetweenTwoResponsesOfTheStoreOnly) {
  store.say("* 1 FETCH (BODY[] {10}\r\n01234");
  EXPECT_EQ(client.hear(29), "* 1 FETCH (BODY[] {10}\r\n01234");
  client.say("a1 COMPRESS DEFLATE\r\na2 NOOP\r\n");
  store.say("56789)\r\n");
  EXPECT_EQ(client.hear(8), "56789)\r\n");
  EXPECT_EQ(client.hear(12), "a1 NO [CANNO");
  EXPECT_EQ(store.hear(9), "a2 NOOP\r\n");
}

TEST_F(RelayTest, AsksTheClientForALiteralOnlyWhenTheStoreDoes) {
  client.say("a1 APPEND INBOX {100000}\r\n");
  EXPECT_EQ(store.hear(26), "a1 APPEND INBOX {100000}\r\n");
  const std::string message(100000, 'x');
  client.say(message + "\r\na2 NOOP\r\n");  // impatient: nothing of it may pass yet
  store.say("* OK wait\r\n");
  EXPECT_EQ(client.hear(11), "* OK wait\r\n");
  boost::system::error_code code;
  EXPECT_EQ(store.far.available(code), 0U);
  store.say("+ go\r\n");
  EXPECT_EQ(client.hear(6), "+ go\r\n");
  EXPECT_EQ(store.hear(100000), message);
  EXPECT_EQ(store.hear(11), "\r\na2 NOOP\r\n");
}

TEST_F(RelayTest, EndsTheStoresSessionWhenTheClientIsGone) {
  client.say("a1 IDLE\r\n");
  EXPECT_EQ(store.hear(9), "a1 IDLE\r\n");
  store.say("+ idling\r\n");
  EXPECT_EQ(client.hear(10), "+ idling\r\n");
  client.far.shutdown(tcp::socket::shutdown_send);
  EXPECT_EQ(store.hear(25), "DONE\r\nvanthu-end LOGOUT\r\n");
  store.say("a1 OK\r\n");
  store.far.close();
  EXPECT_EQ(client.hear_all(), "a1 OK\r\n");
  EXPECT_EQ(end().why, "client closed");
}

TEST_F(RelayTest, AnswersWhatIsUnderWayWhenTheClientHasSaidAllItHasToSay) {
  client.say("a1 FETCH 1 BODY[]\r\n");
  client.far.shutdown(tcp::socket::shutdown_send);
  EXPECT_EQ(store.hear(38), "a1 FETCH 1 BODY[]\r\nvanthu-end LOGOUT\r\n");
  store.say("* 1 FETCH (BODY[] {3}\r\nabc)\r\na1 OK\r\n");
  store.far.close();
  EXPECT_EQ(client.hear_all(), "* 1 FETCH (BODY[] {3}\r\nabc)\r\na1 OK\r\n");
}

TEST_F(RelayTest, LeavesAHalfSentMessageToItsFate) {
  client.say("a1 APPEND INBOX {10+}\r\n0123");
  EXPECT_EQ(store.hear(27), "a1 APPEND INBOX {10+}\r\n0123");
  client.far.close();
  EXPECT_EQ(store.hear_all(), "");
}

TEST_F(RelayTest, TellsTheClientWhenTheStoreIsGone) {
  store.far.close();
  EXPECT_TRUE(client.hear_all().starts_with("* BYE [UNAVAILABLE] "));
  EXPECT_EQ(end().why, "store: closed");
}

TEST_F(RelayTest, SaysNothingOfItsOwnInTheMiddleOfALiteral) {
  store.say("* 1 FETCH (BODY[] {10}\r\n01234");
  store.far.close();
  EXPECT_EQ(client.hear_all(), "* 1 FETCH (BODY[] {10}\r\n01234");
}

TEST_F(RelayTest, SaysByeForWhatCannotBeFollowed) {
  client.say("a1 NOOP\nb");
  EXPECT_EQ(client.hear_all(), "* BYE lines must end with CRLF, not a bare LF\r\n");
  EXPECT_EQ(store.hear_all(), "");
}
}  // namespace
}  // namespace vanthu::imap
