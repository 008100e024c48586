// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/imap/client_gate.hpp"
#include "gateway/imap/response_filter.hpp"
#include "gateway/imap/standing.hpp"

namespace vanthu::imap {

/// Brings a new session at the store, logged in, to where the client's one stood: what was enabled, the folder that was
/// open. Either the client can go on as if nothing had happened, or why it cannot is said. A dialogue without a socket.
class Restoring {
 public:
  enum class Next : std::uint8_t {
    read,  ///< send what stands in `out`, give me more octets
    ready,
    failed  ///< why() tells
  };
  Restoring(Standing before, ClientGate::Setup setup);
  Restoring(const Restoring&) = delete;
  Restoring& operator=(const Restoring&) = delete;

  /// What is to be sent first; empty: there is nothing to restore.
  std::string begin();
  /// Takes octets off the front of `input`, not beyond the last answer.
  Next feed(std::string_view& input, std::string& out);
  /// Of ready: what has changed meanwhile, whole lines for the client: EXISTS, flags.
  const std::string& told() const { return told_; }
  const Standing& now() const { return now_.standing(); }
  const std::string& why() const { return why_; }

 private:
  std::string next();
  Next opened();

  enum class Stage : std::uint8_t { begun, enabling, opening, flags, done } stage_ = Stage::begun;
  Standing before_;
  ClientGate::Setup setup_;
  ResponseFilter filter_{0};
  StandingReader now_;
  std::string told_, why_;
};

}  // namespace vanthu::imap
