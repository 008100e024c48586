// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/examine.hpp"

#include <algorithm>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "filters/inspect/content/names.hpp"
#include "filters/inspect/content/polyglot.hpp"
#include "filters/inspect/content/type.hpp"
#include "filters/inspect/content/zip.hpp"
#include "filters/inspect/document/labels.hpp"
#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/mime/message.hpp"
#include "filters/inspect/mime/transfer.hpp"
#include "filters/inspect/paper/marking.hpp"
#include "filters/inspect/paper/paper.hpp"
#include "filters/inspect/text/contact.hpp"
#include "filters/inspect/text/html.hpp"
#include "filters/inspect/text/html_payload.hpp"
#include "filters/inspect/text/legacy.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

/// One object, step by step. Lives only during one examine().
class Examiner {
 public:
  Examiner(Examination& examination, const Object& object, std::string_view octets)
      : examination_(examination), object_(object), octets_(octets), path_(object.path) {}

  void run() {
    std::optional<Zip> zip;
    if (looks_like_zip(octets_)) zip.emplace(octets_);
    type_ = detect_type(octets_, object_.declared_type, zip ? &*zip : nullptr);
    if (object_.declared_type == "message/entity" && type_.family == Family::text)
      type_ = {"message/rfc822", Family::message};  // what an S/MIME signature is around
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
    by_other_readings(zip ? &*zip : nullptr);
    by_family();
    examination_.facts.parts[mine].type = cut(type_.mime, limits::file_name_octets);
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

  void by_family() {
    switch (type_.family) {
      case Family::executable:
        return find("content.executable", type_.mime);
      case Family::encrypted:
        return find("content.encrypted", type_.mime);
      case Family::disk_image:
        find("content.disk-image", type_.mime);
        return find("inspect.unsupported-container", type_.mime);
      case Family::archive:
        if (type_.mime.starts_with("application/x-iso9660")) find("content.disk-image", type_.mime);
        return document(Format::archive);
      case Family::tnef:
        return document(Format::tnef);
      case Family::cms:
        return document(Format::cms);
      case Family::container:
        return find("inspect.unsupported-container", type_.mime);
      case Family::zip:
        return document(Format::zip);
      case Family::package:
        return document(Format::package);
      case Family::pdf:
        return document(Format::pdf);
      case Family::ole:
        return document(Format::ole);
      case Family::rtf:
        return document(Format::rtf);
      case Family::message:
        return message();
      case Family::html:
      case Family::text:
        return looks_like_flat_document(octets_) ? document(Format::package) : text();
      case Family::signature:  // read together with what it signs; alone, it could hold that itself
        if (!object_.in_multipart_signed) document(Format::cms);
        return;
      case Family::other:
        if (object_.declared_type.starts_with("text/")) text();
        if (type_.mime.starts_with("image/")) picture();
        if (!type_.mime.starts_with("image/") && !type_.mime.starts_with("audio/") &&
            !type_.mime.starts_with("video/") && !octets_.empty())
          find("inspect.no-text", type_.mime);
        return;
    }
  }

  /// Ornaments are passed over: nobody misses their text.
  void picture() {
    if (examination_.documents().ocr_time().count() == 0) {
      if (octets_.size() >= limits::picture_octets) find("inspect.no-text", type_.mime);
    } else if (octets_.size() >= limits::ocr_octets) {
      if (examination_.room().ocr.count() > 0)
        document(Format::picture);
      else
        find("inspect.not-read-in-time", type_.mime);
    }
  }

  // ---- documents: read in a process of their own

  bool may_open() {
    if (object_.container_depth < limits::container_depth) return true;
    find("inspect.too-deep");
    return false;
  }

  /// What else some program would open here is looked into as well. A program that unpacks itself is one thing only.
  void by_other_readings(const Zip* zip) {
    for (const Reading& other : other_readings(octets_, object_.declared_type, zip, type_)) {
      if (type_.family != Family::executable && type_.mime != other.type.mime)
        find("content.polyglot", type_.mime + " + " + other.type.mime);
      const std::string_view octets = octets_.substr(other.from, other.to - other.from);
      switch (other.type.family) {
        case Family::zip:
          document(Format::zip, octets, other.type.mime);
          break;
        case Family::package:
          document(Format::package, octets, other.type.mime);
          break;
        case Family::archive:
          document(Format::archive, octets, other.type.mime);
          break;
        case Family::pdf:
          document(Format::pdf, octets, other.type.mime);
          break;
        case Family::executable:
          find("content.executable", other.type.mime);
          break;
        case Family::html:
          judge(lines_of(read_html(octets)));
          break;
        case Family::text:
          judge(lines_of(octets));
          break;
        default:
          break;  // the first octets of what is known already; no program finds text or files there
      }
    }
  }

  void document(Format format) { document(format, octets_, type_.mime); }

  void document(Format format, std::string_view octets, const std::string& mime) {
    if (!may_open()) return;
    Task task{format, mime, {}, examination_.room()};
    if (format != Format::picture && format != Format::pdf) task.room.ocr = {};  // pictures inside have their own turn
    Document document = format == Format::pdf ? pdf(task, octets) : read(task, octets);
    if (format == Format::picture)
      for (Note& one : document.notes)
        if (one.id == "inspect.failed" && one.detail == "time") one = {"inspect.not-read-in-time", mime, {}};
    examination_.find_all(document.notes, path_);
    examination_.add_labels(std::move(document.labels), path_);
    examination_.add_signatures(std::move(document.signatures), path_);
    if (document.locked) find("content.encrypted", type_.mime);
    if (!document.readable && !document.locked) find("inspect.unreadable", type_.mime);
    if (!document.type.empty() && mime == type_.mime) type_.mime = document.type;
    judge(document.lines);
    // The same page read in another way: a marking may stand in either, words to be found are in the first.
    if (!document.beside.empty() && !examination_.only_text()) judge(document.beside);
    text_read_ = text_read_ || document.text;
    for (const InnerFile& file : document.files)
      if (!inner_file(file)) return;
  }

  Document read(const Task& task, std::string_view octets) {
    Document document = examination_.documents().read(task, octets);
    examination_.spend_ocr(document.ocr);
    return document;
  }

  /// A page is drawn before it is read by OCR, and some drawings take for ever: what is typed in the document is read
  /// first and kept whatever becomes of that.
  Document pdf(const Task& task, std::string_view octets) {
    Task typed = task;
    typed.room.ocr = {};
    Document document = read(typed, octets);
    if (!document.drawn || examination_.documents().ocr_time().count() == 0) return document;
    if (task.room.ocr.count() > 0) {
      Document drawn = read(task, octets);
      const auto died = [](const Note& one) { return one.id == "inspect.failed"; };
      if (std::none_of(drawn.notes.begin(), drawn.notes.end(), died)) return drawn;
    }
    note(document.notes, "inspect.not-read-in-time", task.mime);
    return document;
  }

  /// False: there is no room for more.
  bool inner_file(const InnerFile& file) {
    if (!examination_.take_entry(path_)) return false;
    const Object inside = inner(file);
    if (!file.trouble.empty()) {
      examination_.find(file.trouble, inside.path, file.trouble_detail);
      const std::string extension = extension_of(inside.name());
      if (executable_extension(extension)) examination_.find("content.executable", inside.path, "." + extension);
      if (file.octets.empty()) return true;  // what came out is looked at all the same
    }
    if (!examination_.take_expanded(file.octets.size(), path_)) return false;
    examine(examination_, inside, file.octets);
    return true;
  }

  Object inner(const InnerFile& file) const {
    Object inside = inner(file.name);
    inside.declared_type = file.declared_type;
    if (file.name.empty())
      inside.names = {unpacked_name(object_.name())};  // gzip and its like leave it to the packed file
    return inside;
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

  /// "a.pdf" of "a.pdf.gz", "a.tar" of "a.tgz".
  static std::string unpacked_name(std::string_view packed) {
    const std::size_t dot = packed.rfind('.');
    if (dot == std::string_view::npos) return {};
    const std::string extension = text::ascii_lower(packed.substr(dot + 1));
    const bool tar = extension.size() == 3 && extension.front() == 't' && extension != "txt";
    return std::string(packed.substr(0, dot)) + (tar ? ".tar" : "");
  }

  void message() {
    if (!may_open()) return;
    Object around = object_;
    around.path = path_;
    ++around.container_depth;
    ++around.mime_depth;
    std::string_view octets = octets_;
    if (octets.starts_with("\xEF\xBB\xBF")) octets.remove_prefix(3);
    if (octets.starts_with("From ")) octets.remove_prefix(std::min(octets.find('\n'), octets.size() - 1) + 1);
    const Header header = read_message(examination_, octets, around);
    examination_.add_labels(labels_of_header(header), path_);
    text_read_ = true;
  }

  // ---- text

  void text() {
    if (octets_.size() > limits::text_octets) find("inspect.text-cut");
    Notes notes;
    std::vector<std::string> readings = text_readings(octets_, object_.charset, notes);
    // What is text of an old font was stored octet by octet; windows-1258 would make other letters of some pairs first.
    if (readings.size() > 1 && !read_legacy(lines_of(readings.back())).empty())
      std::rotate(readings.begin(), readings.end() - 1, readings.end());
    if (examination_.only_text() && readings.size() > 1) readings.resize(1);  // the likeliest
    for (const std::string& reading : readings) {
      inline_parts(reading);
      if (type_.family == Family::html) {
        payloads(html_payloads(reading, object_.attachment, notes));
        judge(lines_of(read_html(reading)));
      } else {
        if (looks_like_contact(reading)) payloads(contact_files(reading, notes));
        opening(reading);
        judge(lines_of(reading));
      }
    }
    examination_.find_all(notes, path_);
    text_read_ = true;
  }

  /// Files in a text, each once however many ways there are to read it.
  void payloads(std::vector<InnerFile> files) {
    for (InnerFile& file : files) {
      if (!payloads_seen_.insert(hex(sha256(file.octets))).second) continue;
      if (!may_open() || !inner_file(file)) return;
    }
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
    examination_.add_signatures(clear_signatures(reading), path_);
    const auto files = inline_files(octets_);
    for (const InlineFile& file : files) {
      find("mime.inline-file", file.method);
      if (!file.octets.empty() && may_open() && examination_.take_entry(path_))
        examine(examination_, inner(display_text(file.name, "")), file.octets);
    }
  }

  void judge(const Lines& lines) {
    if (examination_.only_text()) {
      const auto legacy = read_legacy(lines);
      return examination_.add_text(path_, legacy.empty() ? lines : legacy.front().lines);
    }
    for (const LegacyText& legacy : read_legacy(lines)) {
      find("inspect.legacy-text", legacy.how);
      judge_lines(legacy.lines);
    }
    judge_lines(lines);
  }

  /// A line without end is no field; facts have a bound.
  static void shorten(filters::Paper& paper) {
    for (std::string* text : {&paper.number, &paper.symbol, &paper.issuer, &paper.parent, &paper.place, &paper.subject,
                              &paper.authority, &paper.post, &paper.signer, &paper.circulation, &paper.draft})
      *text = cut(*text, limits::header_text_octets);
    for (auto* list : {&paper.recipients, &paper.addressed_to, &paper.articles})
      for (std::string& line : *list) line = cut(line, limits::header_text_octets);
  }

  void judge_lines(const Lines& lines) {
    if (lines.size() >= limits::text_lines) find("inspect.text-cut", "lines");
    examination_.mark(find_markings(lines).secrecy, path_);
    std::vector<filters::Paper> papers = read_papers(lines);
    // Each paper of a file has a header of its own, where small letters are a marking too.
    for (const filters::Paper& paper : papers) examination_.mark(paper.secrecy, path_);
    // Another reading of the same text is not another paper; the likeliest one came first.
    const auto same = [&](const filters::Paper& one) { return one.part == path_; };
    const auto& known = examination_.facts.papers;
    if (std::any_of(known.begin(), known.end(), same)) return;
    for (filters::Paper& paper : papers) {
      if (known.size() >= limits::papers) return;
      paper.part = path_;
      shorten(paper);
      examination_.facts.papers.push_back(std::move(paper));
    }
  }

  Examination& examination_;
  const Object& object_;
  std::string_view octets_;
  std::string path_;
  Type type_;
  std::set<std::string> payloads_seen_;  // digests
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
  if (examination.only_text() || octets.find_first_not_of(" \t\r\n") == std::string_view::npos) return;
  Notes notes;
  for (const InlineFile& file : inline_files(octets)) examination.find("mime.inline-file", path, file.method);
  for (const std::string& reading : text_readings(octets, {}, notes))
    examination.mark(find_markings(lines_of(reading)).secrecy, path);
}

}  // namespace vanthu::inspect
