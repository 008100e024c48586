// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstddef>

/// Bounds of receipts.
namespace vanthu::receipts::limits {

inline constexpr std::chrono::hours receipt_days{90 * 24};  ///< after which nothing more is told of a record
inline constexpr std::size_t receipts_touched = 65536;      ///< records to look at; the rest at the next round
inline constexpr std::size_t units_in_text = 500;           ///< named in words; the machine-readable part has all
inline constexpr std::size_t records_a_look = 256;          ///< of a round, in one transaction

}  // namespace vanthu::receipts::limits
