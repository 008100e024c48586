// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/routes.hpp"

namespace vanthu::relay {
namespace {
constexpr std::string_view mx_prefix = "mx:";
}

Routes::Routes(std::vector<Route> routes) : routes_(std::move(routes)) {
  for (const Route& route : routes_) {
    by_selector_.emplace(selector(route), &route);
    units_ = units_ || route.by == Route::By::unit;
    domains_ = domains_ || route.by == Route::By::domain;
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

std::string Routes::destination(const mail::Delivery& delivery) const {
  const Route* route = units_ && !delivery.unit.empty() ? by_unit(delivery.unit) : nullptr;
  if (route == nullptr && domains_) route = by_domain(delivery.to.domain);
  if (route == nullptr) {
    const bool local = delivery.next_hop == "local";
    const auto found = by_selector_.find(local ? "local" : "default");
    if (found == by_selector_.end()) return local ? "local" : "default";
    route = found->second;
  }
  return route->mx() ? std::string(mx_prefix) + delivery.to.domain : selector(*route);
}

const Route* Routes::route(std::string_view key) const {
  if (key.starts_with(mx_prefix)) {
    const Route* route = by_domain(key.substr(mx_prefix.size()));
    if (route == nullptr)
      if (const auto found = by_selector_.find("default"); found != by_selector_.end()) route = found->second;
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
