// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "filters/inspect/document/document.hpp"

namespace vanthu::inspect {

/// RFC 1952 by zlib, which checks the sums and says where a member ends.
/// @par Notes  inspect.ambiguous-container: several members, octets behind them; name.control
Document read_gzip(std::string_view octets, const Room& room);

}  // namespace vanthu::inspect
