// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>

/// Bounds of the registers. What stands in a letter is cut at them; what a person gives is refused beyond them.
namespace vanthu::registers::limits {

inline constexpr std::size_t unit_octets = 100;     // of a unit's id, in a key
inline constexpr std::size_t part_octets = 80;      // of a term's or a series' name, in a register's id
inline constexpr std::size_t papers = 50;           // of one record that are registered one by one
inline constexpr std::size_t files = 50;            // SHA-256 kept of one paper
inline constexpr std::size_t text_octets = 4000;    // of one cell
inline constexpr std::size_t reason_octets = 2000;  // that a person gives
inline constexpr std::size_t entries = 1000;        // corrections and remarks of one line
inline constexpr std::size_t despatches = 10000;    // of one line: a paper that is sent again and again
inline constexpr std::uint32_t highest_number = 99999;
inline constexpr std::uint32_t allocated = 100;            // numbers at one go
inline constexpr std::size_t kept_octets = 8U << 20;       // of their lines, kept with the one that is purged
inline constexpr std::size_t rules_octets = 64U << 10;     // the rules' text
inline constexpr std::size_t rules = 1000;                 // in it
inline constexpr std::size_t gaps = 10000;                 // told of one register
inline constexpr std::size_t listed = 10000;               // lines in one answer
inline constexpr std::size_t exported = 200000;            // lines in one file
inline constexpr std::size_t printed = 20000;              // lines on paper
inline constexpr std::size_t cell_octets = 8000;           // of one cell on paper, the rest is cut
inline constexpr unsigned paper_days_before = 366U * 15U;  // a paper's own date is believed so long before its record
inline constexpr unsigned paper_days_after = 31;           // and after it
inline constexpr std::size_t signatures = 8;               // of persons over one volume
inline constexpr std::size_t signature_octets = 1U << 16;  // of one, DER in base64

}  // namespace vanthu::registers::limits
