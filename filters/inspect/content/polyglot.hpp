// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "filters/inspect/content/type.hpp"

namespace vanthu::inspect {

/// One way in which some program would open octets.
struct Reading {
  Type type;
  std::size_t from = 0;  ///< where it begins
  std::size_t to = std::string_view::npos;
};

/// What else than `type` some program would take these octets for: a zip found from its end, a PDF behind other octets,
/// what stands in front of either, an archive whose program searches for its signature, markup in a picture.
/// @param zip   the opened zip when the octets are one or end in one, else null
/// @param type  what detect_type() says
std::vector<Reading> other_readings(std::string_view octets, std::string_view declared, const Zip* zip,
                                    const Type& type);

/// Where a PDF begins: a program looks for it in the first 1024 octets. npos: nowhere.
std::size_t find_pdf(std::string_view octets);

}  // namespace vanthu::inspect
