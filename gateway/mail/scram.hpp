// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

/// SCRAM-SHA-256 (RFC 5802, RFC 7677), the server's side. Octets in, octets out: no clock, no directory.
namespace vanthu::mail {

/// What a server keeps instead of a password (RFC 5802 §3). Who reads it cannot log in with it, only guess.
struct ScramKeys {
  std::string salt;  ///< octets
  unsigned iterations = 0;
  std::string stored_key, server_key;  ///< 32 octets each
  friend bool operator==(const ScramKeys&, const ScramKeys&) = default;
};
/// SASLprep (RFC 4013) as for stored strings; nothing for what it forbids or does not know (Unicode 3.2).
std::optional<std::string> saslprep(std::string_view utf8);
/// @param iterations  from 4096 (RFC 7677 §4); slow on purpose
/// @par Errors  bad_arguments: SASLprep forbids the password
Result<ScramKeys> derive_scram(std::string_view password, std::string salt, unsigned iterations);
/// "SCRAM-SHA-256$4096:salt$StoredKey:ServerKey", the last three in base64 (RFC 5803 §3).
std::string format(const ScramKeys& keys);
/// @par Errors  bad_arguments; the detail never holds a value
Result<ScramKeys> parse_scram(std::string_view text);

/// What ties a login to the TLS connection it came by (RFC 5056, RFC 5929, RFC 9266).
struct ChannelBinding {
  std::string type;  ///< "tls-exporter", "tls-server-end-point", "tls-unique"
  std::string data;
};

/// One exchange: first(), then challenge() with the keys of that user, then last().
class Scram {
 public:
  enum class Binding : std::uint8_t {
    none,      ///< SCRAM-SHA-256, and no binding is possible here
    possible,  ///< SCRAM-SHA-256, but SCRAM-SHA-256-PLUS was offered: who says he did not see it was deceived
    required   ///< SCRAM-SHA-256-PLUS
  };
  /// @param nonce  the server's part: printable, no comma; fresh for every exchange
  Scram(Binding binding, std::vector<ChannelBinding> bindings, std::string nonce)
      : binding_(binding), bindings_(std::move(bindings)), nonce_(std::move(nonce)) {}

  /// client-first-message. @par Errors  bad_arguments
  Result<Done> first(std::string_view message);
  const std::string& user() const { return user_; }                    ///< who logs in, as written
  const std::string& authorization() const { return authorization_; }  ///< whose mailbox; empty: one's own
  /// @return server-first-message
  std::string challenge(ScramKeys keys);
  /// client-final-message. @return server-final-message
  /// @par Errors  refused: the proof or the channel is wrong; bad_arguments: malformed
  Result<std::string> last(std::string_view message);

 private:
  Binding binding_;
  std::vector<ChannelBinding> bindings_;
  std::string nonce_;  // from first() on with the client's part before it
  std::string user_, authorization_;
  std::string header_, channel_;  // gs2-header, and the binding's data
  std::string client_first_bare_, server_first_;
  ScramKeys keys_;
};
/// A fresh nonce: 144 random bits. @throws std::runtime_error without random numbers
std::string scram_nonce();

}  // namespace vanthu::mail
