// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <utility>

#include "filters/inspect/content/picture.hpp"
#include "filters/inspect/content/type.hpp"
#include "filters/inspect/content/zip.hpp"
#include "filters/inspect/document/package_xml.hpp"
#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/mime/transfer.hpp"
#include "filters/inspect/text/office.hpp"
#include "filters/inspect/text/office_binary.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

bool ends(std::string_view text, std::string_view with) {
  return text.size() >= with.size() && text.substr(text.size() - with.size()) == with;
}
bool holds(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

/// What begins like markup, in any encoding that an XML parser takes.
bool looks_like_xml(std::string_view octets) {
  std::string head;
  for (const char c : octets.substr(0, 256))
    if (c != '\0') head += c;  // UTF-16, UTF-32
  std::string_view rest = head;
  for (const std::string_view mark : {"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"})
    if (rest.starts_with(mark)) rest.remove_prefix(mark.size());
  const std::size_t first = rest.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && rest[first] == '<';
}

/// Fonts, printers' settings and the like: octets that no program opens as a file.
bool surely_inert(const PackagePart& part) {
  const std::string name = text::ascii_lower(part.name);
  const bool inert_name = ends(name, ".odttf") || ends(name, ".fntdata") || holds(name, "printersettings") ||
                          name.starts_with("fonts/") || name.starts_with("layout-cache") || ends(name, ".ttf");
  if (!inert_name || looks_like_zip(part.octets)) return false;
  const Type type = detect_type(part.octets, "", nullptr);
  return type.family == Family::other && !type.mime.starts_with("image/");
}

class PackageReader {
 public:
  PackageReader(std::string_view mime, const Room& room) : mime_(mime), room_(room) {
    open_document_ = mime_.starts_with("application/vnd.oasis.") || mime_.starts_with("application/vnd.sun.");
  }

  Document read_zip(std::string_view octets) {
    note_zip_records(octets, out_.notes);
    const Zip zip(octets);
    if (!zip.open()) {
      out_.readable = false;
      return std::move(out_);
    }
    unpack(zip);
    look();
    return std::move(out_);
  }

  /// One XML that holds the parts (Office's flat package), or is the only part.
  Document read_flat(std::string_view octets) {
    pugi::xml_document document;
    if (octets.size() > limits::xml_octets) {
      note(out_.notes, "inspect.too-big", "XML");
      return std::move(out_);
    }
    if (!document.load_buffer(octets.data(), octets.size(), pugi::parse_default | pugi::parse_ws_pcdata))
      note(out_.notes, "inspect.unreadable", "XML");
    const pugi::xml_node root = document.document_element();
    if (xml::local(root) == "package") {
      for (const pugi::xml_node& part : root.children()) flat_part(part);
      look();
      return std::move(out_);
    }
    open_document_ = xml::local(root) == "document";
    if (open_document_) {
      mime_ = text::ascii_lower(xml::attribute(root, "mimetype"));
      if (!mime_.starts_with("application/vnd.oasis.")) mime_ = "application/vnd.oasis.opendocument.text";
    } else {
      mime_ = "application/msword";
    }
    flat_objects(root);
    parts_.push_back({open_document_ ? "content.xml" : "word/document.xml", "text/xml", std::string(octets), true});
    look();
    return std::move(out_);
  }

 private:
  // ---- getting at the parts

  void give(std::string name, std::string type, std::string octets, std::string_view trouble = {},
            std::string_view detail = {}) {
    out_.files.push_back({std::move(name), std::move(type), std::move(octets), trouble, std::string(detail)});
  }

  void unpack(const Zip& zip) {
    std::uint64_t spent = 0;
    std::size_t entries = 0;
    for (const ZipEntry& entry : zip.entries()) {
      if (++entries > room_.entries) return note(out_.notes, "inspect.too-many");
      if (entry.folder) continue;
      std::string octets;
      const bool xml_name = ends(text::ascii_lower(entry.name), ".xml") || ends(text::ascii_lower(entry.name), ".rels");
      const std::uint64_t most = std::min<std::uint64_t>(xml_name ? limits::xml_octets : limits::expanded_file_octets,
                                                         room_.octets - std::min(room_.octets, spent));
      const Zip::Outcome outcome = zip.read(entry, most, octets);
      spent += octets.size();
      if (xml_name) xml_spent_ += octets.size();
      if (outcome == Zip::Outcome::too_big || spent > room_.octets || xml_spent_ > limits::package_octets) {
        give(entry.name, {}, {}, spent >= room_.octets ? "inspect.bomb" : "inspect.too-big");
        if (spent >= room_.octets) return;
      } else if (outcome == Zip::Outcome::encrypted) {
        give(entry.name, {}, {}, "content.encrypted", "zip");
      } else if (outcome == Zip::Outcome::unsupported) {
        give(entry.name, {}, {}, "inspect.unsupported-container", "zip method " + std::to_string(entry.method));
      } else if (outcome == Zip::Outcome::bomb) {
        give(entry.name, {}, {}, "inspect.bomb");
      } else {
        if (outcome == Zip::Outcome::unreadable) note(out_.notes, "inspect.unreadable", "package part");
        parts_.push_back({entry.name, {}, std::move(octets), false});
      }
    }
  }

  void flat_part(const pugi::xml_node& node) {
    if (xml::local(node) != "part") return;
    std::string name(xml::attribute(node, "name"));
    if (name.starts_with("/")) name.erase(0, 1);
    PackagePart part{std::move(name), text::ascii_lower(xml::attribute(node, "contentType")), {}, false};
    for (const pugi::xml_node& data : node.children()) {
      if (xml::local(data) == "binaryData") {
        Notes notes;
        part.octets = decode_base64(data.child_value(), notes).octets;
      } else if (xml::local(data) == "xmlData" && data.first_child()) {
        xml::Writer writer(part.octets);
        for (const pugi::xml_node& child : data.children()) child.print(writer, "", pugi::format_raw);
      }
    }
    parts_.push_back(std::move(part));
  }

  /// Objects in base64 inside of one XML: ODF's office:binary-data, Word 2003's w:binData (whose macros are
  /// "editdata.mso").
  void flat_objects(const pugi::xml_node& root) {
    xml::each(root, [&](const pugi::xml_node& node) {
      const std::string_view name = xml::local(node);
      if (name != "binary-data" && name != "binData" && name != "docSuppData" && name != "docOleData") return;
      std::string text;
      for (const pugi::xml_node& child : node.children()) text += child.value();
      Notes notes;
      std::string octets = decode_base64(text, notes).octets;
      if (octets.empty() || (surely_picture(octets) && !room_.pictures)) return;
      const std::string called(xml::attribute(node, "name"));
      if (holds(text::ascii_lower(called), "editdata")) note(out_.notes, "content.macro", "editdata");
      give(called.empty() ? std::string(name) : called.substr(called.rfind('/') + 1), {}, std::move(octets));
    });
  }

  // ---- looking at them

  const PackagePart* part(std::string_view name) const {
    for (const PackagePart& one : parts_)
      if (text::ascii_iequals(one.name, name)) return &one;
    return nullptr;
  }

  void look() {
    if (open_document_)
      read_manifest();
    else
      read_types();
    decide_xml();
    if (!open_document_) read_relations();
    xml::Findings found{out_.notes, out_.labels, out_.signatures};
    for (const PackagePart& one : parts_)
      if (one.xml) look_at(one, found);
    if (!out_.locked) {
      out_.text = true;
      if (mime_ == binary_sheet) read_binary_sheets();
      Lines lines = package_text(parts_, mime_, out_.notes);
      out_.lines.insert(out_.lines.end(), lines.begin(), lines.end());
    }
    give_the_rest();
    if (holds(mime_, "macroenabled") && mime_ != binary_sheet) note(out_.notes, "content.macro", mime_);
  }

  /// What no picture with words is smaller than: a stamp has few octets, and only OCR would see what it says.
  std::size_t ornament_octets() const { return room_.pictures ? limits::ocr_octets : limits::picture_octets; }

  /// Ornaments, and pictures of what is read elsewhere. A bigger one may be the paper itself, scanned.
  bool picture_without_words(const PackagePart& one) const {
    const std::string name = text::ascii_lower(one.name);
    const bool copy = name.starts_with("docprops/thumbnail") || name.starts_with("thumbnails/") ||
                      name.starts_with("objectreplacements/");
    return surely_picture(one.octets) && (copy || one.octets.size() < ornament_octets());
  }

  bool binary_records(const PackagePart& one) const {
    const std::string name = text::ascii_lower(one.name);
    return mime_ == binary_sheet && ends(name, ".bin") && name.starts_with("xl/") && !holds(name, "vba") &&
           !holds(name, "embed") && !holds(name, "activex") && !holds(name, "printersettings");
  }

  void read_binary_sheets() {
    std::uint32_t row = 0;
    for (const PackagePart& one : parts_)
      if (binary_records(one)) add_binary_sheet(one.octets, out_.lines, row, out_.notes);
  }

  /// [Content_Types].xml (ECMA-376 part 2 §10.1.2.2): defaults by extension, overrides by name.
  void read_types() {
    std::map<std::string, std::string> defaults;
    std::map<std::string, std::string> overrides;
    std::size_t lists = 0;
    std::set<std::string> names;
    for (const PackagePart& one : parts_) {
      const std::string name = text::ascii_lower(one.name);
      if (!names.insert(name).second) note(out_.notes, "inspect.ambiguous-container", "part names");
      if (name != "[content_types].xml") continue;
      if (++lists > 1) note(out_.notes, "inspect.ambiguous-container", "content types");
      pugi::xml_document document;
      if (!document.load_buffer(one.octets.data(), one.octets.size())) note(out_.notes, "inspect.unreadable", "XML");
      for (const pugi::xml_node& row : document.document_element().children()) {
        std::string type = text::ascii_lower(xml::attribute(row, "ContentType"));
        if (xml::local(row) == "Default")
          defaults[text::ascii_lower(xml::attribute(row, "Extension"))] = std::move(type);
        else if (xml::local(row) == "Override")
          overrides[text::ascii_lower(xml::attribute(row, "PartName"))] = std::move(type);
      }
    }
    for (PackagePart& one : parts_) {
      const std::string name = text::ascii_lower(one.name);
      if (const auto found = overrides.find("/" + name); found != overrides.end()) {
        one.type = found->second;
      } else if (const std::size_t dot = name.rfind('.'); dot != std::string::npos && one.type.empty()) {
        if (const auto usual = defaults.find(name.substr(dot + 1)); usual != defaults.end()) one.type = usual->second;
      }
    }
  }

  /// META-INF/manifest.xml (ODF 1.3 part 2 §4): types, and what is encrypted.
  void read_manifest() {
    const PackagePart* manifest = part("META-INF/manifest.xml");
    if (manifest == nullptr) return;
    pugi::xml_document document;
    if (!document.load_buffer(manifest->octets.data(), manifest->octets.size()))
      note(out_.notes, "inspect.unreadable", "XML");
    for (const pugi::xml_node& row : document.document_element().children()) {
      if (xml::local(row) != "file-entry") continue;
      const std::string_view name = xml::attribute(row, "full-path");
      const bool sealed = std::any_of(row.children().begin(), row.children().end(), [](const pugi::xml_node& child) {
        return xml::local(child) == "encryption-data";
      });
      out_.locked = out_.locked || sealed;
      for (PackagePart& one : parts_) {
        if (one.name != name) continue;
        one.type = text::ascii_lower(xml::attribute(row, "media-type"));
        if (sealed) sealed_.insert(one.name);
      }
    }
  }

  void decide_xml() {
    for (PackagePart& one : parts_) {
      const std::string name = text::ascii_lower(one.name);
      if (sealed_.count(one.name) != 0 || one.octets.empty()) continue;
      if (holds(one.type, "svg") || holds(one.type, "xhtml") || holds(one.type, "html")) continue;
      const bool says_so = ends(one.type, "+xml") || ends(one.type, "/xml") || ends(name, ".xml") ||
                           ends(name, ".rels") || ends(name, ".vml") || ends(name, ".rdf");
      one.xml = says_so && looks_like_xml(one.octets);
      if (says_so && !one.xml && !name.starts_with("configurations2/")) note(out_.notes, "inspect.unreadable", "XML");
    }
  }

  /// Relations (ECMA-376 part 2 §9.3) say what a part is for, whatever it is called, and what lies outside.
  void read_relations() {
    for (const PackagePart& list : parts_) {
      if (!ends(text::ascii_lower(list.name), ".rels")) continue;
      pugi::xml_document document;
      if (!document.load_buffer(list.octets.data(), list.octets.size())) continue;  // named when it is looked at
      std::string folder = list.name.substr(0, std::min(list.name.rfind("_rels/"), list.name.size()));
      for (const pugi::xml_node& row : document.document_element().children()) {
        const std::string_view type = xml::attribute(row, "Type");
        const std::string_view kind = type.substr(type.rfind('/') == std::string_view::npos ? 0 : type.rfind('/') + 1);
        const std::string_view target = xml::attribute(row, "Target");
        if (text::ascii_iequals(xml::attribute(row, "TargetMode"), "External")) {
          note_link(kind, target, out_.notes);
          continue;
        }
        if (kind == "vbaProject" || kind == "wordVbaData") note(out_.notes, "content.macro", "VBA");
        if (kind == "xlMacrosheet" || kind == "xlIntlMacrosheet") note(out_.notes, "content.macro", "XLM");
        if (kind == "control" || holds(kind, "activeX")) note(out_.notes, "content.active", "ActiveX");
        if (holds(kind, "taskpanes") || holds(kind, "webextension"))
          note(out_.notes, "content.external-link", "web extension");
        if (text::ascii_iequals(kind, "aFChunk")) chunks_.insert(resolved(folder, target));
        if (remote(target) || starts_program(target)) note_link(kind, target, out_.notes);  // with or without the mode
      }
    }
  }

  static std::string resolved(std::string folder, std::string_view target) {
    std::string path = target.starts_with("/") ? std::string(target.substr(1)) : folder + std::string(target);
    for (std::size_t up = 0; (up = path.find("/../")) != std::string::npos;) {
      const std::size_t before = up == 0 ? std::string::npos : path.rfind('/', up - 1);
      path.erase(before == std::string::npos ? 0 : before + 1, up + 4 - (before == std::string::npos ? 0 : before + 1));
    }
    return text::ascii_lower(path);
  }

  void look_at(const PackagePart& one, xml::Findings& found) {
    const std::string name = text::ascii_lower(one.name);
    pugi::xml_document document;
    if (!document.load_buffer(one.octets.data(), one.octets.size(), pugi::parse_default | pugi::parse_doctype))
      note(out_.notes, "inspect.unreadable", "XML");
    xml::note_doctype(document, open_document_, out_.notes);
    if (holds(one.type, "macrosheet") || name.starts_with("xl/macrosheets/")) note(out_.notes, "content.macro", "XLM");
    if (holds(one.type, "activex") || holds(name, "/activex/")) note(out_.notes, "content.active", "ActiveX");
    if (open_document_) {
      if (name.starts_with("basic/") && xml::has_macro_code(document)) note(out_.notes, "content.macro", "Basic");
      xml::look_at_open_document(document.document_element(), found);
    } else {
      xml::look_at_office(document.document_element(), found);
    }
    if (name == "docprops/custom.xml" || name == "docprops/core.xml" || name == "meta.xml" || name == "content.xml" ||
        holds(one.type, "custom-properties") || holds(one.type, "core-properties"))
      xml::read_properties(document.document_element(), found);
    if (name.starts_with("docmetadata/") || name.starts_with("customxml/") || holds(one.type, "label"))
      xml::read_label_part(document.document_element(), found);
    if (name.starts_with("_xmlsignatures/") || holds(name, "signatures.xml"))
      xml::read_signatures(document.document_element(), found);
  }

  /// Whatever is neither XML that has been looked at nor surely a picture is a file of its own.
  void give_the_rest() {
    for (PackagePart& one : parts_) {
      const std::string name = text::ascii_lower(one.name);
      if (holds(name, "vbaproject") || holds(one.type, "vbaproject") || holds(one.type, "vbadata"))
        note(out_.notes, "content.macro", "VBA");
      if (holds(one.type, "macrosheet") || holds(name, "macrosheets/")) note(out_.notes, "content.macro", "XLM");
      if (holds(one.type, "activex") || holds(name, "/activex/")) note(out_.notes, "content.active", "ActiveX");
      if (open_document_ && name.starts_with("scripts/") && !one.octets.empty())
        note(out_.notes, "content.macro", "script");
      if (open_document_ && name.starts_with("basic/") && !one.xml && !one.octets.empty())
        note(out_.notes, "content.macro", "Basic");
      if (one.octets.empty() || sealed_.count(one.name) != 0) continue;
      const bool chunk = chunks_.count(name) != 0;
      if (!chunk && (one.xml || (open_document_ && name == "mimetype"))) continue;
      if (!chunk && (picture_without_words(one) || surely_inert(one))) continue;
      if (!chunk && binary_records(one) && detect_type(one.octets, "", nullptr).family == Family::other) continue;
      give(one.name, one.type, std::move(one.octets));
    }
  }

  static constexpr std::string_view binary_sheet = "application/vnd.ms-excel.sheet.binary.macroenabled.12";

  std::string mime_;
  Room room_;
  bool open_document_ = false;
  std::vector<PackagePart> parts_;
  std::set<std::string> sealed_;  // names of encrypted parts
  std::set<std::string> chunks_;  // names, lower case, of documents that are shown as part of this one
  std::uint64_t xml_spent_ = 0;
  Document out_;
};

}  // namespace

Document read_package(std::string_view octets, std::string_view mime, const Room& room) {
  PackageReader reader(mime, room);
  return looks_like_flat_document(octets) ? reader.read_flat(octets) : reader.read_zip(octets);
}

bool looks_like_flat_document(std::string_view octets) {
  if (!looks_like_xml(octets)) return false;
  std::string head(octets.substr(0, 65536));
  head.erase(std::remove(head.begin(), head.end(), '\0'), head.end());  // UTF-16
  for (const std::string_view space :
       {"urn:oasis:names:tc:opendocument:xmlns:office:1.0", "http://schemas.microsoft.com/office/2006/xmlPackage",
        "http://schemas.microsoft.com/office/word/2003/wordml"})
    if (holds(head, space)) return true;
  return false;
}

}  // namespace vanthu::inspect
