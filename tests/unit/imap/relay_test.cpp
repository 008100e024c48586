// SPDX-License-Identifier: GPL-3.0-or-later
// The relay between two loopback connections: this test speaks for the client and for the store.
#include "gateway/imap/relay.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <thread>

#include "gateway/intake/append_limits.hpp"
#include "relay_ends.hpp"

namespace vanthu::imap {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;
using test::Line;
using test::OpenDesk;

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
          RelayEnd end =
              co_await relay(*client.near, store.near, options, std::move(names), desk, std::move(stop), opened);
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
  OpenDesk desk;
  std::atomic<bool> draining = false;
  LetterOpened opened;  // before SetUp

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

TEST_F(RelayTest, GivesTheStoreALetterOnceAllOfItIsThere) {
  client.say("a1 APPEND INBOX {100000}\r\n");
  EXPECT_EQ(client.hear(12), "+ go ahead\r\n");
  const std::string message(100000, 'x');
  client.say(message);
  store.say("* OK wait\r\n");
  EXPECT_EQ(client.hear(11), "* OK wait\r\n");
  boost::system::error_code code;
  EXPECT_EQ(store.far.available(code), 0U);
  client.say("\r\na2 NOOP\r\n");
  EXPECT_EQ(store.hear(28), "a1 APPEND \"INBOX\" {100000}\r\n");
  store.say("+ go\r\n");  // the client has been asked long ago
  EXPECT_EQ(store.hear(100000), message);
  EXPECT_EQ(store.hear(11), "\r\na2 NOOP\r\n");
  store.say("a1 OK [APPENDUID 1 2] done\r\n");
  EXPECT_EQ(client.hear(28), "a1 OK [APPENDUID 1 2] done\r\n");
}

TEST_F(RelayTest, KeepsALetterFromTheStoreThatTheDeskRefuses) {
  client.say("a1 APPEND Closed {5+}\r\nabcde\r\na2 NOOP\r\n");
  EXPECT_EQ(client.hear(23), "a1 NO [NOPERM] closed\r\n");
  EXPECT_EQ(store.hear(9), "a2 NOOP\r\n");
}

TEST_F(RelayTest, SendsNoOctetsToAStoreThatDoesNotWantThem) {
  client.say("a1 APPEND Sent {5000}\r\n");
  EXPECT_EQ(client.hear(12), "+ go ahead\r\n");
  client.say(std::string(5000, 'x') + "\r\na2 NOOP\r\n");
  EXPECT_EQ(store.hear(25), "a1 APPEND \"Sent\" {5000}\r\n");
  store.say("a1 NO [TRYCREATE] no\r\n");
  EXPECT_EQ(client.hear(22), "a1 NO [TRYCREATE] no\r\n");
  EXPECT_EQ(store.hear(9), "a2 NOOP\r\n");
}

TEST_F(RelayTest, AsksTheStoreWithoutTheClientSeeingIt) {
  client.say("a1 STORE 1 +FLAGS (\\Deleted)\r\na9 EXPUNGE\r\na3 NOOP\r\n");
  EXPECT_EQ(store.hear(30), "a1 STORE 1 +FLAGS (\\Deleted)\r\n");
  store.say("* 1 FETCH (FLAGS (\\Deleted))\r\na1 OK\r\n");
  EXPECT_EQ(client.hear(37), "* 1 FETCH (FLAGS (\\Deleted))\r\na1 OK\r\n");
  EXPECT_EQ(store.hear(28), "vanthu1 UID SEARCH DELETED\r\n");
  store.say("* SEARCH 7\r\n* 2 EXISTS\r\nvanthu1 OK done\r\n");
  EXPECT_EQ(client.hear(12), "* 2 EXISTS\r\n");
  EXPECT_EQ(store.hear(12), "a9 EXPUNGE\r\n");
  store.say("* 1 EXPUNGE\r\na9 OK [CODE 1] done\r\n");
  EXPECT_EQ(client.hear(34), "* 1 EXPUNGE\r\na9 OK [CODE 1] done\r\n");
  EXPECT_EQ(store.hear(9), "a3 NOOP\r\n");
  store.say("a3 OK\r\n");
  EXPECT_EQ(client.hear(7), "a3 OK\r\n");
  EXPECT_EQ(desk.last, "OK [CODE 1] done");
}

TEST_F(RelayTest, RefusesWhatTheStoreGaveNoAnswerTo) {
  client.say("a1 EXPUNGE\r\n");
  EXPECT_EQ(store.hear(28), "vanthu1 UID SEARCH DELETED\r\n");
  store.say("* SEARCH 7\r\nvanthu1 NO no\r\n");
  EXPECT_EQ(client.hear(19), "a1 NO [NOPERM] 99\r\n");
}

TEST_F(RelayTest, TellsTheDeskWhenTheStoreSaidMoreThanIsKept) {
  client.say("a1 EXPUNGE\r\n");
  EXPECT_EQ(store.hear(28), "vanthu1 UID SEARCH DELETED\r\n");
  std::string found = "* SEARCH";
  while (found.size() <= limits::imap_heard_octets) found += " 4294967295";
  store.say(found + "\r\nvanthu1 OK done\r\n");
  EXPECT_EQ(client.hear(24), "a1 NO [NOPERM] in part\r\n");
  client.say("a2 EXPUNGE\r\n");
  EXPECT_EQ(store.hear(28), "vanthu2 UID SEARCH DELETED\r\n");
  store.say("* SEARCH 7\r\nvanthu2 OK done\r\n");
  EXPECT_EQ(store.hear(12), "a2 EXPUNGE\r\n");
}

TEST_F(RelayTest, SaysByeToWhoIsTooSlowWithALetter) {
  desk.patience_ms = 50;
  client.say("a1 APPEND INBOX {10+}\r\n0123");
  EXPECT_EQ(client.hear_all(), "* BYE too slow\r\n");
  EXPECT_EQ(store.hear_all(), "");
}

TEST_F(RelayTest, SaysByeToWhoMayNotGoOn) {
  client.say("a1 NOOP\r\n");
  EXPECT_EQ(store.hear(9), "a1 NOOP\r\n");
  store.say("a1 OK done\r\n");
  EXPECT_EQ(client.hear(12), "a1 OK done\r\n");
  desk.dismissed = true;
  EXPECT_TRUE(client.hear_all().starts_with("* BYE your right to this mailbox has ended"));
  EXPECT_EQ(end().why, "suspended");
}

TEST_F(RelayTest, SaysByeToWhoMayNotGoOnAlsoIfSomethingStaysUnderWay) {
  client.say("a1 NOOP\r\n");
  EXPECT_EQ(store.hear(9), "a1 NOOP\r\n");
  desk.dismissed = true;
  EXPECT_TRUE(client.hear_all().starts_with("* BYE your right to this mailbox has ended"));
  EXPECT_EQ(end().why, "suspended");
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
  store.say("* 1 FETCH (BODY[] {3}\r\nabc)\r\na1 OK\r\n* BYE logging out\r\nvanthu-end OK done\r\n");
  store.far.close();
  EXPECT_EQ(client.hear_all(), "* 1 FETCH (BODY[] {3}\r\nabc)\r\na1 OK\r\n* BYE logging out\r\n")
      << "the LOGOUT was ours, and so is its answer";
}

TEST_F(RelayTest, LeavesAHalfSentMessageToItsFate) {
  client.say("a1 APPEND INBOX {10+}\r\n0123");
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

TEST_F(RelayTest, SaysByeWhenTheStoreCannotBeFollowed) {
  store.say("* 1 EXISTS\r\n* PREAUTH hello\r\n");
  const std::string said = client.hear_all();
  EXPECT_TRUE(said.starts_with("* 1 EXISTS\r\n* BYE [UNAVAILABLE] ")) << said;
  EXPECT_EQ(end().why, "store: PREAUTH in the middle of a session");
}

TEST_F(RelayTest, SaysNothingOfALineThatCannotBeFollowedBeforeItsBye) {
  store.say("* OK [CAPABILITY IMAP4rev1\r\n");
  EXPECT_TRUE(client.hear_all().starts_with("* BYE [UNAVAILABLE] "));
}

TEST_F(RelayTest, SendsLogoutOnceAllBeforeItIsAnswered) {
  client.say("a1 NOOP\r\na2 LOGOUT\r\na3 NOOP\r\n");
  EXPECT_EQ(store.hear(9), "a1 NOOP\r\n");
  store.say("* 1 EXISTS\r\n");
  EXPECT_EQ(client.hear(12), "* 1 EXISTS\r\n");
  boost::system::error_code code;
  EXPECT_EQ(store.far.available(code), 0U);
  store.say("a1 OK\r\n");
  EXPECT_EQ(store.hear(11), "a2 LOGOUT\r\n");
  store.say("* BYE\r\na2 OK\r\n");
  store.far.close();
  EXPECT_EQ(client.hear_all(), "a1 OK\r\n* BYE\r\na2 OK\r\n");
  EXPECT_EQ(end().why, "logout");
}

/// Who opened what is wanted.
class OpenedRelayTest : public RelayTest {
 protected:
  OpenedRelayTest() {
    opened = [this](std::string_view field) { fields += field; };
  }
  /// A part was fetched and its answer has come: the store is asked for the field, and answers.
  void answer_question() {
    const std::string question = "vanthu-opened FETCH 1 BODY.PEEK[HEADER.FIELDS (Vanthu-Record)]\r\n";
    ASSERT_EQ(store.hear(question.size()), question);
    boost::system::error_code code;
    EXPECT_EQ(store.far.available(code), 0U) << "before it has answered";
    store.say(
        "* 1 FETCH (BODY[HEADER.FIELDS (Vanthu-Record)] {20}\r\nVanthu-Record: 7\r\n\r\n)\r\nvanthu-opened OK\r\n");
  }
  static constexpr std::string_view fetched = "* 1 FETCH (BODY[1] {3}\r\nabc)\r\na1 OK\r\n";
  std::string fields;
};

TEST_F(OpenedRelayTest, IsNotMissedBeforeAnotherFolderIsOpenedInTheSamePacket) {
  for (const char* next : {"a2 SELECT Other\r\n", "a3 CLOSE\r\n", "a4 UID MOVE 9 Other\r\n"}) {
    client.say(std::string("a1 FETCH 1 BODY.PEEK[1]\r\n") + next);
    ASSERT_EQ(store.hear(25), "a1 FETCH 1 BODY.PEEK[1]\r\n");
    store.say(fetched);
    answer_question();
    const std::string_view command = next;
    ASSERT_EQ(store.hear(command.size()), command);
    const std::string done = "* OK [UIDVALIDITY 7] other numbers\r\n" + std::string(command.substr(0, 2)) + " OK\r\n";
    store.say(done);
    const std::string all = std::string(fetched) + done;
    EXPECT_EQ(client.hear(all.size()), all);
  }
  store.far.close();
  end();
  EXPECT_EQ(fields, " 7 7 7");
}

TEST_F(OpenedRelayTest, IsAskedForWhenTheCommandBehindItComesInTwoPackets) {
  client.say("a1 FETCH 1 BODY.PEEK[1]\r\na2 SEL");
  EXPECT_EQ(store.hear(25), "a1 FETCH 1 BODY.PEEK[1]\r\n");
  store.say(fetched);
  EXPECT_EQ(client.hear(fetched.size()), fetched);
  client.say("ECT Other\r\n");
  answer_question();
  EXPECT_EQ(store.hear(17), "a2 SELECT Other\r\n");
}

TEST_F(OpenedRelayTest, IsNotMissedBeforeALogoutInTheSamePacket) {
  client.say("a1 FETCH 1 BODY.PEEK[1]\r\na2 LOGOUT\r\n");
  EXPECT_EQ(store.hear(25), "a1 FETCH 1 BODY.PEEK[1]\r\n");
  store.say(fetched);
  answer_question();
  EXPECT_EQ(store.hear(11), "a2 LOGOUT\r\n");
  store.say("* BYE\r\na2 OK\r\n");
  store.far.close();
  EXPECT_EQ(client.hear_all(), std::string(fetched) + "* BYE\r\na2 OK\r\n");
  EXPECT_EQ(end().why, "logout");
  EXPECT_EQ(fields, " 7");
}

TEST_F(OpenedRelayTest, IsNotMissedBehindAClientThatSaysNoMore) {
  client.say("a1 FETCH 1 BODY.PEEK[1]\r\n");
  client.far.shutdown(tcp::socket::shutdown_send);
  EXPECT_EQ(store.hear(25), "a1 FETCH 1 BODY.PEEK[1]\r\n");
  store.say(fetched);
  answer_question();
  EXPECT_EQ(store.hear(19), "vanthu-end LOGOUT\r\n");
  store.say("* BYE\r\nvanthu-end OK\r\n");
  store.far.close();
  EXPECT_EQ(client.hear_all(), std::string(fetched) + "* BYE\r\n");
  EXPECT_EQ(end().why, "client closed");
  EXPECT_EQ(fields, " 7");
}
}  // namespace
}  // namespace vanthu::imap
