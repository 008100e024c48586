// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "filters/inspect/document/document.hpp"

namespace vanthu::inspect {

/// What pictures a page of a PDF has.
enum class PagePictures : std::uint8_t {
  none,
  some,  ///< one could be a stamp
  scan,  ///< one is as big as a page
};

/// Whether read_scanned_pages() would have something to read.
bool has_drawn_pages(const Document& document, const std::vector<PagePictures>& pictures);

/// Reads by OCR what the text layer of a PDF does not say: pages without one, pictures on pages that have one, and
/// scans beside the layer that somebody put over them. Takes from the room's time for pictures.
/// @param pictures  of each page; empty: not known
/// @param document  has the lines of the text layer; gets the rest, `text` among it
/// @par Notes  inspect.no-text, inspect.not-read-in-time
void read_scanned_pages(std::string_view octets, const std::vector<PagePictures>& pictures, const Room& room,
                        Document& document);

}  // namespace vanthu::inspect
