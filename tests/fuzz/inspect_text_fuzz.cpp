// SPDX-License-Identifier: GPL-3.0-or-later
// Text out of octets: character sets, HTML, RTF, contacts, old fonts, lines and columns, the scan for actions in a PDF.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/text/contact.hpp"
#include "filters/inspect/text/html.hpp"
#include "filters/inspect/text/html_payload.hpp"
#include "filters/inspect/text/legacy.hpp"
#include "filters/inspect/text/lines.hpp"
#include "filters/inspect/text/pdf.hpp"
#include "filters/inspect/text/rtf.hpp"
#include "gateway/base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::inspect;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  Notes notes;
  note_pdf_actions(octets, notes);
  (void)read_legacy(read_rtf(octets, notes));
  (void)read_rtf_document(octets, Room{200, 8U << 20});
  for (const char* charset : {"", "utf-8", "windows-1258", "utf-16", "utf-7"})
    for (const std::string& reading : text_readings(octets, charset, notes)) {
      if (!vanthu::text::is_utf8(reading)) std::abort();
      (void)read_legacy(lines_of(reading));
      (void)lines_of(read_html(reading).text);
      (void)html_payloads(reading, true, notes);
      (void)contact_files(reading, notes);
    }
  return 0;
}
