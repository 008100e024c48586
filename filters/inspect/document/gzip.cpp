// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "filters/inspect/document/unpacking.hpp"
#include "filters/inspect/mime/charset.hpp"

namespace vanthu::inspect {
namespace {

struct Member {
  int code = Z_OK;         ///< Z_STREAM_END: whole
  std::size_t packed = 0;  ///< octets it takes
  std::string name;
};

/// Inflates one member behind what is in `into` already; stops at `most` or where the ratio says so.
Member inflate_member(std::string_view octets, const Unpacking& out, std::string& into) {
  Member member;
  z_stream stream{};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return {Z_MEM_ERROR, 0, {}};
  std::array<Bytef, 1024> name{};
  gz_header header{};
  header.name = name.data();
  header.name_max = name.size() - 1;
  inflateGetHeader(&stream, &header);
  const std::size_t given = std::min<std::size_t>(octets.size(), std::numeric_limits<uInt>::max());
  // zlib reads here and writes nothing; its interface is older than const
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));  // NOLINT
  stream.avail_in = static_cast<uInt>(given);
  std::array<char, 65536> buffer{};
  do {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = buffer.size();
    member.code = inflate(&stream, Z_NO_FLUSH);
    into.append(buffer.data(), buffer.size() - stream.avail_out);
  } while (member.code == Z_OK && into.size() <= out.most() && !out.bomb(into.size()));
  member.packed = given - stream.avail_in;
  if (header.done == 1) member.name = reinterpret_cast<const char*>(name.data());
  inflateEnd(&stream);
  return member;
}

}  // namespace

Document read_gzip(std::string_view octets, const Room& room) {
  Document document;
  Unpacking out(document, room, octets.size());
  if (!out.entry()) return document;
  InnerFile all;
  InnerFile first;
  std::size_t members = 0;
  while (octets.substr(0, 2) == "\x1F\x8B") {
    const Member member = inflate_member(octets, out, all.octets);
    if (++members == 1) {
      all.name = display_text(member.name, "");
      note_entry_name(member.name, document.notes);
    }
    if (out.bomb(all.octets.size()))
      all.trouble = "inspect.bomb";
    else if (all.octets.size() > out.most())
      all.trouble = out.over();
    else if (member.code != Z_STREAM_END)
      all.trouble = "inspect.unreadable";
    if (!all.trouble.empty()) break;
    octets.remove_prefix(member.packed);
    if (members == 1 && octets.substr(0, 2) == "\x1F\x8B") first = all;
  }
  if (members == 0) document.readable = false;
  // Some programs read all members, some the first one alone.
  if (members > 1) note(document.notes, "inspect.ambiguous-container", "several members");
  if (all.trouble.empty() && octets.find_first_not_of('\0') != std::string_view::npos)
    note(document.notes, "inspect.ambiguous-container", "octets behind the end");
  if (all.trouble == "inspect.bomb" || all.trouble == "inspect.too-big") all.octets.clear();
  if (all.trouble == "inspect.unreadable") all.trouble_detail = "gzip";
  if (members > 0 && out.keep(std::move(all)) && members > 1 && out.entry()) out.keep(std::move(first));
  return document;
}

}  // namespace vanthu::inspect
