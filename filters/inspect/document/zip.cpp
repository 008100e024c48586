// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/content/zip.hpp"

#include <utility>

#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/document/unpacking.hpp"

namespace vanthu::inspect {

Document read_zip(std::string_view octets, const Room& room) {
  Document document;
  note_zip_records(octets, document.notes);
  const Zip zip(octets);
  document.readable = zip.open();
  Unpacking out(document, room, octets.size());
  for (const ZipEntry& entry : zip.entries()) {
    if (!out.entry()) break;
    if (entry.folder) continue;
    InnerFile file;
    file.name = entry.name;
    switch (zip.read(entry, out.most(), file.octets)) {
      case Zip::Outcome::read:
        if (out.bomb(file.octets.size())) file.trouble = "inspect.bomb";  // overlaps, or many small ones
        break;
      case Zip::Outcome::encrypted:
        file.trouble = "content.encrypted";
        file.trouble_detail = "zip";
        break;
      case Zip::Outcome::too_big:
        file.trouble = out.over();
        break;
      case Zip::Outcome::bomb:
        file.trouble = "inspect.bomb";
        break;
      case Zip::Outcome::unsupported:
        file.trouble = "inspect.unsupported-container";
        file.trouble_detail = "zip method " + std::to_string(entry.method);
        break;
      case Zip::Outcome::unreadable:
        file.trouble = "inspect.unreadable";
        file.trouble_detail = "zip";
        break;  // what came out is looked at all the same
    }
    if (file.trouble == "inspect.bomb" || file.trouble == "inspect.too-big") file.octets.clear();
    if (!out.keep(std::move(file))) break;
  }
  return document;
}

}  // namespace vanthu::inspect
