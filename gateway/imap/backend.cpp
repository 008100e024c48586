// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/backend.hpp"

#include <fstream>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/imap/backend_login.hpp"
#include "gateway/imap/command.hpp"
#include "gateway/net/tls.hpp"

namespace vanthu::imap {

Result<Backend> Backend::read(const Config& config) {
  return make({"imap.backend", config.imap_backend, config.imap_master_user, config.imap_master_password_file,
               config.imap_backend_ca});
}

Result<Backend> Backend::make(const At& at) {
  const auto wrong = [](const std::string& what) { return fail(status::bad_configuration, what); };
  const std::string named = at.key + " = " + at.where;
  const auto endpoint = parse_endpoint(at.where);
  if (!endpoint) return wrong(named + ": " + endpoint.error().detail);
  if (endpoint->scheme != "imap" && endpoint->scheme != "imaps")
    return wrong(named + ": wants imap://HOST:PORT or imaps://HOST:PORT");
  Backend backend{*endpoint, at.master_user, {}, {}};
  std::ifstream file(at.password_file);
  if (!file || !std::getline(file, backend.master_password))
    return wrong(named + ": imap.master-password-file, " + at.password_file + ": cannot be read");
  if (backend.master_password.ends_with('\r')) backend.master_password.pop_back();
  if (!mail::encode(mail::Plain{"", backend.master_user, backend.master_password}))
    return wrong(named +
                 ": imap.master-user and the first line of its password file must not be empty, at most 255 octets");
  const std::string& host = endpoint->at.host;
  if (endpoint->scheme == "imaps") {
    // Whoever answers there gets the master password: without a CA it could be anybody.
    if (at.ca_file.empty()) return wrong(named + ": needs imap.backend-ca");
    auto context = net::client_context(at.ca_file);
    if (!context) return wrong(named + ": imap.backend-ca: " + context.error().detail);
    backend.tls = *std::move(context);
  } else if (host != "localhost" && host != "::1" && !host.starts_with("127.")) {
    log::Event("imap.backend.clear", log::Level::warning)
        .with("backend", at.where)
        .with("hint", "the master password and all mail travel in clear text; use imaps:// and imap.backend-ca");
  }
  return backend;
}

boost::asio::awaitable<Opened> open_mailbox(const Backend& backend, std::string mailbox, std::string client_address,
                                            std::string session) {
  Opened opened;
  mail::Plain plain{std::move(mailbox), backend.master_user, backend.master_password};
  if (!mail::plain_text(plain.authorization)) {
    opened.answer = LoginAnswer::store_refused;
    opened.why = "no mailbox name for SASL";
    co_return opened;
  }
  auto connected = co_await net::Connection::connect(backend.at.at, limits::connect_wait);
  if (!connected) {
    opened.why = connected.error().detail;
    co_return opened;
  }
  auto connection = *std::move(connected);
  if (backend.tls) {
    const auto secured = co_await connection->start_tls(backend.tls, backend.at.at.host, limits::tls_handshake_wait);
    if (!secured) {
      opened.why = "TLS: " + secured.error().detail;
      co_return opened;
    }
  }
  BackendLogin login(std::move(plain), std::move(client_address), std::move(session));
  for (;;) {
    std::string_view input = connection->buffered();
    const std::size_t had = input.size();
    std::string out;
    const auto next = login.feed(input, out);
    connection->consume(had - input.size());
    if (next == BackendLogin::Next::ready) {
      opened.answer = LoginAnswer::accepted;
      opened.capabilities = login.capabilities();
      opened.connection = std::move(connection);
      co_return opened;
    }
    if (next != BackendLogin::Next::read) {
      if (next == BackendLogin::Next::refused) opened.answer = LoginAnswer::store_refused;
      opened.why = login.why();
      co_await connection->close();
      co_return opened;
    }
    if (!out.empty()) {
      const auto written = co_await connection->write(out, limits::imap_backend_wait);
      wipe(out);
      if (!written) {
        opened.why = written.error().detail;
        co_return opened;
      }
    }
    const auto more = co_await connection->read_more(limits::imap_backend_wait);
    if (!more) {
      opened.why = more.error().detail;
      co_return opened;
    }
  }
}

}  // namespace vanthu::imap
