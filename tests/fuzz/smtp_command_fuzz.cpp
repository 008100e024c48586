// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>
#include <cstdlib>

#include "gateway/mail/sasl.hpp"
#include "gateway/smtp/command.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line = smtp::parse_line(input);
  if (!line) {
    if (line.error().reply.code < 500) std::abort();  // a client's fault is never a "try again"
  } else if (const auto* mail = std::get_if<smtp::Mail>(&line->command); mail != nullptr && mail->reverse_path) {
    // What was let through once is let through again, unchanged.
    const auto again = mail::parse_mailbox(mail::format(*mail->reverse_path), true);
    if (!again || *again != *mail->reverse_path) std::abort();
  }
  (void)mail::decode_plain(input);
  return 0;
}
