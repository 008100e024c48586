// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "filters/addressing/addressing.hpp"
#include "filters/addressing/names.hpp"

namespace vanthu::addressing {

/// Whose name a display name borrows.
struct Borrowed {
  std::string whose;   ///< the name, fit to be shown
  bool title = false;  ///< a position that the sender does not hold
};

/// Our users: a display name that shows an address which is not the one behind it, or that claims (claims.hpp) to be a
/// person, a unit or the holder of a position, and neither the login nor the mailbox has a right to that.
/// Namesakes pass: one right among several entries of a name is enough. A registry may write in the name of the bodies
/// above its unit, which have no mailroom of their own; who writes under the own name may add the units above the own.
/// @param address  behind the name, as a key: the login's or one that it may write as
std::optional<Borrowed> borrowed_name(const Grounds& grounds, const filters::Context& context,
                                      const filters::Author& author, const std::string& address);

/// From outside: whom of ours the display name shows, and whether the address looks like one of ours. Each kind once.
std::vector<filters::Familiar> familiar_names(const Grounds& grounds, const filters::Author& author);

}  // namespace vanthu::addressing
