// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/package_xml.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "filters/inspect/document/certificate.hpp"
#include "filters/inspect/document/labels.hpp"
#include "filters/inspect/mime/transfer.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect::xml {
namespace {

bool holds(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

/// All text directly or deeper below a node.
std::string text_below(const pugi::xml_node& node) {
  std::string text;
  each(node, [&](const pugi::xml_node& one) {
    if (one.type() == pugi::node_pcdata || one.type() == pugi::node_cdata) text += one.value();
  });
  return text;
}

bool yes(std::string_view value) { return value == "1" || value == "true" || value == "on"; }

/// The codes of Word's fields, which may be cut into runs and stand in one another (ECMA-376 part 1 §17.16.18).
class FieldCodes {
 public:
  explicit FieldCodes(Notes& notes) : notes_(notes) {}

  void character(std::string_view kind) {
    if (kind == "begin") {
      if (open_.size() < std::size_t{limits::xml_depth}) open_.emplace_back();
    } else if (kind == "separate") {
      if (!open_.empty()) open_.back().shown = true;
    } else if (kind == "end" && !open_.empty()) {
      const Field field = std::move(open_.back());
      open_.pop_back();
      note_field(field.code, notes_);
      if (!open_.empty() && !open_.back().shown) add(open_.back().code, field.code);
    }
  }
  void instruction(std::string_view text) {
    if (!open_.empty()) add(open_.back().code, text);
    add(all_, text);
  }
  void done() {
    while (!open_.empty()) character("end");  // a field that is not closed is one all the same
    if (holds(text::ascii_lower(all_), "ddeauto")) note(notes_, "content.dde", "field");
  }

 private:
  struct Field {
    std::string code;
    bool shown = false;  ///< behind "separate": what follows is the result
  };
  static void add(std::string& to, std::string_view text) {
    if (to.size() < limits::text_octets) to += text;
  }

  Notes& notes_;
  std::vector<Field> open_;
  std::string all_;
};

/// What a click or a passing mouse does on a slide (ECMA-376 part 1 §21.1.2.3.5).
void note_slide_action(std::string_view action, Notes& notes) {
  if (action.starts_with("ppaction://program")) note(notes, "content.active", "program");
  if (action.starts_with("ppaction://macro")) note(notes, "content.macro", "action");
}

}  // namespace

std::string_view local(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string_view attribute(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_attribute& one : node.attributes())
    if (local(one.name()) == name) return one.value();
  return {};
}

void note_doctype(const pugi::xml_document& document, bool tolerant, Notes& notes) {
  for (const pugi::xml_node& node : document.children())
    if (node.type() == pugi::node_doctype && (!tolerant || holds(node.value(), "[")))
      note(notes, "inspect.unreadable", "DOCTYPE");
}

void look_at_office(const pugi::xml_node& root, Findings& found) {
  Notes& notes = found.notes;
  FieldCodes fields(notes);
  each(root, [&](const pugi::xml_node& node) {
    const std::string_view name = local(node);
    if (name == "fldChar") {
      fields.character(attribute(node, "fldCharType"));
    } else if (name == "instrText") {
      fields.instruction(text_below(node));
    } else if (name == "fldSimple") {
      note_field(attribute(node, "instr"), notes);
    } else if (name == "ddeLink") {
      note(notes, "content.dde", "link");
    } else if (name == "hlinkClick" || name == "hlinkMouseOver" || name == "hlinkHover") {
      note_slide_action(attribute(node, "action"), notes);
    } else if (name == "cmd" && std::string_view(node.name()).starts_with("p:")) {
      note(notes, "content.active", "verb");  // an animation that opens an embedded object
    } else if (name == "connection" && holds(root.name(), "connections")) {
      note(notes, yes(attribute(node, "refreshOnLoad")) ? "content.active" : "content.external-link", "connection");
    } else if (name == "DataMashup") {
      note(notes, "content.external-link", "query");
    } else if (name == "OLEObject" && attribute(node, "Type") == "Link") {
      note(notes, "content.external-link", "linked object");
    } else if (name == "binData" && holds(text::ascii_lower(attribute(node, "name")), "editdata")) {
      note(notes, "content.macro", "editdata");
    }
  });
  fields.done();
}

bool has_macro_code(const pugi::xml_document& document) {
  bool code = false;
  each(document, [&](const pugi::xml_node& node) {
    // An index of nothing is what LibreOffice writes for a document without macros.
    const std::string_view name = local(node);
    code = code || (node.type() == pugi::node_element && name != "library" && name != "libraries");
  });
  return code;
}

void look_at_open_document(const pugi::xml_node& root, Findings& found) {
  Notes& notes = found.notes;
  each(root, [&](const pugi::xml_node& node) {
    const std::string_view name = local(node);
    const std::string_view href = attribute(node, "href");
    if (name == "event-listener" || name == "event") {
      const std::string_view action = attribute(node, "action");
      if (holds(action, "execute") || holds(action, "macro"))
        note(notes, holds(action, "program") ? "content.active" : "content.macro", "event");
      else if (starts_program(href) || !attribute(node, "macro-name").empty() || holds(href, "script:"))
        note(notes, "content.macro", "event");
    } else if (name == "dde-connection-decl" || name == "dde-source" || name == "dde-link") {
      note(notes, "content.dde", "link");
    } else if (name == "applet") {
      note(notes, "content.active", "applet");
    } else if (name == "module" && !text_below(node).empty()) {
      note(notes, "content.macro", "Basic");
    } else if (name == "source-code" && !text_below(node).empty()) {
      note(notes, "content.macro", "Basic");
    } else if (name == "script" && std::string_view(node.name()).starts_with("office:") &&
               text_below(node).find_first_not_of(" \t\r\n") != std::string::npos) {
      note(notes, "content.macro", "script");
    } else if (!href.empty() && (remote(href) || starts_program(href))) {
      const bool template_link = name == "template";
      note_link(template_link ? "attachedTemplate" : name == "a" ? std::string_view("hyperlink") : name, href, notes);
    }
    for (const pugi::xml_attribute& one : node.attributes())  // buttons of forms
      if (local(one.name()) == "target-location" || (local(one.name()) == "href" && name == "option"))
        if (starts_program(one.value())) note(notes, "content.active", "link to a program");
  });
}

void read_properties(const pugi::xml_node& root, Findings& found) {
  each(root, [&](const pugi::xml_node& node) {
    const std::string_view name = local(node);
    if (name == "property") {
      add_property(found.labels, "office", attribute(node, "name"), text_below(node));
    } else if (name == "user-defined" && attribute(node, "name") != "") {
      add_property(found.labels, "office", attribute(node, "name"), text_below(node));
    } else if (name == "category" || name == "keywords" || name == "contentStatus" || name == "keyword") {
      add_label(found.labels, "office", name, text_below(node));
    }
  });
}

void read_label_part(const pugi::xml_node& root, Findings& found) {
  std::string said = text::ascii_lower(local(root));
  for (const pugi::xml_attribute& one : root.attributes())
    if (std::string_view(one.name()).starts_with("xmlns")) said.append(1, ' ').append(text::ascii_lower(one.value()));
  const bool label = holds(said, "label") || holds(said, "classification") || holds(said, "sisl") ||
                     holds(said, "titus") || holds(said, "sensitivity") || holds(said, "confidential");
  if (!label) return;
  const bool microsoft = holds(said, "mip") || holds(said, "microsoft");
  const std::string_view carrier = microsoft ? "msip" : "office";
  each(root, [&](const pugi::xml_node& node) {
    if (node.type() != pugi::node_element) return;
    for (const pugi::xml_attribute& one : node.attributes())
      if (!std::string_view(one.name()).starts_with("xmlns") && local(one.name()) != "schemaLocation")
        add_label(found.labels, carrier, std::string(local(node)) + "." + std::string(local(one.name())), one.value());
    const pugi::xml_node first = node.first_child();
    if (first.type() == pugi::node_pcdata || first.type() == pugi::node_cdata)
      add_label(found.labels, carrier, local(node), first.value());
  });
}

void read_signatures(const pugi::xml_node& root, Findings& found) {
  each(root, [&](const pugi::xml_node& node) {
    if (local(node) != "Signature" || found.signatures.size() >= limits::signatures) return;
    filters::Signature signature;
    signature.kind = "office";
    signature.state = "not-checked";
    each(node, [&](const pugi::xml_node& one) {
      const std::string_view name = local(one);
      if (name == "X509Certificate" && signature.serial.empty()) {
        Notes notes;
        (void)name_signer(decode_base64(text_below(one), notes).octets, signature);
      } else if (name == "SignatureTime") {
        for (const pugi::xml_node& child : one.children())
          if (local(child) == "Value") signature.signed_at = child.child_value();
      } else if ((name == "SigningTime" || name == "date") && signature.signed_at.empty()) {
        signature.signed_at = one.child_value();
      }
    });
    if (signature.signed_at.size() > 40) signature.signed_at.clear();
    note(found.notes, "signature.unproven", "office");
    found.signatures.push_back(std::move(signature));
  });
}

}  // namespace vanthu::inspect::xml
