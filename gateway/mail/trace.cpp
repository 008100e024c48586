// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/trace.hpp"

#include "gateway/mail/header.hpp"

namespace vanthu::mail {

std::string with_protocol(bool extended, bool utf8, bool tls, bool authenticated) {
  if (!extended) return "SMTP";
  std::string protocol = utf8 ? "UTF8SMTP" : "ESMTP";
  if (tls) protocol += 'S';
  if (authenticated) protocol += 'A';
  return protocol;
}

std::string received_field(const Accepted& accepted, const std::string& hostname) {
  const char* const literal = accepted.client.find(':') != std::string::npos ? "IPv6:" : "";
  std::string field = "Received: from " + accepted.helo + " (";
  if (!accepted.name.empty()) field += accepted.name + ' ';
  field += '[' + std::string(literal) + accepted.client + "])\r\n";
  if (!accepted.tls.empty()) field += "\t(" + accepted.tls + ")\r\n";
  field += "\tby " + hostname + " with " +
           (accepted.protocol.empty()
                ? with_protocol(true, accepted.envelope.utf8, !accepted.tls.empty(), !accepted.user.empty())
                : accepted.protocol) +
           " id " + accepted.id;
  if (accepted.envelope.forward_paths.size() == 1)
    field += "\r\n\tfor <" + format(accepted.envelope.forward_paths.front()) + '>';
  field += ";\r\n\t" + rfc5322_date(accepted.received) + "\r\n";
  return field;
}

std::string missing_fields(const Accepted& accepted, std::string_view octets, const std::string& hostname) {
  bool date = false;
  bool message_id = false;
  each_field(octets, [&](std::string_view name, std::string_view) {
    date = date || is_field(name, "Date");
    message_id = message_id || is_field(name, "Message-ID");
  });
  std::string fields;
  if (!date) fields += "Date: " + rfc5322_date(accepted.received) + "\r\n";
  if (!message_id) fields += "Message-ID: <" + accepted.id + '@' + hostname + ">\r\n";
  return fields;
}

std::string sender_field(const std::string& address) { return "Sender: <" + address + ">\r\n"; }

}  // namespace vanthu::mail
