// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "directory/view.hpp"

namespace vanthu::directory {

/// The Argon2id string of the application password that this one says it is ("vt-" and its id stand in front), if it is
/// valid that day; else empty. It is not verified here.
std::string stored_app_password(const View& view, std::string_view address, std::string_view password, const Day& at);
/// The Argon2id strings of all that are valid that day.
std::vector<std::string> stored_app_passwords(const View& view, std::string_view address, const Day& at);

}  // namespace vanthu::directory
