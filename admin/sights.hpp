// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>

#include "admin/command.hpp"
#include "admin/words.hpp"
#include "gateway/sights/sights.hpp"

namespace vanthu::admin {

/// What of the archive the caller of a command may read.
class Sights : public sights::Sights {
 public:
  /// @param purpose  what they say that they read for; empty: nothing was said
  Sights(const Office& office, const Request& request, const std::string& purpose)
      : sights::Sights({office.directory, office.archive, office.keeper, office.policies},
                       {request.everywhere, request.sights}, purpose) {}
  Sights(const Office& office, const Request& request, const Words& words)
      : Sights(office, request, words.value("purpose").value_or("")) {}

  /// Whether what a unit has written down of a record is theirs to read: a letter may have gone to many.
  bool keeps(std::string_view record_class, const std::string& unit) const { return cover(record_class, {unit}); }
};

}  // namespace vanthu::admin
