// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "gateway/base/config.hpp"
#include "gateway/imap/greeter.hpp"
#include "gateway/net/connection.hpp"

namespace vanthu::imap {

/// The mail store behind us and how we log in there. Read once at the start (and at SIGHUP), then shared by all
/// sessions, unchanged.
struct Backend {
  Endpoint at;
  std::string master_user, master_password;
  net::TlsContext tls;  ///< set: imaps://

  /// What a configuration says of one store.
  struct At {
    std::string key{};    ///< for errors: "imap.backend"
    std::string where{};  ///< imap://HOST:PORT or imaps://HOST:PORT
    std::string master_user{}, password_file{};
    std::string ca_file{};  ///< PEM; imaps wants one
  };
  /// @par Errors  bad_configuration naming the key, the file and what is wrong
  static Result<Backend> make(const At& at);
  /// Takes imap.backend, imap.master-user, imap.master-password-file and imap.backend-ca from the configuration; the
  /// password is the file's first line.
  /// @par Errors  bad_configuration naming the key, the file and what is wrong
  static Result<Backend> read(const Config& config);
};

/// A session at the mail store, logged in.
struct Opened {
  LoginAnswer answer = LoginAnswer::store_down;  ///< accepted, store_down or store_refused
  std::unique_ptr<net::Connection> connection;   ///< of accepted
  std::string capabilities;                      ///< the store's own list
  std::string why;                               ///< of the others, for the log
};
boost::asio::awaitable<Opened> open_mailbox(const Backend& backend, std::string mailbox, std::string client_address,
                                            std::string session);

}  // namespace vanthu::imap
