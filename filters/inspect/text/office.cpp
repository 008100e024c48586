// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/office.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <pugixml.hpp>
#include <set>
#include <string>
#include <utility>

#include "filters/inspect/text/legacy_font.hpp"
#include "filters/inspect/text/office_xml.hpp"
#include "filters/inspect/text/sheet.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

/// The fonts that styles give: of a run, a paragraph, the document (ECMA-376 part 1 §17.7.2).
class Styles {
 public:
  void read(const pugi::xml_node& root) {
    for (const pugi::xml_node& child : root.children()) {
      if (local_name(child) == "docDefaults") {
        default_ = given_by(child_named(child_named(child, "rPrDefault"), "rPr"));
      } else if (local_name(child) == "style" && styles_.size() < limits::text_lines) {
        Style& style = styles_[std::string(attribute(child, "styleId"))];
        style.given = given_by(child_named(child, "rPr"));
        style.based_on = attribute(child_named(child, "basedOn"), "val");
        if (attribute(child, "default") == "1" && attribute(child, "type") == "paragraph")
          normal_ = attribute(child, "styleId");
      }
    }
  }

  /// The font and size of a run: its own, else of the first style on the way that tells.
  Font of(const pugi::xml_node& run, std::string_view paragraph_style) const {
    const pugi::xml_node properties = child_named(run, "rPr");
    Given found = given_by(properties);
    const auto complete = [&](const Given& other) {
      if (!found.name) found.name = other.name;
      if (!found.size) found.size = other.size;
    };
    for (std::string_view style :
         {attribute(child_named(properties, "rStyle"), "val"), paragraph_style, std::string_view(normal_)}) {
      for (int depth = 0; depth < 16 && !style.empty(); ++depth) {  // styles may be based on one another in a circle
        const auto one = styles_.find(style);
        if (one == styles_.end()) break;
        complete(one->second.given);
        style = one->second.based_on;
      }
    }
    complete(default_);
    return font_named(found.name.value_or(std::string()), found.size.value_or(0));
  }

 private:
  struct Given {
    std::optional<std::string> name;
    std::optional<float> size;
  };
  struct Style {
    Given given;
    std::string based_on;
  };

  static Given given_by(const pugi::xml_node& properties) {
    Given given;
    const pugi::xml_node fonts = child_named(properties, "rFonts");
    for (const std::string_view which : {"ascii", "hAnsi"})  // letters with marks are hAnsi's
      if (const std::string_view name = attribute(fonts, which); !name.empty()) given.name = name;
    if (const std::string_view size = attribute(child_named(properties, "sz"), "val"); !size.empty())
      given.size = points(size, 2);
    return given;
  }

  std::map<std::string, Style, std::less<>> styles_;
  Given default_;
  std::string normal_;
};

/// WordprocessingML (ECMA-376 part 1 §17).
class Word {
 public:
  Word(Rows& rows, const Styles& styles) : rows_(rows), styles_(styles) {}

  void blocks(const pugi::xml_node& node, Zone zone, int depth) {
    if (depth > limits::xml_depth) return rows_.too_deep();
    for (const pugi::xml_node& child : node.children()) {
      const std::string_view name = local_name(child);
      if (name == "p") {
        paragraph(child, zone, depth);
      } else if (name == "tc") {
        blocks(child, zone == Zone::body ? Zone::cell : zone, depth + 1);
      } else if (!skipped(name)) {
        blocks(child, zone, depth + 1);
      }
    }
  }

 private:
  static bool skipped(std::string_view name) {
    // mc:Fallback repeats what mc:Choice holds; deleted text is not in the document any more.
    return name == "Fallback" || name == "del" || name == "moveFrom" || name == "instrText" || name == "delText" ||
           name == "posOffset" || name == "sectPr" || name == "rPr" || name == "pPr";
  }

  void paragraph(const pugi::xml_node& node, Zone zone, int depth) {
    FontText text;
    style_ = attribute(child_named(child_named(node, "pPr"), "pStyle"), "val");
    font_ = {};
    std::vector<pugi::xml_node> boxes;
    inline_text(node, text, boxes, depth + 1);
    rows_.add(text, zone);
    for (const pugi::xml_node& box : boxes) blocks(box, Zone::box, depth + 1);
  }

  void inline_text(const pugi::xml_node& node, FontText& text, std::vector<pugi::xml_node>& boxes, int depth) {
    if (depth > limits::xml_depth) return rows_.too_deep();
    if (text.size() > limits::text_octets) return;
    for (const pugi::xml_node& child : node.children()) {
      const std::string_view name = local_name(child);
      if (name == "r") font_ = styles_.of(child, style_);
      if (name == "t")
        text.append(child.child_value(), font_);
      else if (name == "tab" || name == "ptab")
        text.append("\t");
      else if (name == "br" || name == "cr")
        text.append("\n");
      else if (name == "noBreakHyphen")
        text.append("-");
      else if (name == "txbxContent")
        boxes.push_back(child);
      else if (name == "textpath")  // WordArt keeps its words in an attribute
        text.append("\n" + std::string(attribute(child, "string")) + "\n");
      else if (name == "AlternateContent")
        alternative(child, text, boxes, depth + 1);
      else if (!skipped(name))
        inline_text(child, text, boxes, depth + 1);
    }
  }

  /// The choice, and the fallback only where the choice has no words.
  void alternative(const pugi::xml_node& node, FontText& text, std::vector<pugi::xml_node>& boxes, int depth) {
    const std::size_t text_before = text.size();
    const std::size_t boxes_before = boxes.size();
    for (const std::string_view which : {"Choice", "Fallback"}) {
      for (const pugi::xml_node& child : node.children())
        if (local_name(child) == which) inline_text(child, text, boxes, depth + 1);
      if (text.size() != text_before || boxes.size() != boxes_before) return;
    }
  }

  Rows& rows_;
  const Styles& styles_;
  std::string style_;  // of the paragraph
  Font font_;          // of the run
};

/// DrawingML text (slides, charts) and OpenDocument: every paragraph element is a line.
class Paragraphs {
 public:
  Paragraphs(Rows& rows, bool open_document) : rows_(rows), open_document_(open_document) {}

  /// The fonts that OpenDocument's styles give (OpenDocument 1.2 §16.27.27, §20.183).
  void styles(const pugi::xml_node& node, int depth) {
    if (depth > 4) return;  // document, kind of styles, style
    for (const pugi::xml_node& child : node.children()) {
      const std::string_view kind = local_name(child);
      if (kind != "style" && kind != "default-style") {
        if (kind != "body") styles(child, depth + 1);
        continue;
      }
      const std::string_view family = attribute(child, "family");
      if ((family != "text" && family != "paragraph" && family != "table-cell") || fonts_.size() > limits::text_lines)
        continue;
      const pugi::xml_node properties = child_named(child, "text-properties");
      std::string_view name = attribute(properties, "font-name");
      if (name.empty()) name = attribute(properties, "font-family");
      const std::string_view parent = attribute(child, "parent-style-name");
      Font font = parent.empty() && family == "text" ? Font{} : styled(parent, default_of(family));
      if (!name.empty()) font = font_named(name, font.size);
      if (const std::string_view size = attribute(properties, "font-size"); !size.empty()) font.size = points(size, 1);
      if (kind == "default-style")
        (family == "table-cell" ? default_cell_ : default_) = font;
      else if (!(font == Font{}))
        fonts_[std::string(attribute(child, "name"))] = font;
    }
  }

  void blocks(const pugi::xml_node& node, Zone zone, int depth) {
    if (depth > limits::xml_depth) return rows_.too_deep();
    for (const pugi::xml_node& child : node.children()) {
      const std::string_view name = local_name(child);
      if (name == "p" || (open_document_ && name == "h")) {
        FontText text;
        font_ = styled(attribute(child, "style-name"), in_cell_ ? cell_font_ : default_);
        inline_text(child, text, depth + 1);
        rows_.add(text, zone);
      } else if (open_document_ && (name == "header" || name == "header-left" || name == "header-first")) {
        blocks(child, Zone::page_header, depth + 1);
      } else if (open_document_ && (name == "footer" || name == "footer-left" || name == "footer-first")) {
        blocks(child, Zone::page_footer, depth + 1);
      } else if (open_document_ && name == "table-cell") {
        // The words of a sheet's cell are printed as the cell says, those of a text's table as their paragraph says.
        const std::string_view style = attribute(child, "style-name");
        in_cell_ = in_sheet_;
        cell_font_ = styled(style, default_cell_);
        blocks(child, zone == Zone::body ? Zone::cell : zone, depth + 1);
        in_cell_ = false;
      } else if (open_document_ && name == "tracked-changes") {
        continue;
      } else {
        if (name == "txBody" || name == "table-row") rows_.gap();
        if (name == "spreadsheet") in_sheet_ = true;
        blocks(child, open_document_ && name == "text-box" ? Zone::box : zone, depth + 1);
      }
    }
  }

 private:
  void inline_text(const pugi::xml_node& node, FontText& text, int depth) {
    if (depth > limits::xml_depth) return rows_.too_deep();
    if (text.size() > limits::text_octets) return;
    for (const pugi::xml_node& child : node.children()) {
      const std::string_view name = local_name(child);
      if (!open_document_ && name == "r") {
        const pugi::xml_node properties = child_named(child, "rPr");
        font_ = font_named(attribute(child_named(properties, "latin"), "typeface"),
                           points(attribute(properties, "sz"), 100));
      }
      if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
        if (open_document_ || local_name(child.parent()) == "t") text.append(child.value(), font_);
      } else if (name == "br" || name == "line-break") {
        text.append("\n");
      } else if (name == "tab") {
        text.append("\t");
      } else if (open_document_ && name == "s") {
        const int count = child.attribute("text:c").as_int(1);
        text.append(std::string(static_cast<std::size_t>(std::clamp(count, 1, 200)), ' '));
      } else if (open_document_ && name == "p") {
        text.append("\n");
        inline_text(child, text, depth + 1);
        text.append("\n");
      } else if (name == "annotation" && open_document_) {
        continue;
      } else if (open_document_ && name == "span") {
        const auto outer = font_;
        font_ = styled(attribute(child, "style-name"), font_);
        if (font_.name.empty()) font_.name = outer.name, font_.legacy = outer.legacy;
        if (font_.size <= 0) font_.size = outer.size;
        inline_text(child, text, depth + 1);
        font_ = outer;
      } else {
        inline_text(child, text, depth + 1);
      }
    }
  }

  Font default_of(std::string_view family) const {
    return family == "table-cell" ? default_cell_ : family == "paragraph" ? default_ : Font{};
  }
  Font styled(std::string_view style, const Font& other) const {
    const auto found = fonts_.find(style);
    return found == fonts_.end() ? other : found->second;
  }

  Rows& rows_;
  bool open_document_;
  bool in_sheet_ = false, in_cell_ = false;
  Font font_;                                       // of the run
  Font cell_font_;                                  // of the sheet's cell
  Font default_, default_cell_;                     // of OpenDocument's families of styles
  std::map<std::string, Font, std::less<>> fonts_;  // of OpenDocument's styles
};

class Package {
 public:
  Package(const std::vector<PackagePart>& parts, Notes& notes) : parts_(parts), notes_(notes), rows_(lines_, notes) {}

  Lines read(std::string_view mime) {
    if (mime.starts_with("application/vnd.oasis.") || mime.starts_with("application/vnd.sun."))
      open_document();
    else if (mime.find("word") != std::string_view::npos)
      word();
    else if (mime.find("excel") != std::string_view::npos || mime.find("spreadsheet") != std::string_view::npos)
      sheets();
    else
      slides();
    unweave(lines_);
    return std::move(lines_);
  }

 private:
  bool load(const PackagePart& part, pugi::xml_document& document) {
    if (part.octets.empty()) return false;
    if (lines_.size() >= limits::text_lines) return false;  // whoever judges the lines says so
    const auto parsed =
        document.load_buffer(part.octets.data(), part.octets.size(), pugi::parse_default | pugi::parse_ws_pcdata);
    if (!parsed) note(notes_, "inspect.unreadable", "XML");
    return true;  // what came before the fault is there, and office programs repair
  }

  template <class Visit>
  void each(std::string_view folder, std::string_view part, Visit visit) {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const std::string_view name = parts_[i].name;
      if (!parts_[i].xml || !name.starts_with(folder) || !name.substr(folder.size()).starts_with(part) ||
          !name.ends_with(".xml"))
        continue;
      one(i, visit);
    }
  }

  template <class Visit>
  void one(std::size_t index, Visit visit) {
    if (!read_.insert(index).second) return;
    pugi::xml_document document;
    if (load(parts_[index], document)) visit(document);
    rows_.gap();
    rows_.gap();
  }

  /// Programs find parts by relations, whatever they are called: what was not read by its name is read by its root.
  void rest() {
    Word words(rows_, styles_);
    Paragraphs paragraphs(rows_, false);
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const std::string_view name = parts_[i].name;
      if (!parts_[i].xml || name.ends_with(".rels") || name.starts_with("docProps/") ||
          name.starts_with("_xmlsignatures/"))
        continue;
      one(i, [&](const pugi::xml_document& document) {
        const pugi::xml_node root = document.document_element();
        const std::string_view kind = local_name(root);
        if (kind == "document" || kind == "hdr" || kind == "ftr" || kind == "footnotes" || kind == "endnotes" ||
            kind == "comments" || kind == "glossaryDocument" || kind == "wordDocument") {
          main_ = main_ || kind == "document" || kind == "wordDocument";
          words.blocks(document, Zone::body, 0);
        } else if (kind == "worksheet" || kind == "macrosheet" || kind == "dialogsheet" || kind == "chartsheet") {
          sheets_.sheet(root);
        } else if (name.starts_with("customXml/")) {
          std::string text;
          bound_text(root, text, 0);
          rows_.add(text, Zone::body);
        } else {
          paragraphs.blocks(document, Zone::box, 0);
        }
      });
    }
  }

  /// Words of custom XML: Word shows them where a control is bound to them. Octets in base64 are no words.
  static void bound_text(const pugi::xml_node& node, std::string& text, int depth) {
    if (depth > limits::xml_depth || text.size() > limits::text_octets) return;
    for (const pugi::xml_node& child : node.children()) {
      const std::string_view value = child.value();
      const bool words = child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata;
      if (words && (value.size() < 256 || value.substr(0, 256).find(' ') != std::string_view::npos))
        text.append(value).append(1, '\n');
      bound_text(child, text, depth + 1);
    }
  }

  void word() {
    read_styles();
    Word reader(rows_, styles_);
    each("word/", "document", [&](const pugi::xml_document& d) { main_ = true, reader.blocks(d, Zone::body, 0); });
    each("word/", "header", [&](const pugi::xml_document& d) { reader.blocks(d, Zone::page_header, 0); });
    each("word/", "footer", [&](const pugi::xml_document& d) { reader.blocks(d, Zone::page_footer, 0); });
    for (const std::string_view part : {"footnotes", "endnotes", "comments", "glossary/document"})
      each("word/", part, [&](const pugi::xml_document& d) { reader.blocks(d, Zone::body, 0); });
    Paragraphs drawings(rows_, false);
    for (const std::string_view part : {"diagrams/data", "charts/"})
      each("word/", part, [&](const pugi::xml_document& d) { drawings.blocks(d, Zone::body, 0); });
    rest();
    if (!main_) note(notes_, "inspect.unreadable", "no main part");
  }

  void read_styles() {
    for (const PackagePart& part : parts_) {
      pugi::xml_document document;
      if (part.name != "word/styles.xml" || part.octets.empty()) continue;
      if (document.load_buffer(part.octets.data(), part.octets.size())) styles_.read(document.document_element());
    }
  }

  void slides() {
    Paragraphs reader(rows_, false);
    for (const std::string_view part :
         {"slides/slide", "notesSlides/", "slideMasters/", "slideLayouts/", "diagrams/data"})
      each("ppt/", part, [&](const pugi::xml_document& d) { reader.blocks(d, Zone::body, 0); });
    rest();
  }

  void open_document() {
    Paragraphs reader(rows_, true);
    for (const std::string_view which : {"styles.xml", "content.xml"})
      for (const PackagePart& part : parts_) {
        pugi::xml_document document;
        if (part.name == which && part.xml && document.load_buffer(part.octets.data(), part.octets.size()))
          reader.styles(document, 0);
      }
    each("content", "", [&](const pugi::xml_document& d) { reader.blocks(d, Zone::body, 0); });
    each("styles", "", [&](const pugi::xml_document& d) { reader.blocks(d, Zone::body, 0); });
    for (std::size_t i = 0; i < parts_.size(); ++i)  // charts, formulas, tables inside: "Object 1/content.xml"
      if (parts_[i].xml && (parts_[i].name.ends_with("content.xml") || parts_[i].name.ends_with("styles.xml")))
        one(i, [&](const pugi::xml_document& d) { reader.blocks(d, Zone::box, 0); });
  }

  void sheets() {
    for (const PackagePart& part : parts_) {
      pugi::xml_document document;
      if (part.name == "xl/styles.xml" && document.load_buffer(part.octets.data(), part.octets.size()))
        sheets_.styles(document.document_element());
    }
    each("xl/", "sharedStrings", [&](const pugi::xml_document& d) { sheets_.shared_texts(d.document_element()); });
    each("xl/worksheets/", "", [&](const pugi::xml_document& d) { sheets_.sheet(d.document_element()); });
    Paragraphs drawings(rows_, false);
    for (const std::string_view part : {"drawings/drawing", "charts/"})
      each("xl/", part, [&](const pugi::xml_document& d) { drawings.blocks(d, Zone::box, 0); });
    each("xl/", "comments", [&](const pugi::xml_document& d) { sheets_.comments(d); });
    rest();
  }

  const std::vector<PackagePart>& parts_;
  Notes& notes_;
  Lines lines_;
  Rows rows_;
  std::set<std::size_t> read_;
  Sheets sheets_{rows_};
  Styles styles_;
  bool main_ = false;
};

}  // namespace

Lines package_text(const std::vector<PackagePart>& parts, std::string_view mime, Notes& notes) {
  return Package(parts, notes).read(mime);
}

}  // namespace vanthu::inspect
