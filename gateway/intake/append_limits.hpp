// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

/// Bounds of what mail programs file by IMAP, and of what is asked about it.
namespace vanthu::limits {

inline constexpr std::size_t imap_letters = 256;        // in one APPEND (RFC 3502)
inline constexpr std::uint64_t imap_letters_times = 4;  // limits.message-octets that all of them may have
inline constexpr std::size_t imap_carried = 1000;       // letters that leave a folder which is not archived, at once
inline constexpr std::size_t imap_heard_octets = 1U << 20;  // of the store's answer to a question of ours
inline constexpr std::size_t imap_named_messages = 2000;    // octets of a set of UIDs in the audit log
inline constexpr std::size_t refused_letters = 20'000;      // known again by their digest
inline constexpr std::size_t sent_letters = 10'000;         // whose copies are known in a folder for reading
inline constexpr std::chrono::hours sent_letter_time{24};   // so long

}  // namespace vanthu::limits
