// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/imap/command.hpp"
#include "gateway/imap/tokenizer.hpp"
#include "gateway/mail/sasl_server.hpp"

namespace vanthu::imap {

/// Who wants in. Holds a password: pass it on by move, wipe it, never log it.
struct LoginRequest {
  std::string user;     ///< who logs in; empty: the certificate says so
  std::string mailbox;  ///< which mailbox to open; empty: one's own
  std::string password;
  enum class Proof : std::uint8_t {
    password,     ///< to be checked
    scram_right,  ///< proven against the keys that were given
    scram_wrong,
    certificate  ///< the one of the connection
  } proof = Proof::password;
};

enum class LoginAnswer : std::uint8_t {
  accepted,
  wrong,           ///< unknown, wrong password, closed: a peer cannot tell which
  not_allowed,     ///< right password, but not that mailbox
  directory_down,  ///< cannot be checked now
  store_down,      ///< the mail store does not answer, or answers nonsense
  store_refused,   ///< the mail store does not open that mailbox for us
  archive_down     ///< the archive's folders are being made, or cannot be read
};

/// The dialogue before login (RFC 9051 §6.1, §6.2), without socket, clock or directory: octets in, replies out, and
/// word when somebody else has to act. Everything is small here: see limits::imap_prelogin_…; at a bound the client
/// gets BYE or BAD.
class Greeter {
 public:
  enum class Next : std::uint8_t {
    read,       ///< give me more octets
    start_tls,  ///< send the replies, discard all input, shake hands, then tls_started()
    keys,       ///< look up what keys_of() wants and give it to keys()
    log_in,     ///< take_login(), check it, then answer()
    close       ///< send the replies and close
  };
  enum class Wire : std::uint8_t {
    tls,     ///< TLS runs
    clear,   ///< it does not: no password is taken
    trusted  ///< it does not, and need not: whoever reads that wire knows the passwords anyway
  };
  /// @param offer_tls  STARTTLS is possible
  Greeter(Wire wire, bool offer_tls, std::string hostname);

  std::string greeting() const;
  /// Takes octets off the front of `input` and appends replies to `out`. Leaves the rest where it is when the next
  /// thing is not `read`.
  Next feed(std::string_view& input, std::string& out);
  /// All that was known of the client is forgotten (RFC 9051 §6.2.1).
  void tls_started();
  /// What the TLS connection can carry; after each handshake.
  void set_offer(mail::SaslOffer offer);
  /// Whose SCRAM keys are wanted.
  const std::string& keys_of() const { return sasl_->user(); }
  /// Made up ones where there is no such user.
  Next keys(mail::ScramKeys keys, std::string& out);
  /// No exchange now: `words` is the tagged answer. @return read or close
  Next refuse(std::string_view words, std::string& out);
  LoginRequest take_login() { return std::move(login_); }
  /// @param capabilities  of accepted: what the client may see from now on
  /// @return read (try again) or close; after accepted this object's work is done
  Next answer(LoginAnswer answer, std::string_view capabilities, std::string& out);

 private:
  struct Verb;
  static const Verb verbs[];

  bool logins() const { return wire_ != Wire::clear; }
  std::string capabilities() const;
  Next command(std::string& out);
  Next literal_begins(const Literal& literal, std::string& out);
  Next capability(const Command& command, std::string& out);
  Next noop(const Command& command, std::string& out);
  Next id(const Command& command, std::string& out);
  Next logout(const Command& command, std::string& out);
  Next starttls(const Command& command, std::string& out);
  Next login(const Command& command, std::string& out);
  Next authenticate(const Command& command, std::string& out);
  Next sasl_response(std::string_view message, std::string& out);
  Next sasl_step(mail::SaslServer::Next step, std::string& out);
  Next bad(std::string_view tag, std::string_view words, std::string& out);
  Next bye(std::string_view words, std::string& out);
  void forget_command();

  Wire wire_;
  bool offer_tls_;
  std::string hostname_;
  Tokenizer tokenizer_{Tokenizer::Side::client};
  std::string command_;  // as far as it has come, literals in place
  std::size_t octets_ = 0;
  std::size_t bad_commands_ = 0, wrong_logins_ = 0;
  bool in_sasl_ = false;
  std::string tag_;  // of the login under way
  mail::SaslOffer offer_{false, {}, false};
  std::optional<mail::SaslServer> sasl_;  // of the AUTHENTICATE under way
  LoginRequest login_;
};

}  // namespace vanthu::imap
