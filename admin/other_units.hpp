// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "admin/keeping_call.hpp"

namespace vanthu::admin {

/// What of a disposal other units have, too: one record is one set of octets, and where it goes it goes for all of
/// them.
struct OtherUnits {
  std::uint64_t looked_at = 0;  ///< so many records, the first ones of the list
  std::uint64_t records = 0;    ///< of these came from or went to other units, as far as who asks may see
  std::uint64_t filed =
      0;  ///< stand in files of other units, whose terms are over as well, as far as they may see these
  std::map<std::string, std::uint64_t> units;  ///< which they came from or went to: how many records
};
/// A unit, all below it today and its forerunners, lower case.
std::set<std::string> own_units(const Office& office, const std::string& unit);

/// Blind copies are told as `archive show` tells them. Reads each record; not within a look at the books: it is one.
/// @param unit  that disposes of them: what is of a unit below it, or was one of its forerunners, is no other
OtherUnits other_units_of(const KeepingCall& call, const std::string& unit, const keeping::Numbers& records);

/// Lines for who proposes, approves or is about to execute; empty: nobody else has them.
std::string others_text(const KeepingCall& call, const OtherUnits& others);
boost::json::object others_json(const OtherUnits& others);

}  // namespace vanthu::admin
