// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/digest.hpp"
#include "gateway/net/connection.hpp"

namespace vanthu::relay {

/// What a target must show before it gets mail.
struct TlsDemand {
  enum class Level : std::uint8_t {
    none,           ///< in clear
    opportunistic,  ///< TLS where it is offered, any certificate; else in clear
    encrypted,      ///< TLS, any certificate (DANE with records that nobody can use, RFC 7672 §2.2)
    verified,       ///< TLS, a certificate of a CA we trust for the host's name
    pinned,         ///< TLS, one of `pins`
    dane,           ///< TLS, one of `tlsa` (RFC 7672)
  };
  /// TLSA record data (RFC 6698 §2.1).
  struct Tlsa {
    std::uint8_t usage = 0, selector = 0, matching = 0;
    std::string data;
  };
  Level level = Level::opportunistic;
  net::TlsContext context;  ///< for the level, by TlsContexts
  std::vector<Sha256> pins;
  std::vector<Tlsa> tlsa;
  std::string base;                ///< for dane: where `tlsa` stand, the first name to look for (RFC 7672 §3.2.2)
  std::vector<std::string> names;  ///< beside it: the next-hop domain, the host before an alias

  bool mandatory() const { return level > Level::opportunistic; }
  bool verifies() const { return level >= Level::verified; }
};

/// Tells a session before its handshake which TLSA records it must match; false: none of them can be used.
bool prepare_dane(ssl_st* session, const TlsDemand& demand);
/// The TLSA record that the peer has matched, as "3 1 1"; empty: none.
std::string matched_tlsa(ssl_st* session);
/// Whether the peer's key is one of those.
bool pinned(ssl_st* session, const std::vector<Sha256>& pins);

/// Client contexts: made once, shared by all connections.
class TlsContexts {
 public:
  /// @par Errors  bad_configuration: OpenSSL's words
  static Result<TlsContexts> make();
  /// @param ca_file  for verified: PEM, empty: the machine's store
  /// @par Errors  bad_configuration naming the file
  Result<net::TlsContext> context(TlsDemand::Level level, const std::string& ca_file) const;

 private:
  net::TlsContext any_, machine_, dane_;
};

}  // namespace vanthu::relay
