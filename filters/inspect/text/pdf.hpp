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

/// Loads what poppler takes from files (converters), so that it works when no file can be opened any more.
/// @throws std::runtime_error when text does not come out as it went in
void warm_up_pdf();

/// Notes names in a PDF's objects, also in compressed object streams, that run something when it is opened.
/// @par Notes  content.active with the name
void note_pdf_actions(std::string_view octets, Notes& notes);

}  // namespace vanthu::inspect
