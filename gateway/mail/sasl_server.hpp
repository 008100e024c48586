// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/mail/sasl.hpp"
#include "gateway/mail/scram.hpp"

namespace vanthu::mail {

/// What a connection can carry; under TLS only.
struct SaslOffer {
  bool certificate = false;              ///< the client has shown a certificate that verifies: EXTERNAL (RFC 4422 §A)
  std::vector<ChannelBinding> bindings;  ///< not empty: SCRAM-SHA-256-PLUS
  bool login = true;                     ///< LOGIN, which old SMTP clients still use
};
/// Mechanisms separated by spaces, strongest first. @param prefix  before each ("AUTH=" in IMAP)
std::string sasl_mechanisms(const SaslOffer& offer, std::string_view prefix = {});

/// The server's side of one SASL exchange, the same under SMTP (RFC 4954) and IMAP (RFC 9051 §6.2.2). Knows no wire and
/// no directory: it says what it wants next. Holds a password for a while; it is wiped with the object.
class SaslServer {
 public:
  /// @param mechanism  in any case  @return nothing for one that is not offered
  static std::optional<SaslServer> begin(std::string_view mechanism, const SaslOffer& offer);
  SaslServer(SaslServer&&) noexcept = default;
  SaslServer& operator=(SaslServer&&) noexcept = default;
  ~SaslServer();

  enum class Next : std::uint8_t {
    challenge,    ///< send challenge() in base64, then take() the answer
    password,     ///< user() and password() are to be checked; the exchange is over
    keys,         ///< keys() with those of user(), made up ones where there is no such user
    certificate,  ///< EXTERNAL: whose the certificate is; the exchange is over
    proven,       ///< SCRAM: user() has the password, and knows that we know it; the exchange is over
    wrong,        ///< SCRAM: the proof is wrong; over
    malformed     ///< over
  };
  /// The exchange's first step without an initial response.
  Next start();
  /// An answer of the client, the initial response included (empty: "=").
  /// @param response  in base64, at most limits::auth_line_octets
  Next take(std::string_view response);
  Next keys(ScramKeys keys);

  const std::string& challenge() const { return challenge_; }          ///< octets
  const std::string& user() const { return user_; }                    ///< who logs in; EXTERNAL: empty
  const std::string& authorization() const { return authorization_; }  ///< whose mailbox; empty: one's own
  const std::string& password() const { return password_; }
  std::string_view mechanism() const { return mechanism_; }

 private:
  enum class State : std::uint8_t { plain, login_name, login_password, external, scram_first, scram_last, scram_end };
  SaslServer(std::string_view mechanism, State state) : mechanism_(mechanism), state_(state) {}
  Next ask(std::string challenge, State next);
  Next scram(std::string_view message);

  std::string_view mechanism_;  // of the table
  State state_;
  std::optional<Scram> scram_;
  std::string challenge_, user_, authorization_, password_;
};

}  // namespace vanthu::mail
