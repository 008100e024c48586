// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "admin/command.hpp"
#include "admin/words.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/search/plan.hpp"

/// What of the archive somebody may read, by whatever way they ask for it.
namespace vanthu::admin {

class Sights {
 public:
  /// @param purpose  what they say that they read for; empty: nothing was said
  Sights(const Office& office, const Request& request, std::string purpose);
  Sights(const Office& office, const Request& request, const Words& words)
      : Sights(office, request, words.value("purpose").value_or("")) {}

  /// Whether a record may be shown among others.
  bool cover(const archive::Summary& record) const;
  /// One record, asked for by its number. What waits for a purge is shown to nobody.
  /// @par Errors  not_found: there is none, or it is not theirs, which sounds the same; refused: it waits for a purge,
  /// or its class wants a purpose
  Result<Done> may_read(std::uint64_t record) const;
  /// For the full text: what is outside is not found, counted or shown.
  search::Scope scope() const;
  /// For whom something may have been left out: a line that says which classes want a purpose; empty: none do.
  std::string note() const;

 private:
  struct Part {
    bool all_units = true;
    std::set<std::string> units{};  ///< lower case
    std::set<std::string> classes{};
  };
  bool is_theirs(const archive::Summary& record) const;

  const Office& office_;
  bool everywhere_ = true;
  std::vector<Part> parts_;
  std::set<std::string> reserved_;       ///< classes that want a purpose, and none was said
  std::vector<std::uint64_t> withheld_;  ///< rising
};

}  // namespace vanthu::admin
