// SPDX-License-Identifier: GPL-3.0-or-later
// What sources say about themselves: a line of a manifest, a file's name in a Maildir, a folder's name in IMAP, a URL.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "admin/imports/folders.hpp"
#include "admin/imports/imap.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::imports;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto line = read_manifest_line(input); line && (line->sha256.size() != 64 || line->path.empty()))
    std::abort();
  if (maildir_flags(input).size() > 26) std::abort();
  (void)maildir_date(input);
  for (const char c : to_wire(input))
    if (static_cast<unsigned char>(c) > 0x7E && to_wire(input) != input) std::abort();
  (void)from_wire(input);
  if (const auto url = read_imap_url(input); url && (url->host.empty() || url->user.empty() || url->port == 0))
    std::abort();
  return 0;
}
