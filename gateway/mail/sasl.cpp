// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/sasl.hpp"

#include "gateway/base/base64.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::mail {
namespace {
constexpr std::size_t part_octets = 255;  // RFC 4616 §2 names the forms; servers behind us cut longer ones

bool usable(const Plain& plain) {
  return plain_text(plain.authorization) && plain_text(plain.authentication) && plain_text(plain.password) &&
         !plain.authentication.empty() && !plain.password.empty();
}
}  // namespace

bool plain_text(std::string_view part) {
  return part.size() <= part_octets && part.find_first_of(std::string_view("\0\r\n", 3)) == std::string_view::npos &&
         text::is_utf8(part);
}

Result<std::string> encode(const Plain& plain) {
  if (!usable(plain))
    return fail(status::bad_arguments, "a part of SASL PLAIN is empty, too long or holds NUL, CR or LF");
  return base64_encode(plain.authorization + '\0' + plain.authentication + '\0' + plain.password);
}

Result<Plain> decode_plain(std::string_view message) {
  const auto wrong = [] { return fail(status::bad_arguments, "not SASL PLAIN"); };
  const auto octets = base64_decode(message);
  if (!octets) return wrong();
  const std::size_t first = octets->find('\0');
  const std::size_t second = first == std::string::npos ? first : octets->find('\0', first + 1);
  if (second == std::string::npos) return wrong();
  Plain plain{octets->substr(0, first), octets->substr(first + 1, second - first - 1), octets->substr(second + 1)};
  if (!usable(plain)) return wrong();
  return plain;
}

}  // namespace vanthu::mail
