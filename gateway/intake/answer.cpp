// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/answer.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::intake {
namespace {
constexpr std::size_t token_octets = 16;

struct Word {
  std::string_view folded;
  bool yes;
};
constexpr auto words = std::to_array<Word>(
    {{"dong y", true}, {"gui", true}, {"ok", true}, {"yes", true}, {"khong", false}, {"huy", false}, {"no", false}});

bool goes_on(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}
}  // namespace

std::optional<Slip> read_slip(std::string_view tag) {
  Slip slip;
  const std::string lower = text::ascii_lower(tag);
  const std::size_t dot = lower.find('.');
  slip.token = lower.substr(0, dot);
  if (slip.token.size() != 2 * token_octets || slip.token.find_first_not_of("0123456789abcdef") != std::string::npos)
    return std::nullopt;
  if (dot == std::string::npos) return slip;
  const std::string_view word = std::string_view(lower).substr(dot + 1);
  if (word != "yes" && word != "no") return std::nullopt;
  slip.yes = word == "yes";
  return slip;
}

std::optional<bool> read_answer(std::string_view line) {
  const std::string folded = text::fold(line);
  std::string_view rest = folded;
  while (!rest.empty() && !goes_on(rest.front()) && rest.front() != '>') rest.remove_prefix(1);  // "*OK*", "- Đồng ý"
  for (const Word& word : words)
    if (rest.starts_with(word.folded) && (rest.size() == word.folded.size() || !goes_on(rest[word.folded.size()])))
      return word.yes;
  return std::nullopt;
}

std::string_view without_reply_mark(std::string_view subject) {
  while (true) {
    const std::size_t begin = std::min(subject.find_first_not_of(' '), subject.size());
    subject.remove_prefix(begin);
    const std::size_t colon = subject.find(':');
    if (colon == std::string_view::npos) return subject;
    const std::string mark = text::fold(subject.substr(0, colon));
    if (mark != "re" && mark != "tl" && mark != "tra loi") return subject;
    subject.remove_prefix(colon + 1);
  }
}

std::string new_token() {
  std::string octets(token_octets, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(octets.data()), static_cast<int>(octets.size())) != 1)
    throw std::runtime_error("no random bits");
  return hex(octets);
}

std::string digest_of(std::string_view token) { return hex(sha256(token)); }

}  // namespace vanthu::intake
