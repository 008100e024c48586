// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/dsn.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/dsn_words.hpp"

namespace vanthu::mail {
namespace {
constexpr std::string_view hexadecimal = "0123456789ABCDEF";

bool ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string_view header_block(std::string_view octets) {
  const std::size_t end = octets.find("\r\n\r\n");
  std::string_view block = octets.substr(0, end == std::string_view::npos ? octets.size() : end + 2);
  if (block.size() > limits::dsn_header_octets) {
    block = block.substr(0, limits::dsn_header_octets);
    block = block.substr(0, block.rfind("\r\n") == std::string_view::npos ? 0 : block.rfind("\r\n") + 2);
  }
  return block;
}

/// The fields that tell the sender which message it was and nothing of what it says.
std::string bare_header(std::string_view header) {
  static constexpr auto kept = std::to_array<std::string_view>({"date", "from", "to", "cc", "message-id"});
  std::string out;
  bool keep = false;
  while (!header.empty()) {
    const std::size_t end = header.find("\r\n");
    const std::string_view line = header.substr(0, end == std::string_view::npos ? header.size() : end + 2);
    header.remove_prefix(line.size());
    if (line.front() != ' ' && line.front() != '\t') {
      const std::string name = text::ascii_lower(line.substr(0, line.find(':')));
      keep = std::find(kept.begin(), kept.end(), name) != kept.end();
    }
    if (keep) out += line;
  }
  return out;
}

/// A next hop's words go into a field: one line of printable ASCII.
std::string field_text(std::string_view words) {
  std::string out;
  for (const unsigned char c : words.substr(0, limits::refusal_octets))
    out += c >= 0x20 && c < 0x7F ? static_cast<char>(c) : c < 0x80 ? ' ' : '?';
  return out;
}

/// "rfc822; a@b" or, with UTF-8 in it, "utf-8; …" in ASCII.
std::string typed(std::string_view address) {
  return ascii(address) ? "rfc822; " + field_text(address) : "utf-8; " + utf8_xtext(address);
}

/// The field of ORCPT as it was given, its type, then the address; without ORCPT there is none (RFC 3461 §6.3).
std::string original_recipient(const Delivery& delivery) {
  const std::size_t semicolon = delivery.orcpt.find(';');
  if (semicolon == std::string::npos) return {};
  const std::string field = "Original-Recipient: ";
  const std::string_view address = std::string_view(delivery.orcpt).substr(semicolon + 1);
  if (!ascii(address)) return field + typed(address) + "\r\n";
  return field + field_text(delivery.orcpt.substr(0, semicolon)) + "; " + field_text(address) + "\r\n";
}

constexpr std::array<const char*, 4> action_words{"failed", "delayed", "delivered", "relayed"};

std::string human_part(const Accepted& accepted, const std::vector<Reported>& reported, const Report& report,
                       const auto& named) {
  const std::string when = rfc5322_date(accepted.received);
  std::string vi;
  std::string en;
  for (const Action action : {Action::failed, Action::delayed, Action::delivered, Action::relayed}) {
    bool first = true;
    for (const Reported& one : reported) {
      if (one.action != action) continue;
      if (std::exchange(first, false)) {
        vi += "Thư của đồng chí gửi lúc " + when + ' ' + std::string(heading(action).opening.vi) + "\r\n\r\n";
        en += "Your message of " + when + ' ' + std::string(heading(action).opening.en) + "\r\n\r\n";
      }
      const Delivery& delivery = accepted.deliveries[one.index];
      std::string address = "  " + delivery.original;
      if (named(delivery) != delivery.original) address += " (" + named(delivery) + ')';
      std::string words = "\r\n    " + std::to_string(one.reply.code) + ' ' + vanthu::format(one.reply.enhanced) + ' ';
      for (const char c : one.reply.text) words += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
      const Sentence sentence = one.person ? not_approved() : explain(one.reply);
      vi += address + (sentence.vi.empty() ? "" : "\r\n    " + std::string(sentence.vi)) + words + "\r\n";
      en += address + (sentence.en.empty() ? "" : "\r\n    " + std::string(sentence.en)) + words + "\r\n";
    }
    if (!first && action == Action::delayed && report.retry_until) {
      vi += "\r\nHệ thống gửi tiếp đến " + rfc5322_date(*report.retry_until) + ".\r\n";
      en += "\r\nWe keep trying until " + rfc5322_date(*report.retry_until) + ".\r\n";
    }
    if (!first) {
      vi += "\r\n";
      en += "\r\n";
    }
  }
  return vi + "Mã thư: " + accepted.id + "\r\n\r\n---\r\n\r\n" + en + "Queue id: " + accepted.id + "\r\n";
}

std::string status_part(const Accepted& accepted, const std::vector<Reported>& reported, const Report& report,
                        const auto& named) {
  std::string text;
  if (!accepted.envelope.envid.empty()) text += "Original-Envelope-Id: " + field_text(accepted.envelope.envid) + "\r\n";
  text += "Reporting-MTA: dns; " + report.hostname + "\r\nArrival-Date: " + rfc5322_date(accepted.received) + "\r\n";
  for (const Reported& one : reported) {
    const Delivery& delivery = accepted.deliveries[one.index];
    std::array<int, 3> status = one.reply.enhanced;
    if (one.action == Action::delayed) status[0] = 4;
    text += "\r\n" + original_recipient(delivery) + "Final-Recipient: " + typed(named(delivery)) +
            "\r\nAction: " + action_words[static_cast<std::size_t>(one.action)] +
            "\r\nStatus: " + vanthu::format(status) + "\r\n";
    if (!one.next_hop.empty())
      text += "Remote-MTA: dns; " + field_text(one.next_hop.substr(0, one.next_hop.rfind(':'))) +
              "\r\nDiagnostic-Code: smtp; " + std::to_string(one.reply.code) + ' ' +
              vanthu::format(one.reply.enhanced) + ' ' + field_text(one.reply.text) + "\r\n";
    text += "Last-Attempt-Date: " + rfc5322_date(report.at) + "\r\n";
    if (one.action == Action::delayed && report.retry_until)
      text += "Will-Retry-Until: " + rfc5322_date(*report.retry_until) + "\r\n";
  }
  return text;
}

/// The third part: the message, or its header.
std::string returned_part(const Accepted& accepted, const std::vector<Reported>& reported, std::string_view octets) {
  const auto failed = [](const Reported& one) { return one.action == Action::failed; };
  const bool policy = std::any_of(reported.begin(), reported.end(), [&](const Reported& one) {
    return (failed(one) || one.action == Action::delayed) && one.reply.enhanced[1] == 7;
  });
  const bool full = accepted.envelope.ret == Envelope::Return::full && !policy &&
                    octets.size() <= limits::dsn_return_octets && accepted.envelope.body != Envelope::Body::binary &&
                    std::any_of(reported.begin(), reported.end(), failed);
  if (full) {
    std::string part = "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: ";
    part += ascii(octets) ? "7bit\r\n\r\n" : "8bit\r\n\r\n";
    part += octets;
    return part;
  }
  const std::string header = policy ? bare_header(header_block(octets)) : std::string(header_block(octets));
  if (ascii(header)) return "Content-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" + header;
  return "Content-Type: text/rfc822-headers; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
         quoted_printable(header);
}
}  // namespace

std::string utf8_xtext(std::string_view address) {
  std::string out;
  for (std::size_t i = 0; i < address.size();) {
    const auto c = static_cast<unsigned char>(address[i]);
    if (c > 0x20 && c < 0x7F && c != '+' && c != '=' && c != '\\') {
      out += address[i++];
      continue;
    }
    const std::size_t octets = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
    std::uint32_t point = octets == 4 ? c & 7U : octets == 3 ? c & 15U : octets == 2 ? c & 31U : c;
    for (std::size_t k = 1; k < octets && i + k < address.size(); ++k)
      point = point << 6 | (static_cast<unsigned char>(address[i + k]) & 63U);
    i += octets;
    std::string digits;
    for (std::uint32_t rest = point; rest != 0 || digits.size() < 2; rest >>= 4)
      digits.insert(0, 1, hexadecimal[rest & 15]);
    out += "\\x{" + digits + '}';
  }
  return out;
}

bool wanted(Action action, std::uint8_t notify) {
  if (notify == Notify::unsaid) return action == Action::failed || action == Action::delayed;
  switch (action) {
    case Action::failed:
      return (notify & Notify::on_failure) != 0;
    case Action::delayed:
      return (notify & Notify::on_delay) != 0;
    case Action::delivered:
    case Action::relayed:
      break;
  }
  return (notify & Notify::on_success) != 0;
}

std::string quoted_printable(std::string_view text) {
  constexpr std::size_t line_octets = 76;
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "\r\n") {
      out += "\r\n";
      column = 0;
      ++i;
      continue;
    }
    const auto c = static_cast<unsigned char>(text[i]);
    const bool blank_at_end = (c == ' ' || c == '\t') && (i + 1 == text.size() || text.substr(i + 1, 2) == "\r\n");
    const bool plain = (c >= 0x20 && c < 0x7F && c != '=' && !blank_at_end) || (c == '\t' && !blank_at_end);
    const std::size_t width = plain ? 1 : 3;
    if (column + width > line_octets - 1) {
      out += "=\r\n";
      column = 0;
    }
    if (plain) {
      out += static_cast<char>(c);
    } else {
      out += '=';
      out += hexadecimal[c >> 4];
      out += hexadecimal[c & 15];
    }
    column += width;
  }
  return out;
}

std::string dsn(const Accepted& accepted, const std::vector<Reported>& reported, std::string_view octets,
                const Report& report) {
  const bool outside = accepted.direction == Direction::in;
  const auto named = [outside](const Delivery& delivery) { return outside ? delivery.original : format(delivery.to); };
  const Action first = reported.empty() ? Action::failed : reported.front().action;
  const std::string boundary = "=_dsn_" + report.id;
  std::string to = report.to;
  if (to.empty() && accepted.envelope.reverse_path) to = format(*accepted.envelope.reverse_path);
  std::string text = "From: Mail Delivery System <postmaster@" + report.hostname + ">\r\nTo: <" + to +
                     ">\r\nDate: " + rfc5322_date(report.at) + "\r\nMessage-ID: <" + report.id + "@" + report.hostname +
                     ">\r\nSubject: ";
  text += heading(first).subject;
  text +=
      "\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/report; report-type=delivery-status; boundary=\"" +
      boundary + "\"\r\n\r\n";
  text += "--" + boundary +
          "\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
          quoted_printable(human_part(accepted, reported, report, named)) + "\r\n";
  text += "--" + boundary + "\r\nContent-Type: message/delivery-status\r\n\r\n" +
          status_part(accepted, reported, report, named);
  text += "\r\n--" + boundary + "\r\n" + returned_part(accepted, reported, octets);
  if (!text.ends_with("\r\n")) text += "\r\n";
  text += "\r\n--" + boundary + "--\r\n";
  return text;
}

}  // namespace vanthu::mail
