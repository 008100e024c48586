// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <exception>
#include <new>

#include "filters/inspect/content/zip.hpp"
#include "filters/inspect/document/documents.hpp"
#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/text/office.hpp"
#include "filters/inspect/text/pdf.hpp"
#include "filters/inspect/text/rtf.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }
bool ends(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && text.substr(text.size() - with.size()) == with;
}

/// Parts of office packages that the text reader knows, and pictures: reading them again would find nothing new.
bool known_package_part(std::string_view name, Notes& notes) {
  const std::string lower = text::ascii_lower(name);
  if (lower.find("vbaproject") != std::string::npos || starts(lower, "basic/") || starts(lower, "scripts/")) {
    if (!ends(lower, ".xml") || lower.find("script-lc") == std::string::npos) note(notes, "content.macro", "macros");
    return true;
  }
  for (const std::string_view extension :
       {".xml", ".rels", ".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".tif", ".tiff", ".vml", ".odttf", ".rdf",
        ".fntdata", ".wdp", ".svg", ".bmp", ".thmx"})
    if (ends(lower, extension)) return true;
  return lower == "mimetype" || starts(lower, "thumbnails/") || starts(lower, "object ") ||
         lower.find("printersettings") != std::string::npos || starts(lower, "configurations2/") ||
         starts(lower, "objectreplacements/") || starts(lower, "layout-cache") || starts(lower, "docprops/thumbnail");
}

void read_entries(const Zip& zip, const Task& task, Document& document) {
  std::uint64_t left = task.room.octets;
  for (const ZipEntry& entry : zip.entries()) {
    if (document.files.size() >= task.room.entries) return note(document.notes, "inspect.too-many");
    if (entry.name.find("..") != std::string::npos &&
        (starts(entry.name, "../") || entry.name.find("/../") != std::string::npos))
      note(document.notes, "name.control", "path");
    if (starts(entry.name, "/")) note(document.notes, "name.control", "path");
    if (entry.folder) continue;
    if (task.format == Format::package && known_package_part(entry.name, document.notes)) continue;
    InnerFile file;
    file.name = entry.name;
    switch (zip.read(entry, std::min(left, limits::expanded_file_octets), file.octets)) {
      case Zip::Outcome::unsupported:
        file.trouble = "inspect.unsupported-container";
        file.trouble_detail = "zip";
        break;
      case Zip::Outcome::encrypted:
        file.trouble = "content.encrypted";
        file.trouble_detail = "zip";
        break;
      case Zip::Outcome::too_big:
        file.trouble = "inspect.too-big";
        break;
      case Zip::Outcome::bomb:
        file.trouble = "inspect.bomb";
        break;
      case Zip::Outcome::unreadable:
        file.trouble = "inspect.unreadable";
        file.trouble_detail = "zip";
        break;
      case Zip::Outcome::read:
        break;
    }
    left -= std::min<std::uint64_t>(left, file.octets.size());
    document.files.push_back(std::move(file));
  }
}

Document read_by_format(const Task& task, std::string_view octets) {
  Document document;
  switch (task.format) {
    case Format::zip:
      return read_zip(octets, task.room);
    case Format::archive:
      return read_archive(octets, task.room);
    case Format::package: {
      const Zip zip(octets);
      note_zip_records(octets, document.notes);
      {
        if (task.mime.find("macroenabled") != std::string::npos) note(document.notes, "content.macro", task.mime);
        document.lines = read_package(zip, task.mime, document.notes);
        document.text = true;
      }
      read_entries(zip, task, document);
      return document;
    }
    case Format::pdf: {
      note_pdf_actions(octets, document.notes);
      Pdf pdf = read_pdf(octets, document.notes);
      document.locked = pdf.locked;
      document.readable = pdf.readable;
      document.lines = std::move(pdf.lines);
      document.text = !document.lines.empty();
      document.pages = static_cast<std::uint32_t>(pdf.pages);
      if (document.lines.empty() && pdf.pages > 0) note(document.notes, "inspect.no-text", task.mime);
      for (Pdf::File& file : pdf.files) {
        InnerFile inner;
        inner.name = std::move(file.name);
        inner.octets = std::move(file.octets);
        document.files.push_back(std::move(inner));
      }
      return document;
    }
    case Format::rtf:
      document.lines = read_rtf(octets, document.notes);
      document.text = true;
      return document;
    default:
      note(document.notes, "inspect.unsupported-container", task.mime);
      return document;
  }
}

}  // namespace

Document read_document(const Task& task, std::string_view octets) {
  Document failed;
  failed.readable = false;
  try {
    return read_by_format(task, octets);
  } catch (const std::bad_alloc&) {
    note(failed.notes, "inspect.too-big", "memory");
  } catch (const std::exception&) {  // a library that throws where it should answer: we have not seen all of it
    note(failed.notes, "inspect.unreadable", task.mime);
  }
  return failed;
}

}  // namespace vanthu::inspect
