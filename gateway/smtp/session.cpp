// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <set>

#include "gateway/base/base64.hpp"
#include "gateway/base/ids.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/sasl.hpp"
#include "gateway/net/offload.hpp"
#include "gateway/smtp/command.hpp"
#include "gateway/smtp/data.hpp"
#include "gateway/smtp/server.hpp"

namespace vanthu::smtp {
namespace {
namespace asio = boost::asio;

constexpr std::chrono::seconds write_wait{60};
constexpr std::chrono::seconds wrong_password_wait{2};
constexpr std::size_t refused_recipients = 100;  // a client that guesses addresses is sent away

class Session {
 public:
  Session(net::Connection& client, Port port, Services& services)
      : client_(client),
        port_(port),
        services_(services),
        config_(services.door.services().config),
        id_(session_id()) {}

  asio::awaitable<void> run() {
    if (port_ == Port::submissions) {
      if (auto secured = co_await client_.accept_tls(services_.tls(), limits::tls_handshake_wait); !secured) {
        log::Event("tls.failed")
            .with("session", id_)
            .with("client", client_.peer_address())
            .with("why", secured.error().detail);
        co_return;
      }
    }
    log::Event("session.begin", log::Level::debug)
        .with("session", id_)
        .with("client", client_.peer_address())
        .with("port", port_name());
    if (!client_.buffered().empty()) {  // talks before it is spoken to
      answer({554, {5, 5, 0}, "protocol error: client spoke first"});
      co_await flush();
      co_return;
    }
    answer_plain("220 " + config_.hostname + " ESMTP Vanthu");
    while (!over_) {
      auto line = co_await read_line(limits::command_line_octets);
      if (!line) break;
      co_await obey(*line);
      if (bad_commands_ > limits::bad_commands) finish({421, {4, 7, 0}, "too many errors, closing"});
    }
    co_await flush();
    co_await client_.close();
    log::Event("session.end", log::Level::debug).with("session", id_).with("messages", std::uint64_t(messages_));
  }

 private:
  const char* port_name() const {
    return port_ == Port::mx ? "mx" : port_ == Port::submission ? "submission" : "submissions";
  }

  // ---- the wire ----

  void answer_plain(const std::string& line) { output_ += line + "\r\n"; }

  /// RFC 2034: code, enhanced code, words. UTF-8 words only where the client has agreed to them (RFC 6531 §3.7.4 asks
  /// for SMTPUTF8 in the transaction); others get the same sentence without marks.
  void answer(const Reply& reply) {
    std::string words = envelope_.utf8 ? text::nfc(reply.text) : text::to_ascii(reply.text);
    std::replace_if(
        words.begin(), words.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    output_ += std::to_string(reply.code) + ' ' + format(reply.enhanced) + ' ' + words.substr(0, 480) + "\r\n";
  }

  void finish(const Reply& reply) {
    answer(reply);
    over_ = true;
  }

  asio::awaitable<void> flush() {
    if (output_.empty()) co_return;
    const std::string out = std::exchange(output_, {});
    if (auto written = co_await client_.write(out, write_wait); !written) over_ = true;
  }

  /// One line without CRLF. Replies wait until the client's pipeline is empty (RFC 2920 §3.2), then go out in one
  /// write.
  asio::awaitable<Result<std::string>> read_line(std::size_t most) {
    while (true) {
      const std::string_view have = client_.buffered();
      const std::size_t end = have.find('\n');
      if (end != std::string_view::npos) {
        if (end == 0 || have[end - 1] != '\r' || have.substr(0, end - 1).find('\r') != std::string_view::npos) {
          finish({554, {5, 5, 2}, "bare CR or LF, closing"});
          co_return fail(status::bad_line, "bare line end");
        }
        if (end + 1 > most) {
          finish({500, {5, 5, 2}, "line too long, closing"});
          co_return fail(status::bad_line, "line too long");
        }
        std::string line(have.substr(0, end - 1));
        client_.consume(end + 1);
        co_return line;
      }
      if (have.size() > most) {
        finish({500, {5, 5, 2}, "line too long, closing"});
        co_return fail(status::bad_line, "line too long");
      }
      co_await flush();
      if (over_) co_return fail(status::bad_line, "closed");
      if (auto read = co_await client_.read_more(limits::command_wait); !read) {
        if (read.error().reply.code == Status(status::timed_out).code) {
          finish(services_.draining() ? Reply(status::shutting_down) : Reply(status::timed_out));
        }
        co_return read.error();
      }
    }
  }

  // ---- commands ----

  asio::awaitable<void> obey(const std::string& line) {
    if (services_.draining() && !mail_) {
      finish(status::shutting_down);
      co_return;
    }
    auto parsed = parse_line(line);
    if (!parsed) {
      ++bad_commands_;
      log::Event("command.refused", log::Level::debug)
          .with("session", id_)
          .with("status", format(parsed.error().reply.enhanced))
          .with("why", parsed.error().detail);
      const std::string_view verb = std::string_view(line).substr(0, line.find(' '));
      if (verb == "GET" || verb == "POST" || verb == "PUT" || verb == "CONNECT") {  // a browser was sent here
        finish({554, {5, 5, 0}, "this is no web server"});
        co_return;
      }
      answer(parsed.error().reply);
      if (text::ascii_iequals(verb, "BDAT")) over_ = true;  // its octets would be read as commands
      co_return;
    }
    if (const auto refusal = illegal_here(*parsed->verb)) {
      ++bad_commands_;
      answer(*refusal);
      co_return;
    }
    if (auto* ehlo = std::get_if<Ehlo>(&parsed->command))
      on_ehlo(*ehlo);
    else if (auto* auth = std::get_if<Auth>(&parsed->command))
      co_await on_auth(std::move(*auth));
    else if (auto* mail = std::get_if<Mail>(&parsed->command))
      on_mail(std::move(*mail));
    else if (auto* rcpt = std::get_if<Rcpt>(&parsed->command))
      on_rcpt(std::move(rcpt->forward_path));
    else if (std::holds_alternative<Data>(parsed->command))
      co_await on_data();
    else if (std::holds_alternative<StartTls>(parsed->command))
      co_await on_starttls();
    else if (std::holds_alternative<Rset>(parsed->command)) {
      reset();
      answer({250, {2, 0, 0}, "ok"});
    } else if (std::holds_alternative<Noop>(parsed->command))
      answer({250, {2, 0, 0}, "ok"});
    else if (std::holds_alternative<Vrfy>(parsed->command))
      answer({252, {2, 5, 0}, "send some mail, it will be tried"});
    else if (std::holds_alternative<Help>(parsed->command))
      answer({214, {2, 0, 0}, "see RFC 5321"});
    else
      finish({221, {2, 0, 0}, "bye"});
  }

  std::optional<Reply> illegal_here(const Verb& verb) const {
    if (helo_.empty() && (verb.allowed & before_greeting) == 0) return Reply(503, {5, 5, 1}, "send EHLO first");
    if (port_ != Port::mx && !client_.secure() && (verb.allowed & before_tls) == 0)
      return Reply(530, {5, 7, 0}, "must issue a STARTTLS command first");
    if (port_ != Port::mx && !login_ && (verb.allowed & before_auth) == 0)
      return Reply(530, {5, 7, 0}, "authentication required");
    if (mail_ && (verb.allowed & in_transaction) == 0)
      return Reply(503, {5, 5, 1}, "not inside a transaction; RSET ends it");
    if (!mail_ && (verb.allowed & outside_transaction) == 0) return Reply(503, {5, 5, 1}, "send MAIL first");
    return std::nullopt;
  }

  void reset() {
    mail_ = false;
    envelope_ = {};
    deliveries_.clear();
  }

  void on_ehlo(const Ehlo& ehlo) {
    reset();
    helo_ = ehlo.name;
    if (!ehlo.extended) {
      answer_plain("250 " + config_.hostname);
      return;
    }
    std::vector<std::string> lines{config_.hostname, "PIPELINING", "SIZE " + std::to_string(config_.message_octets),
                                   "8BITMIME",       "SMTPUTF8",   "ENHANCEDSTATUSCODES"};
    if (!client_.secure() && services_.tls()) lines.emplace_back("STARTTLS");
    if (port_ != Port::mx && client_.secure() && !login_) lines.emplace_back("AUTH PLAIN LOGIN");
    for (std::size_t i = 0; i < lines.size(); ++i) answer_plain((i + 1 < lines.size() ? "250-" : "250 ") + lines[i]);
  }

  asio::awaitable<void> on_starttls() {
    if (client_.secure() || !services_.tls()) {
      answer({503, {5, 5, 1}, client_.secure() ? "TLS is on already" : "TLS is not available"});
      co_return;
    }
    answer({220, {2, 0, 0}, "go ahead"});
    co_await flush();
    // Whatever was pipelined behind STARTTLS in clear is dropped with the buffer (RFC 3207 §4.2).
    if (!client_.buffered().empty())
      log::Event("starttls.injection", log::Level::warning).with("session", id_).with("client", client_.peer_address());
    if (auto secured = co_await client_.accept_tls(services_.tls(), limits::tls_handshake_wait); !secured) {
      log::Event("tls.failed")
          .with("session", id_)
          .with("client", client_.peer_address())
          .with("why", secured.error().detail);
      over_ = true;
      co_return;
    }
    helo_.clear();  // all that was said before is forgotten
    login_.reset();
    reset();
  }

  // ---- authentication (RFC 4954) ----

  asio::awaitable<std::optional<std::string>> challenge(std::string_view prompt) {
    answer_plain("334 " + base64_encode(prompt));
    auto line = co_await read_line(limits::auth_line_octets);
    if (!line) co_return std::nullopt;
    if (*line == "*") {
      answer({501, {5, 7, 0}, "authentication cancelled"});
      co_return std::nullopt;
    }
    co_return *std::move(line);
  }

  asio::awaitable<void> on_auth(Auth auth) {
    if (port_ == Port::mx || !client_.secure()) {
      answer(status::not_implemented);
      co_return;
    }
    if (login_) {
      answer({503, {5, 5, 1}, "already authenticated"});
      co_return;
    }
    Result<mail::Plain> plain = fail(status::bad_arguments, "not base64");
    if (auth.mechanism == "PLAIN") {
      std::optional<std::string> response = std::move(auth.initial);
      if (!response) response = co_await challenge("");
      if (!response) co_return;
      plain = mail::decode_plain(*response);
    } else if (auth.mechanism == "LOGIN") {
      std::optional<std::string> name = std::move(auth.initial);
      if (!name) name = co_await challenge("Username:");
      if (!name) co_return;
      auto password = co_await challenge("Password:");
      if (!password) co_return;
      const auto login = base64_decode(*name);
      const auto secret = base64_decode(*password);
      if (login && secret) {
        const mail::Plain said{"", *login, *secret};
        if (const auto message = mail::encode(said)) plain = mail::decode_plain(*message);
      }
    } else {
      answer({504, {5, 5, 4}, "mechanism not offered"});
      co_return;
    }
    if (!plain) {
      answer({501, {5, 5, 2}, "malformed authentication data"});
      co_return;
    }
    const auto check = [&] {
      return services_.door.services().directory.authenticate(plain->authentication, plain->password, day_of(now()));
    };
    auto checked = co_await net::offload(services_.slow, check);
    if (checked) {
      login_ = *std::move(checked);
      log::Event("auth.ok", log::Level::debug).with("session", id_).with("user", login_->address);
      answer({235, {2, 7, 0}, "authenticated"});
      co_return;
    }
    log::Event("auth.refused", log::Level::warning)
        .with("session", id_)
        .with("client", client_.peer_address())
        .with("why", checked.error().detail);
    if (checked.error().reply.transient()) {
      answer({454, {4, 7, 0}, "authentication not available now, try again later"});
      co_return;
    }
    asio::steady_timer pause(client_.executor(), wrong_password_wait);
    co_await pause.async_wait(asio::use_awaitable);
    answer({535, {5, 7, 8}, "authentication failed"});
    if (++auth_failures_ >= limits::auth_failures) finish({421, {4, 7, 0}, "too many failed logins, closing"});
  }

  // ---- the transaction ----

  mail::Direction direction() const { return port_ == Port::mx ? mail::Direction::in : mail::Direction::out; }
  const directory::Login* login() const { return login_ ? &*login_ : nullptr; }

  void on_mail(Mail command) {
    envelope_ = {};
    envelope_.utf8 = command.utf8;
    if (messages_ >= limits::messages_per_connection) {
      finish({421, {4, 7, 0}, "too many messages in one session, connect again"});
      return;
    }
    if (command.size && *command.size > config_.message_octets) {
      answer({552, {5, 3, 4}, "message too big: at most " + std::to_string(config_.message_octets) + " octets"});
      return;
    }
    filters::Verdict verdict;
    try {
      verdict = services_.door.services().chain()->judge_reverse_path(direction(), login(), command.reverse_path,
                                                                      day_of(now()));
    } catch (const std::exception& error) {
      log::Event("directory.failed", log::Level::error).with("session", id_).with("why", error.what());
      answer(status::directory_unavailable);
      return;
    }
    if (verdict.action != filters::Action::accept) {
      log_refusal("mail.refused", verdict, command.reverse_path ? mail::format(*command.reverse_path) : "<>");
      answer(verdict.reply);
      return;
    }
    envelope_.reverse_path = std::move(command.reverse_path);
    envelope_.body = command.body;
    mail_ = true;
    answer({250, {2, 1, 0}, "ok"});
  }

  void on_rcpt(mail::Mailbox forward_path) {
    if (forward_path.domain.empty() && !config_.domains.empty()) forward_path.domain = config_.domains.front();
    const bool ascii = std::all_of(forward_path.local_part.begin(), forward_path.local_part.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (!ascii && !envelope_.utf8) {
      answer({553, {5, 6, 7}, "SMTPUTF8 is needed for this address"});
      return;
    }
    if (envelope_.forward_paths.size() >= config_.recipients) {
      answer(status::too_many_recipients);
      return;
    }
    filters::Recipient recipient;
    try {
      recipient =
          services_.door.services().chain()->judge_forward_path(direction(), login(), forward_path, day_of(now()));
    } catch (const std::exception& error) {
      log::Event("directory.failed", log::Level::error).with("session", id_).with("why", error.what());
      answer(status::directory_unavailable);
      return;
    }
    if (recipient.verdict.action != filters::Action::accept || recipient.deliveries.empty()) {
      log_refusal("rcpt.refused", recipient.verdict, mail::format(forward_path));
      answer(recipient.verdict.reply.positive() ? Reply(status::refused) : recipient.verdict.reply);
      if (++refused_recipients_ >= refused_recipients) finish({421, {4, 7, 0}, "too many unknown recipients, closing"});
      return;
    }
    if (std::find(envelope_.forward_paths.begin(), envelope_.forward_paths.end(), forward_path) ==
        envelope_.forward_paths.end()) {
      envelope_.forward_paths.push_back(std::move(forward_path));
      for (mail::Delivery& delivery : recipient.deliveries) {
        // A mailbox that is reached twice (by itself and by a group) gets the letter once.
        const bool known = std::any_of(deliveries_.begin(), deliveries_.end(),
                                       [&](const mail::Delivery& d) { return d.to == delivery.to; });
        if (!known) deliveries_.push_back(std::move(delivery));
      }
    }
    answer({250, {2, 1, 5}, "ok"});
  }

  asio::awaitable<void> on_data() {
    if (envelope_.forward_paths.empty()) {
      answer({554, {5, 5, 1}, "no valid recipients"});
      co_return;
    }
    if (!client_.buffered()
             .empty()) {  // RFC 2920 §3.1: DATA ends a pipeline; what stands behind it cannot be told from commands
      finish({554, {5, 5, 0}, "data before the go-ahead, closing"});
      co_return;
    }
    auto octets = Octets::create();
    if (!octets) {
      answer(status::store_full);
      co_return;
    }
    answer_plain("354 end with <CRLF>.<CRLF>");
    co_await flush();
    if (over_) co_return;
    Held held{services_.door.budget(), 0};
    std::optional<Reply> refusal = co_await read_octets(*octets, held);
    if (over_) co_return;
    if (!refusal)
      if (auto sealed = octets->seal(); !sealed) refusal = sealed.error().reply;
    if (refusal) {
      log::Event("data.refused")
          .with("session", id_)
          .with("status", format(refusal->enhanced))
          .with("octets", std::uint64_t(octets->size()));
      answer(*refusal);
      reset();
      co_return;
    }
    intake::Arrival arrival{id_,
                            client_.peer_address(),
                            helo_,
                            client_.tls_description(),
                            direction(),
                            login_,
                            envelope_,
                            deliveries_,
                            std::make_shared<const Octets>(*std::move(octets))};
    auto outcome = co_await services_.door.receive(std::move(arrival));
    if (outcome.reply.positive()) ++messages_;
    answer(outcome.reply);
    reset();
  }

  /// Octets of the budget that this message holds.
  struct Held {
    intake::Budget& budget;
    std::uint64_t octets;
    ~Held() { budget.give_back(octets); }
  };

  /// Reads up to the final dot. A reply: the message cannot be taken (its octets were read away); over_: the session
  /// ends.
  asio::awaitable<std::optional<Reply>> read_octets(Octets& octets, Held& held) {
    std::optional<Reply> refusal;
    while (true) {
      const DataReader::Piece piece = DataReader::next(client_.buffered());
      switch (piece.step) {
        case DataReader::Step::end:
          client_.consume(piece.taken);
          co_return refusal;
        case DataReader::Step::content:
          if (!refusal && octets.size() + piece.octets.size() > config_.message_octets)
            refusal =
                Reply(552, {5, 3, 4}, "message too big: at most " + std::to_string(config_.message_octets) + " octets");
          if (!refusal && !held.budget.take(piece.octets.size()))
            refusal = Reply(452, {4, 3, 1}, "too much mail at once, try again later");
          if (!refusal) {
            held.octets += piece.octets.size();
            if (auto appended = octets.append(piece.octets); !appended) refusal = appended.error().reply;
          }
          client_.consume(piece.taken);
          break;
        case DataReader::Step::bare:
          log::Event("data.bare-line-end", log::Level::warning)
              .with("session", id_)
              .with("client", client_.peer_address());
          finish({554, {5, 6, 0}, "bare CR or LF in the message, closing (RFC 5321 section 2.3.8)"});
          co_return std::nullopt;
        case DataReader::Step::too_long:
          finish({554, {5, 6, 0}, "line too long, closing (RFC 5321 section 4.5.3.1.6)"});
          co_return std::nullopt;
        case DataReader::Step::more:
          if (auto read = co_await client_.read_more(limits::data_block_wait); !read) {
            log::Event("data.cut").with("session", id_).with("why", read.error().detail);
            if (read.error().reply.code == Status(status::timed_out).code) finish(read.error().reply);
            over_ = true;
            co_return std::nullopt;
          }
          break;
      }
    }
  }

  void log_refusal(const char* event, const filters::Verdict& verdict, const std::string& path) const {
    log::Event(event)
        .with("session", id_)
        .with("client", client_.peer_address())
        .with("user", login_ ? login_->address : "")
        .with("path", path)
        .with("status", format(verdict.reply.enhanced))
        .with("rule", verdict.rule);
  }

  net::Connection& client_;
  Port port_;
  Services& services_;
  const Config& config_;
  std::string id_;

  std::string output_;
  bool over_ = false;
  std::string helo_;
  std::optional<directory::Login> login_;
  bool mail_ = false;  // a transaction is open
  mail::Envelope envelope_;
  std::vector<mail::Delivery> deliveries_;
  std::size_t bad_commands_ = 0, auth_failures_ = 0, refused_recipients_ = 0, messages_ = 0;
};
}  // namespace

asio::awaitable<void> serve(std::unique_ptr<net::Connection> client, Port port, Services& services) {
  Session session(*client, port, services);
  co_await session.run();
}

}  // namespace vanthu::smtp
