// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/net/connection.hpp"
#include "gateway/net/ticket_keys.hpp"

namespace vanthu::net {

/// For connections to a next hop or a mail store. With a CA file the peer's chain and name are verified; without one
/// TLS only hides the octets from who listens (RFC 7435).
/// @par Errors  bad_configuration naming the file and OpenSSL's words
Result<TlsContext> client_context(const std::filesystem::path& ca_file);

/// What a listener's TLS is for.
enum class TlsUse : std::uint8_t {
  mx,          ///< from anybody: an unknown application protocol is passed over, since a refusal would lose TLS
  submission,  ///< our users: asks for a client certificate where tls.client-ca is set; ALPN "smtp"
  imap         ///< our users, likewise; ALPN "imap"
};

/// One certificate with its chain, and its key: PEM files.
struct CertificatePair {
  std::filesystem::path certificate, key;
};

/// The server's side of TLS as sessions take it: 1.2 and later; the certificates chosen by the name that the client
/// asks for (SNI, RFC 6066 §3) and by what its algorithms allow, so that an ECDSA and an RSA pair may serve one name;
/// the first pair serves who asks for no name of ours; session tickets; ALPN (RFC 7301), where only a client that
/// speaks another protocol is turned away. SIGHUP puts all new ones in place or none, running sessions keep theirs.
class ServerTls {
 public:
  /// @param client_ca  PEM with the authorities of client certificates and their CRLs, empty: none are asked for
  ServerTls(std::vector<CertificatePair> pairs, std::filesystem::path client_ca)
      : pairs_(std::move(pairs)), client_ca_(std::move(client_ca)), keys_(std::make_shared<TicketKeys>()) {}
  /// Reads the files; on failure the old contexts stay. Any thread.
  /// @par Errors  bad_configuration naming the file and what is wrong with it
  Result<Done> load();
  /// Null where there are no certificates.
  TlsContext context(TlsUse use) const;

 private:
  std::vector<CertificatePair> pairs_;
  std::filesystem::path client_ca_;
  std::shared_ptr<TicketKeys> keys_;
  mutable std::mutex mutex_;
  std::array<TlsContext, 3> contexts_;  // by TlsUse
};

}  // namespace vanthu::net
