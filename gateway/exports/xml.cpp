// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/xml.hpp"

#include "gateway/base/text.hpp"

namespace vanthu::exports {
namespace {
class Writer final : public pugi::xml_writer {
 public:
  void write(const void* data, std::size_t size) override { text.append(static_cast<const char*>(data), size); }
  std::string text;
};
}  // namespace

std::string for_xml(std::string_view text) {
  const std::string whole = text::is_utf8(text) ? std::string(text) : text::nfc(text);
  std::string out;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const auto octet = static_cast<unsigned char>(whole[i]);
    // U+FFFE and U+FFFF are no characters of XML either.
    const bool none = octet == 0xEF && whole.compare(i, 2, "\xEF\xBF") == 0 && i + 2 < whole.size() &&
                      static_cast<unsigned char>(whole[i + 2]) >= 0xBE;
    if (none) {
      out += "\uFFFD";
      i += 2;
    } else if (octet < 0x20 && octet != '\n' && octet != '\t' && octet != '\r') {
      out += "\uFFFD";
    } else {
      out += whole[i];
    }
  }
  return out;
}

pugi::xml_node add_text(pugi::xml_node parent, const char* name, std::string_view text) {
  pugi::xml_node node = parent.append_child(name);
  node.append_child(pugi::node_pcdata).set_value(for_xml(text).c_str());
  return node;
}
void add_attribute(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(for_xml(value).c_str());
}

std::string printed(const pugi::xml_node& node) {
  Writer writer;
  node.print(writer, "", pugi::format_raw, pugi::encoding_utf8);
  return std::move(writer.text);
}
std::string printed(const pugi::xml_document& document) {
  Writer writer;
  document.save(writer, " ", pugi::format_indent, pugi::encoding_utf8);
  return std::move(writer.text);
}

}  // namespace vanthu::exports
