// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "gateway/net/connection.hpp"
#include "gateway/witness/witness.hpp"

namespace vanthu::witness {

/// What a session needs. Loans.
struct Services {
  Witness& witness;
  std::string name;
  std::chrono::minutes silence{120};
  net::TlsContext tls;             ///< null: plain HTTP
  boost::asio::thread_pool& disk;  ///< where requests wait for the disk
};

/// Speaks HTTP/1.1 to one client: POST /add-checkpoint (c2sp.org/tlog-witness), GET / for people, GET
/// /alarms for programs that watch (200: none, 503: a line each). Everything else is
/// 404 or 405. A request has limits on its octets and its time; a connection on the number of its requests.
boost::asio::awaitable<void> serve(std::unique_ptr<net::Connection> client, Services& services);

}  // namespace vanthu::witness
