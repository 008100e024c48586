// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/targets.hpp"

#include <fstream>

namespace vanthu::relay {
namespace {
TlsDemand::Level level_of(Route::Tls tls) {
  switch (tls) {
    case Route::Tls::none:
      return TlsDemand::Level::none;
    case Route::Tls::opportunistic:
      return TlsDemand::Level::opportunistic;
    case Route::Tls::verified:
      return TlsDemand::Level::verified;
    case Route::Tls::pinned:
      break;
  }
  return TlsDemand::Level::pinned;
}
}  // namespace

Result<Targets> Targets::make(const std::vector<Route>& routes, TlsContexts contexts) {
  Targets targets;
  targets.contexts_ = std::move(contexts);
  for (const Route& route : routes) {
    if (route.tls == Route::Tls::verified || route.mta_sts) {
      auto context = targets.contexts_.context(TlsDemand::Level::verified, route.ca_file);
      if (!context) return context.error();
      targets.authorities_[route.ca_file] = *std::move(context);
    }
    if (route.password_file.empty()) continue;
    std::ifstream in(route.password_file);
    std::string password;
    if (!std::getline(in, password) || password.empty())
      return fail(status::bad_configuration, route.password_file + ": no password in its first line");
    if (password.back() == '\r') password.pop_back();
    targets.passwords_[route.password_file] = std::move(password);
  }
  return targets;
}

Result<TlsDemand> Targets::demand(TlsDemand::Level level, const Route& route) const {
  TlsDemand demand;
  demand.level = level;
  demand.pins = route.pins;
  if (level != TlsDemand::Level::verified) {
    auto context = contexts_.context(level, {});
    if (!context) return context.error();
    demand.context = *std::move(context);
    return demand;
  }
  const auto found = authorities_.find(route.ca_file);
  if (found == authorities_.end()) return fail(status::bad_configuration, "no CA for this route");
  demand.context = found->second;
  return demand;
}

Result<std::vector<Target>> Targets::named(const Route& route) const {
  auto wanted = demand(level_of(route.tls), route);
  if (!wanted) return wanted.error();
  std::vector<Target> targets;
  for (const Endpoint& hop : route.hops) {
    Target target;
    target.host = target.address = hop.at.host;
    target.port = hop.at.port;
    target.lmtp = hop.scheme == "lmtp";
    target.implicit_tls = hop.scheme == "smtps";
    target.tls = *wanted;
    if (target.implicit_tls && target.tls.level == TlsDemand::Level::opportunistic)
      target.tls.level = TlsDemand::Level::encrypted;  // there is no clear text to fall back to
    target.user = route.user;
    if (const auto password = passwords_.find(route.password_file); password != passwords_.end())
      target.password = password->second;
    targets.push_back(std::move(target));
  }
  return targets;
}

}  // namespace vanthu::relay
