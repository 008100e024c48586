// SPDX-License-Identifier: GPL-3.0-or-later
// An address as a stranger writes it: what is let through keeps to the bounds and is let through again unchanged, for
// it goes on in commands, headers and reports.
#include <cstdint>
#include <cstdlib>

#include "gateway/base/limits.hpp"
#include "gateway/mail/mailbox.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (const bool utf8 : {false, true}) {
    const auto mailbox = mail::parse_mailbox(input, utf8);
    if (!mailbox) {
      if (mailbox.error().reply.code < 500) std::abort();
      continue;
    }
    if (mailbox->local_part.size() > limits::local_part_octets) std::abort();
    const std::string text = mail::format(*mailbox);
    if (text.size() > limits::mailbox_octets || text.find_first_of(std::string_view("\r\n\0 <>;,", 8)) != text.npos)
      std::abort();
    const auto again = mail::parse_mailbox(text, utf8);
    if (!again || *again != *mailbox || mail::key(*again) != mail::key(*mailbox)) std::abort();
  }
  return 0;
}
