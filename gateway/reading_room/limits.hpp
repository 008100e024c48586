// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

/// The bounds of the archive by IMAP; the product's others stand in gateway/base/limits.hpp.
namespace vanthu::reading_room::limits {

inline constexpr std::size_t command_octets = 64U << 10;   // with its literals
inline constexpr std::size_t set_ranges = 10'000;          // of one sequence set
inline constexpr std::size_t search_depth = 16;            // NOT, OR and parentheses in one another
inline constexpr std::size_t search_keys = 200;            // of one SEARCH
inline constexpr std::size_t patterns = 50;                // of one LIST
inline constexpr std::size_t fetch_items = 100;            // of one FETCH
inline constexpr std::size_t header_names = 200;           // of one HEADER.FIELDS
inline constexpr std::size_t checked_records = 5'000;      // whose text a SEARCH looks at itself; with more, words
inline constexpr std::size_t unindexed_records = 300;      // whose whole text is looked at without asking the index
inline constexpr std::size_t index_records = 200'000;      // of the full text's answer to one key
inline constexpr std::size_t piece_octets = 256U << 10;    // of an answer at once in memory
inline constexpr std::size_t gone_ranges = 1'000;          // of UIDs in one VANISHED (EARLIER)
inline constexpr std::size_t served_at_once = 200;         // messages of a FETCH, then what they say is sent
inline constexpr std::size_t inflated_octets = 16U << 10;  // of what a compressed client sends, at once in memory
inline constexpr std::size_t audited_records = 1'000;      // in one entry of the audit log
inline constexpr std::size_t cached_octets = 64U << 20;    // of outlines and headers, all sessions together
inline constexpr std::size_t cached_header_octets = 16U << 10;
inline constexpr std::size_t preview_characters = 200;        // RFC 8970 §3.1
inline constexpr std::chrono::seconds rights_asked_again{1};  // while one command goes on
inline constexpr std::size_t bad_commands = 20;
inline constexpr std::chrono::seconds idle_look{5};        // how soon an idle client hears of news
inline constexpr std::chrono::seconds pulse{1};            // how often all of them together look whether there are any
inline constexpr std::chrono::seconds progress_every{10};  // a word of how far a long SEARCH is (RFC 9585)
inline constexpr std::chrono::seconds write_wait{120};     // for a client to take what we say

}  // namespace vanthu::reading_room::limits
