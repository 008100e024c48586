// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/texts.hpp"

#include <cstdint>

#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

constexpr char cut = 1, pictures = 2;  // flags in the first octet

void add(std::string& answer, std::string_view text) {
  for (unsigned shift = 0; shift < 32; shift += 8) answer += static_cast<char>(text.size() >> shift & 0xFFU);
  answer += text;
}

/// A length and so many octets. False: they are not there, or are no UTF-8.
bool take(std::string_view& rest, std::string& text) {
  if (rest.size() < 4) return false;
  std::uint32_t length = 0;
  for (unsigned i = 0; i < 4; ++i) length |= std::uint32_t{static_cast<unsigned char>(rest[i])} << (8 * i);
  rest.remove_prefix(4);
  if (length > rest.size()) return false;
  text = rest.substr(0, length);
  rest.remove_prefix(length);
  return text::is_utf8(text);
}
}  // namespace

std::string to_answer(const Texts& texts) {
  std::string answer(1, static_cast<char>((texts.cut ? cut : 0) | (texts.pictures ? pictures : 0)));
  for (const PartText& part : texts.parts) {
    add(answer, part.path);
    add(answer, part.text);
  }
  return answer;
}

Result<Texts> parse_texts(std::string_view answer) {
  if (answer.empty() || (answer[0] & ~(cut | pictures)) != 0) return fail(status::corrupt, "texts: unknown flags");
  Texts texts;
  texts.cut = (answer[0] & cut) != 0;
  texts.pictures = (answer[0] & pictures) != 0;
  for (std::string_view rest = answer.substr(1); !rest.empty();) {
    PartText part;
    if (!take(rest, part.path) || !take(rest, part.text)) return fail(status::corrupt, "texts: a part is not whole");
    texts.parts.push_back(std::move(part));
  }
  return texts;
}

}  // namespace vanthu::inspect
