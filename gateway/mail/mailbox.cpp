// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/mailbox.hpp"

#include <algorithm>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::mail {
namespace {
/// atext (RFC 5322 §3.2.3) less what other programs give a meaning of its own.
bool is_local_octet(unsigned char c, bool utf8) {
  if (c >= 0x80) return utf8;
  if (c <= 0x20 || c == 0x7F) return false;
  return std::string_view("()<>[]:;@\\,\"%!|/").find(static_cast<char>(c)) == std::string_view::npos;
}
}  // namespace

Result<Mailbox> parse_mailbox(std::string_view text, bool utf8) {
  const auto wrong = [](const char* what) { return fail(status::bad_mailbox, what); };
  if (text.size() > limits::mailbox_octets) return wrong("address too long");
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return wrong("no local-part@domain");
  if (utf8 && !text::is_utf8(text)) return wrong("not UTF-8");
  // What is looked at is what is kept: composing may make it longer, and makes ";" of a Greek question mark.
  std::string local(text.substr(0, at));
  if (utf8) local = text::nfc(local);
  const std::string_view domain = text.substr(at + 1);
  if (local.size() > limits::local_part_octets) return wrong("local-part too long");
  if (!std::all_of(local.begin(), local.end(),
                   [&](char c) { return is_local_octet(static_cast<unsigned char>(c), utf8); }))
    return wrong("local-part");
  if (utf8 && !text::reads_as_itself(local)) return wrong("local-part not as it is read");
  if (local.find("=?") != std::string::npos) return wrong("encoded word");  // RFC 2047 §5; some programs decode it
  if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos) return wrong("dots");
  if (!utf8 && !std::all_of(domain.begin(), domain.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    return wrong("UTF-8 without SMTPUTF8");
  if (domain.find('.') == std::string_view::npos && domain != "localhost") return wrong("domain without a dot");
  auto ascii = text::domain_to_ascii(domain);
  if (!ascii) return ascii.error();
  if (local.size() + 1 + ascii->size() > limits::mailbox_octets) return wrong("address too long in A-labels");
  return Mailbox{std::move(local), *std::move(ascii)};
}

std::string format(const Mailbox& mailbox) { return mailbox.local_part + '@' + mailbox.domain; }

std::string key(const Mailbox& mailbox) { return text::ascii_lower(mailbox.local_part) + '@' + mailbox.domain; }

std::string key(const std::string& address) {
  const auto mailbox = parse_mailbox(address, true);
  return mailbox ? key(*mailbox) : address;
}

}  // namespace vanthu::mail
