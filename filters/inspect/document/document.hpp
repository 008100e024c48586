// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "filters/facts.hpp"
#include "filters/inspect/notes.hpp"
#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// The formats whose readers are hostile ground: each document is read in a process of its own that is thrown away
/// afterwards. A reader is a pure function from octets to a Document; it never throws for bad octets.
enum class Format : std::uint8_t {
  zip,
  package,  ///< OOXML, OpenDocument
  archive,  ///< what libarchive opens
  ole,      ///< OLE2 compound files: Word, Excel, PowerPoint 97-2003, .msg
  tnef,     ///< winmail.dat
  pdf,
  rtf,
  picture,   ///< what OCR reads
  cms,       ///< S/MIME: the content is inside
  detached,  ///< a signature over something else
  count      ///< of the formats
};

/// A file inside of a document: an entry, an attachment, an embedded object.
struct InnerFile {
  std::string name;           ///< as the container gives it: UTF-8, folders with '/'; may be empty
  std::string declared_type;  ///< where the container names a type, lower case
  std::string octets;         ///< as far as they could be read
  std::string_view trouble =
      {};  ///< a constant of findings.hpp where they could not: "content.encrypted", "inspect.bomb"
  std::string trouble_detail = {};
};

/// How much may still be taken out of containers in this message, and spent on its pictures.
struct Room {
  std::size_t entries = 0;
  std::uint64_t octets = 0;
  std::chrono::milliseconds ocr{0};  ///< for pictures of this one document; none: they are not read
  bool pictures = false;             ///< OCR is there: pictures inside come back as files, whoever reads them then
};

/// All that a reader got out of one document.
struct Document {
  bool readable = true;  ///< false: inspect.unreadable
  bool locked = false;   ///< a password or key is needed: content.encrypted
  bool text = false;     ///< its text was looked for; `lines` may still be empty
  bool drawn = false;    ///< it has pages or pictures that only OCR could read
  std::uint32_t pages = 0;
  std::string type;  ///< the true type, where reading told more than the first octets did
  Lines lines;
  Lines beside;  ///< another reading of the same: what is under a text layer, or the layer where it says something else
  Notes notes;
  std::vector<InnerFile> files;
  std::vector<filters::Label> labels;          ///< part left empty
  std::vector<filters::Signature> signatures;  ///< part left empty
  std::chrono::milliseconds ocr{0};            ///< spent on pictures
};

}  // namespace vanthu::inspect
