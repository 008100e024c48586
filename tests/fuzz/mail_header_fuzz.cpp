// SPDX-License-Identifier: GPL-3.0-or-later
// A header block of anybody's: what is handed out are pieces of it, in order, and never an empty name.
#include <cstdint>
#include <cstdlib>

#include "gateway/mail/header.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const char* at = octets.data();
  vanthu::mail::each_field(octets, [&](std::string_view name, std::string_view value) {
    if (name.empty() || name.data() < at || value.data() != name.data() + name.size() + 1) std::abort();
    if (name.find('\n') != std::string_view::npos) std::abort();
    at = value.data() + value.size();
    if (at > octets.data() + octets.size()) std::abort();
  });
  return 0;
}
