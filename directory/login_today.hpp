// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "directory/directory.hpp"

namespace vanthu::directory {

/// Who an address is that day, for a session whose client has proven it before: a login that is suspended, closed or
/// gone since then is refused as it would be at a new login. Nothing is proven here. Quick.
/// @par Errors  refused; directory_unavailable
Result<Login> login_today(const Directory& directory, std::string_view address, Date at);

}  // namespace vanthu::directory
