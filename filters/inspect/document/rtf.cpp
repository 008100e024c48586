// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/rtf.hpp"

#include <algorithm>
#include <utility>

#include "filters/inspect/document/fields.hpp"
#include "filters/inspect/document/ole_parts.hpp"
#include "filters/inspect/document/pictures.hpp"
#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/document/unpacking.hpp"
#include "filters/inspect/mime/charset.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

constexpr std::string_view compound = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Takes fields of an OLE 1 object from the front (MS-OLEDS 2.2).
class ObjectTaker {
 public:
  explicit ObjectTaker(std::string_view octets) : left(octets) {}
  std::uint32_t number() {
    if (left.size() < 4) {
      good = false;
      return 0;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(left[i]);
    left.remove_prefix(4);
    return value;
  }
  /// A length, then a text with its NUL.
  std::string_view text() {
    const std::uint32_t size = number();
    if (size > left.size()) good = false;
    if (!good) return {};
    const std::string_view text = left.substr(0, size);
    left.remove_prefix(size);
    return text.substr(0, text.find('\0'));
  }

  std::string_view left;
  bool good = true;
};

/// One \\objdata: a link, or a file in the form of its class. What cannot be read as one comes back as it is.
void read_object(std::string_view octets, Document& document, Unpacking& out) {
  ObjectTaker taker(octets);
  (void)taker.number();  // a version that nobody checks
  const std::uint32_t format = taker.number();
  const std::string name(taker.text());
  const std::string_view topic = taker.text();
  (void)taker.text();  // a part of the linked document
  if (taker.good && format == 1) {
    note(document.notes, "content.active", "linked object");
    note_link("oleObject", topic, document.notes);
  }
  InnerFile file;
  const std::size_t inside = octets.find(compound);
  const std::uint32_t size = taker.good && format != 1 ? taker.number() : 0;
  if (taker.good && format == 2 && size <= taker.left.size() && text::ascii_iequals(name, "Package")) {
    // The same form as the stream "\1Ole10Native", which has its size in front.
    std::string native(4, '\0');
    native.append(taker.left.substr(0, size));
    file = read_ole_native(native, document.notes);
  } else if (taker.good && format == 2 && size <= taker.left.size() && taker.left.substr(0, 8) == compound) {
    file.octets = taker.left.substr(0, size);
  } else {
    file.octets = inside == std::string_view::npos ? octets : octets.substr(inside);
  }
  if (file.name.empty()) file.name = display_text(name, "");
  // Moniker classes fetch something; their octets name it in UTF-16 where nobody looks.
  if (text::ascii_lower(name).find("link") != std::string::npos)
    note(document.notes, "content.active", "linked object");
  (void)out.keep(std::move(file));
}

}  // namespace

Document read_rtf_document(std::string_view octets, const Room& room) {
  Document document;
  RtfParts parts;
  document.lines = read_rtf(octets, document.notes, &parts);
  document.text = true;
  std::vector<std::string> pictures;
  if (room.pictures) pictures = rtf_pictures(octets, document.notes);
  if (document.lines.empty() && octets.find("\\pict") != std::string_view::npos && pictures.empty()) {  // a scan
    document.text = false;
    note(document.notes, "inspect.no-text", "text/rtf");
  }
  for (const std::string& field : parts.fields) note_field(field, document.notes);
  std::string all;
  for (const std::string& field : parts.fields) all += field;
  if (text::ascii_lower(all).find("ddeauto") != std::string::npos) note(document.notes, "content.dde", "field");
  if (remote(parts.attached) || starts_program(parts.attached))
    note(document.notes, "content.active", "attachedTemplate");
  Unpacking out(document, room, octets.size());
  for (const std::string& object : parts.objects) {
    if (!out.entry()) return document;
    read_object(object, document, out);
  }
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    InnerFile file;
    file.name = "picture-" + std::to_string(i + 1);
    file.octets = std::move(pictures[i]);
    if (!out.entry() || !out.keep(std::move(file))) return document;
  }
  // What stands behind the end is no RTF: a program that is fetched from there, or what another one would open.
  const std::string_view behind = parts.end == 0 ? std::string_view{} : octets.substr(parts.end);
  const std::size_t first = behind.find_first_not_of(std::string_view(" \r\n\t\0}", 6));
  if (first != std::string_view::npos && behind.size() - first >= 16 && out.entry()) {
    InnerFile file;
    file.name = "behind";
    file.octets = behind.substr(first);
    (void)out.keep(std::move(file));
  }
  return document;
}

}  // namespace vanthu::inspect
