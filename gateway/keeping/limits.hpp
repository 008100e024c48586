// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>

/// Bounds of this folder; those that others share stand in gateway/base/limits.hpp.
namespace vanthu::keeping::limits {

inline constexpr std::size_t table_octets = 1U << 20;         // of a retention table
inline constexpr std::size_t table_rows = 5000;               // in it
inline constexpr unsigned longest_years = 100;                // a term; the law knows 2 to 70 and permanent
inline constexpr std::size_t code_octets = 100;               // of a file's code: with unit and year it is a key
inline constexpr std::size_t language_octets = 35;            // a language tag (RFC 5646 §4.4.1)
inline constexpr std::size_t unit_octets = 100;               // of a unit's id
inline constexpr std::size_t text_octets = 4096;              // a title, a reason
inline constexpr std::size_t explanation_octets = 64U << 10;  // of a disposal (bản thuyết minh)
inline constexpr std::size_t scan_octets = 16U << 20;         // of a council's decision: some pages in colour
inline constexpr std::size_t records_at_once = 10'000;        // into or out of a file with one command
inline constexpr std::size_t planned_files = 5000;            // in one unit's list of a year
inline constexpr std::size_t hold_records = 1'000'000;        // frozen by one hold
inline constexpr std::size_t disposal_records = 100'000;      // of one proposal
inline constexpr std::size_t disposal_batch = 50;             // records disposed of and destroyed before the next ones
inline constexpr std::size_t purge_records = 100;             // of one emergency purge
inline constexpr std::size_t sample_records = 10;             // shown of what a hold would take
inline constexpr std::size_t suggestions = 10;                // files suggested for a record

}  // namespace vanthu::keeping::limits
