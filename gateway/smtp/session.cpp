// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "gateway/base/address.hpp"
#include "gateway/base/ids.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/tls_required.hpp"
#include "gateway/mail/trace.hpp"
#include "gateway/smtp/auth.hpp"
#include "gateway/smtp/command.hpp"
#include "gateway/smtp/greeting.hpp"
#include "gateway/smtp/incoming.hpp"
#include "gateway/smtp/restraint.hpp"
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
        wire_(client, config_, services.draining),
        auth_(wire_, services, peer_),
        restraint_(services.guard, peer_),
        transaction_(services, peer_) {
    peer_.port = port;
    peer_.session = session_id();
    peer_.address = client.peer_address();
  }

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
    greet();
    while (!wire_.over()) {
      auto line = co_await wire_.read_line(limits::command_line_octets);
      if (!line) break;
      auto later = obey(*line);
      if (later) co_await *std::move(later);
      if (bad_commands_ > limits::bad_commands || idle_commands_ > limits::idle_commands)
        wire_.finish({421, {4, 7, 0}, "too many commands that lead nowhere, closing"});
    }
    co_await wire_.flush();
    co_await client_.close();
    log::Event("session.end", log::Level::debug).with("session", peer_.session).with("messages", messages_);
  }

 private:
  using Later = std::optional<asio::awaitable<void>>;  ///< what must wait for the peer or for us; most need not

  void greet() { wire_.say("220 " + config_.hostname + " ESMTP Vanthu"); }
  void ok() { wire_.answer({250, {2, 0, 0}, "ok"}); }

  Later obey(const std::string& line) {
    if (services_.draining() && !transaction_.open()) {
      wire_.finish(status::shutting_down);
      return std::nullopt;
    }
    auto parsed = parse_line(line);
    if (!parsed) {
      misunderstood(line, parsed.error());
      return std::nullopt;
    }
    const auto refusal = illegal_here(*parsed->verb);
    if (refusal) {
      ++bad_commands_;
      if (const auto* chunk = std::get_if<Bdat>(&parsed->command)) return refuse_chunk(chunk->octets, *refusal);
      wire_.answer(*refusal);
      return std::nullopt;
    }
    if (!std::holds_alternative<Rcpt>(parsed->command)) ++idle_commands_;
    return std::visit([&](auto& command) -> Later { return on(command); }, parsed->command);
  }

  void misunderstood(const std::string& line, const Error& error) {
    ++bad_commands_;
    log::Event("command.refused", log::Level::debug)
        .with("session", peer_.session)
        .with("status", format(error.reply.enhanced))
        .with("why", error.detail);
    const std::string_view verb = std::string_view(line).substr(0, line.find(' '));
    if (verb == "GET" || verb == "POST" || verb == "PUT" || verb == "CONNECT") {  // a browser was sent here
      wire_.finish({554, {5, 5, 0}, "this is no web server"});
      return;
    }
    wire_.answer(error.reply);
    if (text::ascii_iequals(verb, "BDAT")) wire_.hang_up();  // nobody knows how many of its octets follow
  }

  std::optional<Reply> illegal_here(const Verb& verb) const {
    if (peer_.helo.empty() && (verb.allowed & before_greeting) == 0) return Reply(503, {5, 5, 1}, "send EHLO first");
    if (peer_.port != Port::mx && !client_.secure() && (verb.allowed & before_tls) == 0)
      return Reply(530, {5, 7, 0}, "must issue a STARTTLS command first");
    if (peer_.port != Port::mx && !peer_.login && (verb.allowed & before_auth) == 0)
      return Reply(530, {5, 7, 0}, "authentication required");
    if (chunks_) {
      if ((verb.allowed & in_chunks) == 0)
        return Reply(503, {5, 5, 1}, "only BDAT may go on now (RFC 3030); RSET ends the transaction");
      return std::nullopt;
    }
    if (transaction_.open() && (verb.allowed & in_transaction) == 0)
      return Reply(503, {5, 5, 1}, "not inside a transaction; RSET ends it");
    if (!transaction_.open() && (verb.allowed & outside_transaction) == 0)
      return Reply(503, {5, 5, 1}, "send MAIL first");
    return std::nullopt;
  }

  void reset() {
    transaction_.reset();
    chunks_.reset();
    wire_.set_utf8(false);
  }

  // ---- one overload for each command ----

  Later on(Ehlo& ehlo) {
    reset();
    peer_.helo = told_helo_.empty() ? std::move(ehlo.name) : told_helo_;
    peer_.extended = ehlo.extended;
    if (!ehlo.extended) {
      wire_.say("250 " + config_.hostname);
      return std::nullopt;
    }
    const bool clear = !client_.secure() && services_.tls(peer_.port);
    const auto lines = greeting(services_, peer_, {client_.secure(), clear, may_speak_for_others(), auth_.offered()});
    for (std::size_t i = 0; i < lines.size(); ++i) wire_.say((i + 1 < lines.size() ? "250-" : "250 ") + lines[i]);
    return std::nullopt;
  }

  Later on(Mail& command) {
    if (messages_ >= limits::messages_per_connection) {
      wire_.finish({421, {4, 7, 0}, "too many messages in one session, connect again"});
      return std::nullopt;
    }
    if (const auto later = restraint_.message()) {
      wire_.answer(*later);
      return std::nullopt;
    }
    wire_.set_utf8(command.utf8);
    wire_.answer(transaction_.mail(std::move(command), client_.secure()));
    return std::nullopt;
  }

  Later on(Rcpt& command) {
    if (const auto later = restraint_.recipient()) {
      wire_.answer(*later);
      return std::nullopt;
    }
    const Reply reply = transaction_.rcpt(std::move(command));
    if (restraint_.tempers(reply)) return temper(reply);
    wire_.answer(reply);
    if (transaction_.refused_recipients() >= refused_recipients)
      wire_.finish({421, {4, 7, 0}, "too many refused recipients, closing"});
    return std::nullopt;
  }

  Later on(Auth& command) { return authenticate(std::move(command)); }
  Later on(StartTls&) { return start_tls(); }

  Later on(Data&) {
    if (transaction_.envelope().body == mail::Envelope::Body::binary) {
      wire_.answer({503, {5, 5, 1}, "BODY=BINARYMIME goes with BDAT (RFC 3030)"});
      return std::nullopt;
    }
    if (transaction_.envelope().forward_paths.empty()) {
      wire_.answer({554, {5, 5, 1}, "no valid recipients"});
      return std::nullopt;
    }
    // RFC 2920 §3.1: DATA ends a pipeline; what stands behind it cannot be told from commands.
    if (!client_.buffered().empty()) {
      wire_.finish({554, {5, 5, 0}, "data before the go-ahead, closing"});
      return std::nullopt;
    }
    return read_data();
  }

  Later on(Bdat& chunk) {
    idle_commands_ = 0;
    if (transaction_.envelope().forward_paths.empty())
      return refuse_chunk(chunk.octets, {554, {5, 5, 1}, "no valid recipients"});
    return read_chunk(chunk);
  }

  Later on(Rset&) {
    reset();
    ok();
    return std::nullopt;
  }
  Later on(Noop&) {
    ok();
    return std::nullopt;
  }
  Later on(Vrfy&) {
    wire_.answer({252, {2, 5, 0}, "send some mail, it will be tried"});
    return std::nullopt;
  }
  Later on(Help&) {
    wire_.answer({214, {2, 0, 0}, "see RFC 5321"});
    return std::nullopt;
  }
  Later on(Quit&) {
    wire_.finish({221, {2, 0, 0}, "bye"});
    return std::nullopt;
  }

  // ---- who is there ----

  bool may_speak_for_others() const {
    if (config_.xclient_hosts.empty()) return false;
    const auto networks = parse_networks(config_.xclient_hosts);
    const auto client = parse_ip(client_.peer_address());
    return networks && client && contains(*networks, *client);
  }

  /// Another client is at the other end from now on, and the session begins anew (Postfix's XCLIENT).
  Later on(XClient& said) {
    if (!may_speak_for_others()) {
      wire_.answer({550, {5, 7, 0}, "XCLIENT is for named hosts"});
      return std::nullopt;
    }
    log::Event("session.xclient")
        .with("session", peer_.session)
        .with("client", client_.peer_address())
        .with("for", said.address.value_or(""))
        .with("login", said.login.value_or(""));
    if (said.address) peer_.address = said.address->empty() ? client_.peer_address() : *said.address;
    if (said.name) peer_.name = *said.name;
    if (said.helo) told_helo_ = *said.helo;
    peer_.helo.clear();
    peer_.login.reset();
    reset();
    greet();
    return std::nullopt;
  }

  /// Who guesses recipients waits for the answer, and in the end is sent away.
  asio::awaitable<void> temper(Reply judged) {
    const Reply reply = co_await restraint_.temper(judged, client_.executor());
    if (reply.code == 421)
      wire_.finish(reply);
    else
      wire_.answer(reply);
  }

  asio::awaitable<void> authenticate(Auth command) {
    auto login = co_await auth_.run(std::move(command));
    if (login) peer_.login = std::move(login);
  }

  asio::awaitable<void> secure() {
    if (auto secured = co_await client_.accept_tls(services_.tls(peer_.port), limits::tls_handshake_wait); !secured) {
      log::Event("tls.failed")
          .with("session", peer_.session)
          .with("client", peer_.address)
          .with("why", secured.error().detail);
      wire_.hang_up();
    }
  }

  asio::awaitable<void> start_tls() {
    if (client_.secure() || !services_.tls(peer_.port)) {
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

  // ---- the octets ----

  asio::awaitable<void> read_data() {
    auto incoming = Incoming::begin(services_.door, peer_);
    if (!incoming) {
      wire_.answer(status::store_full);
      co_return;
    }
    // A chunk (BDAT) asks for no leave and has none to wait for.
    intake::Gate::Place place = co_await services_.door.gate().enter();
    wire_.say("354 end with <CRLF>.<CRLF>");
    co_await wire_.flush();
    if (wire_.over()) co_return;
    std::optional<Reply> refusal = co_await incoming->read_data(wire_);
    if (wire_.over()) co_return;
    place.received();
    std::optional<intake::Gate::Place> held(std::move(place));
    co_await hand_over(*incoming, std::move(refusal), std::move(held));
  }

  /// RFC 3030 §2. A chunk that fails ends the transaction; those of it that are under way already are read away, each
  /// answered, because there is no transaction any more.
  asio::awaitable<void> read_chunk(Bdat chunk) {
    if (!chunks_) {
      auto incoming = Incoming::begin(services_.door, peer_);
      if (!incoming) {
        co_await refuse_chunk(chunk.octets, status::store_full);
        reset();
        co_return;
      }
      chunks_.emplace(*std::move(incoming));
    }
    const bool binary = transaction_.envelope().body == mail::Envelope::Body::binary;
    std::optional<Reply> refusal = co_await chunks_->read_chunk(wire_, chunk, binary);
    if (wire_.over()) co_return;
    if (refusal || chunk.last) {
      co_await hand_over(*chunks_, std::move(refusal), std::nullopt);
      co_return;
    }
    wire_.answer({250, {2, 0, 0}, std::to_string(chunk.octets) + " octets received"});
  }

  asio::awaitable<void> refuse_chunk(std::uint64_t octets, Reply refusal) {
    // Who may not send mail yet is not read for: a stranger could keep us busy with 4 GiB of nothing.
    const bool stranger = peer_.helo.empty() || (peer_.port != Port::mx && !peer_.login);
    if (octets > 0 && stranger) {
      wire_.finish(refusal);
      co_return;
    }
    co_await read_away(wire_, config_, octets);
    if (!wire_.over()) wire_.answer(refusal);
  }

  /// The octets have ended: the door decides, the client is answered, the transaction is over.
  asio::awaitable<void> hand_over(Incoming& incoming, std::optional<Reply> refusal,
                                  std::optional<intake::Gate::Place> place) {
    idle_commands_ = 0;
    const std::uint64_t size = incoming.size();
    auto octets = incoming.finish();
    if (!refusal && !octets) refusal = octets.error().reply;
    std::vector<std::optional<Reply>> objections;
    if (!refusal) {
      objections = transaction_.objections((*octets)->view());
      const bool all = std::all_of(objections.begin(), objections.end(), [](const auto& o) { return o.has_value(); });
      const auto first =
          std::find_if(objections.begin(), objections.end(), [](const auto& o) { return o.has_value(); });
      // Without PRDR there is one answer for all, and accepting for some would be a bounce for the others.
      if (first != objections.end() && (all || !transaction_.per_recipient())) refusal = **first;
    }
    if (refusal) {
      log::Event("data.refused")
          .with("session", peer_.session)
          .with("status", format(refusal->enhanced))
          .with("octets", size);
      wire_.answer(*refusal);
      reset();
      co_return;
    }
    intake::Arrival arrival{
        peer_.session,
        peer_.address,
        peer_.helo,
        client_.tls_description(),
        peer_.direction(),
        peer_.login,
        {},
        {},
        *std::move(octets),
        peer_.name,
        mail::with_protocol(peer_.extended, transaction_.envelope().utf8, client_.secure(), peer_.login.has_value())};
    transaction_.take(objections, arrival.envelope, arrival.deliveries);
    mail::Envelope& envelope = arrival.envelope;  // RFC 8689 §4.1: the parameter goes before the field
    envelope.tls_optional = !envelope.require_tls && mail::tls_not_required(arrival.octets->view());
    if (place) arrival.place.emplace(*std::move(place));
    if (transaction_.per_recipient()) wire_.say("353 looking into it");
    auto taken = transaction_.slip() ? services_.decisions->answer(std::move(arrival), *transaction_.slip())
                                     : services_.door.receive(std::move(arrival));
    auto outcome = co_await std::move(taken);
    if (outcome.reply.positive()) ++messages_;
    restraint_.octets(size);
    if (transaction_
            .per_recipient()) {  // draft-hall-prdr-00 §4.5: one for each RCPT that was accepted, then one for all
      for (const auto& objection : objections) wire_.answer(objection ? *objection : outcome.reply);
    }
    wire_.answer(outcome.reply);
    reset();
  }

  net::Connection& client_;
  Services& services_;
  const Config& config_;
  Peer peer_;
  std::string told_helo_;  // XCLIENT's, instead of what EHLO says
  Wire wire_;
  AuthDialogue auth_;
  Restraint restraint_;
  Transaction transaction_;
  std::optional<Incoming> chunks_;  // between the first BDAT and the last
  std::size_t bad_commands_ = 0, idle_commands_ = 0;
  std::uint64_t messages_ = 0;
};
}  // namespace

asio::awaitable<void> serve(std::unique_ptr<net::Connection> client, Port port, Services& services) {
  Session session(*client, port, services);
  co_await session.run();
}

}  // namespace vanthu::smtp
