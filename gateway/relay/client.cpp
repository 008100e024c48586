// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/client.hpp"

#include <algorithm>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/net/offload.hpp"
#include "gateway/relay/login.hpp"

namespace vanthu::relay {
namespace {
namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using Level = TlsDemand::Level;
constexpr std::chrono::minutes write_wait{5};
constexpr std::size_t write_octets = 256U << 10;
constexpr std::size_t piece_octets = 32U << 10;   // from here on a piece is written from where it lies
constexpr std::size_t eager_octets = 256U << 10;  // a bigger message is sent once somebody takes it
constexpr std::size_t default_recipients = 100;   // RFC 5321 §4.5.3.1.8
constexpr int closing = 421;

std::string_view scheme_name(const Target& target) { return target.lmtp ? "LHLO " : "EHLO "; }

/// Of our configuration and no fault of the message: it waits until somebody has seen to it (RFC 4954 §6).
Error login_refused(const Reply& reply) {
  const std::string said = std::to_string(reply.code) + ' ' + format(reply.enhanced) + ' ' + reply.text;
  return fail(Reply(451, {4, 7, 8}, "the next hop refuses our login: " + said), "login refused: " + said);
}

/// For the log: what says that the hop is who we think.
std::string_view vouched_by(Level level) {
  switch (level) {
    case Level::verified:
      return "name";
    case Level::pinned:
      return "key";
    case Level::dane:
      return "dane";
    default:
      return "nobody";
  }
}

bool loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}
}  // namespace

std::optional<Result<HopReply>> Client::buffered_reply() {
  const std::string_view input = connection_->buffered();
  if (input.empty()) return std::nullopt;
  // A hop that trickles must not have us read its lines from the first one with every octet.
  const std::size_t read = std::min(read_, input.size());
  if (input.find('\n', read) == std::string_view::npos && input.size() - read < limits::reply_line_octets)
    return std::nullopt;
  std::size_t taken = 0;
  auto reply = take_reply(input, taken);
  if (!reply) return reply.error();
  read_ = input.size();
  if (!*reply) return std::nullopt;
  read_ = 0;
  connection_->consume(taken);
  return *std::move(*reply);
}

/// Replies to a pipelined group come together: only the first of them costs a wait.
asio::awaitable<Result<HopReply>> Client::read_reply(std::chrono::milliseconds wait) {
  const auto deadline = Clock::now() + wait;  // for the whole reply: a hop that trickles is cut as well
  while (true) {
    if (auto reply = buffered_reply()) co_return *std::move(reply);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) co_return fail(status::timed_out, "no whole reply in time");
    if (auto read = co_await connection_->read_more(left); !read) co_return read.error();
  }
}

asio::awaitable<Result<HopReply>> Client::ask(std::string line) {
  line += "\r\n";
  if (auto written = co_await connection_->write(line, write_wait); !written) co_return written.error();
  co_return co_await read_reply(limits::reply_wait);
}

asio::awaitable<Result<Done>> Client::greet(const std::string& our_name) {
  capabilities_ = {};
  std::string line(scheme_name(target_));
  line += our_name;
  auto reply = co_await ask(std::move(line));
  if (!reply) co_return reply.error();
  if (reply->reply.positive()) {
    capabilities_ = read_capabilities(reply->lines);
    co_return done;
  }
  if (target_.lmtp || reply->reply.code == closing) co_return fail(reply->reply, "greeting refused");
  std::string old_line = "HELO " + our_name;
  auto old = co_await ask(std::move(old_line));
  if (!old) co_return old.error();
  if (!old->reply.positive()) co_return fail(old->reply, "HELO refused");
  co_return done;
}

asio::awaitable<Result<Done>> Client::start_tls() {
  std::function<bool(ssl_st*)> prepare;
  if (target_.tls.level == Level::dane)
    prepare = [this](ssl_st* session) { return prepare_dane(session, target_.tls); };
  auto secured = co_await connection_->start_tls(target_.tls.context, target_.host, limits::tls_handshake_wait,
                                                 std::move(prepare));
  if (!secured) co_return secured.error();
  if (target_.tls.level == Level::pinned && !pinned(connection_->tls_session(), target_.tls.pins))
    co_return fail(status::next_hop_unavailable, "the key is not the one we know");
  security_.tls = true;
  security_.verified = target_.tls.verifies();
  log::Event("hop.secured")
      .with("hop", target_.host + ':' + std::to_string(target_.port))
      .with("tls", connection_->tls_description())
      .with("by", vouched_by(target_.tls.level))
      .with("tlsa", target_.tls.level == Level::dane ? matched_tlsa(connection_->tls_session()) : std::string());
  co_return done;
}

asio::awaitable<Result<Done>> Client::log_in(asio::thread_pool& slow) {
  if (!security_.verified) co_return fail(status::next_hop_unavailable, "AUTH without a verified hop");
  auto login = Login::choose(capabilities_.mechanisms, target_.user, target_.password);
  if (!login) co_return login.error();
  std::string line = "AUTH " + login->mechanism();
  if (const auto first = login->initial()) line += ' ' + *first;
  while (true) {
    auto reply = co_await ask(std::move(line));
    if (!reply) co_return reply.error();
    if (reply->reply.code != 334) {
      if (!reply->reply.positive()) co_return login_refused(reply->reply);
      if (!login->complete()) co_return fail(status::next_hop_unavailable, "AUTH: the hop did not prove itself");
      co_return done;
    }
    const auto think = [&] { return login->answer(reply->reply.text); };  // SCRAM hashes for long
    auto answer = co_await net::offload(slow, think);
    if (!answer) co_return answer.error();
    line = *std::move(answer);
  }
}

asio::awaitable<Result<std::unique_ptr<Client>>> Client::open(Target target, std::string our_name,
                                                              asio::thread_pool& slow, bool* tls_failed) {
  const HostPort at{target.address, target.port};
  auto connection = co_await net::Connection::connect(at, limits::connect_wait);
  if (!connection) co_return connection.error();
  std::unique_ptr<Client> client(new Client(*std::move(connection), std::move(target)));
  const TlsDemand& demand = client->target_.tls;
  client->security_.same_machine = loopback(client->connection_->peer_address());
  if (client->target_.implicit_tls)
    if (auto secured = co_await client->start_tls(); !secured) co_return secured.error();
  auto greeting = co_await client->read_reply(limits::reply_wait);
  if (!greeting) co_return greeting.error();
  if (greeting->reply.code != 220) co_return fail(greeting->reply, "greeting");
  if (!client->connection_->buffered().empty()) co_return fail(status::next_hop_unavailable, "talks before its turn");
  if (auto greeted = co_await client->greet(our_name); !greeted) co_return greeted.error();
  if (client->capabilities_.starttls && demand.level != Level::none && !client->security_.tls) {
    auto go = co_await client->ask("STARTTLS");
    if (!go) co_return go.error();
    if (go->reply.code == 220) {
      if (!client->connection_->buffered().empty())
        co_return fail(status::next_hop_unavailable, "replies injected before TLS");  // RFC 3207 §4.2
      if (auto secured = co_await client->start_tls(); !secured) {
        if (tls_failed != nullptr) *tls_failed = !demand.mandatory();
        co_return fail(status::next_hop_unavailable, "TLS: " + secured.error().detail);
      }
      if (auto greeted = co_await client->greet(our_name); !greeted) co_return greeted.error();
    }
  }
  if (demand.mandatory() && !client->security_.tls)
    co_return fail(Reply(451, {4, 7, 4}, "the next hop offers no TLS, and it must"), "no TLS offered");
  if (!client->target_.user.empty())
    if (auto known = co_await client->log_in(slow); !known) co_return known.error();
  co_return client;
}

bool Client::worn() const {
  return (capabilities_.mail_max != 0 && transactions_ >= capabilities_.mail_max) || !connection_->buffered().empty();
}

/// Our trace lines, then the octets as received: with their dots doubled up to the lone dot, or counted in one chunk.
asio::awaitable<Result<Done>> Client::send_octets(const spool::Payload& payload, const Transaction& transaction,
                                                  std::string commands) {
  const std::string& trace = transaction.before;
  const bool bdat = transaction.bdat;
  const std::string_view octets = payload.octets->view();
  std::string out = std::move(commands);
  out.reserve(std::min(out.size() + trace.size() + octets.size() + 64, write_octets + piece_octets));
  if (bdat) out += "BDAT " + std::to_string(trace.size() + octets.size()) + " LAST\r\n";
  out += trace;
  // Small pieces are put together, big ones are written from the memory they lie in.
  DotStuffed stuffed(octets);
  std::string_view piece = bdat ? octets : stuffed.next();
  while (!piece.empty()) {
    const std::string_view part = piece.substr(0, write_octets);
    piece.remove_prefix(part.size());
    const bool in_place = part.size() >= piece_octets;
    if (!in_place) out += part;
    if (in_place || out.size() >= write_octets) {
      if (!out.empty())
        if (auto written = co_await connection_->write(out, write_wait); !written) co_return written.error();
      out.clear();
    }
    if (in_place)
      if (auto written = co_await connection_->write(part, write_wait); !written) co_return written.error();
    if (piece.empty() && !bdat) piece = stuffed.next();
  }
  if (!bdat) {
    if (!octets.empty() && !octets.ends_with("\r\n")) out += "\r\n";  // the end of data needs a line of its own
    out += ".\r\n";
  }
  if (out.empty()) co_return done;
  co_return co_await connection_->write(out, write_wait);
}

asio::awaitable<Result<Done>> Client::reset() {
  auto reply = co_await ask("RSET");
  if (!reply) co_return reply.error();
  if (reply->reply.code == closing) co_return fail(reply->reply, "closing");
  co_return done;
}

/// One transaction: what can be pipelined goes in one write (RFC 2920), a chunk of moderate size with it (RFC 3030).
asio::awaitable<Result<Done>> Client::transact(const spool::Payload& payload, const Transaction& transaction,
                                               Delivered& delivered) {
  const std::size_t octets = transaction.before.size() + payload.octets->size();
  const bool eager = capabilities_.pipelining && transaction.bdat && octets <= eager_octets;
  const auto hear = [&](Result<HopReply>& reply) {
    if (!reply) return false;
    delivered.spoke = true;
    return reply->reply.code != closing;
  };
  const auto gone = [](const Result<HopReply>& reply) { return reply ? fail(reply->reply, "closing") : reply.error(); };
  ++transactions_;

  // MAIL, the RCPTs and, where it asks for leave, DATA.
  const std::size_t count = transaction.recipients.size();
  std::vector<Reply> replies;  // of MAIL and the RCPTs
  replies.reserve(count + 1);
  std::optional<Reply> data;
  if (eager) {
    auto sent = co_await send_octets(payload, transaction, transaction.commands);
    if (!sent) co_return sent.error();
  } else if (capabilities_.pipelining) {
    std::string group = transaction.commands;
    if (!transaction.bdat) group += "DATA\r\n";
    if (auto written = co_await connection_->write(group, write_wait); !written) co_return written.error();
  }
  std::string_view unsent = transaction.commands;
  while (replies.size() < count + 1) {
    if (!capabilities_.pipelining) {
      const std::string_view line = unsent.substr(0, unsent.find('\n') + 1);
      unsent.remove_prefix(line.size());
      if (auto written = co_await connection_->write(line, write_wait); !written) co_return written.error();
    }
    auto ready = buffered_reply();
    if (!ready) ready = co_await read_reply(limits::reply_wait);
    Result<HopReply>& reply = *ready;
    if (!hear(reply)) co_return gone(reply);
    replies.push_back(std::move(reply->reply));
    if (!capabilities_.pipelining && !replies.front().positive()) break;
  }
  std::vector<std::uint32_t> taken;
  if (replies.front().positive()) {
    for (std::size_t i = 0; i < count; ++i) {
      Reply& reply = replies[i + 1];
      if (reply.positive())
        taken.push_back(transaction.recipients[i]);
      else
        delivered.outcomes.push_back({transaction.recipients[i], reply.permanent(), std::move(reply)});
    }
  } else {
    for (const std::uint32_t index : transaction.recipients)
      delivered.outcomes.push_back({index, replies.front().permanent(), replies.front()});
  }

  if (!transaction.bdat) {
    if (!capabilities_.pipelining && taken.empty()) co_return co_await reset();
    if (!capabilities_.pipelining)
      if (auto written = co_await connection_->write("DATA\r\n", write_wait); !written) co_return written.error();
    auto ready = buffered_reply();
    if (!ready) ready = co_await read_reply(limits::reply_wait);
    Result<HopReply>& reply = *ready;
    if (!hear(reply)) co_return gone(reply);
    const bool go_ahead = reply->reply.code == 354;
    if (!go_ahead) {
      if (reply->reply.positive())
        co_return fail(status::bad_line, "DATA answered with " + std::to_string(reply->reply.code));
      for (const std::uint32_t index : taken)
        delivered.outcomes.push_back({index, reply->reply.permanent(), reply->reply});
      co_return co_await reset();
    }
    if (taken.empty()) {  // pipelined DATA was let through without a recipient: end it empty (RFC 2920 §3.1)
      if (auto written = co_await connection_->write(".\r\n", write_wait); !written) co_return written.error();
      auto ended = co_await read_reply(limits::reply_wait);
      if (!hear(ended)) co_return gone(ended);
      if (ended->reply.positive()) co_return fail(status::bad_line, "mail taken for nobody");
      co_return co_await reset();
    }
  } else if (taken.empty()) {
    if (eager) {  // the chunk went with it: one refusal more
      auto refused = co_await read_reply(limits::reply_wait);
      if (!hear(refused)) co_return gone(refused);
    }
    co_return co_await reset();
  }

  if (!eager) {
    std::string nothing;
    auto sent = co_await send_octets(payload, transaction, std::move(nothing));
    if (!sent) co_return sent.error();
  }
  std::optional<Reply> common;
  for (const std::uint32_t index : taken) {
    if (target_.lmtp || !common) {  // LMTP answers for each recipient that was taken (RFC 2033 §4.2), SMTP once for all
      auto ready = buffered_reply();
      if (!ready) ready = co_await read_reply(limits::final_dot_wait);
      Result<HopReply>& reply = *ready;
      if (!reply) co_return reply.error();
      delivered.spoke = true;
      common = std::move(reply->reply);
      if (common->code > 299 && common->code < 400) co_return fail(status::bad_line, "the data answered with 3yz");
    }
    if (common->code == closing) co_return fail(*common, "closing");
    delivered.outcomes.push_back({index, common->positive() || common->permanent(), *common});
  }
  co_return done;
}

asio::awaitable<Client::Delivered> Client::deliver(std::shared_ptr<const spool::Payload> payload,
                                                   std::vector<std::uint32_t> recipients, const Route& route) {
  Delivered delivered;
  if (!connection_->buffered().empty()) {  // a 421 for having been idle, or nonsense
    delivered.broken = fail(status::bad_line, "talks before its turn");
    co_return delivered;
  }
  Transaction whole = plan(*payload, recipients, capabilities_, route, security_, delivered.outcomes);
  const std::size_t most = capabilities_.rcpt_max != 0
                               ? static_cast<std::size_t>(std::min<std::uint64_t>(capabilities_.rcpt_max, 1000))
                               : default_recipients;
  if (whole.recipients.size() <= most) {
    if (!whole.recipients.empty())
      if (auto ended = co_await transact(*payload, whole, delivered); !ended) delivered.broken = ended.error();
    co_return delivered;
  }
  for (std::size_t begin = 0; begin < whole.recipients.size();) {
    const std::size_t end = std::min(begin + most, whole.recipients.size());
    const std::vector<std::uint32_t> part(whole.recipients.begin() + static_cast<std::ptrdiff_t>(begin),
                                          whole.recipients.begin() + static_cast<std::ptrdiff_t>(end));
    const Transaction batch = plan(*payload, part, capabilities_, route, security_, delivered.outcomes);
    auto ended = co_await transact(*payload, batch, delivered);
    if (!ended) {
      delivered.broken = ended.error();
      break;
    }
    begin = end;
  }
  co_return delivered;
}

asio::awaitable<void> Client::close() {
  if (auto written = co_await connection_->write("QUIT\r\n", std::chrono::seconds(2)); written) [[maybe_unused]]
    const auto bye = co_await read_reply(std::chrono::seconds(2));
  co_await connection_->close();
}

}  // namespace vanthu::relay
