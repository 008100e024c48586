// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/ids.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"
#include "gateway/smtp/auth.hpp"
#include "gateway/smtp/command.hpp"
#include "gateway/smtp/incoming.hpp"
#include "gateway/smtp/server.hpp"
#include "gateway/smtp/transaction.hpp"
#include "gateway/smtp/wire.hpp"

namespace vanthu::smtp {
namespace {
namespace asio = boost::asio;

constexpr std::size_t refused_recipients = 100;  // a client that guesses addresses is sent away

/// One session: which command is allowed now, and who does it.
class Session {
 public:
  Session(net::Connection& client, Port port, Services& services)
      : client_(client),
        services_(services),
        config_(services.door.services().config),
        peer_{port, session_id(), client.peer_address(), {}, {}},
        wire_(client, services.draining),
        auth_(wire_, services, peer_),
        transaction_(services.door, peer_) {}

  asio::awaitable<void> run() {
    if (peer_.port == Port::submissions) {
      co_await secure();
      if (wire_.over()) co_return;
    }
    log::Event("session.begin", log::Level::debug)
        .with("session", peer_.session)
        .with("client", peer_.address)
        .with("port", peer_.port_name());
    if (!client_.buffered().empty()) {  // talks before it is spoken to
      wire_.finish({554, {5, 5, 0}, "protocol error: client spoke first"});
      co_await wire_.flush();
      co_return;
    }
    wire_.say("220 " + config_.hostname + " ESMTP Vanthu");
    while (!wire_.over()) {
      auto line = co_await wire_.read_line(limits::command_line_octets);
      if (!line) break;
      co_await obey(*line);
      if (bad_commands_ > limits::bad_commands) wire_.finish({421, {4, 7, 0}, "too many errors, closing"});
    }
    co_await wire_.flush();
    co_await client_.close();
    log::Event("session.end", log::Level::debug).with("session", peer_.session).with("messages", messages_);
  }

 private:
  asio::awaitable<void> obey(const std::string& line) {
    if (services_.draining() && !transaction_.open()) {
      wire_.finish(status::shutting_down);
      co_return;
    }
    auto parsed = parse_line(line);
    if (!parsed) {
      ++bad_commands_;
      log::Event("command.refused", log::Level::debug)
          .with("session", peer_.session)
          .with("status", format(parsed.error().reply.enhanced))
          .with("why", parsed.error().detail);
      const std::string_view verb = std::string_view(line).substr(0, line.find(' '));
      if (verb == "GET" || verb == "POST" || verb == "PUT" || verb == "CONNECT") {  // a browser was sent here
        wire_.finish({554, {5, 5, 0}, "this is no web server"});
        co_return;
      }
      wire_.answer(parsed.error().reply);
      if (text::ascii_iequals(verb, "BDAT")) wire_.hang_up();  // its octets would be read as commands
      co_return;
    }
    if (const auto refusal = illegal_here(*parsed->verb)) {
      ++bad_commands_;
      wire_.answer(*refusal);
      co_return;
    }
    if (auto* ehlo = std::get_if<Ehlo>(&parsed->command))
      on_ehlo(*ehlo);
    else if (auto* auth = std::get_if<Auth>(&parsed->command)) {
      auto login = co_await auth_.run(std::move(*auth));
      if (login) peer_.login = std::move(login);
    } else if (auto* mail = std::get_if<Mail>(&parsed->command))
      on_mail(std::move(*mail));
    else if (auto* rcpt = std::get_if<Rcpt>(&parsed->command))
      on_rcpt(std::move(*rcpt));
    else if (std::holds_alternative<Data>(parsed->command))
      co_await on_data();
    else if (std::holds_alternative<StartTls>(parsed->command))
      co_await on_starttls();
    else if (std::holds_alternative<Rset>(parsed->command)) {
      reset();
      wire_.answer({250, {2, 0, 0}, "ok"});
    } else if (std::holds_alternative<Noop>(parsed->command))
      wire_.answer({250, {2, 0, 0}, "ok"});
    else if (std::holds_alternative<Vrfy>(parsed->command))
      wire_.answer({252, {2, 5, 0}, "send some mail, it will be tried"});
    else if (std::holds_alternative<Help>(parsed->command))
      wire_.answer({214, {2, 0, 0}, "see RFC 5321"});
    else
      wire_.finish({221, {2, 0, 0}, "bye"});
  }

  std::optional<Reply> illegal_here(const Verb& verb) const {
    if (peer_.helo.empty() && (verb.allowed & before_greeting) == 0) return Reply(503, {5, 5, 1}, "send EHLO first");
    if (peer_.port != Port::mx && !client_.secure() && (verb.allowed & before_tls) == 0)
      return Reply(530, {5, 7, 0}, "must issue a STARTTLS command first");
    if (peer_.port != Port::mx && !peer_.login && (verb.allowed & before_auth) == 0)
      return Reply(530, {5, 7, 0}, "authentication required");
    if (transaction_.open() && (verb.allowed & in_transaction) == 0)
      return Reply(503, {5, 5, 1}, "not inside a transaction; RSET ends it");
    if (!transaction_.open() && (verb.allowed & outside_transaction) == 0)
      return Reply(503, {5, 5, 1}, "send MAIL first");
    return std::nullopt;
  }

  void reset() {
    transaction_.reset();
    wire_.set_utf8(false);
  }

  void on_ehlo(const Ehlo& ehlo) {
    reset();
    peer_.helo = ehlo.name;
    if (!ehlo.extended) {
      wire_.say("250 " + config_.hostname);
      return;
    }
    std::vector<std::string> lines{config_.hostname, "PIPELINING", "SIZE " + std::to_string(config_.message_octets),
                                   "8BITMIME",       "SMTPUTF8",   "ENHANCEDSTATUSCODES"};
    if (!client_.secure() && services_.tls()) lines.emplace_back("STARTTLS");
    if (const auto mechanisms = auth_.offered(); !mechanisms.empty())
      lines.push_back("AUTH " + std::string(mechanisms));
    for (std::size_t i = 0; i < lines.size(); ++i) wire_.say((i + 1 < lines.size() ? "250-" : "250 ") + lines[i]);
  }

  asio::awaitable<void> secure() {
    if (auto secured = co_await client_.accept_tls(services_.tls(), limits::tls_handshake_wait); !secured) {
      log::Event("tls.failed")
          .with("session", peer_.session)
          .with("client", peer_.address)
          .with("why", secured.error().detail);
      wire_.hang_up();
    }
  }

  asio::awaitable<void> on_starttls() {
    if (client_.secure() || !services_.tls()) {
      wire_.answer({503, {5, 5, 1}, client_.secure() ? "TLS is on already" : "TLS is not available"});
      co_return;
    }
    wire_.answer({220, {2, 0, 0}, "go ahead"});
    co_await wire_.flush();
    // Whatever was pipelined behind STARTTLS in clear is dropped with the buffer (RFC 3207 §4.2).
    if (!client_.buffered().empty())
      log::Event("starttls.injection", log::Level::warning)
          .with("session", peer_.session)
          .with("client", peer_.address);
    co_await secure();
    peer_.helo.clear();  // all that was said before is forgotten
    peer_.login.reset();
    reset();
  }

  void on_mail(Mail command) {
    if (messages_ >= limits::messages_per_connection) {
      wire_.finish({421, {4, 7, 0}, "too many messages in one session, connect again"});
      return;
    }
    wire_.set_utf8(command.utf8);
    wire_.answer(transaction_.mail(std::move(command)));
  }

  void on_rcpt(Rcpt command) {
    wire_.answer(transaction_.rcpt(std::move(command)));
    if (transaction_.refused_recipients() >= refused_recipients)
      wire_.finish({421, {4, 7, 0}, "too many unknown recipients, closing"});
  }

  asio::awaitable<void> on_data() {
    if (transaction_.envelope().forward_paths.empty()) {
      wire_.answer({554, {5, 5, 1}, "no valid recipients"});
      co_return;
    }
    // RFC 2920 §3.1: DATA ends a pipeline; what stands behind it cannot be told from commands.
    if (!client_.buffered().empty()) {
      wire_.finish({554, {5, 5, 0}, "data before the go-ahead, closing"});
      co_return;
    }
    auto incoming = Incoming::begin(services_.door, peer_);
    if (!incoming) {
      wire_.answer(status::store_full);
      co_return;
    }
    wire_.say("354 end with <CRLF>.<CRLF>");
    co_await wire_.flush();
    if (wire_.over()) co_return;
    std::optional<Reply> refusal = co_await incoming->read_data(wire_);
    if (wire_.over()) co_return;
    co_await hand_over(*incoming, std::move(refusal));
  }

  /// The octets have ended: the door decides, the client is answered, the transaction is over.
  asio::awaitable<void> hand_over(Incoming& incoming, std::optional<Reply> refusal) {
    auto octets = incoming.finish();
    if (!refusal && !octets) refusal = octets.error().reply;
    if (refusal) {
      log::Event("data.refused").with("session", peer_.session).with("status", format(refusal->enhanced));
      wire_.answer(*refusal);
      reset();
      co_return;
    }
    intake::Arrival arrival{peer_.session,
                            peer_.address,
                            peer_.helo,
                            client_.tls_description(),
                            peer_.direction(),
                            peer_.login,
                            transaction_.envelope(),
                            transaction_.deliveries(),
                            *std::move(octets)};
    auto outcome = co_await services_.door.receive(std::move(arrival));
    if (outcome.reply.positive()) ++messages_;
    wire_.answer(outcome.reply);
    reset();
  }

  net::Connection& client_;
  Services& services_;
  const Config& config_;
  Peer peer_;
  Wire wire_;
  AuthDialogue auth_;
  Transaction transaction_;
  std::size_t bad_commands_ = 0;
  std::uint64_t messages_ = 0;
};
}  // namespace

asio::awaitable<void> serve(std::unique_ptr<net::Connection> client, Port port, Services& services) {
  Session session(*client, port, services);
  co_await session.run();
}

}  // namespace vanthu::smtp
