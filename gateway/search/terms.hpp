// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <algorithm>
#include <string>
#include <string_view>

#include "gateway/search/limits.hpp"

/// How terms and values of the index are called; FORMAT.md has the same table. Words are lower case, so a capital
/// begins a prefix and nothing else.
namespace vanthu::search::prefix {

// Words, whose order stands in slot::sequence
inline constexpr std::string_view word = "";      ///< any word, with its marks
inline constexpr std::string_view subject = "S";  ///< of a message's or paper's subject
inline constexpr std::string_view name = "N";     ///< of an attachment's name
// Without an order
inline constexpr std::string_view from = "F";  ///< word of a sender's name or address
inline constexpr std::string_view from_address = "XF";
inline constexpr std::string_view to = "T";  ///< likewise of a recipient; of a blind copy's see below
inline constexpr std::string_view to_address = "XT";
inline constexpr std::string_view symbol = "Y";  ///< archive::symbol_keys()
inline constexpr std::string_view kind = "K";
inline constexpr std::string_view unit = "U";
inline constexpr std::string_view date = "D";      ///< year and month of slot::date: "2026", "202611"
inline constexpr std::string_view received = "R";  ///< of slot::received
inline constexpr std::string_view secrecy = "XS";
inline constexpr std::string_view urgency = "XU";
inline constexpr std::string_view direction = "XD";
inline constexpr std::string_view record_class = "XC";
inline constexpr std::string_view has = "XH";
inline constexpr std::string_view type = "XY";
inline constexpr std::string_view sha256 = "H";
inline constexpr std::string_view message_id = "XM";
inline constexpr std::string_view id = "Q";
inline constexpr std::string_view unread = "XN";  ///< "text": the inspector failed; "pictures": not read
// Blind copies: who is told of them by which terms, says Planner (plan.cpp)
inline constexpr std::string_view blind = "B";  ///< word of the address of who has one
inline constexpr std::string_view blind_address = "XB";
inline constexpr std::string_view blind_of_unit = "BU";           ///< blind_term() of a word and the unit
inline constexpr std::string_view blind_address_of_unit = "XBA";  ///< the same of the address
inline constexpr std::string_view blind_unit = "XBU";             ///< a unit that has it by blind copies alone
inline constexpr std::string_view blind_sender = "XBS";           ///< the sender's unit, where there are blind copies

}  // namespace vanthu::search::prefix

namespace vanthu::search {

/// Slots of a document's values.
namespace slot {
inline constexpr unsigned number = 0;  ///< record number, eight octets, big endian
inline constexpr unsigned date =
    1;  ///< of the first dated paper, else of receipt, of imported mail its own: "20261124"
inline constexpr unsigned received = 2;  ///< in Viet Nam: "20261124"
inline constexpr unsigned facets = 3;    ///< FORMAT.md
inline constexpr unsigned sequence = 4;  ///< where its words stand in their order (sequence_file.hpp)
}  // namespace slot

/// A prefix and a value that fits behind it. A colon keeps apart what begins with a capital.
inline std::string term_of(std::string_view prefix, std::string_view value) {
  std::string term(prefix);
  if (!prefix.empty() && !value.empty() && value.front() >= 'A' && value.front() <= 'Z') term += ':';
  term += value.substr(0, limits::value_octets);
  // Xapian writes a zero octet as two.
  term.erase(std::remove(term.begin(), term.end(), '\0'), term.end());
  return term;
}

/// How a term begins that says which unit's a word or an address is; the unit, or nothing, stands behind it.
inline std::string blind_term(std::string_view prefix, std::string_view value) {
  return term_of(prefix, value.substr(0, limits::blind_value_octets)) + ';';
}

}  // namespace vanthu::search
