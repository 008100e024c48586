// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/smtp/greeting.hpp"

#include <algorithm>

#include "gateway/base/limits.hpp"
#include "gateway/smtp/hops.hpp"
#include "gateway/smtp/xclient.hpp"

namespace vanthu::smtp {
namespace {
mail::Carriage behind(const Services& services, const Peer& peer) {
  if (!services.carriage) return {};
  mail::Delivery to;
  to.next_hop = "local";
  mail::Carriage all = services.carriage(to);
  if (peer.port != Port::mx && !services.door.services().config.relay_outside.empty()) {
    to.next_hop = "outside";
    all = weakest(all, services.carriage(to));
  }
  return all;
}
}  // namespace

std::vector<std::string> greeting(const Services& services, const Peer& peer, const Offer& offer) {
  const Config& config = services.door.services().config;
  const mail::Carriage hop = behind(services, peer);
  const std::uint64_t size = hop.size == 0 ? config.message_octets : std::min(hop.size, config.message_octets);
  std::vector<std::string> lines{config.hostname, "PIPELINING", "SIZE " + std::to_string(size), "ENHANCEDSTATUSCODES"};
  if (hop.eight_bit) lines.emplace_back("8BITMIME");
  if (hop.utf8) lines.emplace_back("SMTPUTF8");
  lines.emplace_back("DSN");  // where a hop has none, we report in its stead (RFC 3461 §5.2.2)
  lines.emplace_back("CHUNKING");
  if (hop.binary) lines.emplace_back("BINARYMIME");
  if (hop.require_tls && offer.secure) lines.emplace_back("REQUIRETLS");
  lines.emplace_back("MT-PRIORITY");
  lines.emplace_back("PRDR");
  lines.push_back("LIMITS RCPTMAX=" + std::to_string(config.recipients) +
                  " MAILMAX=" + std::to_string(limits::messages_per_connection));
  if (offer.starttls) lines.emplace_back("STARTTLS");
  if (!offer.mechanisms.empty()) lines.push_back("AUTH " + std::string(offer.mechanisms));
  if (offer.xclient) lines.push_back("XCLIENT " + std::string(xclient_attributes));
  return lines;
}

}  // namespace vanthu::smtp
