// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "directory/directory.hpp"
#include "gateway/mail/envelope.hpp"

namespace vanthu::smtp {

/// Which listener a session came in by.
enum class Port : std::uint8_t {
  mx,          ///< from outside: no AUTH, only our domains (RFC 5321)
  submission,  ///< our users: STARTTLS, then AUTH (RFC 6409)
  submissions  ///< our users: implicit TLS, then AUTH (RFC 8314)
};

/// Who is at the other end of one session, as far as it is known yet.
struct Peer {
  Port port = Port::mx;
  std::string session;   ///< id, for the log and the trace
  std::string address;   ///< "203.0.113.9"
  std::string helo;      ///< empty: EHLO has not come
  std::string name;      ///< what a named host calls it (XCLIENT), or empty
  bool extended = true;  ///< said EHLO, not HELO
  std::optional<directory::Login> login;

  const char* port_name() const {
    return port == Port::mx ? "mx" : port == Port::submission ? "submission" : "submissions";
  }
  mail::Direction direction() const { return port == Port::mx ? mail::Direction::in : mail::Direction::out; }
  const directory::Login* user() const { return login ? &*login : nullptr; }
};

}  // namespace vanthu::smtp
