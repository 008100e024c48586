// SPDX-License-Identifier: GPL-3.0-or-later
// The address list of a header field, as anybody writes it: what is said to have one reading has it.
#include <cstdint>
#include <cstdlib>

#include "filters/inspect/mime/addresses.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  const inspect::Addresses read = inspect::read_addresses(value);
  bool all_strict = true;
  for (const filters::Author& author : read.list) {
    if (!text::is_utf8(author.name) || !text::is_utf8(author.address)) std::abort();
    if (!read.good) continue;
    if (author.address.size() > limits::mailbox_octets) std::abort();
    if (author.address.find_first_of(std::string_view("\r\n\0<>(),;\\", 10)) != std::string::npos) std::abort();
    if (author.address.find("=?") != std::string::npos) std::abort();
    const auto mailbox = mail::parse_mailbox(author.address, true);
    if (!mailbox) all_strict = false;
    if (!mailbox) continue;
    // Written alone it is the same address, and nothing but that.
    const inspect::Addresses alone = inspect::read_addresses("<" + author.address + ">");
    if (!alone.good || alone.list.size() != 1 || alone.list.front().address != author.address ||
        !alone.list.front().name.empty())
      std::abort();
  }
  if (read.good && !all_strict && !read.strange) std::abort();
  return 0;
}
