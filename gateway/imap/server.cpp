// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/server.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "gateway/base/address.hpp"
#include "gateway/base/clock.hpp"
#include "gateway/base/ids.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/imap/admission.hpp"
#include "gateway/imap/capability.hpp"
#include "gateway/imap/mailbox_desk.hpp"
#include "gateway/imap/relay.hpp"
#include "gateway/net/client_certificate.hpp"
#include "gateway/net/offload.hpp"

namespace vanthu::imap {
namespace {
namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using namespace asio::experimental::awaitable_operators;

constexpr std::string_view shutting_down = "* BYE [UNAVAILABLE] the gateway restarts, try again\r\n";
constexpr std::string_view too_slow = "* BYE too slow\r\n";

/// A password may come in clear text by that wire. A balancer must be trusted so, and the client that it names too:
/// else a host that is named like ours there would do.
Greeter::Wire wire_of(const net::Connection& client, bool implicit_tls, const Config& config) {
  if (implicit_tls) return Greeter::Wire::tls;
  const auto trusted = parse_networks(config.imap_plaintext_from);
  const auto neighbour = parse_ip(client.neighbour_address()), peer = parse_ip(client.peer_address());
  const bool both = trusted && neighbour && peer && contains(*trusted, *neighbour) && contains(*trusted, *peer);
  return both ? Greeter::Wire::trusted : Greeter::Wire::clear;
}

class Session {
 public:
  Session(std::unique_ptr<net::Connection> client, bool implicit_tls, Services& services)
      : client_(std::move(client)),
        implicit_tls_(implicit_tls),
        services_(services),
        id_(session_id()),
        welcome_(std::make_unique<Welcome>(
            Welcome{Greeter(wire_of(*client_, implicit_tls, services.config),
                            !implicit_tls && services.tls() != nullptr, services.config.hostname),
                    {}})) {}

  asio::awaitable<void> run();

 private:
  asio::awaitable<bool> say(std::string octets);
  asio::awaitable<bool> hear();
  asio::awaitable<bool> secure();
  asio::awaitable<void> until_draining();
  bool attempt(std::string_view user, std::string& out, Greeter::Next& next);
  bool seat(const directory::Login& login, std::string& out, Greeter::Next& next);
  Greeter::Next find_keys(std::string& out);
  Admission by_proof(const LoginRequest& request);
  asio::awaitable<Greeter::Next> log_in(std::string& out);
  asio::awaitable<LoginAnswer> open_archive(const Admission& admission, std::string& why);
  bool wants_archive(std::string_view& user) const;
  asio::awaitable<void> carry();
  intake::Filer filer() const;
  LetterOpened opened();
  Reopen again();
  asio::awaitable<Reopened> reopen();
  void sign(log::Event& event) const;
  void closed(std::string_view why, std::uint64_t in, std::uint64_t out) const;

  std::unique_ptr<net::Connection> client_;
  bool implicit_tls_;
  Services& services_;
  std::string id_;
  /// What is needed until somebody has logged in; idle sessions do without.
  struct Welcome {
    Greeter greeter;
    directory::Directory::ScramLogin scram;  // of the login under way
  };
  std::unique_ptr<Welcome> welcome_;
  Clock::time_point started_ = Clock::now();
  RelayNames names_;
  std::optional<guard::Guard::Attempt> attempt_;  // of the login under way
  std::unique_ptr<net::Connection> store_;
  std::unique_ptr<ArchiveDoor::Visit> visit_;  // instead of store_
  ClientGate::Options gate_;
  StoreGifts gifts_;
  std::size_t capabilities_ = 0;  // hash of the store's
  directory::Login login_;
  directory::Proof proof_;                  // it was proven by
  std::optional<guard::Seats::Seat> seat_;  // of who has logged in
  std::string why_;
};

asio::awaitable<bool> Session::say(std::string octets) {
  if (octets.empty()) co_return true;
  const auto written = co_await client_->write(octets, limits::imap_prelogin_wait);
  if (!written) why_ = written.error().detail;
  co_return bool(written);
}

/// Waits for octets of a client that is not logged in, and says BYE when it waits in vain.
asio::awaitable<bool> Session::hear() {
  const auto until = std::min(Clock::now() + limits::imap_prelogin_wait, started_ + limits::imap_prelogin_total_wait);
  for (;;) {
    if (services_.draining()) {
      why_ = "shutting down";
      co_await say(std::string(shutting_down));
      co_return false;
    }
    const auto now = Clock::now();
    if (now >= until) {
      why_ = "too slow";
      co_await say(std::string(too_slow));
      co_return false;
    }
    // Short waits of our own, so that a stop is seen; the connection's deadline would end it for good.
    asio::steady_timer pause(client_->executor(), std::min<Clock::duration>(limits::imap_watch_period, until - now));
    const auto first =
        co_await (client_->read_more(2 * limits::imap_prelogin_wait) || pause.async_wait(asio::use_awaitable));
    if (first.index() == 1) continue;
    const auto& more = std::get<0>(first);
    if (!more) why_ = more.error().detail;
    co_return bool(more);
  }
}

asio::awaitable<bool> Session::secure() {
  const auto context = services_.tls();
  if (!context) {
    why_ = "no certificate";
    co_return false;
  }
  const auto secured = co_await client_->accept_tls(context, limits::tls_handshake_wait);
  if (!secured) why_ = "TLS: " + secured.error().detail;
  mail::SaslOffer offer;
  offer.certificate = client_->peer_certificate().has_value();
  for (const char* type : {"tls-exporter", "tls-server-end-point", "tls-unique"})
    if (auto data = client_->channel_binding(type)) offer.bindings.push_back({type, *std::move(data)});
  welcome_->greeter.set_offer(std::move(offer));
  co_return bool(secured);
}

asio::awaitable<void> Session::run() {
  if (implicit_tls_ && !co_await secure()) {
    closed(why_, 0, 0);
    co_return;
  }
  // Apart from the co_await: g++ 12 destroys the temporaries of a conditional inside one twice.
  std::string greeting = services_.draining() ? std::string(shutting_down) : welcome_->greeter.greeting();
  bool going = co_await say(std::move(greeting));
  if (services_.draining()) {
    why_ = "shutting down";
    going = false;
  }
  while (going && !store_ && !visit_) {
    std::string_view input = client_->buffered();
    const std::size_t had = input.size();
    std::string out;
    auto next = welcome_->greeter.feed(input, out);
    client_->consume(had - input.size());
    if (next == Greeter::Next::keys) next = find_keys(out);
    if (next == Greeter::Next::log_in) next = co_await log_in(out);
    going = co_await say(std::move(out)) && next != Greeter::Next::close;
    if (next == Greeter::Next::close && why_.empty()) why_ = "before login";
    if (!going || store_ || visit_) break;
    if (next == Greeter::Next::start_tls) {
      going = co_await secure();  // what was read in clear is gone with the handshake
      welcome_->greeter.tls_started();
    }
    going = going && co_await hear();
  }
  if (going && (store_ || visit_)) {
    welcome_.reset();
    co_await carry();
  } else {
    closed(why_, 0, 0);
  }
  co_await client_->close();
}

/// As soon as a session notices a drain.
asio::awaitable<void> Session::until_draining() {
  asio::steady_timer pause(client_->executor());
  while (!services_.draining()) {
    pause.expires_after(limits::imap_watch_period);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

/// Whether that name may be tried now; if not, the client is told so, and `next` is what comes then.
bool Session::attempt(std::string_view user, std::string& out, Greeter::Next& next) {
  auto admitted = services_.guard.login(services_.guard.client(client_->peer_address()), user);
  attempt_ = std::move(admitted.attempt);
  if (attempt_) return true;
  log::Event event("imap.held-back", log::Level::debug);
  sign(event);
  event.with("why", admitted.refusal.limit);
  next = welcome_->greeter.refuse("NO [LIMIT] " + admitted.refusal.reply.text, out);
  return false;
}

/// Whether a name asks for the archive; then `user` is the name without that word.
bool Session::wants_archive(std::string_view& user) const {
  if (services_.archive == nullptr || !user.ends_with(archive_suffix)) return false;
  user.remove_suffix(archive_suffix.size());
  return true;
}

/// Whether one who has logged in may have one more session, and read; if not, as attempt().
bool Session::seat(const directory::Login& login, std::string& out, Greeter::Next& next) {
  const guard::Client client = services_.guard.client(client_->peer_address());
  const guard::Account account{login.address, login.unit};
  auto refusal = services_.guard.reading(client, account);
  if (!refusal) {
    auto seated = services_.guard.session(client, account);
    refusal = std::move(seated.refusal);
    if (seated.seat) seat_.emplace(*std::move(seated.seat));
  }
  if (!refusal) return true;
  log::Event event("imap.held-back");
  sign(event);
  event.with("user", login.address).with("why", refusal->limit);
  next = welcome_->greeter.refuse("NO [LIMIT] " + refusal->reply.text, out);
  return false;
}

/// SCRAM has named its user.
Greeter::Next Session::find_keys(std::string& out) {
  auto next = Greeter::Next::read;
  std::string_view user = welcome_->greeter.keys_of();
  (void)wants_archive(user);
  if (!attempt(user, out, next)) return next;
  auto found = services_.directory.scram(user, day_of(now()));
  if (!found) return welcome_->greeter.answer(LoginAnswer::directory_down, "", out);
  welcome_->scram = *std::move(found);
  return welcome_->greeter.keys(welcome_->scram.keys, out);
}

/// Who has shown a certificate, or proven to know the password.
Admission Session::by_proof(const LoginRequest& request) {
  Admission admission;
  if (request.proof == LoginRequest::Proof::certificate) {
    const auto shown = client_->peer_certificate();
    if (!shown) return admission;
    const std::shared_ptr<net::ClientCertificate> certificate = net::ClientCertificate::shown(client_->tls_session());
    directory::Proof proof;
    proof.lapsed = [certificate, &tls = services_.tls] { return certificate->lapsed(tls(), now()); };
    if (!directory::lapsed(proof).empty()) return admission;  // a ticket has brought it here
    std::vector<std::string> names{"sha256:" + shown->fingerprint, shown->subject};
    names.insert(names.end(), shown->emails.begin(), shown->emails.end());
    const auto login = services_.directory.by_certificate(names, request.mailbox, day_of(now()));
    if (login) {
      proof.certificate = std::move(names);
      admission = admit(services_.directory, *login, {}, day_of(now()));
      admission.proof = std::move(proof);
      return admission;
    }
    if (login.error().reply.transient()) admission.answer = LoginAnswer::directory_down;
    return admission;
  }
  if (request.proof == LoginRequest::Proof::scram_right && welcome_->scram.login) {
    const directory::Login& login = *welcome_->scram.login;
    admission = admit(services_.directory, login, request.mailbox, day_of(now()));
    admission.proof = directory::proof_by_password(services_.directory, login.address, {}, day_of(now()));
  }
  return admission;
}

asio::awaitable<Greeter::Next> Session::log_in(std::string& out) {
  using Proof = LoginRequest::Proof;
  auto request = welcome_->greeter.take_login();
  const std::string claimed = request.user;
  // A certificate names nobody: who wants the archive by it says so in the authorization identity.
  std::string_view user = request.user, mailbox = request.mailbox;
  const bool by_user = wants_archive(user), by_mailbox = wants_archive(mailbox);
  const bool archive = by_user || by_mailbox;
  request.user = std::string(user);
  request.mailbox = std::string(mailbox);
  const bool scram = request.proof == Proof::scram_right || request.proof == Proof::scram_wrong;
  auto next = Greeter::Next::read;
  std::string counted = request.user;
  if (request.proof == Proof::certificate) counted = "a certificate";
  if (!scram && !attempt(counted, out, next)) co_return next;
  Admission admission;
  if (request.proof == Proof::password) {
    const auto decide = [&] { return admit(services_.directory, request, day_of(now())); };
    admission = co_await net::offload(services_.slow, decide);
  } else {
    admission = by_proof(request);
  }
  if (attempt_ && (admission.answer == LoginAnswer::accepted || admission.answer == LoginAnswer::not_allowed))
    attempt_->succeeded();
  if (attempt_ && admission.answer == LoginAnswer::wrong) {
    attempt_->failed(request.password);
    asio::steady_timer pause(client_->executor(), limits::wrong_login_wait);
    co_await pause.async_wait(asio::use_awaitable);
  }
  attempt_.reset();
  wipe(request.password);
  if (admission.answer == LoginAnswer::accepted && !seat(admission.login, out, next)) co_return next;
  LoginAnswer answer = admission.answer;
  std::string why, capabilities;
  if (answer == LoginAnswer::accepted && archive) {
    answer = co_await open_archive(admission, why);
    if (answer == LoginAnswer::accepted) names_ = {id_, admission.user, std::string(archive_suffix)};
  } else if (answer == LoginAnswer::accepted) {
    const auto stores = services_.stores();
    const Backend& backend = stores->of(admission.mailbox, admission.unit);
    auto first = co_await (open_mailbox(backend, admission.mailbox, client_->peer_address(), id_) || until_draining());
    Opened opened;
    if (first.index() == 0)
      opened = std::get<0>(std::move(first));
    else
      opened.why = "shutting down";  // a store that hangs must not hold the client until it is cut off
    answer = opened.answer;
    why = std::move(opened.why);
    store_ = std::move(opened.connection);
    capabilities = std::move(opened.capabilities);
  }
  if (visit_) {
    log::Event event("imap.login");
    sign(event);
    event.with("user", admission.user).with("mailbox", archive_suffix).with("tls", client_->tls_description());
    co_return welcome_->greeter.answer(answer, services_.archive->capabilities(), out);
  }
  if (answer == LoginAnswer::accepted) {
    names_ = {id_, admission.user, admission.mailbox};
    gifts_ = gifts_of(capabilities);
    capabilities_ = std::hash<std::string>{}(capabilities);
    gate_ = {services_.config.message_octets, gifts_.non_sync, has_capability(capabilities, "REPLACE")};
    login_ = admission.login;
    proof_ = std::move(admission.proof);
    log::Event event("imap.login");
    sign(event);
    event.with("user", admission.user)
        .with("mailbox", admission.mailbox)
        .with("right", admission.because)
        .with("tls", client_->tls_description());
  } else {
    static constexpr std::array<std::string_view, 7> reasons{"",
                                                             "wrong user or password",
                                                             "mailbox not allowed",
                                                             "directory unavailable",
                                                             "store unavailable",
                                                             "store refused the mailbox",
                                                             "archive unavailable"};
    const bool ours = answer != LoginAnswer::wrong && answer != LoginAnswer::not_allowed;
    log::Event refused("imap.refused", ours ? log::Level::error : log::Level::warning);
    sign(refused);
    refused.with("user", claimed).with("why", reasons[static_cast<std::size_t>(answer)]);
    if (!admission.mailbox.empty()) refused.with("mailbox", admission.mailbox);
    if (!why.empty()) refused.with("detail", why);
    client_->consume(client_->buffered().size());  // sent on the guess that the login succeeds
  }
  co_return welcome_->greeter.answer(answer, filter_capabilities(capabilities, gate_.message_octets), out);
}

/// The archive is opened in one's own name only.
asio::awaitable<LoginAnswer> Session::open_archive(const Admission& admission, std::string& why) {
  if (admission.mailbox != admission.user) co_return LoginAnswer::not_allowed;
  const auto admit = [&] { return services_.archive->admit(admission.login, id_, admission.proof); };
  auto visit = co_await net::offload(services_.slow, admit);
  if (!visit) {
    why = visit.error().detail;
    co_return visit.error().reply == Reply(status::refused) ? LoginAnswer::not_allowed : LoginAnswer::archive_down;
  }
  visit_ = *std::move(visit);
  co_return LoginAnswer::accepted;
}

intake::Filer Session::filer() const {
  return {id_, client_->peer_address(), client_->tls_description(), login_, names_.mailbox};
}

LetterOpened Session::opened() {
  if (!services_.opened) return {};
  return [this](std::string_view field) { services_.opened(field, names_.mailbox, names_.user); };
}

Reopen Session::again() {
  Reopen again;
  again.open = [this] { return reopen(); };
  return again;
}

asio::awaitable<void> Session::carry() {
  if (visit_) {
    const RelayEnd ended = co_await visit_->serve(*client_);
    closed(ended.why, ended.from_client, ended.to_client);
    co_return;
  }
  MailboxDesk desk(services_.append, services_.guard, filer(), proof_, gifts_);
  // Made before it is awaited: what is given to it must not lie in this frame, too, as long as the session lasts.
  auto going = relay(*client_, store_, gate_, names_, desk, services_.draining, opened(), again());
  const RelayEnd end = co_await std::move(going);
  closed(end.why, end.from_client, end.to_client);
  co_await store_->close();
}

/// Another session at the store for who has logged in before: the login must be good today, and the right to the
/// mailbox is asked for again.
asio::awaitable<Reopened> Session::reopen() {
  Reopened again;
  const Admission admission = admit_again(services_.directory, login_, proof_, names_.mailbox, day_of(now()));
  if (admission.answer != LoginAnswer::accepted) {
    again.never = admission.answer != LoginAnswer::directory_down;
    again.why = admission.answer == LoginAnswer::not_allowed ? "mailbox not allowed any more" : admission.because;
    co_return again;
  }
  const auto stores = services_.stores();
  const Backend& backend = stores->of(admission.mailbox, admission.unit);
  Opened opened = co_await open_mailbox(backend, admission.mailbox, client_->peer_address(), id_);
  again.why = std::move(opened.why);
  // The client and our own filters go by what the store could.
  if (opened.connection && std::hash<std::string>{}(opened.capabilities) != capabilities_) {
    again.never = true;
    again.why = "the store has other capabilities now";
    co_await opened.connection->close();
    co_return again;
  }
  again.connection = std::move(opened.connection);
  co_return again;
}

void Session::sign(log::Event& event) const { event.with("session", id_).with("client", client_->peer_address()); }

void Session::closed(std::string_view why, std::uint64_t in, std::uint64_t out) const {
  log::Event event("imap.closed");
  sign(event);
  if (!names_.user.empty()) event.with("user", names_.user).with("mailbox", names_.mailbox);
  const auto lasted = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_);
  event.with("octets_in", in)
      .with("octets_out", out)
      .with("ms", static_cast<std::int64_t>(lasted.count()))
      .with("why", why);
}
}  // namespace

asio::awaitable<void> serve(std::unique_ptr<net::Connection> client, bool implicit_tls, Services& services) {
  Session session(std::move(client), implicit_tls, services);
  co_await session.run();
}

}  // namespace vanthu::imap
