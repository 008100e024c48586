// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

namespace vanthu::inspect {

/// The rule-books by which a paper was written: those in force on its own date (conf/tables/rule-books.tsv).
/// @param form  "party" or "state"
/// @param date  ISO; of a paper without one nothing is known
/// @return "66-QĐ/TW, 36-HD/VPTW": kinds and authority, then layout; empty: no row covers the day
std::string rule_books_of(std::string_view form, std::string_view date);

}  // namespace vanthu::inspect
