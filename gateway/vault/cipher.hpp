// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>

/// AES-256-GCM over short octets, as the vault wraps keys.
namespace vanthu::vault {

inline constexpr std::size_t key_octets = 32, nonce_octets = 12, tag_octets = 16;

/// Ciphertext and tag; nothing where OpenSSL fails.
std::optional<std::string> encrypt(std::string_view key, std::string_view nonce, std::string_view context,
                                   std::string_view plain);
/// Nothing where it was not encrypted with that key, nonce and context.
std::optional<std::string> decrypt(std::string_view key, std::string_view nonce, std::string_view context,
                                   std::string_view sealed);
/// @return so many octets; empty where the machine gives none
std::string random_octets(std::size_t count);

}  // namespace vanthu::vault
