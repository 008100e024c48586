// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/onenote.hpp"

#include <algorithm>
#include <utility>

#include "filters/inspect/document/inflate.hpp"
#include "filters/inspect/document/unpacking.hpp"

namespace vanthu::inspect {
namespace {

using namespace std::string_view_literals;

/// FileDataStoreObject.guidHeader (2.6.13)
constexpr auto file_header = "\xE7\x16\xE3\xBD\x65\x26\x11\x45\xA4\xC4\x8D\x4D\x0B\x7A\x9E\xAC"sv;
constexpr std::size_t header_octets = 36;  // its own, length, unused, reserved

}  // namespace

Document read_onenote(std::string_view octets, const Room& room) {
  Document document;
  note(document.notes, "inspect.no-text", "application/onenote");
  Unpacking out(document, room, octets.size());
  for (std::size_t at = 0; (at = octets.find(file_header, at)) != std::string_view::npos;) {
    note(document.notes, "content.active", "OneNote");
    InnerFile file;
    std::uint64_t size = 0;
    for (std::size_t i = 8; i-- > 0 && octets.size() - at >= header_octets;)
      size = size << 8 | static_cast<unsigned char>(octets[at + 16 + i]);
    at += std::min(header_octets, octets.size() - at);
    if (size > octets.size() - at) {
      size = octets.size() - at;
      file.trouble = "inspect.unreadable";
    }
    file.octets = octets.substr(at, size);
    file.name = "object";
    if (!out.entry() || !out.keep(std::move(file))) break;
    at += static_cast<std::size_t>(size);
  }
  return document;
}

Document read_active_mime(std::string_view octets, const Room& room) {
  Document document;
  note(document.notes, "content.macro", "ActiveMime");
  Unpacking out(document, room, octets.size());
  constexpr std::size_t header = 50;
  Inflated project = inflated(octets.substr(std::min(header, octets.size())), Packing::zlib, out.most());
  InnerFile file;
  file.octets = std::move(project.octets);
  if (project.full)
    file.trouble = "inspect.bomb";
  else if (!project.whole)
    file.trouble = "inspect.unreadable";
  if (out.entry()) out.keep(std::move(file));
  return document;
}

}  // namespace vanthu::inspect
