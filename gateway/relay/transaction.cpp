// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/transaction.hpp"

#include <algorithm>

#include "gateway/base/status.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/dsn.hpp"

namespace vanthu::relay {
namespace {
using Body = mail::Envelope::Body;

bool ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string_view header_of(std::string_view octets) { return octets.substr(0, octets.find("\r\n\r\n")); }

/// Whether a message with REQUIRETLS may go there. LMTP on this machine is the last step into the store and leaves the
/// message no more open than a file would.
bool keeps_secret(const Capabilities& hop, const Route& route, const Security& security) {
  return (route.lmtp() && security.same_machine) || (security.tls && security.verified && hop.require_tls);
}

/// Why the whole message cannot go to that hop; code 250: it can.
Reply refusal(const spool::Payload& payload, std::uint64_t octets, const Capabilities& hop, const Route& route,
              const Security& security) {
  const mail::Envelope& envelope = payload.accepted.envelope;
  if (hop.size_limit != 0 && octets > hop.size_limit)
    return {552,
            {5, 3, 4},
            "the message is bigger than the " + std::to_string(hop.size_limit) + " octets that the next hop takes"};
  if (envelope.require_tls && !keeps_secret(hop, route, security))
    return {550, {5, 7, 30}, "REQUIRETLS: the next hop does not promise verified TLS"};
  if (envelope.reverse_path && !ascii(envelope.reverse_path->local_part) && !hop.utf8)
    return {553, {5, 6, 7}, "the next hop takes no UTF-8 addresses (SMTPUTF8)"};
  if (envelope.utf8 && !hop.utf8 && !ascii(header_of(payload.octets->view())))
    return {550, {5, 6, 9}, "the next hop takes no UTF-8 in the header (SMTPUTF8)"};
  if (envelope.body == Body::binary && !(hop.binary && hop.chunking))
    return {554, {5, 6, 3}, "the next hop takes no binary mail (BINARYMIME)"};
  if (envelope.body == Body::eight_bit && !hop.eight_bit && !hop.utf8 && !route.lmtp() && !route.eight_bit_anyway &&
      !ascii(payload.octets->view()))
    return {554, {5, 6, 3}, "the next hop takes no 8-bit mail (8BITMIME)"};
  return {};
}

void add_notify(std::string& line, std::uint8_t notify) {
  if (notify == mail::Notify::unsaid) return;
  line += " NOTIFY=";
  if ((notify & mail::Notify::never) != 0) {
    line += "NEVER";
    return;
  }
  bool first = true;
  const auto add = [&](mail::Notify flag, const char* word) {
    if ((notify & flag) == 0) return;
    if (!first) line += ',';
    line += word;
    first = false;
  };
  add(mail::Notify::on_success, "SUCCESS");
  add(mail::Notify::on_failure, "FAILURE");
  add(mail::Notify::on_delay, "DELAY");
}
}  // namespace

mail::Carriage carriage(const Capabilities& hop, const Route& route, const Security& security) {
  mail::Carriage carriage;
  carriage.known = true;
  carriage.eight_bit = hop.eight_bit || hop.utf8 || route.lmtp() || route.eight_bit_anyway;
  carriage.utf8 = hop.utf8;
  carriage.dsn = hop.dsn;
  carriage.binary = hop.binary && hop.chunking;
  carriage.require_tls = keeps_secret(hop, route, security);
  carriage.size = hop.size_limit;
  return carriage;
}

std::string xtext(std::string_view text) {
  static constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : text) {
    if (c > 0x20 && c < 0x7F && c != '+' && c != '=') {
      out += static_cast<char>(c);
    } else {
      out += '+';
      out += hex[c >> 4];
      out += hex[c & 15];
    }
  }
  return out;
}

std::string orcpt(std::string_view original) {
  const std::size_t semicolon = original.find(';');
  if (semicolon == std::string_view::npos) return {};
  const std::string_view type = original.substr(0, semicolon);
  const std::string_view address = original.substr(semicolon + 1);
  if (!text::ascii_iequals(type, "utf-8")) return std::string(type) + ';' + xtext(address);
  return "utf-8;" + mail::utf8_xtext(address);
}

std::string_view DotStuffed::next() {
  if (rest_.empty()) return {};
  if (line_start_ && !doubled_ && rest_.front() == '.') {
    doubled_ = true;
    return rest_.substr(0, 1);
  }
  std::size_t end = rest_.size();
  line_start_ = false;
  for (std::size_t dot = rest_.find('.', 1); dot != std::string_view::npos; dot = rest_.find('.', dot + 1)) {
    if (rest_[dot - 1] != '\n' || (dot >= 2 && rest_[dot - 2] != '\r')) continue;
    if (dot < 2) continue;  // LF alone ends no line
    end = dot;
    line_start_ = true;
    break;
  }
  doubled_ = false;
  const std::string_view piece = rest_.substr(0, end);
  rest_.remove_prefix(end);
  return piece;
}

Transaction plan(const spool::Payload& payload, const std::vector<std::uint32_t>& recipients, const Capabilities& hop,
                 const Route& route, const Security& security, std::vector<spool::Outcome>& refused) {
  const mail::Envelope& envelope = payload.accepted.envelope;
  Transaction transaction;
  const bool ours = std::all_of(recipients.begin(), recipients.end(), [&](std::uint32_t index) {
    return payload.accepted.deliveries[index].next_hop == "local";
  });
  if (ours) transaction.before = payload.record_field;
  transaction.before += payload.accepted.trace;
  const std::uint64_t octets = transaction.before.size() + payload.octets->size();
  if (const Reply reply = refusal(payload, octets, hop, route, security); !reply.positive()) {
    for (const std::uint32_t index : recipients) refused.push_back({index, reply.permanent(), reply});
    return transaction;
  }
  bool utf8 = envelope.utf8 || (envelope.reverse_path && !ascii(envelope.reverse_path->local_part));
  for (const std::uint32_t index : recipients) {
    const bool plain = ascii(payload.accepted.deliveries[index].to.local_part);
    if (!plain && !hop.utf8) {
      refused.push_back({index, true, {553, {5, 6, 7}, "the next hop takes no UTF-8 addresses (SMTPUTF8)"}});
      continue;
    }
    utf8 = utf8 || !plain;
    transaction.recipients.push_back(index);
  }
  if (transaction.recipients.empty()) return transaction;
  transaction.bdat = hop.chunking;

  std::string& out = transaction.commands;
  out.reserve(160 + 80 * transaction.recipients.size());
  out += "MAIL FROM:<";
  if (envelope.reverse_path) ((out += envelope.reverse_path->local_part) += '@') += envelope.reverse_path->domain;
  out += '>';
  if (hop.size) (out += " SIZE=") += std::to_string(octets);
  if (envelope.body == Body::binary)
    out += " BODY=BINARYMIME";
  else if (envelope.body == Body::eight_bit && hop.eight_bit)
    out += " BODY=8BITMIME";
  if (utf8 && hop.utf8) out += " SMTPUTF8";
  if (hop.dsn) {
    if (envelope.ret != mail::Envelope::Return::unsaid)
      out += envelope.ret == mail::Envelope::Return::full ? " RET=FULL" : " RET=HDRS";
    if (!envelope.envid.empty()) (out += " ENVID=") += xtext(envelope.envid);
  }
  if (hop.priority && envelope.priority != 0) (out += " MT-PRIORITY=") += std::to_string(envelope.priority);
  if (envelope.require_tls && hop.require_tls && security.tls) out += " REQUIRETLS";
  out += "\r\n";
  for (const std::uint32_t index : transaction.recipients) {
    const mail::Delivery& delivery = payload.accepted.deliveries[index];
    (((out += "RCPT TO:<") += delivery.to.local_part) += '@') += delivery.to.domain;
    out += '>';
    if (hop.dsn) {
      add_notify(out, delivery.notify);
      if (const std::string original = orcpt(delivery.orcpt); !original.empty()) (out += " ORCPT=") += original;
    }
    out += "\r\n";
  }
  return transaction;
}

}  // namespace vanthu::relay
