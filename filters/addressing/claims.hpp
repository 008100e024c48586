// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "filters/addressing/names.hpp"

namespace vanthu::addressing {

/// One name inside a display name, and whom the directory knows by it.
struct Claim {
  std::string text;            ///< as it stands there
  std::vector<Named> entries;  ///< at least one: whom a reader takes it for
  bool has(Named::Kind kind) const;
};

struct Claims {
  std::vector<Claim> list;  ///< in reading order
  bool all = true;          ///< nothing else stands there
  bool has(Named::Kind kind) const;
};

/// Entries of the directory, or titles that the policy names, whose skeleton is that of the text.
using LookUp = std::function<std::vector<Named>(std::string_view text)>;

/// Whom a display name claims to be, in reading order: "Bí thư Tỉnh uỷ - Nguyễn Hữu Đông" is a position, a unit and a
/// person. Names count where they fill what stands between two dividers (dash, comma, bracket …), alone or together,
/// forms of address ("đ/c", "ông") and numbers aside: "Nguyễn Thị Mai Linh" does not claim to be Nguyễn Thị Mai. A
/// position and its unit may share words ("Trưởng Ban Tổ chức": Trưởng Ban of Ban Tổ chức).
/// @param name  decoded, any octets; what stands behind limits::display_name_words words is not looked at
Claims claims(std::string_view name, const LookUp& look_up);

/// White space squeezed, quotes and white space around it gone.
std::string squeezed(std::string_view name);

}  // namespace vanthu::addressing
