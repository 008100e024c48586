// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "gateway/net/connection.hpp"

namespace vanthu::relay {

/// GET over TLS with a verified name, HTTP/1.1, no redirects: the body of a 200 with Content-Type text/plain.
/// @param addresses  of the host, tried in turn
/// @param context    that verifies
/// @param wait       for all of it, however many addresses there are
/// @par Errors  next_hop_unavailable: no connection, another status or type, more than limits::sts_octets, not in time
boost::asio::awaitable<Result<std::string>> https_get(std::string host, std::vector<std::string> addresses,
                                                      std::string path, net::TlsContext context,
                                                      std::chrono::seconds wait = std::chrono::seconds(60),
                                                      std::uint16_t port = 443);

}  // namespace vanthu::relay
