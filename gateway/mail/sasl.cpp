// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/sasl.hpp"

#include <algorithm>

#include "gateway/base/base64.hpp"

namespace vanthu::mail {
namespace {
constexpr std::size_t name_octets = 255;

bool is_name(std::string_view text) {
  return text.size() <= name_octets && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
         });
}
}  // namespace

std::optional<Plain> decode_plain(std::string_view base64) {
  const auto octets = base64_decode(base64);
  if (!octets) return std::nullopt;
  const std::size_t first = octets->find('\0');
  const std::size_t second = first == std::string::npos ? first : octets->find('\0', first + 1);
  if (second == std::string::npos || octets->find('\0', second + 1) != std::string::npos) return std::nullopt;
  Plain plain{octets->substr(0, first), octets->substr(first + 1, second - first - 1), octets->substr(second + 1)};
  if (!is_name(plain.authorization) || !is_name(plain.login) || plain.login.empty() || plain.password.empty() ||
      plain.password.size() > name_octets)
    return std::nullopt;
  return plain;
}

std::string encode_plain(const Plain& plain) {
  return base64_encode(plain.authorization + '\0' + plain.login + '\0' + plain.password);
}

}  // namespace vanthu::mail
