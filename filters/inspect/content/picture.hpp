// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

namespace vanthu::inspect {

/// Pictures, by their first octets: what is drawn, and nothing behind it that a program would open as a zip. SVG is
/// none: it has scripts.
bool surely_picture(std::string_view octets);

}  // namespace vanthu::inspect
