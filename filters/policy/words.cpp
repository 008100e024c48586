// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/policy/words.hpp"

#include <algorithm>
#include <utility>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::filters {
namespace {
/// Characters that change how a line is read without being seen: they would let a file name rewrite the sentence around
/// it.
bool invisible(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
         (c >= 0xE0000 && c <= 0xE007F);
}

std::size_t sequence_octets(unsigned char lead) { return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4; }

char32_t decode(std::string_view sequence) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 1) return octet(0);
  char32_t c = octet(0) & (0xFFU >> (sequence.size() + 1));
  for (std::size_t i = 1; i < sequence.size(); ++i) c = (c << 6) | (octet(i) & 0x3FU);
  return c;
}
/// The first so many octets, whole characters only.
std::string cut(std::string text, std::size_t octets) {
  if (text.size() <= octets) return text;
  constexpr std::string_view mark = "…";
  std::size_t end = octets - std::min(octets, mark.size());
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
  text.resize(end);
  return text.append(mark);
}
}  // namespace

std::string shown(std::string_view untrusted, std::size_t most) {
  const std::string whole = text::nfc(untrusted);  // valid UTF-8 from here on
  std::string line;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < whole.size();) {
    const std::size_t octets = sequence_octets(static_cast<unsigned char>(whole[i]));
    const std::string_view sequence = std::string_view(whole).substr(i, octets);
    i += octets;
    if (invisible(decode(sequence))) continue;
    if (++kept > most) return line + "…";
    line += sequence;
  }
  return line;
}

Verdict refused(std::string rule, int code, std::array<int, 3> enhanced, const std::string& text, std::string because) {
  Verdict verdict;
  verdict.action = code < 500 ? Action::defer : Action::reject;
  // Cut here and not at the wire, so that the rule's id is always there.
  const std::string id = " [" + rule + "]";
  verdict.reply = Reply(code, enhanced, cut(text, limits::refusal_octets - id.size()) + id);
  verdict.steps.push_back({rule, true, std::move(because)});
  verdict.rule = std::move(rule);
  return verdict;
}

Verdict passed(std::string rule, std::string because) {
  Verdict verdict;
  verdict.steps.push_back({std::move(rule), false, std::move(because)});
  return verdict;
}

Verdict noted(std::string rule, std::string because) {
  Verdict verdict;
  verdict.steps.push_back({std::move(rule), true, std::move(because)});
  return verdict;
}

Verdict directory_unavailable(Language language, std::string because) {
  return refused(
      "addressing.directory", 451, {4, 3, 0},
      say(language, "danh bạ tạm thời chưa dùng được, xin gửi lại sau", "directory not available, try again later"),
      std::move(because));
}

}  // namespace vanthu::filters
