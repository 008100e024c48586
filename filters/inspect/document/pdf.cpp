// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/pdf.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <pugixml.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "filters/inspect/content/type.hpp"
#include "filters/inspect/document/fields.hpp"
#include "filters/inspect/document/labels.hpp"
#include "filters/inspect/document/package_xml.hpp"
#include "filters/inspect/document/pdf_signature.hpp"
#include "filters/inspect/document/qpdf.hpp"
#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/ocr/pdf_scan.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

/// Takes a decoded stream, no more of it than there is room for.
class Sink final : public Pipeline {
 public:
  explicit Sink(std::uint64_t most) : Pipeline("sink", nullptr), most_(most) {}
  void write(unsigned char const* data, std::size_t size) override {
    if (octets.size() + size > most_) {
      full = true;
      throw std::runtime_error("full");  // qpdf ends the stream and says so by its return value
    }
    octets.append(reinterpret_cast<const char*>(data), size);
  }
  void finish() override {}

  std::string octets;
  bool full = false;

 private:
  std::uint64_t most_;
};

struct Decoded {
  std::string octets;
  bool whole = false;
  bool full = false;  ///< there was more than there was room for
};

Decoded decode(QPDFObjectHandle stream, std::uint64_t most) {
  Decoded out;
  Sink sink(most);
  bool filtered = false;
  try {
    out.whole = stream.pipeStreamData(&sink, &filtered, 0, qpdf_dl_all, true, false) && filtered;
    // A stream without a filter is not "filtered", and whole all the same.
    if (!filtered && !sink.full) out.whole = stream.getDict().getKey("/Filter").isNull() && !sink.octets.empty();
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    out.whole = false;
  }
  out.full = sink.full;
  out.octets = std::move(sink.octets);
  return out;
}

struct Action {
  std::string_view name;  ///< of /S, or a key that means the same
  std::string_view id;    ///< the finding
  std::string_view detail;
};
/// ISO 32000-1 §12.6.4.
constexpr auto actions = std::to_array<Action>({{"/JavaScript", "content.active", "JavaScript"},
                                                {"/Launch", "content.active", "Launch"},
                                                {"/SubmitForm", "content.active", "SubmitForm"},
                                                {"/ImportData", "content.active", "ImportData"},
                                                {"/GoToE", "content.active", "GoToE"},
                                                {"/RichMediaExecute", "content.active", "RichMedia"},
                                                {"/GoToR", "content.external-link", "GoToR"},
                                                {"/URI", "content.external-link", "URI"}});
/// Keys that are enough by themselves.
constexpr auto keys = std::to_array<Action>({{"/JS", "content.active", "JavaScript"},
                                             {"/JavaScript", "content.active", "JavaScript"},
                                             {"/XFA", "content.active", "XFA"},
                                             {"/RichMediaContent", "content.active", "RichMedia"},
                                             {"/RichMediaSettings", "content.active", "RichMedia"}});

class PdfReader {
 public:
  PdfReader(std::string_view octets, const Room& room) : octets_(octets), room_(room) {}

  Document read() {
    note_pdf_actions(octets_, out_.notes);  // whatever the cross-references say, and in earlier revisions
    const bool structure = read_structure();
    Pdf text = read_pdf(octets_, out_.notes);
    out_.locked = out_.locked || text.locked;
    out_.readable = out_.locked || text.readable;
    out_.text = text.readable && !(text.lines.empty() && text.pages > 0);
    out_.pages = static_cast<std::uint32_t>(std::min<std::size_t>(text.pages, UINT32_MAX));
    out_.lines = std::move(text.lines);
    out_.drawn = text.readable && has_drawn_pages(out_, pictures_);
    if (out_.drawn && room_.ocr.count() > 0) read_scanned_pages(octets_, pictures_, room_, out_);
    if (text.readable && !out_.text && !noted("inspect.no-text"))
      note(out_.notes, "inspect.no-text", "application/pdf");
    // One program that can read it is enough for whoever gets it; what it holds is only what poppler found.
    if (!structure && !out_.locked) note(out_.notes, "inspect.unreadable", "PDF structure");
    if (!structure || damaged_)
      for (Pdf::File& file : text.files) also(std::move(file));
    margins();
    return std::move(out_);
  }

 private:
  bool read_structure() {
    try {
      QPDF pdf;
      pdf.setLogger(QPDFLogger::create());
      pdf.getLogger()->setError(pdf.getLogger()->discard());
      pdf.getLogger()->setWarn(pdf.getLogger()->discard());
      pdf.setSuppressWarnings(true);
      pdf.processMemoryFile("document", octets_.data(), octets_.size());
      look(pdf);
      damaged_ = pdf.anyWarnings();
      return true;
    } catch (const QPDFExc& error) {
      if (error.getErrorCode() == qpdf_e_password) out_.locked = true;
      if (error.getErrorCode() == qpdf_e_unsupported) out_.locked = out_.locked || encrypted();
      return false;
    } catch (const std::bad_alloc&) {
      note(out_.notes, "inspect.too-big", "memory");
      return false;
    } catch (const std::exception&) {
      return false;
    }
  }

  /// A file that poppler found in a damaged document: it repairs otherwise than qpdf.
  void also(Pdf::File&& file) {
    const auto same = [&](const InnerFile& one) { return one.octets == file.octets; };
    if (std::any_of(out_.files.begin(), out_.files.end(), same)) return;
    if (out_.files.size() >= room_.entries) return note(out_.notes, "inspect.too-many");
    spent_ += file.octets.size();
    if (spent_ > room_.octets) return note(out_.notes, "inspect.bomb");
    out_.files.push_back({std::move(file.name), {}, std::move(file.octets)});
  }

  bool noted(std::string_view id) const {
    return std::any_of(out_.notes.begin(), out_.notes.end(), [&](const Note& one) { return one.id == id; });
  }

  /// Which pages have pictures on them that could show words. Nothing where the pages cannot be counted: poppler finds
  /// others then.
  void look_for_pictures(QPDF& pdf) {
    std::vector<QPDFPageObjectHelper> pages;
    try {
      pages = QPDFPageDocumentHelper(pdf).getAllPages();
    } catch (const std::runtime_error&) {
      return;
    }
    for (QPDFPageObjectHelper& page : pages) {
      if (pictures_.size() >= static_cast<std::size_t>(limits::pdf_pages)) return;
      try {
        pictures_.push_back(pictures_on(page));
      } catch (const std::runtime_error&) {
        pictures_.push_back(PagePictures::scan);
      }
    }
  }

  /// A scan may lie on its page in strips; a stamp may be an annotation, whose looks are a form of their own
  /// (ISO 32000-2 §12.5.5).
  static PagePictures pictures_on(QPDFPageObjectHelper& page) {
    PagePictures has = PagePictures::none;
    long long dots = 0;
    page.forEachImage(true, [&](QPDFObjectHandle& image, QPDFObjectHandle&, const std::string&) {
      const long long width = side(image, "/Width");
      const long long height = side(image, "/Height");
      dots += width * height;
      if (width < limits::ocr_width || height < limits::ocr_height) return;
      has = std::max(has, PagePictures::some);
    });
    if (dots >= scan_side * scan_side) return PagePictures::scan;
    for (QPDFAnnotationObjectHelper& one : page.getAnnotations())
      if (one.getSubtype() == "/Stamp" || one.getSubtype() == "/FreeText") has = std::max(has, PagePictures::some);
    return has;
  }
  static long long side(QPDFObjectHandle& image, const char* key) {
    QPDFObjectHandle value = image.getDict().getKey(key);
    return value.isInteger() ? std::clamp(value.getIntValue(), 0LL, 1'000'000LL) : 0LL;
  }
  static constexpr long long scan_side = 800;  // dots; A4 at 100 an inch has 827 by 1169

  bool encrypted() const { return octets_.find("/Encrypt") != std::string_view::npos; }

  void look(QPDF& pdf) {
    std::vector<QPDFObjectHandle> objects = pdf.getAllObjects();
    for (QPDFObjectHandle& object : objects) walk(object);
    walk(pdf.getTrailer());
    for (QPDFObjectHandle& object : objects)  // attachments that nobody names
      if (object.isStreamOfType("/EmbeddedFile")) give(object, {});
    read_labels(pdf);
    check_signatures();
    look_for_pictures(pdf);
  }

  void check_signatures() {
    if (signatures_.empty()) return;
    const bool whole = covered() || (last_signed_ > 0 && adds_proofs_only(octets_, last_signed_));
    bool last_is_valid = false;
    for (PdfSignature& signature : signatures_) {
      signature.last = signature.end == last_signed_;
      out_.signatures.push_back(check_pdf_signature(signature, octets_, whole));
      last_is_valid = last_is_valid || (signature.last && out_.signatures.back().state == "valid");
    }
    for (filters::Signature& one : out_.signatures) {
      // What is shown is what the last one signed: an earlier signature is worth no more than that.
      if (one.state == "valid" && !last_is_valid) {
        one.state = "unknown-ca";
        one.detail = "added to and signed again by somebody unknown";
      }
      if (const auto id = finding_of(one); !id.empty()) note(out_.notes, id, "pdf");
    }
  }

  /// Whether the last signature covers the file to its end.
  bool covered() const {
    return octets_.substr(std::min<std::size_t>(last_signed_, octets_.size()))
               .find_first_not_of(std::string_view(" \r\n\t\0", 5)) == std::string_view::npos;
  }

  /// One indirect object with all that stands in it; references lead to objects that are looked at themselves.
  void walk(const QPDFObjectHandle& root) {
    std::vector<QPDFObjectHandle> waiting{root};
    bool first = true;
    while (!waiting.empty()) {
      QPDFObjectHandle object = waiting.back();
      waiting.pop_back();
      if (object.isIndirect() && !first) continue;
      first = false;
      if (object.isArray()) {
        for (QPDFObjectHandle& one : object.getArrayAsVector()) waiting.push_back(one);
      } else if (object.isDictionary() || object.isStream()) {
        QPDFObjectHandle dictionary = object.isStream() ? object.getDict() : object;
        look_at(dictionary, object.isStream());
        for (auto& [key, value] : dictionary.getDictAsMap()) waiting.push_back(value);
      }
    }
  }

  void look_at(QPDFObjectHandle& dictionary, bool stream) {
    const QPDFObjectHandle none = QPDFObjectHandle::newNull();
    const auto get = [&](const char* key) { return dictionary.hasKey(key) ? dictionary.getKey(key) : none; };
    const std::string kind = name_of(get("/S"));
    for (const Action& action : actions)
      if (kind == action.name) note(out_.notes, action.id, action.detail);
    for (const Action& key : keys)
      if (dictionary.hasKey(std::string(key.name))) note(out_.notes, key.id, key.detail);
    const std::string subtype = name_of(get("/Subtype"));
    if (subtype == "/RichMedia" || subtype == "/Movie") note(out_.notes, "content.active", "RichMedia");
    if (kind == "/URI") link(get("/URI"));
    if (kind == "/GoToR" || kind == "/GoToE") link(get("/F"));
    if (stream && !get("/F").isNull()) note(out_.notes, "content.active", "external stream");
    if (name_of(get("/FS")) == "/URL") note(out_.notes, "content.external-link", "file");
    if (QPDFObjectHandle files = get("/EF"); files.isDictionary()) {
      std::string name;
      for (const char* key : {"/UF", "/F", "/Unix", "/DOS", "/Mac"})
        if (QPDFObjectHandle text = get(key); name.empty() && text.isString()) name = text.getUTF8Value();
      for (auto& [key, file] : files.getDictAsMap())
        if (file.isStream()) give(file, name);
    }
    if (get("/ByteRange").isArray() && !get("/Contents").isNull()) signature(dictionary);
  }

  static std::string name_of(QPDFObjectHandle object) { return object.isName() ? object.getName() : std::string(); }

  /// A target of an action: a string, or a file specification.
  void link(QPDFObjectHandle target) {
    if (target.isDictionary()) target = target.getKey(target.hasKey("/UF") ? "/UF" : "/F");
    if (!target.isString()) return;
    const std::string text = target.getUTF8Value();
    if (starts_program(text))
      note(out_.notes, "content.active", "link to a program");
    else if (remote(text) && text.find_first_of("\\/") == 0)
      note(out_.notes, "content.active", "link to a share");
  }

  void give(QPDFObjectHandle file, std::string name) {
    if (file.isIndirect() && !given_.insert({file.getObjectID(), file.getGeneration()}).second) return;
    if (out_.files.size() >= room_.entries) return note(out_.notes, "inspect.too-many");
    QPDFObjectHandle dictionary = file.getDict();
    const std::uint64_t left = room_.octets - std::min(room_.octets, spent_);
    QPDFObjectHandle length = dictionary.getKey("/Length");
    const std::uint64_t packed =
        length.isInteger() ? static_cast<std::uint64_t>(std::max(length.getIntValue(), 1LL)) : octets_.size();
    const std::uint64_t swollen = std::max(limits::expansion_ratio_from,
                                           std::min<std::uint64_t>(packed, octets_.size()) * limits::expansion_ratio);
    Decoded decoded = decode(file, std::min({left, limits::expanded_file_octets, swollen}));
    spent_ += decoded.octets.size();
    InnerFile inner;
    inner.name = std::move(name);
    if (QPDFObjectHandle type = dictionary.getKey("/Subtype"); type.isName())
      inner.declared_type = text::ascii_lower(type.getName().substr(1));
    inner.octets = std::move(decoded.octets);
    if (decoded.full) {
      inner.trouble = "inspect.bomb";
      inner.octets.clear();
    } else if (!decoded.whole && !(inner.octets.empty() && packed <= 1)) {
      inner.trouble = "inspect.unreadable";
      inner.trouble_detail = "embedded file";
    }
    out_.files.push_back(std::move(inner));
  }

  void signature(QPDFObjectHandle& dictionary) {
    if (signatures_.size() >= limits::signatures) return;
    PdfSignature one;
    for (QPDFObjectHandle& number : dictionary.getKey("/ByteRange").getArrayAsVector())
      one.range.push_back(number.isInteger() ? number.getIntValue() : -1);
    one.filter = name_of(dictionary.getKey("/SubFilter"));
    if (QPDFObjectHandle when = dictionary.getKey("/M"); when.isString()) one.when = when.getUTF8Value();
    if (QPDFObjectHandle who = dictionary.getKey("/Name"); who.isString()) one.name = who.getUTF8Value();
    if (one.range.size() == 4 && one.range[2] >= 0 && one.range[3] >= 0 &&
        one.range[2] <= static_cast<long long>(octets_.size()) &&
        one.range[3] <= static_cast<long long>(octets_.size()))
      one.end = static_cast<std::size_t>(one.range[2] + one.range[3]);
    last_signed_ = std::max(last_signed_, one.end);
    signatures_.push_back(std::move(one));
  }

  // ---- labels

  void read_labels(QPDF& pdf) {
    QPDFObjectHandle info = pdf.getTrailer().getKey("/Info");
    if (info.isDictionary())
      for (auto& [key, value] : info.getDictAsMap()) {
        if (!value.isString() && !value.isName()) continue;
        const std::string text = value.isString() ? value.getUTF8Value() : value.getName().substr(1);
        if (key == "/Keywords")
          add_label(out_.labels, "pdf-info", "Keywords", text);
        else
          add_property(out_.labels, "pdf-info", key.substr(1), text);
      }
    QPDFObjectHandle metadata = pdf.getRoot().getKey("/Metadata");
    if (!metadata.isStream()) return;
    const Decoded xmp = decode(metadata, limits::xmp_octets);
    if (xmp.full) return note(out_.notes, "inspect.too-big", "XMP");
    pugi::xml_document document;
    (void)document.load_buffer(xmp.octets.data(), xmp.octets.size());
    xml::each(document, [&](const pugi::xml_node& node) {
      const std::string_view name = node.name();
      if (node.type() != pugi::node_element) return;
      if (name == "rdf:li" && std::string_view(node.parent().parent().name()) == "dc:subject")
        add_label(out_.labels, "pdf-xmp", "dc:subject", node.child_value());
      else if (node.first_child().type() == pugi::node_pcdata)
        add_property(out_.labels, "pdf-xmp", plain(name), node.child_value());
      if (xml::local(name) == "Description")
        for (const pugi::xml_attribute& one : node.attributes())
          if (!std::string_view(one.name()).starts_with("xmlns"))
            add_property(out_.labels, "pdf-xmp", plain(one.name()), one.value());
    });
  }

  /// "pdfx:MSIP_Label_…_Name" without its prefix, so that it is called the same in every kind of document.
  static std::string plain(std::string_view name) { return std::string(xml::local(name)); }

  /// What stands in front of the header and behind the end: nothing a PDF reader shows, other programs might.
  void margins() {
    const std::size_t begin = octets_.substr(0, 1024).find("%PDF-");
    if (begin != std::string_view::npos && begin > 0) margin(octets_.substr(0, begin), "before");
    const std::size_t end = octets_.rfind("%%EOF");
    if (end != std::string_view::npos) margin(octets_.substr(end + 5), "behind");
  }

  void margin(std::string_view octets, std::string_view where) {
    const std::size_t first = octets.find_first_not_of(std::string_view(" \r\n\t\0\x1A", 6));
    if (first == std::string_view::npos) return;
    octets.remove_prefix(first);
    const Type type = detect_type(octets, "", nullptr);
    if (type.family != Family::other && type.family != Family::text)
      note(out_.notes, "inspect.ambiguous-container", "two formats");
    if (octets.size() >= 16) out_.files.push_back({std::string(where), {}, std::string(octets)});
  }

  std::string_view octets_;
  Room room_;
  Document out_;
  std::set<std::pair<int, int>> given_;  // embedded files: object and generation
  std::uint64_t spent_ = 0;
  bool damaged_ = false;  // qpdf had to repair something
  std::vector<PdfSignature> signatures_;
  std::size_t last_signed_ = 0;
  std::vector<PagePictures> pictures_;  // of each page, where they are asked for
};

}  // namespace

Document read_pdf_document(std::string_view octets, const Room& room) { return PdfReader(octets, room).read(); }

}  // namespace vanthu::inspect
