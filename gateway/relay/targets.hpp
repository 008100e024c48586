// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <map>
#include <string>
#include <vector>

#include "gateway/base/route.hpp"
#include "gateway/relay/client.hpp"
#include "gateway/relay/tls_policy.hpp"

namespace vanthu::relay {

/// From a route to the hosts to try, the best first. Immutable after make(); any thread.
class Targets {
 public:
  /// Reads the password files.
  /// @par Errors  bad_configuration naming the file
  static Result<Targets> make(const std::vector<Route>& routes, TlsContexts contexts);

  /// Hosts of a route that names them.
  Result<std::vector<Target>> named(const Route& route) const;
  /// What a host of that route must show at that level.
  Result<TlsDemand> demand(TlsDemand::Level level, const Route& route) const;

 private:
  TlsContexts contexts_;
  std::map<std::string, std::string> passwords_;        // by file
  std::map<std::string, net::TlsContext> authorities_;  // of verified routes, by CA file
};

}  // namespace vanthu::relay
