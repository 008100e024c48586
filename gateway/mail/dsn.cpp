// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/dsn.hpp"

#include <algorithm>

namespace vanthu::mail {
namespace {
constexpr std::size_t quoted_octets = 65536;

std::string_view header_block(std::string_view octets) {
  const std::size_t end = octets.find("\r\n\r\n");
  std::string_view block = octets.substr(0, end == std::string_view::npos ? octets.size() : end + 2);
  if (block.size() > quoted_octets) {
    block = block.substr(0, quoted_octets);
    block = block.substr(0, block.rfind("\r\n") == std::string_view::npos ? 0 : block.rfind("\r\n") + 2);
  }
  return block;
}

bool ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// A next hop's words go into a header-like field: one line, no controls.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return text;
}
}  // namespace

std::string dsn(const Accepted& accepted, const std::vector<Failure>& failures, std::string_view octets,
                const std::string& hostname, const std::string& id, Time at) {
  const std::string boundary = "=_dsn_" + id;
  const std::string to = accepted.envelope.reverse_path ? format(*accepted.envelope.reverse_path) : "";
  std::string text =
      "From: Mail Delivery System <postmaster@" + hostname + ">\r\nTo: <" + to + ">\r\nDate: " + rfc5322_date(at) +
      "\r\nMessage-ID: <" + id + "@" + hostname +
      ">\r\nSubject: =?UTF-8?Q?Th=C6=B0_kh=C3=B4ng_g=E1=BB=ADi_=C4=91=C6=B0=E1=BB=A3c?= (undelivered mail)\r\n"
      "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/report; report-type=delivery-status; boundary=\"" +
      boundary + "\"\r\n\r\n";
  text += "--" + boundary + "\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
  text += "Thư của đồng chí gửi lúc " + rfc5322_date(accepted.received) +
          " không đến được các địa chỉ sau:\r\n"
          "(Your message could not be delivered to these addresses:)\r\n\r\n";
  for (const Failure& failure : failures) {
    text += "  " + failure.original;
    if (failure.final != failure.original) text += " (" + failure.final + ")";
    text += "\r\n    " + std::to_string(failure.reply.code) + ' ' + one_line(failure.reply.text) + "\r\n";
  }
  text += "\r\nMã thư (queue id): " + accepted.id + "\r\n\r\n";
  text += "--" + boundary + "\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; " + hostname +
          "\r\nArrival-Date: " + rfc5322_date(accepted.received) + "\r\n";
  for (const Failure& failure : failures) {
    const char* type = ascii(failure.final) ? "rfc822; " : "utf-8; ";
    text += "\r\nOriginal-Recipient: " + std::string(ascii(failure.original) ? "rfc822; " : "utf-8; ") +
            failure.original + "\r\nFinal-Recipient: " + type + failure.final +
            "\r\nAction: failed\r\nStatus: " + vanthu::format(failure.reply.enhanced) + "\r\nRemote-MTA: dns; " +
            failure.next_hop + "\r\nDiagnostic-Code: smtp; " + std::to_string(failure.reply.code) + ' ' +
            one_line(failure.reply.text) + "\r\n";
  }
  const std::string_view header = header_block(octets);
  text += "\r\n--" + boundary +
          "\r\nContent-Type: " + (ascii(header) ? "text/rfc822-headers" : "text/rfc822-headers; charset=UTF-8") +
          "\r\nContent-Transfer-Encoding: " + (ascii(header) ? "7bit" : "8bit") + "\r\n\r\n";
  text += header;
  if (!header.ends_with("\r\n")) text += "\r\n";
  text += "\r\n--" + boundary + "--\r\n";
  return text;
}

}  // namespace vanthu::mail
