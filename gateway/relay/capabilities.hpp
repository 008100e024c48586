// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::relay {

/// What a hop's EHLO (LHLO) offers.
struct Capabilities {
  bool pipelining = false;              ///< RFC 2920
  bool eight_bit = false;               ///< RFC 6152
  bool utf8 = false;                    ///< RFC 6531
  bool chunking = false;                ///< RFC 3030
  bool binary = false;                  ///< RFC 3030
  bool dsn = false;                     ///< RFC 3461
  bool starttls = false;                ///< RFC 3207
  bool require_tls = false;             ///< RFC 8689; to be believed only under TLS
  bool priority = false;                ///< RFC 6710
  bool size = false;                    ///< RFC 1870
  std::uint64_t size_limit = 0;         ///< octets; 0: none named
  std::uint64_t rcpt_max = 0;           ///< RFC 9422 LIMITS: recipients a transaction; 0: none named
  std::uint64_t mail_max = 0;           ///< RFC 9422: transactions a connection; 0: none named
  std::vector<std::string> mechanisms;  ///< of AUTH, upper case
  friend bool operator==(const Capabilities&, const Capabilities&) = default;
};

/// @param lines  text of each line of the reply; the first is the hop's name. What is not understood is not offered.
Capabilities read_capabilities(const std::vector<std::string>& lines);

}  // namespace vanthu::relay
