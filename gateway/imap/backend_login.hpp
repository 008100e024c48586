// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/imap/tokenizer.hpp"
#include "gateway/mail/sasl.hpp"

namespace vanthu::imap {

/// Our own login at the mail store, as a dialogue without a socket: SASL PLAIN with the master user's password and the
/// mailbox as authorization identity (RFC 4616). The greeting must be OK: PREAUTH would be somebody else's session, BYE
/// is a no. Before that the store is told whom it serves (ID, RFC 2971) where it understands ID.
class BackendLogin {
 public:
  enum class Next : std::uint8_t {
    read,     ///< send what stands in `out`, give me more octets
    ready,    ///< logged in; capabilities() are the store's
    refused,  ///< it does not open this mailbox for us; why() is its answer, for the log
    failed    ///< it cannot serve now or does not speak as it should
  };
  /// @param plain  checked by encode() before
  BackendLogin(mail::Plain plain, std::string client_address, std::string session);
  ~BackendLogin();
  BackendLogin(const BackendLogin&) = delete;
  BackendLogin& operator=(const BackendLogin&) = delete;

  Next feed(std::string_view& input, std::string& out);
  const std::string& capabilities() const { return capabilities_; }
  const std::string& why() const { return why_; }

 private:
  enum class State : std::uint8_t { greeting, ask_before, authenticate, ask_after };
  Next line(std::string& out);
  Next greeted(std::string& out);
  Next log_in(std::string& out);
  Next tagged(std::string_view status, std::string_view words, std::string& out);
  Next failed(std::string why);

  mail::Plain plain_;
  std::string client_, session_;
  State state_ = State::greeting;
  Tokenizer tokenizer_{Tokenizer::Side::server};
  std::string line_;
  std::size_t lines_ = 0;
  std::string capabilities_, why_;
  bool initial_response_ = false;
};

}  // namespace vanthu::imap
