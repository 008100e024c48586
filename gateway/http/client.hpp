// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "gateway/base/endpoint.hpp"
#include "gateway/base/result.hpp"

/// HTTP/1.1 as a client, for the few who are asked by it: witnesses, time-stamping authorities.
namespace vanthu::http {

struct Url {
  bool tls = false;
  HostPort at{};
  std::string path{};  ///< "/", "/witness"
  friend bool operator==(const Url&, const Url&) = default;
};
/// "http://192.0.2.7:8462", "https://tsa.example/tsr"; no user, no fragment.
/// @par Errors  bad_arguments saying what is wrong
Result<Url> parse_url(std::string_view text);
std::string format(const Url& url);

struct Answer {
  unsigned status = 0;
  std::string content_type{}, body{};
};
/// One request and its answer, on a connection of its own. Waits on the calling thread, never an io thread. Says by
/// Date what time it is here. Over https the name is verified by the authorities that this machine trusts
/// (update-ca-certificates).
/// @param patience  for all of it; looking up a name may take longer
/// @param most  octets of an answer; a longer one is an error
/// @par Errors  next_hop_unavailable, saying why, also of an answer that is not HTTP; timed_out
Result<Answer> post(const Url& url, const std::string& content_type, const std::string& body,
                    std::chrono::seconds patience, std::size_t most);

}  // namespace vanthu::http
