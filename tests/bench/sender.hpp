// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/channel.hpp"
#include "tests/bench/sink.hpp"

namespace vanthu::bench {

struct Load {
  Address to;
  unsigned connections = 20;             ///< at once
  std::uint64_t messages = 2000;         ///< all together
  std::uint64_t messages_a_session = 0;  ///< then a new connection; 0: one connection to the end
  double rate = 0;                       ///< messages a second, at fixed times; 0: as fast as the server answers
  std::string reverse_path;
  std::vector<std::string> forward_paths;  ///< each message goes to one of them, in turn
  enum class Tls : std::uint8_t { no, starttls, implicit } tls = Tls::no;
  std::string user, password;         ///< AUTH PLAIN; empty: none
  std::chrono::seconds patience{10};  ///< without a single connection, then the rest counts as refused
  std::string octets;                 ///< of the message: CRLF line ends, dots stuffed; X-Bench is put before it
};

struct Outcome {
  /// Of one message: MAIL was sent, its end of DATA was sent, 250 to it was read; zero: it was not accepted.
  struct Times {
    Clock::time_point asked, ended, answered;
    bool accepted() const { return answered != Clock::time_point{}; }
  };
  std::vector<Times> messages;  ///< by number, which is the X-Bench value
  std::map<std::string, std::uint64_t>
      refused;  ///< first words of the replies that were not 2yz, or of lost connections
  Clock::time_point begun, ended;
};

/// Sends the whole load from one thread over one epoll, MAIL, RCPT and DATA in one write where the server offers
/// PIPELINING. A message that is refused or whose connection breaks is not sent again; a server that is away is asked
/// for again and again, for `Load::patience`.
Outcome send(const Load& load);

}  // namespace vanthu::bench
