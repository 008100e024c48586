// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

/// Bounds of exports; those that others share stand in gateway/base/limits.hpp.
namespace vanthu::exports::limits {

inline constexpr std::size_t records = 1'000'000;           // of one export
inline constexpr std::size_t files = 100;                   // hồ sơ of one export
inline constexpr std::size_t fonds = 1000;                  // that the records of one export are in
inline constexpr std::size_t purpose_octets = 1000;         // in words
inline constexpr std::size_t plan_octets = 32U << 20;       // vanthu-export.json: a million numbers without ranges
inline constexpr std::size_t parts = 4096;                  // files of one answer
inline constexpr std::size_t name_octets = 200;             // of a file in a bag
inline constexpr std::size_t open = 16;                     // exports that a gateway knows at once
inline constexpr std::chrono::hours idle{12};               // then it forgets one; it goes on by a login
inline constexpr std::size_t group_records = 64;            // on the disk together before the progress says so
inline constexpr std::uint64_t group_octets = 64ULL << 20;  // or so many octets of them
inline constexpr std::chrono::seconds group_time{2};        // or after so long
inline constexpr unsigned records_a_second = 100;           // unless --rate says otherwise
inline constexpr unsigned most_records_a_second = 10'000;   // that --rate may say
inline constexpr std::size_t progress_octets = 1ULL << 30;  // of the file that says how far an export has come

}  // namespace vanthu::exports::limits
