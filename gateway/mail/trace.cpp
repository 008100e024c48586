// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/trace.hpp"

namespace vanthu::mail {

std::string received_field(const Accepted& accepted, const std::string& hostname) {
  std::string protocol = accepted.envelope.utf8 ? "UTF8SMTP" : "ESMTP";
  if (!accepted.tls.empty()) protocol += 'S';
  if (!accepted.user.empty()) protocol += 'A';
  std::string field = "Received: from " + accepted.helo + " ([" +
                      (accepted.client.find(':') != std::string::npos ? "IPv6:" : "") + accepted.client + "])\r\n";
  if (!accepted.tls.empty()) field += "\t(" + accepted.tls + ")\r\n";
  field += "\tby " + hostname + " with " + protocol + " id " + accepted.id + ";\r\n\t" +
           rfc5322_date(accepted.received) + "\r\n";
  return field;
}

}  // namespace vanthu::mail
