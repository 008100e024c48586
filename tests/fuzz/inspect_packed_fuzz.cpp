// SPDX-License-Identifier: GPL-3.0-or-later
// What a reader of documents answers is not trusted: whatever is taken for a document packs to the same document.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "filters/inspect/document/packed.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::inspect;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  if (const auto document = unpack_document(octets)) {
    const auto again = unpack_document(pack(*document));
    if (!again || pack(*again) != pack(*document)) std::abort();
  }
  if (const auto task = unpack_task(octets); task && pack(task->task, task->octets) != octets) std::abort();
  return 0;
}
