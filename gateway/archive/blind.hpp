// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <set>
#include <string>
#include <vector>

#include "filters/facts.hpp"
#include "gateway/mail/mailbox.hpp"

/// Blind copies, and who is told of them: the one rule by which records are shown, found, counted and put into folders.
namespace vanthu::archive {

/// Which forward-paths of a letter are blind copies: neither To nor Cc names them. Only the record knows of these.
class BlindCopies {
 public:
  /// @param facts  null: nobody can read them, so that they name nobody
  explicit BlindCopies(const filters::Facts* facts);
  bool has(const mail::Mailbox& path) const;
  /// @param path  as text, as a delivery says where it came from
  bool has(const std::string& path) const;

 private:
  std::set<std::string> named_;  // mail::key()
};

/// Units that have a record by blind copies alone, and the one that is told of all blind copies.
struct BlindUnits {
  std::string sender{};  ///< the sender's unit, where there is a blind copy; empty: unknown, or he is nobody's
  std::vector<std::string> units{};
  friend bool operator==(const BlindUnits&, const BlindUnits&) = default;
};

/// Of a blind copy somebody is told if the sender's unit is theirs, or the unit that has it.
/// @param sender  asked of theirs when it is empty, too: whoever sees all units is told of all
/// @param unit  empty: nobody's here
/// @param theirs  bool(const std::string& unit): whether what a unit has of records of this class is theirs to read
template <class Theirs>
bool is_told(const std::string& sender, const std::string& unit, const Theirs& theirs) {
  return theirs(sender) || (!unit.empty() && theirs(unit));
}

/// Those of the units that somebody is not told of.
template <class Theirs>
std::vector<std::string> untold(const BlindUnits& blind, const Theirs& theirs) {
  std::vector<std::string> units;
  for (const std::string& unit : blind.units)
    if (!is_told(blind.sender, unit, theirs)) units.push_back(unit);
  return units;
}

}  // namespace vanthu::archive
