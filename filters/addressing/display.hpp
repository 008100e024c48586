// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>

#include "filters/addressing/addressing.hpp"
#include "filters/addressing/names.hpp"

namespace vanthu::addressing {

/// Whose name a display name borrows.
struct Borrowed {
  std::string whose;  ///< the name, fit to be shown
};

/// Our users: a display name that is a person's or a unit's, and neither the login nor the mailbox has a right to it.
/// Namesakes pass: one right among several owners is enough. A registry may write in the name of the bodies above its
/// unit, which have no mailroom of their own.
std::optional<Borrowed> borrowed_name(const Grounds& grounds, Names& names, const filters::Context& context,
                                      const filters::Author& author, const std::string& address);

/// From outside: a display name that is one of our people's or units', or that shows an address of ours.
std::optional<Borrowed> familiar_name(const Grounds& grounds, Names& names, const filters::Author& author);

}  // namespace vanthu::addressing
