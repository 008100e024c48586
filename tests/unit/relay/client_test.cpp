// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/client.hpp"

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace vanthu::relay {
namespace {
namespace asio = boost::asio;
using asio::ip::tcp;

/// What a hop waits for and what it says then. `until` is looked for in all that came since the last step; empty: it
/// speaks at once.
struct Step {
  std::string until, say;
};

struct Talk {
  std::string heard;                    ///< all that the hop got
  Error opened = fail(status::ok, "");  ///< why there was no connection
  bool connected = false;
  Client::Delivered delivered;
};

/// Delivers one message to a hop that follows a script and then closes.
Talk talk(const std::vector<Step>& script, bool lmtp = false, const std::string& octets = "Subject: a\r\n\r\n.b\r\n",
          unsigned recipients = 2) {
  Talk result;
  asio::io_context context;
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  asio::thread_pool slow(1);
  const auto hop = [&]() -> asio::awaitable<void> {
    tcp::socket peer = co_await acceptor.async_accept(asio::use_awaitable);
    std::size_t looked = 0;
    std::string block(4096, '\0');
    for (const Step& step : script) {
      while (result.heard.find(step.until, looked) == std::string::npos) {
        const auto [code, got] =
            co_await peer.async_read_some(asio::buffer(block), asio::as_tuple(asio::use_awaitable));
        if (code) co_return;
        result.heard.append(block, 0, got);
      }
      looked = result.heard.find(step.until, looked) + step.until.size();
      const auto [code, put] =
          co_await asio::async_write(peer, asio::buffer(step.say), asio::as_tuple(asio::use_awaitable));
      if (code) co_return;
    }
  };
  const auto we = [&]() -> asio::awaitable<void> {
    Target target;
    target.host = target.address = "127.0.0.1";
    target.port = acceptor.local_endpoint().port();
    target.lmtp = lmtp;
    target.tls.level = TlsDemand::Level::none;
    const Route route = *parse_route(lmtp ? "local lmtp://127.0.0.1:24" : "default smtp://127.0.0.1:25");
    const std::string name = "gw.example";
    auto client = co_await Client::open(target, name, slow, nullptr);
    if (!client) {
      result.opened = client.error();
      co_return;
    }
    result.connected = true;
    auto payload = std::make_shared<spool::Payload>();
    payload->accepted.envelope.reverse_path = mail::Mailbox{"s", "a.example"};
    std::vector<std::uint32_t> indices;
    for (std::uint32_t i = 0; i < recipients; ++i) {
      mail::Delivery delivery;
      delivery.to = {"r" + std::to_string(i), "b.example"};
      payload->accepted.deliveries.push_back(delivery);
      indices.push_back(i);
    }
    payload->accepted.trace = "Received: x\r\n";
    payload->octets = std::make_shared<const Octets>(*Octets::of(octets));
    result.delivered = co_await (*client)->deliver(payload, indices, route);
  };
  asio::co_spawn(context, hop(), asio::detached);
  asio::co_spawn(context, we(), asio::detached);
  context.run();
  slow.join();
  return result;
}

std::string shown(const Talk& talk) {
  std::string out;
  for (const spool::Outcome& outcome : talk.delivered.outcomes)
    out += std::to_string(outcome.index) + (outcome.settled ? "=" : "?") + std::to_string(outcome.reply.code) + ' ';
  return out + (talk.delivered.broken ? "broken" : "whole");
}

const Step greeting{"", "220 mx.example\r\n"};
Step ehlo(const std::string& keywords) { return {"EHLO gw.example\r\n", "250-mx.example\r\n" + keywords}; }

TEST(Client, SendsTheEnvelopeInOneGroupAndDoublesDots) {
  const Talk talked = talk({greeting,
                            ehlo("250 PIPELINING\r\n"),
                            {"DATA\r\n", "250 ok\r\n250 ok\r\n550 5.1.1 no\r\n354 go\r\n"},
                            {"\r\n.\r\n", "250 2.0.0 taken\r\n"}});
  EXPECT_EQ(shown(talked), "1=550 0=250 whole");
  EXPECT_TRUE(
      talked.heard.ends_with("MAIL FROM:<s@a.example>\r\nRCPT TO:<r0@b.example>\r\nRCPT TO:<r1@b.example>\r\n"
                             "DATA\r\nReceived: x\r\nSubject: a\r\n\r\n..b\r\n.\r\n"))
      << talked.heard;
}

TEST(Client, SendsAChunkWithTheEnvelopeWhereItMay) {
  const Talk talked =
      talk({greeting,
            ehlo("250-PIPELINING\r\n250 CHUNKING\r\n"),
            {"LAST\r\nReceived: x\r\nSubject: a\r\n\r\n.b\r\n", "250 ok\r\n250 ok\r\n250 ok\r\n250 taken\r\n"}});
  EXPECT_EQ(shown(talked), "0=250 1=250 whole");
  EXPECT_NE(talked.heard.find("RCPT TO:<r1@b.example>\r\nBDAT 31 LAST\r\n"), std::string::npos) << talked.heard;
}

TEST(Client, TakesOneAnswerForEachRecipientFromLmtp) {
  const Talk talked = talk({{"", "220 store\r\n"},
                            {"LHLO gw.example\r\n", "250-store\r\n250-CHUNKING\r\n250 PIPELINING\r\n"},
                            {"LAST\r\n", "250 ok\r\n250 ok\r\n250 ok\r\n250 taken\r\n452 4.2.2 full\r\n"}},
                           true);
  EXPECT_EQ(shown(talked), "0=250 1?452 whole");
}

TEST(Client, AsksStepByStepWhereTheHopCannotPipeline) {
  const Talk talked = talk({greeting,
                            ehlo("250 SIZE\r\n"),
                            {"SIZE=31\r\n", "250 ok\r\n"},
                            {"<r0@b.example>\r\n", "250 ok\r\n"},
                            {"<r1@b.example>\r\n", "250 ok\r\n"},
                            {"DATA\r\n", "354 go\r\n"},
                            {"\r\n.\r\n", "250 taken\r\n"}});
  EXPECT_EQ(shown(talked), "0=250 1=250 whole") << talked.heard;
}

TEST(Client, EndsADataThatNobodyIsLeftFor) {
  const Talk talked = talk({greeting,
                            ehlo("250 PIPELINING\r\n"),
                            {"DATA\r\n", "250 ok\r\n550 no\r\n450 not now\r\n354 go\r\n"},
                            {".\r\n", "554 nobody\r\n"},
                            {"RSET\r\n", "250 ok\r\n"}});
  EXPECT_EQ(shown(talked), "0=550 1?450 whole");
  EXPECT_EQ(talked.heard.find("Subject"), std::string::npos) << "the message is not for nobody";
}

TEST(Client, SettlesAllWithARefusedSender) {
  const Talk talked = talk({greeting,
                            ehlo("250 PIPELINING\r\n"),
                            {"DATA\r\n", "550 5.7.1 you not\r\n503 no\r\n503 no\r\n503 no\r\n"},
                            {"RSET\r\n", "250 ok\r\n"}});
  EXPECT_EQ(shown(talked), "0=550 1=550 whole");
}

TEST(Client, SplitsAtTheHopsLimitOfRecipients) {
  const Talk talked = talk({greeting,
                            ehlo("250-PIPELINING\r\n250-CHUNKING\r\n250 LIMITS RCPTMAX=2\r\n"),
                            {"LAST\r\n", "250 ok\r\n250 ok\r\n250 ok\r\n250 taken\r\n"},
                            {"LAST\r\n", "250 ok\r\n250 ok\r\n250 taken\r\n"}},
                           false, "x\r\n", 3);
  EXPECT_EQ(shown(talked), "0=250 1=250 2=250 whole");
}

struct Liar {
  const char* name;
  std::vector<Step> script;
  const char* outcome;
};
class HopsThatLie : public testing::TestWithParam<Liar> {};
TEST_P(HopsThatLie, CostOnlyTheirConnection) {
  const Talk talked = talk(GetParam().script);
  EXPECT_TRUE(talked.connected);
  EXPECT_EQ(shown(talked), GetParam().outcome);
}
INSTANTIATE_TEST_SUITE_P(
    Client, HopsThatLie,
    testing::Values(
        Liar{"closes", {greeting, ehlo("250 PIPELINING\r\n"), {"DATA\r\n", "250 ok\r\n"}}, "broken"},
        Liar{"garbage", {greeting, ehlo("250 PIPELINING\r\n"), {"DATA\r\n", "what?\r\n"}}, "broken"},
        Liar{"closing", {greeting, ehlo("250 PIPELINING\r\n"), {"DATA\r\n", "250 ok\r\n421 bye\r\n"}}, "broken"},
        Liar{"data_taken_at_once",
             {greeting, ehlo("250 PIPELINING\r\n"), {"DATA\r\n", "250 ok\r\n250 ok\r\n250 ok\r\n250 fine\r\n"}},
             "broken"},
        Liar{"intermediate_at_the_end",
             {greeting,
              ehlo("250 PIPELINING\r\n"),
              {"DATA\r\n", "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"},
              {"\r\n.\r\n", "354 more\r\n"}},
             "broken"},
        Liar{"speaks_first", {greeting, ehlo("250 PIPELINING\r\n250 another\r\n")}, "broken"},
        Liar{"takes_mail_for_nobody",
             {greeting,
              ehlo("250 PIPELINING\r\n"),
              {"DATA\r\n", "250 ok\r\n550 no\r\n550 no\r\n354 go\r\n"},
              {".\r\n", "250 taken\r\n"}},
             "0=550 1=550 broken"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Client, GivesNoMailToWhoDoesNotGreet) {
  EXPECT_EQ(talk({{"", "554 5.7.1 go away\r\n"}}).opened.reply.code, 554);
  EXPECT_EQ(talk({{"", "* OK IMAP\r\n"}}).opened.reply.code, 500);
  EXPECT_EQ(talk({{"", "220 a\r\n220 b\r\n"}}).connected, false) << "it may not speak twice";
  EXPECT_EQ(talk({greeting, {"EHLO", "502 no\r\n"}, {"HELO", "550 5.7.1 no\r\n"}}).opened.reply.enhanced,
            (std::array<int, 3>{5, 7, 1}));
}

}  // namespace
}  // namespace vanthu::relay
