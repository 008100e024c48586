// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

#include "directory/directory.hpp"

namespace vanthu::directory {

/// Something an administrator should look at, though every rule holds.
struct Finding {
  std::string id;       ///< "group.closed-member", "unit.no-registry", …: README.md lists them
  std::string subject;  ///< address or id
  std::string what;     ///< in words
};

struct Hygiene {
  std::vector<Finding> findings;  ///< at most limits::import_notes of each id
  std::size_t more = 0;
};

/// @param actor  only what is theirs
Hygiene check_hygiene(const Directory& directory, Date today, const Actor& actor);

}  // namespace vanthu::directory
