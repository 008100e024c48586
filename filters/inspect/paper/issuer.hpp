// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/paper/head.hpp"

namespace vanthu::inspect {

/// Whose paper it is, as printed over its number.
struct Issuer {
  std::string parent, name;
  std::size_t line = no_line;  ///< of the document, where the name begins
};

/// The left block above the number: the superior body, then the issuer, either over several lines.
/// @param number  place of the number in the head
Issuer read_issuer(const std::vector<HeadLine>& head, std::size_t number);

/// Whether a name, by its match key, begins as those of bodies of party and state do.
bool names_body(std::string_view key);

/// Whether a name, by its match key, is that of a company: its letters carry the country's line too.
bool private_body(std::string_view key);

}  // namespace vanthu::inspect
