// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

namespace vanthu::relay {

/// The client's side of AUTH (RFC 4954): SCRAM-SHA-256 (RFC 7677), else PLAIN (RFC 4616), else LOGIN. Pure but for the
/// nonce; details never hold a credential.
class Login {
 public:
  /// The best mechanism that is offered. @par Errors  next_hop_unavailable: none that we speak
  static Result<Login> choose(const std::vector<std::string>& offered, std::string user, std::string password);

  const std::string& mechanism() const { return mechanism_; }
  /// The initial response in base64, or nothing.
  std::optional<std::string> initial();
  /// @param challenge  text of a 334  @return the next line
  /// SCRAM's first answer costs as many hash rounds as the hop asks for, at most limits::scram_rounds: not on an io
  /// thread.
  /// @par Errors  next_hop_unavailable for a challenge that has no place here
  Result<std::string> answer(std::string_view challenge);
  /// After a 235: whether the hop has proved, where the mechanism lets it, that it knows the password too.
  bool complete() const { return mechanism_ != "SCRAM-SHA-256" || proved_; }

  /// For tests: the nonce that SCRAM would draw.
  void set_nonce(std::string nonce) { nonce_ = std::move(nonce); }

 private:
  Login(std::string mechanism, std::string user, std::string password)
      : mechanism_(std::move(mechanism)), user_(std::move(user)), password_(std::move(password)) {}
  Result<std::string> scram_final(const std::string& server_first);

  std::string mechanism_, user_, password_;
  std::string nonce_, client_first_bare_, server_proof_;
  unsigned step_ = 0;
  bool proved_ = false;
};

}  // namespace vanthu::relay
