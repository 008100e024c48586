// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/client.hpp"

#include <algorithm>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::relay {
namespace {
namespace asio = boost::asio;
constexpr std::chrono::minutes write_wait{5};
constexpr std::size_t write_octets = 256U << 10;

bool ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}
}  // namespace

asio::awaitable<Result<HopReply>> Client::read_reply(std::chrono::milliseconds wait) {
  while (true) {
    std::size_t taken = 0;
    auto reply = take_reply(connection_->buffered(), taken);
    if (!reply) co_return reply.error();
    if (*reply) {
      connection_->consume(taken);
      co_return *std::move(*reply);
    }
    if (auto read = co_await connection_->read_more(wait); !read) co_return read.error();
  }
}

asio::awaitable<Result<HopReply>> Client::ask(std::string line) {
  line += "\r\n";
  if (auto written = co_await connection_->write(line, write_wait); !written) co_return written.error();
  co_return co_await read_reply(limits::reply_wait);
}

asio::awaitable<Result<Done>> Client::greet(const std::string& our_name) {
  auto reply = co_await ask((lmtp_ ? "LHLO " : "EHLO ") + our_name);
  if (!reply) co_return reply.error();
  if (!reply->reply.positive()) {
    if (lmtp_) co_return fail(reply->reply, "LHLO refused");
    auto old = co_await ask("HELO " + our_name);
    if (!old) co_return old.error();
    if (!old->reply.positive()) co_return fail(old->reply, "HELO refused");
    co_return done;
  }
  pipelining_ = eight_bit_ = utf8_ = starttls_ = size_ = false;
  for (std::size_t i = 1; i < reply->lines.size(); ++i) {
    const std::string keyword = text::ascii_lower(reply->lines[i].substr(0, reply->lines[i].find(' ')));
    pipelining_ = pipelining_ || keyword == "pipelining";
    eight_bit_ = eight_bit_ || keyword == "8bitmime";
    utf8_ = utf8_ || keyword == "smtputf8";
    starttls_ = starttls_ || keyword == "starttls";
    size_ = size_ || keyword == "size";
  }
  co_return done;
}

asio::awaitable<Result<std::unique_ptr<Client>>> Client::open(Endpoint hop, std::string our_name, net::TlsContext tls) {
  auto connection = co_await net::Connection::connect(hop.at, limits::connect_wait);
  if (!connection) co_return connection.error();
  std::unique_ptr<Client> client(new Client(*std::move(connection), hop.scheme == "lmtp"));
  auto greeting = co_await client->read_reply(limits::reply_wait);
  if (!greeting) co_return greeting.error();
  if (greeting->reply.code != 220) co_return fail(greeting->reply, "greeting");
  if (auto greeted = co_await client->greet(our_name); !greeted) co_return greeted.error();
  if (client->starttls_ && !client->lmtp_ && tls) {
    auto go = co_await client->ask("STARTTLS");
    if (!go) co_return go.error();
    if (go->reply.code == 220) {
      if (!client->connection_->buffered().empty())
        co_return fail(status::next_hop_unavailable, "replies injected before TLS");
      if (auto secured = co_await client->connection_->start_tls(tls, hop.at.host, limits::tls_handshake_wait);
          !secured)
        co_return secured.error();
      if (auto greeted = co_await client->greet(our_name); !greeted) co_return greeted.error();
    }
  }
  co_return client;
}

asio::awaitable<Result<Done>> Client::send_octets(const spool::Payload& payload) {
  // Our trace lines, then the octets as received; a dot at the start of a line is doubled (RFC 5321 §4.5.2).
  std::string out = payload.accepted.trace;
  std::string_view rest = payload.octets->view();
  bool line_start = true;
  while (!rest.empty()) {
    if (line_start && rest.front() == '.') out += '.';
    const std::size_t dot = rest.find("\r\n.");
    std::string_view piece = rest.substr(0, dot == std::string_view::npos ? rest.size() : dot + 2);
    line_start = piece.ends_with("\r\n");
    rest.remove_prefix(piece.size());
    while (!piece.empty()) {
      const std::string_view part = piece.substr(0, write_octets);
      out += part;
      piece.remove_prefix(part.size());
      if (out.size() >= write_octets) {
        if (auto written = co_await connection_->write(out, write_wait); !written) co_return written.error();
        out.clear();
      }
    }
  }
  if (!line_start) out += "\r\n";  // the end of data needs a line of its own
  out += ".\r\n";
  co_return co_await connection_->write(out, write_wait);
}

asio::awaitable<Result<std::vector<spool::Outcome>>> Client::deliver(std::shared_ptr<const spool::Payload> payload,
                                                                     std::vector<std::uint32_t> recipients) {
  const mail::Accepted& accepted = payload->accepted;
  std::vector<spool::Outcome> outcomes;
  const auto settle_all = [&](const Reply& reply) {
    for (const std::uint32_t index : recipients) outcomes.push_back({index, reply.permanent(), reply});
    return outcomes;
  };
  const std::string sender = accepted.envelope.reverse_path ? mail::format(*accepted.envelope.reverse_path) : "";
  bool needs_utf8 = !ascii(sender);
  for (const std::uint32_t index : recipients)
    needs_utf8 = needs_utf8 || !ascii(accepted.deliveries[index].to.local_part);
  if (needs_utf8 && !utf8_) co_return settle_all({550, {5, 6, 7}, "the next hop takes no UTF-8 addresses"});

  std::vector<std::string> commands;
  commands.push_back("MAIL FROM:<" + sender + '>' +
                     (size_ ? " SIZE=" + std::to_string(accepted.trace.size() + payload->octets->size()) : "") +
                     (eight_bit_ && accepted.envelope.body == mail::Envelope::Body::eight_bit ? " BODY=8BITMIME" : "") +
                     (utf8_ && accepted.envelope.utf8 ? " SMTPUTF8" : ""));
  for (const std::uint32_t index : recipients)
    commands.push_back("RCPT TO:<" + mail::format(accepted.deliveries[index].to) + '>');
  commands.emplace_back("DATA");

  std::vector<HopReply> replies;
  if (pipelining_) {
    std::string all;
    for (const std::string& command : commands) all += command + "\r\n";
    if (auto written = co_await connection_->write(all, write_wait); !written) co_return written.error();
  }
  for (const std::string& command : commands) {
    if (!pipelining_) {
      if (!replies.empty() && !replies.front().reply.positive()) break;
      const bool none =
          replies.size() + 1 == commands.size() &&
          std::none_of(replies.begin() + 1, replies.end(), [](const HopReply& r) { return r.reply.positive(); });
      if (none) break;  // no recipient left: DATA would only be refused
    }
    if (!pipelining_)
      if (auto written = co_await connection_->write(command + "\r\n", write_wait); !written) co_return written.error();
    auto reply = co_await read_reply(limits::reply_wait);
    if (!reply) co_return reply.error();
    replies.push_back(*std::move(reply));
    if (replies.back().reply.code == 421) co_return fail(replies.back().reply, "closing");
  }

  const bool go_ahead = replies.size() == commands.size() && replies.back().reply.code == 354;
  const bool sender_ok = replies.front().reply.positive();
  std::vector<std::uint32_t> taken;
  for (std::size_t i = 0; sender_ok && i < recipients.size() && i + 1 < replies.size(); ++i) {
    const Reply& reply = replies[i + 1].reply;
    if (reply.positive())
      taken.push_back(recipients[i]);
    else
      outcomes.push_back({recipients[i], reply.permanent(), reply});
  }
  if (!go_ahead || taken.empty()) {
    if (go_ahead) {  // pipelined DATA was let through without a recipient: end it empty (RFC 2920 §3.1)
      if (auto written = co_await connection_->write(".\r\n", write_wait); !written) co_return written.error();
      if (auto reply = co_await read_reply(limits::reply_wait); !reply) co_return reply.error();
    }
    auto reset = co_await ask("RSET");
    if (!reset) co_return reset.error();
    if (!sender_ok) co_return settle_all(replies.front().reply);
    for (const std::uint32_t index : taken) {
      const Reply& reply = replies.back().reply;
      outcomes.push_back({index, reply.permanent(), reply});
    }
    co_return outcomes;
  }

  if (auto sent = co_await send_octets(*payload); !sent) co_return sent.error();
  std::optional<HopReply> common;
  for (const std::uint32_t index : taken) {
    if (lmtp_ || !common) {  // LMTP answers for each recipient that was taken (RFC 2033 §4.2), SMTP once for all
      auto reply = co_await read_reply(limits::final_dot_wait);
      if (!reply) co_return reply.error();
      common = *std::move(reply);
    }
    outcomes.push_back({index, common->reply.positive() || common->reply.permanent(), common->reply});
  }
  co_return outcomes;
}

asio::awaitable<void> Client::close() {
  if (auto written = co_await connection_->write("QUIT\r\n", std::chrono::seconds(2)); written) [[maybe_unused]]
    const auto bye = co_await read_reply(std::chrono::seconds(2));
  co_await connection_->close();
}

}  // namespace vanthu::relay
