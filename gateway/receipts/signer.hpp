// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace vanthu::receipts {

/// Signs mail of ours as S/MIME does (RFC 8551 §3.5.3: multipart/signed, the signature apart, SHA-256), so that any
/// mail program shows who it is from, and `openssl cms -verify` checks it. Any thread.
class Signer {
 public:
  /// @param certificate  PEM: the signer's first, then those that lead to an authority  @param key  PEM
  /// @par Errors  bad_configuration: cannot be read, or the key is not the certificate's
  static Result<Signer> load(const std::string& certificate, const std::string& key);
  Signer(Signer&&) noexcept;
  Signer& operator=(Signer&&) noexcept;
  ~Signer();

  /// @param entity  a MIME entity: header fields, empty line, body; 7-bit, CRLF line ends, no line of its own at the
  /// end
  /// @return the entity that takes its place
  /// @par Errors  store_failed
  Result<std::string> sign(std::string_view entity) const;

 private:
  struct State;
  explicit Signer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vanthu::receipts
