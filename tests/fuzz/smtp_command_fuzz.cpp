// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>
#include <cstdlib>

#include "gateway/base/limits.hpp"
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
  } else if (const auto* rcpt = std::get_if<smtp::Rcpt>(&line->command)) {
    // What is kept of a parameter goes into headers and reports later: it never holds a line end or another control.
    for (const char c : rcpt->orcpt)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) std::abort();
  } else if (const auto* bdat = std::get_if<smtp::Bdat>(&line->command)) {
    if (bdat->octets > limits::chunk_octets) std::abort();
  } else if (const auto* said = std::get_if<smtp::XClient>(&line->command)) {
    for (const auto& value : {said->name, said->address, said->helo, said->login})
      for (const char c : value.value_or(""))
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F) std::abort();
  }
  if (line)
    if (const auto* mail = std::get_if<smtp::Mail>(&line->command))
      for (const char c : mail->envid)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) std::abort();
  (void)mail::decode_plain(input);
  return 0;
}
