// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/examine.hpp"

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

#include "filters/inspect/content/names.hpp"
#include "filters/inspect/content/type.hpp"
#include "filters/inspect/content/zip.hpp"
#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/mime/message.hpp"
#include "filters/inspect/mime/transfer.hpp"
#include "filters/inspect/paper/marking.hpp"
#include "filters/inspect/paper/paper.hpp"
#include "filters/inspect/text/html.hpp"
#include "filters/inspect/text/legacy.hpp"
#include "filters/inspect/text/office.hpp"
#include "filters/inspect/text/pdf.hpp"
#include "filters/inspect/text/rtf.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }
bool ends(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && text.substr(text.size() - with.size()) == with;
}

/// One object, step by step. Lives only during one examine().
class Examiner {
 public:
  Examiner(Examination& examination, const Object& object, std::string_view octets)
      : examination_(examination), object_(object), octets_(octets), path_(object.path) {}

  void run() {
    std::optional<Zip> zip;
    if (looks_like_zip(octets_)) zip.emplace(octets_);
    type_ = detect_type(octets_, object_.declared_type, zip ? &*zip : nullptr);
    filters::Part part;
    part.path = path_;
    part.name = shown_name(object_.name());
    part.declared_type = cut(object_.declared_type, limits::file_name_octets);
    part.type = type_.mime;
    part.octets = octets_.size();
    part.sha256 = hex(sha256(octets_));
    part.attachment = object_.attachment;
    const std::size_t mine = examination_.facts.parts.size();
    path_ = examination_.add_part(std::move(part)).path;
    names();
    if (zip && !starts(octets_, "PK") && type_.family != Family::executable && type_.family != Family::ole) {
      find("inspect.ambiguous-container", "two formats");  // and both are looked into
      if (zip->open() && type_.family != Family::zip && type_.family != Family::package) entries(*zip, false);
    }
    by_family(zip ? &*zip : nullptr);
    examination_.facts.parts[mine].text_read = text_read_;
  }

 private:
  void find(std::string_view id, std::string_view detail = {}) { examination_.find(id, path_, detail); }

  void names() {
    Notes notes;
    note_names(object_.names, notes);
    examination_.find_all(notes, path_);
    for (const std::string& name : object_.names) {
      const std::string extension = extension_of(name);
      if (executable_extension(extension))
        find("content.executable", "." + extension);
      else if (!extension.empty() && !octets_.empty() && !extension_fits(extension, type_))
        find("content.type-mismatch", type_.mime);
    }
  }

  void by_family(const Zip* zip) {
    switch (type_.family) {
      case Family::executable:
        return find("content.executable", type_.mime);
      case Family::encrypted:
        return find("content.encrypted", type_.mime);
      case Family::disk_image:
        find("content.disk-image", type_.mime);
        return find("inspect.unsupported-container", type_.mime);
      case Family::archive:
        if (starts(type_.mime, "application/x-iso9660")) find("content.disk-image", type_.mime);
        return read_with(read_archive);
      case Family::tnef:
      case Family::cms:
      case Family::container:
        return find("inspect.unsupported-container", type_.mime);
      case Family::zip:
      case Family::package:
        return zip_file(*zip);
      case Family::pdf:
        return pdf();
      case Family::ole:
        return ole();
      case Family::rtf:
        return rtf();
      case Family::message:
        return message();
      case Family::html:
      case Family::text:
        return text();
      case Family::signature:
        return;
      case Family::other:
        if (starts(object_.declared_type, "text/")) text();
        if (starts(type_.mime, "image/") && octets_.size() >= limits::picture_octets)
          find("inspect.no-text", type_.mime);
        if (!starts(type_.mime, "image/") && !starts(type_.mime, "audio/") && !starts(type_.mime, "video/") &&
            !octets_.empty())
          find("inspect.no-text", type_.mime);
        return;
    }
  }

  // ---- containers

  bool may_open() {
    if (object_.container_depth < limits::container_depth) return true;
    find("inspect.too-deep");
    return false;
  }

  Object inner(const std::string& name) const {
    Object inside;
    inside.path = path_ + "/" + (name.empty() ? std::string("?") : cut(inner_path(name), limits::file_name_octets));
    inside.names.push_back(name.substr(name.rfind('/') == std::string::npos ? 0 : name.rfind('/') + 1));
    inside.attachment = true;
    inside.mime_depth = object_.mime_depth;
    inside.container_depth = object_.container_depth + 1;
    return inside;
  }

  /// Folders stay visible, controls do not.
  static std::string inner_path(std::string_view name) {
    std::string path;
    while (true) {
      const std::size_t slash = name.find('/');
      path += shown_name(name.substr(0, slash));
      if (slash == std::string_view::npos) return path;
      path += '/';
      name.remove_prefix(slash + 1);
    }
  }

  /// What a reader got out of these octets: its files are looked at in turn.
  void read_with(Document (*reader)(std::string_view, const Room&)) {
    if (!may_open()) return;
    Document document = reader(octets_, {limits::container_entries, limits::expanded_octets});
    examination_.find_all(document.notes, path_);
    if (document.locked) find("content.encrypted", type_.mime);
    if (!document.readable) find("inspect.unreadable", type_.mime);
    if (document.text) {
      judge(document.lines);
      text_read_ = true;
    }
    for (const InnerFile& file : document.files) {
      if (!examination_.take_entry(path_)) return;
      Object inside = inner(file.name);
      inside.declared_type = file.declared_type;
      if (file.name.empty())
        inside.names = {unpacked_name(object_.name())};  // gzip and its like leave it to the packed file
      if (!file.trouble.empty()) examination_.find(file.trouble, inside.path, file.trouble_detail);
      if (!file.trouble.empty() && file.octets.empty()) {
        const std::string extension = extension_of(inside.name());
        if (executable_extension(extension)) examination_.find("content.executable", inside.path, "." + extension);
        continue;
      }
      if (!examination_.take_expanded(file.octets.size(), path_)) return;
      examine(examination_, inside, file.octets);
    }
  }

  /// "a.pdf" of "a.pdf.gz", "a.tar" of "a.tgz".
  static std::string unpacked_name(std::string_view packed) {
    const std::size_t dot = packed.rfind('.');
    if (dot == std::string_view::npos) return {};
    const std::string extension = text::ascii_lower(packed.substr(dot + 1));
    const bool tar = extension.size() == 3 && extension.front() == 't' && extension != "txt";
    return std::string(packed.substr(0, dot)) + (tar ? ".tar" : "");
  }

  void zip_file(const Zip& zip) {
    if (type_.family == Family::zip) return read_with(read_zip);
    Notes notes;
    note_zip_records(octets_, notes);
    examination_.find_all(notes, path_);
    if (!may_open()) return;
    if (type_.family == Family::package) {
      if (type_.mime.find("macroenabled") != std::string::npos) find("content.macro", type_.mime);
      Notes text_notes;
      const Lines lines = read_package(zip, type_.mime, text_notes);
      examination_.find_all(text_notes, path_);
      judge(lines);
      text_read_ = true;
    }
    entries(zip, type_.family == Family::package);
  }

  void entries(const Zip& zip, bool package) {
    for (const ZipEntry& entry : zip.entries()) {
      if (!examination_.take_entry(path_)) return;
      if (entry.name.find("..") != std::string::npos &&
          (starts(entry.name, "../") || entry.name.find("/../") != std::string::npos))
        find("name.control", "path");
      if (starts(entry.name, "/")) find("name.control", "path");
      if (entry.folder) continue;
      if (package && known_package_part(entry.name)) continue;
      one_entry(zip, entry);
    }
  }

  /// Parts of office packages that the text reader knows, and pictures: reading them again would find nothing new.
  bool known_package_part(std::string_view name) {
    const std::string lower = text::ascii_lower(name);
    if (lower.find("vbaproject") != std::string::npos || starts(lower, "basic/") || starts(lower, "scripts/")) {
      if (!ends(lower, ".xml") || lower.find("script-lc") == std::string::npos) find("content.macro", "macros");
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

  void one_entry(const Zip& zip, const ZipEntry& entry) {
    const Object inside = inner(entry.name);
    std::string octets;
    const Zip::Outcome outcome = zip.read(entry, limits::expanded_file_octets, octets);
    switch (outcome) {
      case Zip::Outcome::encrypted: {
        examination_.find("content.encrypted", inside.path, "zip");
        const std::string extension = extension_of(inside.name());
        if (executable_extension(extension)) examination_.find("content.executable", inside.path, "." + extension);
        return;
      }
      case Zip::Outcome::too_big:
        return examination_.find("inspect.too-big", inside.path);
      case Zip::Outcome::bomb:
        return examination_.find("inspect.bomb", inside.path);
      case Zip::Outcome::unsupported:
        return examination_.find("inspect.unsupported-container", inside.path, "zip");
      case Zip::Outcome::unreadable:
        examination_.find("inspect.unreadable", inside.path, "zip");
        break;  // what came out is looked at all the same
      case Zip::Outcome::read:
        break;
    }
    if (!examination_.take_expanded(octets.size(), path_)) return;
    examine(examination_, inside, octets);
  }

  void message() {
    if (!may_open()) return;
    Object around = object_;
    around.path = path_;
    ++around.container_depth;
    ++around.mime_depth;
    std::string_view octets = octets_;
    if (starts(octets, "\xEF\xBB\xBF")) octets.remove_prefix(3);
    if (starts(octets, "From ")) octets.remove_prefix(std::min(octets.find('\n'), octets.size() - 1) + 1);
    read_message(examination_, octets, around);
    text_read_ = true;
  }

  void ole() {
    if (ole_has(octets_, "_VBA_PROJECT") || ole_has(octets_, "VBA") || ole_has(octets_, "Macros") ||
        ole_has(octets_, "_VBA_PROJECT_CUR"))
      find("content.macro", type_.mime);
    if (ole_has(octets_, "\x01Ole10Native")) find("content.active", "embedded object");
    find("inspect.no-text", type_.mime);
  }

  void rtf() {
    Notes notes;
    const Lines lines = read_rtf(octets_, notes);
    examination_.find_all(notes, path_);
    judge(lines);
    text_read_ = true;
  }

  void pdf() {
    Notes notes;
    note_pdf_actions(octets_, notes);
    Pdf pdf = read_pdf(octets_, notes);
    examination_.find_all(notes, path_);
    if (pdf.locked) return find("content.encrypted", type_.mime);
    if (!pdf.readable) return find("inspect.unreadable", type_.mime);
    judge(pdf.lines);
    text_read_ = !pdf.lines.empty();
    if (pdf.lines.empty() && pdf.pages > 0) find("inspect.no-text", type_.mime);
    if (pdf.files.empty() || !may_open()) return;
    for (const Pdf::File& file : pdf.files) {
      if (!examination_.take_entry(path_) || !examination_.take_expanded(file.octets.size(), path_)) return;
      examine(examination_, inner(file.name), file.octets);
    }
  }

  // ---- text

  void text() {
    if (octets_.size() > limits::text_octets) find("inspect.text-cut");
    Notes notes;
    for (const std::string& reading : text_readings(octets_, object_.charset, notes)) {
      inline_parts(reading);
      if (type_.family == Family::html) {
        const Html html = read_html(reading);
        if (html.scripts && object_.attachment) find("content.active", "script");
        judge(lines_of(html.text));
      } else {
        opening(reading);
        judge(lines_of(reading));
      }
    }
    examination_.find_all(notes, path_);
    text_read_ = true;
  }

  /// The letter's own first words, not those of something that is attached to it.
  void opening(std::string_view reading) {
    const bool own = !object_.attachment && object_.container_depth == 0 &&
                     (object_.declared_type.empty() || object_.declared_type == "text/plain");
    if (!own || !examination_.facts.opening.empty()) return;
    const std::string page = cut(reading, 20 * limits::opening_octets);  // nobody answers below a page of nothing
    std::string_view rest = page;
    while (!rest.empty() && examination_.facts.opening.empty()) {
      const std::string_view line = rest.substr(0, rest.find_first_of("\r\n"));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      examination_.facts.opening = cut(squeezed(line), limits::opening_octets);
    }
  }

  /// Files and ciphertext written into a text.
  void inline_parts(std::string_view reading) {
    if (reading.find("-----BEGIN PGP MESSAGE-----") != std::string_view::npos) find("content.encrypted", "PGP");
    const auto files = inline_files(octets_);
    for (const InlineFile& file : files) {
      find("mime.inline-file", file.method);
      if (!file.octets.empty() && may_open() && examination_.take_entry(path_))
        examine(examination_, inner(display_text(file.name, "")), file.octets);
    }
  }

  void judge(const Lines& lines) {
    if (const auto legacy = read_legacy(lines)) {
      find("inspect.legacy-text", legacy->encoding == Legacy::tcvn3 ? "tcvn3" : "vni");
      judge_lines(legacy->lines);
    }
    judge_lines(lines);
  }

  void judge_lines(const Lines& lines) {
    if (lines.size() >= limits::text_lines) find("inspect.text-cut", "lines");
    examination_.mark(find_markings(lines).secrecy, path_);
    if (examination_.facts.papers.size() >= limits::papers) return;
    auto paper = read_paper(lines);
    if (!paper) return;
    paper->part = path_;
    // Another reading of the same text is not another paper; the likeliest one came first.
    const auto same = [&](const filters::Paper& one) { return one.part == path_; };
    if (std::none_of(examination_.facts.papers.begin(), examination_.facts.papers.end(), same))
      examination_.facts.papers.push_back(*std::move(paper));
  }

  Examination& examination_;
  const Object& object_;
  std::string_view octets_;
  std::string path_;
  Type type_;
  bool text_read_ = false;
};

}  // namespace

void examine(Examination& examination, const Object& object, std::string_view octets) {
  try {
    Examiner(examination, object, octets).run();
  } catch (const std::bad_alloc&) {
    examination.find("inspect.too-big", object.path, "memory");
  }
}

void examine_margin(Examination& examination, std::string_view octets, std::string_view path) {
  if (octets.find_first_not_of(" \t\r\n") == std::string_view::npos) return;
  Notes notes;
  for (const InlineFile& file : inline_files(octets)) examination.find("mime.inline-file", path, file.method);
  for (const std::string& reading : text_readings(octets, {}, notes))
    examination.mark(find_markings(lines_of(reading)).secrecy, path);
}

}  // namespace vanthu::inspect
