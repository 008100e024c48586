// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/routes.hpp"

namespace vanthu::relay {
namespace {
constexpr std::string_view mx_prefix = "mx:";
constexpr std::string_view lax_prefix = "mx-tls-optional:";
}  // namespace

Routes::Routes(std::vector<Route> routes) : routes_(std::move(routes)) {
  for (const Route& route : routes_) {
    by_selector_.emplace(selector(route), &route);
    units_ = units_ || route.by == Route::By::unit;
    domains_ = domains_ || route.by == Route::By::domain;
    if (!route.mx() || (!route.dane && !route.mta_sts)) continue;
    Route lax = route;
    lax.dane = lax.mta_sts = false;
    lax_.emplace(&route, std::move(lax));
  }
}

const Route* Routes::by_unit(const std::string& unit) const {
  const Route* best = nullptr;
  for (const Route& route : routes_) {
    if (route.by != Route::By::unit) continue;
    if (!route.prefix && route.key == unit) return &route;
    if (route.prefix && unit.starts_with(route.key) && (best == nullptr || route.key.size() > best->key.size()))
      best = &route;
  }
  return best;
}

const Route* Routes::by_domain(std::string_view domain) const {
  if (const auto exact = by_selector_.find("domain:" + std::string(domain)); exact != by_selector_.end())
    return exact->second;
  // The longest suffix first: a.b.example is asked as *.b.example, then *.example.
  for (std::size_t dot = domain.find('.'); dot != std::string_view::npos; dot = domain.find('.', dot + 1))
    if (const auto found = by_selector_.find("domain:*" + std::string(domain.substr(dot))); found != by_selector_.end())
      return found->second;
  return nullptr;
}

std::string Routes::destination(const mail::Delivery& delivery, bool tls_optional) const {
  const Route* route = units_ && !delivery.unit.empty() ? by_unit(delivery.unit) : nullptr;
  if (route == nullptr && domains_) route = by_domain(delivery.to.domain);
  if (route == nullptr) {
    const bool local = delivery.next_hop == "local";
    const auto found = by_selector_.find(local ? "local" : "default");
    if (found == by_selector_.end()) return local ? "local" : "default";
    route = found->second;
  }
  if (!route->mx()) return selector(*route);
  return std::string(tls_optional && lax_.contains(route) ? lax_prefix : mx_prefix) + delivery.to.domain;
}

const Route* Routes::route(std::string_view key) const {
  const bool lax = key.starts_with(lax_prefix);
  if (lax || key.starts_with(mx_prefix)) {
    const Route* route = by_domain(key.substr(lax ? lax_prefix.size() : mx_prefix.size()));
    if (route == nullptr)
      if (const auto found = by_selector_.find("default"); found != by_selector_.end()) route = found->second;
    if (const auto found = lax_.find(route); lax && found != lax_.end()) return &found->second;
    return route;  // no longer an MX route perhaps: then its hosts take the mail
  }
  const auto found = by_selector_.find(key == "outside" ? "default" : std::string(key));
  return found == by_selector_.end() || found->second->mx() ? nullptr : found->second;
}

std::vector<std::string> Routes::named() const {
  std::vector<std::string> keys;
  for (const auto& [key, route] : by_selector_)
    if (!route->mx()) keys.push_back(key);
  return keys;
}

}  // namespace vanthu::relay
