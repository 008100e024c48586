// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "directory/directory.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/search/scope.hpp"
#include "gateway/sights/sight.hpp"

namespace vanthu::keeping {
class Keeper;
}
namespace vanthu::policies {
class InForce;
}

/// What of the archive somebody may read, by whatever way they ask for it.
namespace vanthu::sights {

/// What a person may read of the archive as its archivist.
struct Rights {
  bool everywhere = false;
  std::vector<Sight> parts{};  ///< any of them; everywhere or not, empty: is no archivist that day
};
/// A unit, all below it that day, and what became part of any of them, lower case: who keeps a unit's papers keeps its
/// forerunners'.
std::set<std::string> subtree(const directory::Directory& directory, const std::string& unit, Date day);
Rights as_archivist(const directory::Directory& directory, std::string_view person, Date day);

/// What tells it. Loans; each may be missing but the archive.
struct Sources {
  const directory::Directory* directory = nullptr;
  const archive::Archive* archive = nullptr;
  keeping::Keeper* keeper = nullptr;
  policies::InForce* policies = nullptr;
};

class Sights {
 public:
  /// @param purpose  what they say that they read for; empty: nothing was said
  Sights(Sources sources, Rights rights, const std::string& purpose);

  /// Whether a record may be shown among others.
  bool cover(const archive::Summary& record) const;
  /// The same but for what waits for a purge: by what units and class alone say.
  bool cover(std::string_view record_class, const std::vector<std::string>& units) const;
  /// Whether anything of a unit's is theirs to read, of whatever class.
  bool reach(const std::string& unit) const { return scope_.reaches(unit); }
  /// Leaves out of a record the units that have it by blind copies of which they are not told (archive::is_told).
  void tell(archive::Summary& record) const { scope_.tell(record); }
  /// One record, asked for by its number. What waits for a purge is shown to nobody.
  /// @par Errors  not_found: there is none, or it is not theirs, which sounds the same; refused: it waits for a purge,
  /// or its class wants a purpose
  Result<Done> may_read(std::uint64_t record) const;
  /// For the full text: what is outside is not found, counted or shown.
  const search::Scope& scope() const { return scope_; }
  /// Classes that want a purpose, and none was said.
  const std::set<std::string>& reserved() const { return scope_.without_classes; }
  /// What waits for a purge, rising.
  const std::vector<std::uint64_t>& withheld() const { return scope_.without; }
  /// The same text as long as the same records are covered, whatever comes in: units, classes, what wants a purpose.
  std::string signature() const;
  /// For whom something may have been left out: a line that says which classes want a purpose; empty: none do.
  std::string note() const;

 private:
  bool everywhere() const { return !scope_.parts; }

  Sources sources_;
  search::Scope scope_;
};

}  // namespace vanthu::sights
