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

/// An entry of the directory by its name.
struct Named {
  enum class Kind : std::uint8_t { person, unit, position } kind = Kind::person;
  std::string id;    ///< person or unit; of a position the unit it is of
  std::string name;  ///< as the directory spells it
};

/// Whether a reader takes `shown` for `entry`, two names of one skeleton. Not where they differ in nothing but their
/// marks and `shown` is written with marks ("Nguyễn Hữu Đồng" is not Nguyễn Hữu Đông); a spelling without marks, or
/// with most of them gone, is the name, and so is whatever borrows letters of another script or hides some.
bool taken_for(std::string_view shown, std::string_view entry);

/// The names of people, units and positions by their skeleton, made once for each generation of the directory. Any
/// thread.
class Names {
 public:
  /// All entries whose skeleton is that of `name`; at most limits::named_entries.
  std::vector<Named> called(const directory::Directory& directory, std::string_view name);

 private:
  struct Table {
    std::uint64_t generation = 0;
    std::unordered_multimap<std::string, Named> by_skeleton;
  };
  static std::shared_ptr<const Table> make(const directory::Directory& directory, std::uint64_t generation);

  std::mutex mutex_;
  std::shared_ptr<const Table> table_;  ///< shared by the lookups that began before it was replaced
};

}  // namespace vanthu::addressing
