// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

namespace vanthu::filters {

/// conf/policy.toml as it was when the program was built.
std::string_view built_in_text();

}  // namespace vanthu::filters
