// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

namespace vanthu::reading_room {

/// A subject without what replies put before it, for SORT and THREAD: RFC 5256 §2.1 as far as "Re:", "Fwd:" and "[…]"
/// go.
/// @param reply  set where one of the former, or "(fwd)", was there
std::string base_subject(std::string_view subject, bool& reply);

}  // namespace vanthu::reading_room
