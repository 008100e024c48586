// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "filters/facts.hpp"
#include "filters/inspect/document/fields.hpp"
#include "filters/inspect/notes.hpp"

/// What the XML parts of office packages say besides words.
namespace vanthu::inspect::xml {

/// A name without its prefix: writers choose prefixes freely.
std::string_view local(std::string_view name);
inline std::string_view local(const pugi::xml_node& node) { return local(node.name()); }
/// The value of an attribute of that local name; empty without one.
std::string_view attribute(const pugi::xml_node& node, std::string_view name);

/// Calls for a node and every node below it, in order; no recursion, however deep they stand.
template <class Visit>
void each(const pugi::xml_node& root, Visit visit) {
  pugi::xml_node node = root;
  while (node) {
    visit(node);
    if (node.first_child()) {
      node = node.first_child();
      continue;
    }
    while (node != root && !node.next_sibling()) node = node.parent();
    node = node == root ? pugi::xml_node() : node.next_sibling();
  }
}

class Writer final : public pugi::xml_writer {
 public:
  explicit Writer(std::string& into) : into_(into) {}
  void write(const void* data, std::size_t size) override { into_.append(static_cast<const char*>(data), size); }

 private:
  std::string& into_;
};

struct Findings {
  Notes& notes;
  std::vector<filters::Label>& labels;
  std::vector<filters::Signature>& signatures;
};

/// A document type declaration can define entities, whose text we do not read; Office refuses any.
/// @param tolerant  one that defines nothing is no reason: old OpenDocument writers name theirs
/// @par Notes  inspect.unreadable
void note_doctype(const pugi::xml_document& document, bool tolerant, Notes& notes);

/// Fields, dynamic data exchange, actions, data connections of OOXML parts.
/// @par Notes  content.dde, content.macro, content.active, content.external-link
void look_at_office(const pugi::xml_node& root, Findings& found);

/// Scripts, event listeners, links and dynamic data exchange of OpenDocument parts.
/// @par Notes  the same
void look_at_open_document(const pugi::xml_node& root, Findings& found);

/// Whether a part of OpenDocument's "Basic/" holds code, or names what does.
bool has_macro_code(const pugi::xml_document& document);

/// Document properties that are labels: docProps/custom.xml, core.xml, OpenDocument's meta.xml.
void read_properties(const pugi::xml_node& root, Findings& found);

/// A label as an XML part of its own: docMetadata/LabelInfo.xml, customXml items of labelling programs.
void read_label_part(const pugi::xml_node& root, Findings& found);

/// XML signatures (_xmlsignatures/, META-INF/documentsignatures.xml): who signed and when; not verified.
void read_signatures(const pugi::xml_node& root, Findings& found);

}  // namespace vanthu::inspect::xml
