// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <mutex>

#include "gateway/net/connection.hpp"

namespace vanthu::net {

/// TLS 1.2 and later, the server's certificate chain and key from PEM files.
/// @par Errors  bad_configuration naming the file and OpenSSL's words
Result<TlsContext> server_context(const std::filesystem::path& certificate, const std::filesystem::path& key);

/// For connections to a next hop or a mail store. With a CA file the peer's chain and name are verified; without one
/// TLS only hides the octets from who listens (RFC 7435).
Result<TlsContext> client_context(const std::filesystem::path& ca_file);

/// The server's certificate as sessions take it: SIGHUP puts a new one in place, running sessions keep theirs.
class Certificate {
 public:
  Certificate(std::filesystem::path certificate, std::filesystem::path key)
      : certificate_(std::move(certificate)), key_(std::move(key)) {}
  /// Reads the files; on failure the old context stays. Any thread.
  Result<Done> load();
  TlsContext context() const;

 private:
  std::filesystem::path certificate_, key_;
  mutable std::mutex mutex_;
  TlsContext context_;
};

}  // namespace vanthu::net
