// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

/// Bounds of bringing sessions back behind a mail store that restarts.
namespace vanthu::limits {

inline constexpr std::chrono::seconds imap_restore_wait{60};         // for the store to come back
inline constexpr std::chrono::milliseconds imap_restore_pause{500};  // before the first try, at most; doubled with each
inline constexpr std::chrono::milliseconds imap_restore_longest{8000};
inline constexpr unsigned imap_restores =
    5;  // of one session in the time below: a store that ends each one is not hidden
inline constexpr std::chrono::minutes imap_restores_in{10};
inline constexpr std::uint64_t imap_restored_flags = 20'000;   // messages whose flags are told again
inline constexpr std::size_t imap_restored_octets = 2U << 20;  // of what the client is told then

}  // namespace vanthu::limits
