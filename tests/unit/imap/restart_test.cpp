// SPDX-License-Identifier: GPL-3.0-or-later
// A mail store that restarts behind the relay: what the client notices of it. This test speaks for the client, for the
// store's first session and for the next one.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <thread>

#include "gateway/imap/relay.hpp"
#include "relay_ends.hpp"

namespace vanthu::imap {
namespace {
namespace asio = boost::asio;
using test::Line;
using test::OpenDesk;

class RestartTest : public testing::Test {
 protected:
  RestartTest() : client(context), store(context), next(context) {}
  void SetUp() override {
    end_ = asio::co_spawn(
        context,
        [this]() -> asio::awaitable<RelayEnd> {
          ClientGate::Options options{1000000, ClientGate::NonSync::any};
          RelayNames names{"S", "lan@x", "lan@x"};
          std::function<bool()> stop = [this] { return draining.load(); };
          Reopen reopen;
          reopen.open = [this] { return open(); };
          reopen.patience = patience;
          reopen.pause = std::chrono::milliseconds(20);
          reopen.answer = answer;
          RelayEnd end =
              co_await relay(*client.near, store.near, options, std::move(names), desk, std::move(stop), {}, reopen);
          co_await client.near->close();
          if (store.near) co_await store.near->close();
          co_return end;
        },
        asio::use_future);
    thread_ = std::thread([this] { context.run(); });
  }
  void TearDown() override {
    boost::system::error_code ignored;
    client.far.close(ignored);
    store.far.close(ignored);
    next.far.close(ignored);
    thread_.join();
  }
  asio::awaitable<Reopened> open() {
    Reopened again;
    ++tries;
    again.why = "no connection";
    again.never = dismissed;
    if (there) again.connection = std::move(next.near);
    co_return again;
  }
  std::string why() { return end_.get().why; }
  /// Until the store's end has been noticed.
  void await_tries() const {
    while (tries == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  /// The client waits by IDLE, and the store has said that it does.
  void idle() {
    client.say("a2 IDLE\r\n");
    EXPECT_EQ(store.hear(9), "a2 IDLE\r\n");
    store.say("+ idling\r\n");
    EXPECT_EQ(client.hear(10), "+ idling\r\n");
  }
  /// Three messages, UIDNEXT 7.
  void select(const std::string& modseq = "* OK [HIGHESTMODSEQ 90] h\r\n") {
    client.say("a1 SELECT INBOX\r\n");
    ASSERT_EQ(store.hear(17), "a1 SELECT INBOX\r\n");
    const std::string said = opened("3", "7", modseq) + "a1 OK [READ-WRITE] done\r\n";
    store.say(said);
    ASSERT_EQ(client.hear(said.size()), said);
  }
  static std::string opened(const std::string& exists, const std::string& next, const std::string& modseq) {
    return "* FLAGS (\\Seen)\r\n* " + exists + " EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 5] v\r\n* OK [UIDNEXT " +
           next + "] n\r\n" + modseq;
  }
  /// The next session's answer to its SELECT.
  void reselect(const std::string& exists, const std::string& uid, const std::string& modseq,
                const std::string& parameters = "") {
    const std::string command = "vanthu-back SELECT \"INBOX\"" + parameters + "\r\n";
    ASSERT_EQ(next.hear(command.size()), command);
    next.say(opened(exists, uid, modseq) + "vanthu-back OK [READ-WRITE] done\r\n");
  }
  void exchange(Line& with, const std::string& tag) {
    client.say(tag + " NOOP\r\n");
    EXPECT_EQ(with.hear(tag.size() + 7), tag + " NOOP\r\n");
    with.say(tag + " OK\r\n");
    EXPECT_EQ(client.hear(tag.size() + 5), tag + " OK\r\n");
  }

  asio::io_context context;
  Line client, store, next;
  OpenDesk desk;
  std::chrono::milliseconds patience{60000}, answer{60000};  // before SetUp
  std::atomic<bool> draining = false, there = true, dismissed = false;
  std::atomic<int> tries = 0;

 private:
  std::future<RelayEnd> end_;
  std::thread thread_;
};

TEST_F(RestartTest, IsNotSeenByAClientThatWaits) {
  select();
  store.say("* BYE the store restarts\r\n");
  store.far.close();
  reselect("3", "7", "* OK [HIGHESTMODSEQ 90] h\r\n");
  exchange(next, "a2");
  EXPECT_EQ(desk.restarts, 1) << "who asks the store must know of it";
}

TEST_F(RestartTest, IsNotSeenWithoutAFolder) {
  exchange(store, "a1");
  store.far.close();
  await_tries();  // what came before that would have been at the store that went
  exchange(next, "a2");
}

TEST_F(RestartTest, LetsAnIdleGoOn) {
  select();
  idle();
  store.far.close();
  reselect("3", "7", "* OK [HIGHESTMODSEQ 90] h\r\n");
  EXPECT_EQ(next.hear(9), "a2 IDLE\r\n");
  client.say("DONE\r\n");
  next.say("* 4 EXISTS\r\n");
  EXPECT_EQ(client.hear(12), "* 4 EXISTS\r\n");
  boost::system::error_code code;
  EXPECT_EQ(next.far.available(code), 0U) << "before it idles";
  next.say("+ idling\r\n");
  EXPECT_EQ(next.hear(6), "DONE\r\n");
  next.say("a2 OK\r\n");
  EXPECT_EQ(client.hear(7), "a2 OK\r\n");
}

TEST_F(RestartTest, TellsWhatHasComeAndWhichFlagsMayHaveChanged) {
  select();
  store.far.close();
  reselect("5", "9", "* OK [HIGHESTMODSEQ 99] h\r\n");
  EXPECT_EQ(next.hear(31), "vanthu-back FETCH 1:3 (FLAGS)\r\n");
  next.say("* 1 FETCH (FLAGS ())\r\n* 3 FETCH (FLAGS (\\Seen))\r\nvanthu-back OK done\r\n");
  const std::string told = "* 5 EXISTS\r\n* 1 FETCH (FLAGS ())\r\n* 3 FETCH (FLAGS (\\Seen))\r\n";
  EXPECT_EQ(client.hear(told.size()), told);
  exchange(next, "a2");
}

TEST_F(RestartTest, AsksForChangesOnlyWhereTheClientKnowsModificationSequences) {
  client.say("a0 ENABLE QRESYNC\r\n");
  EXPECT_EQ(store.hear(19), "a0 ENABLE QRESYNC\r\n");
  store.say("* ENABLED QRESYNC\r\na0 OK\r\n");
  EXPECT_EQ(client.hear(26), "* ENABLED QRESYNC\r\na0 OK\r\n");
  select();
  store.far.close();
  EXPECT_EQ(next.hear(28), "vanthu-back ENABLE qresync\r\n");
  next.say("* ENABLED QRESYNC\r\nvanthu-back OK\r\n");
  reselect("3", "7", "* OK [HIGHESTMODSEQ 99] h\r\n", " (CONDSTORE)");
  EXPECT_EQ(next.hear(53), "vanthu-back FETCH 1:3 (UID FLAGS) (CHANGEDSINCE 90)\r\n");
  next.say("* 2 FETCH (UID 4 FLAGS () MODSEQ (99))\r\nvanthu-back OK done\r\n");
  EXPECT_EQ(client.hear(40), "* 2 FETCH (UID 4 FLAGS () MODSEQ (99))\r\n");
  exchange(next, "a2");
}

TEST_F(RestartTest, FollowsWhatTheClientWasTold) {
  select();
  const std::string said = "* 2 EXPUNGE\r\n* 6 EXISTS\r\n* 5 EXPUNGE\r\n";  // two left of three, four came, one went
  store.say(said);
  EXPECT_EQ(client.hear(said.size()), said);
  store.far.close();
  reselect("5", "11", "* OK [HIGHESTMODSEQ 90] h\r\n");
  exchange(next, "a2");
}

TEST_F(RestartTest, IsNotHiddenWhenAMessageIsGone) {
  select();
  store.far.close();
  reselect("2", "7", "* OK [HIGHESTMODSEQ 99] h\r\n");
  EXPECT_TRUE(client.hear_all().starts_with("* BYE [UNAVAILABLE] the folder has changed"));
  EXPECT_EQ(why(), "store: messages are gone, or came and went");
}

TEST_F(RestartTest, IsNotHiddenWhenOneHasComeForOneThatWent) {
  select();
  store.far.close();
  reselect("3", "8", "* OK [HIGHESTMODSEQ 99] h\r\n");
  EXPECT_TRUE(client.hear_all().starts_with("* BYE [UNAVAILABLE] the folder has changed"));
}

TEST_F(RestartTest, IsNotHiddenByNumbersThatNoFolderHas) {
  select();
  store.far.close();
  reselect("4294967299", "4294967303", "* OK [HIGHESTMODSEQ 99] h\r\n");
  EXPECT_TRUE(client.hear_all().starts_with("* BYE [UNAVAILABLE] the folder has changed"));
  EXPECT_EQ(why(), "store: tells numbers that no folder has");
}

TEST_F(RestartTest, IsNotHiddenInAnotherFolderOfThatName) {
  select();
  store.far.close();
  const std::string command = "vanthu-back SELECT \"INBOX\"\r\n";
  ASSERT_EQ(next.hear(command.size()), command);
  next.say("* 3 EXISTS\r\n* OK [UIDVALIDITY 6] v\r\n* OK [UIDNEXT 7] n\r\nvanthu-back OK [READ-WRITE] done\r\n");
  EXPECT_TRUE(client.hear_all().starts_with("* BYE [UNAVAILABLE] the folder has changed"));
  EXPECT_EQ(why(), "store: another UIDVALIDITY");
}

TEST_F(RestartTest, IsNotHiddenFromACommandUnderWay) {
  select();
  client.say("a2 STORE 1 +FLAGS (\\Seen)\r\n");
  EXPECT_EQ(store.hear(27), "a2 STORE 1 +FLAGS (\\Seen)\r\n");
  store.far.close();
  EXPECT_TRUE(client.hear_all().starts_with("* BYE [UNAVAILABLE] "));
  EXPECT_EQ(tries, 0);
}

TEST_F(RestartTest, IsNotHiddenFromWhoKeepsSomethingAtTheStore) {
  select();
  client.say("a2 UID SEARCH RETURN (SAVE) ALL\r\n");
  EXPECT_EQ(store.hear(33), "a2 UID SEARCH RETURN (SAVE) ALL\r\n");
  store.say("a2 OK\r\n");
  EXPECT_EQ(client.hear(7), "a2 OK\r\n");
  store.say("* BYE going\r\n");
  store.far.close();
  EXPECT_TRUE(client.hear_all().starts_with("* BYE going\r\n"));
  EXPECT_EQ(tries, 0);
}

TEST_F(RestartTest, IsNotHiddenInTheMiddleOfALine) {
  exchange(store, "a1");
  client.say("a2 NO");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  store.far.close();
  EXPECT_TRUE(client.hear_all().starts_with("* BYE [UNAVAILABLE] "));
}

TEST_F(RestartTest, LetsACommandWaitForTheStore) {
  there = false;
  select();
  store.far.close();
  await_tries();
  client.say("a2 NOOP\r\n");
  there = true;
  reselect("3", "7", "* OK [HIGHESTMODSEQ 90] h\r\n");
  EXPECT_EQ(next.hear(9), "a2 NOOP\r\n");
  next.say("a2 OK\r\n");
  EXPECT_EQ(client.hear(7), "a2 OK\r\n");
}

class ShortRestartTest : public RestartTest {
 protected:
  ShortRestartTest() { patience = answer = std::chrono::milliseconds(400); }
};

TEST_F(ShortRestartTest, AnswersTheDoneThatWaitsWhenTheStoreDoesNotIdleAgain) {
  select();
  idle();
  store.far.close();
  reselect("3", "7", "* OK [HIGHESTMODSEQ 90] h\r\n");
  EXPECT_EQ(next.hear(9), "a2 IDLE\r\n");
  client.say("DONE\r\n");
  next.say("* 4 EXISTS\r\n");  // it talks, and does not idle
  const std::string said = client.hear_all();
  EXPECT_TRUE(said.starts_with("* 4 EXISTS\r\na2 NO [UNAVAILABLE] the mail store does not answer")) << said;
  EXPECT_NE(said.find("\r\n* BYE [UNAVAILABLE] "), std::string::npos) << said;
  EXPECT_EQ(why(), "store: does not idle again");
}

TEST_F(ShortRestartTest, AnswersWhatWaitsWhenTheStoreDoesNotComeBack) {
  there = false;
  select();
  store.far.close();
  await_tries();
  client.say("a2 NOOP\r\n");
  const std::string said = client.hear_all();
  EXPECT_TRUE(said.starts_with("a2 NO [UNAVAILABLE] the mail store does not answer")) << said;
  EXPECT_NE(said.find("\r\n* BYE [UNAVAILABLE] "), std::string::npos) << said;
  EXPECT_GT(tries, 1);
}

TEST_F(RestartTest, DoesNotLetInWhoIsDismissedMeanwhile) {
  there = false;
  dismissed = true;
  select();
  store.far.close();
  EXPECT_EQ(client.hear_all(), "* BYE [UNAVAILABLE] log in again\r\n");
  EXPECT_EQ(tries, 1);
}

TEST_F(RestartTest, EndsWithTheClientThatDoesNotWait) {
  there = false;
  select();
  store.far.close();
  await_tries();
  client.far.close();
  EXPECT_EQ(why(), "client closed");
}
}  // namespace
}  // namespace vanthu::imap
