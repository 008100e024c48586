// SPDX-License-Identifier: GPL-3.0-or-later
// What a person answers a question of ours with: the tag of an address, a line, a subject.
#include <cstdint>
#include <cstdlib>

#include "gateway/intake/answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::intake;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto slip = read_slip(text)) {
    const std::string again = slip->record != 0 ? registration_tag(slip->record, slip->unit, 1000000)
                                                : slip->token + (slip->yes ? *slip->yes ? ".yes" : ".no" : "");
    if (read_slip(again) != slip) std::abort();
  }
  (void)read_answer(text);
  if (const auto said = read_registration(text); said && said->act == Registration::Act::refuse && said->cause.empty())
    std::abort();
  const std::string_view rest = without_reply_mark(text);
  if (without_reply_mark(rest) != rest) std::abort();
  return 0;
}
