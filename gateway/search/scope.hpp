// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/archive/archive.hpp"

/// What an answer is kept to, for whoever may not see all. As terms of the index: plan.hpp.
namespace vanthu::search {

/// A part of the archive: both must hold where both are given.
struct Part {
  std::optional<std::set<std::string>> units{};  ///< unit ids, lower case; one of which sent or received it
  std::optional<std::set<std::string>> classes{};

  bool has_unit(std::string_view unit) const;
  bool has_class(std::string_view record_class) const;
};

struct Scope {
  std::optional<std::vector<Part>> parts{};  ///< any of them; an empty list: nothing; none: all
  std::set<std::string> without_classes{};
  std::vector<std::uint64_t> without{};  ///< records, ascending

  /// Whether records of a class that these units sent or received are in a part.
  bool covers(std::string_view record_class, const std::vector<std::string>& units) const;
  /// Whether what a unit has of records of a class is theirs to read: the `theirs` of archive::is_told().
  bool keeps(std::string_view record_class, const std::string& unit) const;
  /// Leaves out of a record the units that have it by blind copies which are not told here.
  void tell(archive::Summary& record) const;
  /// Whether anything of a unit's is in a part, of whatever class.
  bool reaches(std::string_view unit) const;
};

}  // namespace vanthu::search
