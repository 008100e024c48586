// SPDX-License-Identifier: GPL-3.0-or-later
// PDF by qpdf: actions, attachments, signatures, labels; poppler behind it for the text.
#include <cstdint>
#include <string_view>

#include "filters/inspect/document/readers.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::inspect;
  (void)read_pdf_document({reinterpret_cast<const char*>(data), size}, Room{200, 8U << 20});
  return 0;
}
