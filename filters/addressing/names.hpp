// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "directory/directory.hpp"

namespace vanthu::addressing {

/// The names of people and units by their match key, made once for each generation of the directory. Any thread.
class Names {
 public:
  struct Owner {
    enum class Kind : std::uint8_t { person, unit } kind = Kind::person;
    std::string id;
  };
  /// Whose name this is: all people and units called so. A name in bare ASCII also meets names with marks
  /// ("Nguyen Huu Dong"), since that is how they are written where marks are a nuisance.
  std::vector<Owner> owners(const directory::Directory& directory, std::string_view name);

 private:
  struct Table {
    std::uint64_t generation = 0;
    std::unordered_multimap<std::string, Owner> exact, bare;
  };
  static std::shared_ptr<const Table> make(const directory::Directory& directory, std::uint64_t generation);

  std::mutex mutex_;
  std::shared_ptr<const Table> table_;  ///< shared by the lookups that began before it was replaced
};

}  // namespace vanthu::addressing
