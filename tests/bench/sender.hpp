// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/sink.hpp"
#include "tests/bench/wire.hpp"

namespace vanthu::bench {

struct Load {
  Address to;
  unsigned connections = 20;             ///< at once, each a thread
  std::uint64_t messages = 2000;         ///< all together
  std::uint64_t messages_a_session = 0;  ///< then a new connection; 0: one connection to the end
  std::string reverse_path;
  std::vector<std::string> forward_paths;  ///< each message goes to one of them, in turn
  enum class Tls : std::uint8_t { no, starttls, implicit } tls = Tls::no;
  std::string user, password;  ///< AUTH PLAIN; empty: none
  std::string octets;          ///< of the message: CRLF line ends, dots stuffed; X-Bench is put before it
  std::string run;             ///< makes X-Bench unique to this run
};

struct Outcome {
  struct Accepted {
    Clock::time_point asked, answered;  ///< MAIL was sent, 250 to the end of DATA was read
  };
  std::map<std::string, Accepted> accepted;  ///< by X-Bench value
  std::map<std::string, std::uint64_t>
      refused;  ///< first words of the replies that were not 2yz, or of lost connections
  Clock::time_point begun, ended;
};

/// Sends the whole load; a message that is refused or whose connection breaks is not sent again.
Outcome send(const Load& load);

/// A text of about so many octets, in lines of 76, that no two programs find compressible or odd.
std::string make_message(const std::string& from, const std::string& to, std::size_t octets);
/// LF or CRLF to CRLF, dots stuffed (RFC 5321 §4.5.2), CRLF at the end.
std::string for_the_wire(const std::string& text);

}  // namespace vanthu::bench
