// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/sasl.hpp"

#include <array>
#include <cstdint>

#include "gateway/base/text.hpp"
#include "gateway/imap/command.hpp"

namespace vanthu::imap {
namespace {
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t part_octets = 255;  // RFC 4616 §2 names the forms; servers behind us cut longer ones

constexpr auto values = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  return table;
}();
}  // namespace

std::string base64(std::string_view octets) {
  std::string text;
  text.reserve((octets.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, octets.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (k < have ? static_cast<unsigned char>(octets[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) text += k <= have ? alphabet[bits >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

Result<std::string> from_base64(std::string_view text) {
  const auto wrong = [] { return fail(status::bad_arguments, "not base64"); };
  if (text.size() % 4 != 0) return wrong();
  std::string octets;
  octets.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const std::string_view group = text.substr(i, 4);
    const bool last = i + 4 == text.size();
    const std::size_t padding = !last || group[3] != '=' ? 0 : group[2] == '=' ? 2 : 1;
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const int value = k < 4 - padding ? values[static_cast<unsigned char>(group[k])] : 0;
      if (value < 0) return wrong();
      bits = bits << 6 | static_cast<std::uint32_t>(value);
    }
    if ((padding == 1 && (bits & 0xFFU) != 0) || (padding == 2 && (bits & 0xFFFFU) != 0)) return wrong();
    for (std::size_t k = 0; k < 3 - padding; ++k) octets += static_cast<char>(bits >> (16 - 8 * k) & 0xFFU);
  }
  return octets;
}

bool plain_text(std::string_view part) {
  return part.size() <= part_octets && part.find_first_of(std::string_view("\0\r\n", 3)) == std::string_view::npos &&
         text::is_utf8(part);
}

Result<std::string> encode(const Plain& plain) {
  if (!plain_text(plain.authorization) || !plain_text(plain.authentication) || !plain_text(plain.password) ||
      plain.authentication.empty() || plain.password.empty())
    return fail(status::bad_arguments, "a part of SASL PLAIN is empty, too long or holds NUL, CR or LF");
  std::string message = plain.authorization + '\0' + plain.authentication + '\0' + plain.password;
  std::string text = base64(message);
  wipe(message);
  return text;
}

Result<Plain> decode_plain(std::string_view message) {
  auto octets = from_base64(message);
  if (!octets) return octets.error();
  const std::string_view all = *octets;
  const auto wrong = [] { return fail(status::bad_arguments, "not SASL PLAIN"); };
  const std::size_t first = all.find('\0');
  const std::size_t second = first == std::string_view::npos ? first : all.find('\0', first + 1);
  if (second == std::string_view::npos) return wrong();
  Plain plain{std::string(all.substr(0, first)), std::string(all.substr(first + 1, second - first - 1)),
              std::string(all.substr(second + 1))};
  wipe(*octets);
  if (!plain_text(plain.authorization) || !plain_text(plain.authentication) || !plain_text(plain.password) ||
      plain.authentication.empty() || plain.password.empty())
    return wrong();
  return plain;
}

}  // namespace vanthu::imap
