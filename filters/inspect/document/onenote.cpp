// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/onenote.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <utility>

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
  InnerFile file;
  z_stream stream{};
  if (octets.size() <= header || inflateInit(&stream) != Z_OK) {
    document.readable = false;
    return document;
  }
  // zlib reads here and writes nothing; its interface is older than const
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data() + header));  // NOLINT
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(octets.size() - header, 1U << 30));
  std::array<char, 65536> buffer{};
  int code = Z_OK;
  while (code == Z_OK && file.octets.size() <= out.most() && !out.bomb(file.octets.size())) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = buffer.size();
    code = inflate(&stream, Z_NO_FLUSH);
    file.octets.append(buffer.data(), buffer.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (code != Z_STREAM_END) file.trouble = out.bomb(file.octets.size()) ? "inspect.bomb" : "inspect.unreadable";
  if (out.entry()) out.keep(std::move(file));
  return document;
}

}  // namespace vanthu::inspect
