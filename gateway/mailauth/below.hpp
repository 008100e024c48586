// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

namespace vanthu::mailauth {

/// Whether `name` is the domain or stands below it; both in lower case, without a dot at the end.
constexpr bool same_or_below(std::string_view name, std::string_view domain) {
  return name == domain ||
         (name.size() > domain.size() && name.ends_with(domain) && name[name.size() - domain.size() - 1] == '.');
}

}  // namespace vanthu::mailauth
