// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/notes.hpp"
#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

struct Pdf {
  Lines lines;
  std::size_t pages = 0;
  bool locked = false;  ///< a password is needed to read it (one that only forbids printing is no lock)
  bool readable = false;
  struct File {
    std::string name;
    std::string octets;
  };
  std::vector<File> files;  ///< embedded
};

/// Reads a PDF with poppler: text with its place on the page, embedded files.
/// @par Notes  inspect.text-cut beyond limits::pdf_pages, inspect.unreadable for a page, inspect.bomb
Pdf read_pdf(std::string_view octets, Notes& notes);

/// A page with one letter, for warming up.
inline constexpr std::string_view smallest_pdf =
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj"
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj 4 0 obj"
    "<</Length 27>>stream\nBT /F 9 Tf 1 1 Td (a) Tj ET\nendstream endobj 5 0 obj<</Type/Font/Subtype/Type1/BaseFont"
    "/Helvetica>>endobj trailer<</Root 1 0 R>>";

/// Loads what poppler takes from files (converters), so that it works when no file can be opened any more.
/// @throws std::runtime_error when text does not come out as it went in
void warm_up_pdf();

/// Notes names in a PDF's objects, also in compressed object streams, that run something when it is opened.
/// @par Notes  content.active with the name
void note_pdf_actions(std::string_view octets, Notes& notes);

}  // namespace vanthu::inspect
