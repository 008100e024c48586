// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "directory/directory.hpp"

namespace vanthu::addressing {

using directory::Named;

/// Whether a reader takes `shown` for `entry`, two names of one skeleton. Not where they differ in nothing but their
/// marks and `shown` is written with marks ("Nguyễn Hữu Đồng" is not Nguyễn Hữu Đông); a spelling without marks, or
/// with most of them gone, is the name, and so is whatever borrows letters of another script or hides some.
bool taken_for(std::string_view shown, std::string_view entry);

}  // namespace vanthu::addressing
