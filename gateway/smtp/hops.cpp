// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/smtp/hops.hpp"

#include <algorithm>

#include "gateway/mail/header.hpp"

namespace vanthu::smtp {
namespace {
using Body = mail::Envelope::Body;

Reply too_big(std::uint64_t most) {
  return {
      552, {5, 3, 4}, "message too big for this recipient's mail system: at most " + std::to_string(most) + " octets"};
}
}  // namespace

std::optional<Reply> refused_by_hop(const mail::Carriage& hop, const mail::Envelope& envelope, std::uint64_t size,
                                    bool utf8_address) {
  if (!hop.known) return std::nullopt;
  if (envelope.utf8 && !hop.utf8)  // RFC 6531 §3.5
    return Reply(utf8_address ? 553 : 550, {5, 6, 7}, "this recipient's mail system does not take SMTPUTF8 letters");
  if (envelope.body == Body::binary && !hop.binary)
    return Reply(550, {5, 6, 1}, "this recipient's mail system does not take BINARYMIME");
  if (envelope.body == Body::eight_bit && !hop.eight_bit)
    return Reply(550, {5, 6, 3}, "this recipient's mail system does not take 8BITMIME");
  if (envelope.require_tls && !hop.require_tls)
    return Reply(550, {5, 7, 30}, "this recipient's mail system does not promise REQUIRETLS");
  if (hop.size != 0 && size > hop.size) return too_big(hop.size);
  return std::nullopt;
}

std::optional<Reply> refused_by_hop(const mail::Carriage& hop, const mail::Envelope& envelope,
                                    std::string_view octets) {
  if (!hop.known) return std::nullopt;
  if (hop.size != 0 && octets.size() > hop.size) return too_big(hop.size);
  if (envelope.body == Body::seven_bit && !hop.eight_bit &&
      std::any_of(octets.begin(), octets.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
    return Reply(554, {5, 6, 3}, "8-bit text, and a recipient's mail system takes 7-bit only");
  return std::nullopt;
}

std::vector<std::string_view> delivered_to(std::string_view octets) {
  std::vector<std::string_view> found;
  mail::each_field(octets, [&](std::string_view name, std::string_view value) {
    if (!mail::is_field(name, "Delivered-To")) return;
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!value.empty() && blank(value.front())) value.remove_prefix(1);
    while (!value.empty() && blank(value.back())) value.remove_suffix(1);
    if (value.starts_with('<') && value.ends_with('>')) value = value.substr(1, value.size() - 2);
    if (!value.empty()) found.push_back(value);
  });
  return found;
}

mail::Carriage weakest(const mail::Carriage& a, const mail::Carriage& b) {
  if (!a.known) return b;
  if (!b.known) return a;
  mail::Carriage both;
  both.known = true;
  both.eight_bit = a.eight_bit && b.eight_bit;
  both.utf8 = a.utf8 && b.utf8;
  both.dsn = a.dsn && b.dsn;
  both.binary = a.binary && b.binary;
  both.require_tls = a.require_tls && b.require_tls;
  both.size = a.size == 0 || b.size == 0 ? std::max(a.size, b.size) : std::min(a.size, b.size);
  return both;
}

}  // namespace vanthu::smtp
