// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/scope.hpp"

#include <algorithm>

#include "gateway/base/text.hpp"

namespace vanthu::search {

bool Part::has_unit(std::string_view unit) const { return !units || units->contains(text::ascii_lower(unit)); }
bool Part::has_class(std::string_view record_class) const {
  return !classes || classes->contains(std::string(record_class));
}

bool Scope::covers(std::string_view record_class, const std::vector<std::string>& units) const {
  return !parts || std::any_of(parts->begin(), parts->end(), [&](const Part& part) {
    if (!part.has_class(record_class)) return false;
    return !part.units ||
           std::any_of(units.begin(), units.end(), [&](const std::string& unit) { return part.has_unit(unit); });
  });
}

bool Scope::keeps(std::string_view record_class, const std::string& unit) const {
  return covers(record_class, {unit}) && !without_classes.contains(std::string(record_class));
}

void Scope::tell(archive::Summary& record) const {
  const auto hidden =
      archive::untold(record.blind, [&](const std::string& unit) { return keeps(record.record_class, unit); });
  const auto is_hidden = [&](const std::string& unit) {
    return std::find(hidden.begin(), hidden.end(), unit) != hidden.end();
  };
  for (auto* units : {&record.units, &record.blind.units}) std::erase_if(*units, is_hidden);
}

bool Scope::reaches(std::string_view unit) const {
  return !parts || std::any_of(parts->begin(), parts->end(), [&](const Part& part) { return part.has_unit(unit); });
}

}  // namespace vanthu::search
