// SPDX-License-Identifier: GPL-3.0-or-later
// OLE2 compound files, and the streams of Office and Outlook without the file around them.
#include <cstdint>
#include <string>
#include <string_view>

#include "filters/inspect/document/lzfu.hpp"
#include "filters/inspect/document/ole_parts.hpp"
#include "filters/inspect/document/readers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::inspect;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const Room room{100, 4U << 20};
  if (octets.substr(0, 1) == "\xD0") {
    const Document document = read_ole(octets, room);
    std::uint64_t taken = 0;
    for (const InnerFile& file : document.files) taken += file.octets.size();
    if (taken > room.octets || document.files.size() > room.entries) __builtin_trap();
    return 0;
  }
  Document document;
  Unpacking out(document, room, size);
  note_word(octets, document);
  note_excel(octets, document);
  read_powerpoint(octets, octets, document, out);
  (void)read_ole_native(octets, document.notes);
  std::string rtf;
  (void)unpack_rtf(octets, 1U << 20, rtf);
  if (rtf.size() > (1U << 20) + 32) __builtin_trap();
  return 0;
}
