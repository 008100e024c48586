// SPDX-License-Identifier: GPL-3.0-or-later
// Our own MIME grammar: header, parameters, addresses, encoded words, multiparts, transfer encodings.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "filters/inspect/content/names.hpp"
#include "filters/inspect/mime/addresses.hpp"
#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/mime/header.hpp"
#include "filters/inspect/mime/multipart.hpp"
#include "filters/inspect/mime/parameters.hpp"
#include "filters/inspect/mime/transfer.hpp"
#include "gateway/base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::inspect;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  Notes notes;
  const Header header = read_header(octets, notes);
  if (header.body > size) std::abort();
  note_repetitions(header, true, notes);
  for (const Field& field : header.fields) {
    const Structured structured = read_structured(field.value, notes);
    for (const Parameter& parameter : structured.parameters) {
      if (!vanthu::text::is_utf8(display_text(parameter.value, parameter.charset))) std::abort();
      note_names({display_text(parameter.value, parameter.charset)}, notes);
    }
    for (const auto& author : read_addresses(field.value).list)
      if (!vanthu::text::is_utf8(author.name) || !vanthu::text::is_utf8(author.address)) std::abort();
    if (!vanthu::text::is_utf8(header_text(field.value))) std::abort();
  }
  const std::string_view body = octets.substr(header.body);
  for (const std::string_view part : split_multipart(body, "b", notes).parts)
    if (part.data() < body.data() || part.data() + part.size() > body.data() + body.size()) std::abort();
  (void)decode_base64(body, notes);
  (void)decode_quoted_printable(body, true, notes);
  (void)inline_files(body);
  return 0;
}
