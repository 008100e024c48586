// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "filters/inspect/content/zip.hpp"

namespace vanthu::inspect {

/// What has to be done with an object of some type.
enum class Family : std::uint8_t {
  other,  ///< nothing to open, no text: pictures, sound
  text,   ///< reads as text
  html,
  pdf,
  rtf,
  zip,      ///< a plain zip
  package,  ///< an office document in a zip: OOXML, OpenDocument
  ole,      ///< an OLE2 compound file: .doc, .xls, .msg, an encrypted OOXML
  message,  ///< a message saved as a file
  executable,
  container,  ///< a container we cannot open
  encrypted,
  signature,   ///< a detached signature, certificates
  archive,     ///< read_archive() opens it
  disk_image,  ///< a drive to the system; what we cannot list
  tnef,        ///< winmail.dat
  cms,         ///< S/MIME with the message inside
};

struct Type {
  std::string mime;  ///< "application/pdf"
  Family family = Family::other;
};

/// The true type of octets, by libmagic and by a second look where libmagic is known to be fooled.
/// @param declared  Content-Type, decides only between kinds of text
/// @param zip  the opened zip when the octets are one, else null
Type detect_type(std::string_view octets, std::string_view declared, const Zip* zip);

/// Whether octets begin like a zip file or hold one that programs would open.
bool looks_like_zip(std::string_view octets);

/// Loads libmagic's database for this thread. The first detect_type() of a thread would do it too.
/// @throws std::runtime_error when there is no database
void load_magic();

/// Whether a stream or storage of that name (ASCII) stands in the directory of an OLE2 file.
bool ole_has(std::string_view octets, std::string_view name);

/// Whether a file of that extension may hold that type.
bool extension_fits(std::string_view extension, const Type& type);

}  // namespace vanthu::inspect
