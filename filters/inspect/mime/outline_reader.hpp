// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "filters/inspect/outline.hpp"

namespace vanthu::inspect {

/// How a message is built, in one reading that never fails: a message without a header, with a boundary that is
/// nowhere, with lines that end in LF alone has an outline, too. Linear in its size, times limits::mime_depth at most;
/// at most limits::mime_parts parts, then what is left is one.
/// @param octets  as they came
Outline outline_of(std::string_view octets);

/// An address list as ENVELOPE shows it; what can be read of it is.
std::vector<OutlineAddress> outline_addresses(std::string_view unfolded);

}  // namespace vanthu::inspect
