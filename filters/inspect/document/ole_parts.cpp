// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/ole_parts.hpp"

#include <algorithm>
#include <utility>

#include "filters/inspect/content/names.hpp"
#include "filters/inspect/document/inflate.hpp"
#include "filters/inspect/document/lzfu.hpp"
#include "filters/inspect/mime/charset.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

std::size_t whole_number(std::string_view octets, std::size_t at, std::size_t width) {
  std::size_t value = 0;
  if (at > octets.size() || octets.size() - at < width) return 0;
  for (std::size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets[at + i]);
  return value;
}

/// Text up to a NUL; moves behind it.
std::string_view take_string(std::string_view& octets) {
  const std::size_t end = std::min(octets.find('\0'), octets.size());
  const std::string_view text = octets.substr(0, end);
  octets.remove_prefix(std::min(end + 1, octets.size()));
  return text;
}

std::string last_part(std::string_view path) {
  const std::size_t stroke = path.find_last_of("/\\");
  return display_text(stroke == std::string_view::npos ? path : path.substr(stroke + 1), "");
}

/// The first word of a field's instruction, which begins at `at`; `step` octets a letter.
std::string field_word(std::string_view stream, std::size_t at, std::size_t step) {
  std::string word;
  for (std::size_t i = 0; i < 64 && at < stream.size(); ++i, at += step) {
    if (step == 2 && (at + 1 >= stream.size() || stream[at + 1] != '\0')) break;
    const char c = stream[at];
    if (c == ' ' && word.empty()) continue;
    if ((c < 'A' || c > 'Z') && (c < 'a' || c > 'z')) break;
    word += c;
  }
  return text::ascii_lower(word);
}

}  // namespace

InnerFile read_ole_native(std::string_view octets, Notes& notes) {
  InnerFile file;
  std::string_view rest = octets.substr(std::min<std::size_t>(4, octets.size()));
  const std::string_view native = rest;
  if (whole_number(rest, 0, 2) == 2) {
    rest.remove_prefix(2);
    const std::string label = last_part(take_string(rest));
    const std::string name = last_part(take_string(rest));
    rest.remove_prefix(std::min<std::size_t>(4, rest.size()));
    const std::size_t command_size = whole_number(rest, 0, 4);
    rest.remove_prefix(std::min<std::size_t>(4, rest.size()));
    if (command_size <= rest.size()) {
      std::string_view command = rest.substr(0, command_size);
      rest.remove_prefix(command_size);
      const std::size_t size = whole_number(rest, 0, 4);
      rest.remove_prefix(std::min<std::size_t>(4, rest.size()));
      if (!rest.empty() || size == 0) {
        std::vector<std::string> names;
        for (const std::string& one : {label, name, last_part(take_string(command))})
          if (!one.empty() && std::find(names.begin(), names.end(), one) == names.end()) names.push_back(one);
        note_names(names, notes);
        file.name = name.empty() ? label : name;
        for (const std::string& one : names)  // whichever of them runs
          if (executable_extension(extension_of(one))) file.name = one;
        file.octets = rest.substr(0, size);
        if (size > rest.size()) file.trouble = "inspect.unreadable";
        return file;
      }
    }
  }
  file.octets = native;  // some program's own form, after the size
  return file;
}

void note_word(std::string_view stream, Document& document) {
  constexpr std::size_t encrypted = 0x0100;  // FibBase.fEncrypted
  if ((whole_number(stream, 10, 2) & encrypted) != 0) {
    document.locked = true;
    return;
  }
  for (std::size_t at = 0; (at = stream.find('\x13', at)) != std::string_view::npos; ++at)
    for (const std::size_t step : {1U, 2U}) {
      const std::string word = field_word(stream, at + step, step);
      if (word == "dde" || word == "ddeauto") note(document.notes, "content.dde", "field");
      if (word == "includetext" || word == "includepicture" || word == "import" || word == "link")
        note(document.notes, "content.external-link", word);
    }
}

void note_excel(std::string_view stream, Document& document) {
  bool biff8 = true;
  for (std::size_t at = 0; at + 4 <= stream.size();) {
    const std::size_t id = whole_number(stream, at, 2);
    const std::size_t size = whole_number(stream, at + 2, 2);
    const std::string_view data = stream.substr(at + 4, size);
    at += 4 + size;
    if (id == 0x002F) {  // FilePass: the records behind it are not for us
      document.locked = true;
    } else if (id == 0x0809) {
      biff8 = whole_number(data, 0, 2) >= 0x0600;
      if (whole_number(data, 2, 2) == 0x0040) note(document.notes, "content.macro", "XLM");
    } else if (id == 0x0085 && !document.locked) {  // BoundSheet8
      if (whole_number(data, 5, 1) == 1) note(document.notes, "content.macro", "XLM");
    } else if (id == 0x01AE && biff8) {  // SupBook
      const std::size_t letters = whole_number(data, 2, 2);
      if (letters == 0x0401 || letters == 0x3A01) continue;
      if (data.find('\x03', 5) != std::string_view::npos)
        note(document.notes, "content.dde", "link");
      else if (whole_number(data, 0, 2) > 0)
        note(document.notes, "content.external-link", "workbook");
    } else if (id == 0x0017 && !biff8) {
      if (data.find('\x03', 2) != std::string_view::npos) note(document.notes, "content.dde", "link");
    }
  }
}

void read_powerpoint(std::string_view stream, std::string_view user, Document& document, Unpacking& out) {
  constexpr std::size_t encrypted = 0xF3D1C4DF;  // CurrentUserAtom.headerToken
  if (whole_number(user, 12, 4) == encrypted) document.locked = true;
  for (std::size_t at = 0; at + 8 <= stream.size();) {
    const std::size_t version = whole_number(stream, at, 2);
    const std::size_t type = whole_number(stream, at + 2, 2);
    const std::size_t size = whole_number(stream, at + 4, 4);
    const std::string_view data = stream.substr(at + 8, size);
    at += 8;
    if (type == 0x2F14) document.locked = true;  // CryptSession10Container
    if ((version & 0xFU) == 0xF) continue;       // a container: its records come next
    at += data.size();
    if (type == 0x0400 && whole_number(data, 4, 4) != 0) note(document.notes, "content.macro", "VBA");
    if (type == 0x0FF3 && whole_number(data, 8, 1) == 2) note(document.notes, "content.active", "run program");
    if (type != 0x1011 || document.locked) continue;  // ExOleObjStg
    InnerFile file;
    if (version >> 4 == 0) {
      file.octets = data;
    } else {
      Inflated object = inflated(data.substr(std::min<std::size_t>(4, data.size())), Packing::zlib, out.most());
      file.octets = std::move(object.octets);
      if (object.full)
        file.trouble = "inspect.bomb";
      else if (!object.whole)
        file.trouble = "inspect.unreadable";
    }
    if (!out.entry() || !out.keep(std::move(file))) return;
  }
}

const CompoundNode* outlook_property(const CompoundNode& node, std::string_view id, std::string_view type) {
  return node.find(std::string("__substg1.0_").append(id).append(type));
}

std::string outlook_text(const CompoundNode& node, std::string_view id) {
  if (const CompoundNode* wide = outlook_property(node, id, "001F"))
    return to_utf8(wide->octets, "utf-16le").value_or(std::string());
  const CompoundNode* narrow = outlook_property(node, id, "001E");
  return narrow == nullptr ? std::string() : display_text(narrow->octets, "");
}

void read_outlook_body(const CompoundNode& message, const std::string& path, Document& document, Unpacking& out) {
  std::vector<InnerFile> bodies;
  InnerFile plain;
  plain.name = path + "body.txt";
  plain.declared_type = "text/plain";
  plain.octets = outlook_text(message, "0037");
  if (const std::string body = outlook_text(message, "1000"); !body.empty()) plain.octets += "\n\n" + body;
  if (!plain.octets.empty()) bodies.push_back(std::move(plain));
  InnerFile html;
  html.name = path + "body.html";
  html.declared_type = "text/html";
  if (const CompoundNode* octets = outlook_property(message, "1013", "0102"))
    html.octets = octets->octets;
  else
    html.octets = outlook_text(message, "1013");
  if (!html.octets.empty()) bodies.push_back(std::move(html));
  if (const CompoundNode* packed = outlook_property(message, "1009", "0102")) {
    InnerFile rtf;
    rtf.name = path + "body.rtf";
    if (!unpack_rtf(packed->octets, limits::text_octets, rtf.octets)) {
      rtf.trouble = "inspect.unreadable";
      rtf.trouble_detail = "RTF";
    }
    bodies.push_back(std::move(rtf));
  }
  // A reminder's sound is fetched from wherever a text property says.
  for (const CompoundNode& one : message.children)
    if (one.name.rfind("__substg1.0_8", 0) == 0)
      if (one.octets.rfind(std::string_view("\\\0\\\0", 4), 0) == 0 || one.octets.rfind("\\\\", 0) == 0)
        note(document.notes, "content.active", "path to another computer");
  for (InnerFile& body : bodies)
    if (!out.entry() || !out.keep(std::move(body))) return;
}

}  // namespace vanthu::inspect
