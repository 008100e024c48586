// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/answer.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"
#include "gateway/base/trim.hpp"

namespace vanthu::intake {
namespace {
constexpr std::string_view around_a_number = " \t.*_-:";
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

constexpr std::string_view registration_word = "vaoso.";

/// What may stand in a tag, and comes back whatever a mail program does to its case.
bool is_tag_word(std::string_view unit) {
  return !unit.empty() && unit.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") == std::string_view::npos;
}

struct CauseWord {
  std::string_view folded, cause;
};
constexpr auto cause_words = std::to_array<CauseWord>({{"nham noi nhan", "wrong-recipient"},
                                                       {"wrong recipient", "wrong-recipient"},
                                                       {"thieu trang", "missing-page"},
                                                       {"thieu phu luc", "missing-page"},
                                                       {"missing page", "missing-page"},
                                                       {"chu ky", "bad-signature"},
                                                       {"signature", "bad-signature"}});
}  // namespace

std::optional<Slip> read_slip(std::string_view tag) {
  Slip slip;
  const std::string lower = text::ascii_lower(tag);
  if (lower.starts_with(registration_word)) {
    const char* const begin = lower.data() + registration_word.size();
    const char* const end = lower.data() + lower.size();
    const auto [rest, error] = std::from_chars(begin, end, slip.record);
    if (error != std::errc() || slip.record == 0 || *begin == '0' || (rest != end && *rest != '.')) return std::nullopt;
    if (rest == end) return slip;
    slip.unit.assign(rest + 1, end);
    if (!is_tag_word(slip.unit)) return std::nullopt;
    return slip;
  }
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

std::string registration_tag(std::uint64_t record, const std::string& unit, std::size_t most) {
  const std::string tag = std::string(registration_word) + std::to_string(record);
  return is_tag_word(unit) && tag.size() + 1 + unit.size() <= most ? tag + '.' + unit : tag;
}

std::optional<Registration> read_registration(std::string_view line) {
  line = text::trimmed(line, around_a_number);
  const std::string folded = text::fold(line);
  const auto begins = [&](std::string_view word) {
    return folded.starts_with(word) && (folded.size() == word.size() || !goes_on(folded[word.size()]));
  };
  for (const std::string_view word : {"tu choi", "khong tiep nhan", "refuse", "refused"})
    if (begins(word)) {
      Registration refusal{Registration::Act::refuse, 0, "other", {}};
      for (const CauseWord& one : cause_words)
        if (folded.find(one.folded) != std::string::npos) {
          refusal.cause = one.cause;
          break;
        }
      if (const std::size_t colon = line.find(':'); colon != std::string_view::npos)
        refusal.reason = text::trimmed(line.substr(colon + 1), around_a_number);
      return refusal;
    }
  for (const std::string_view word : {"so den", "number"}) {
    if (!begins(word)) continue;
    const std::string_view digits = text::trimmed(std::string_view(folded).substr(word.size()), around_a_number);
    Registration entry;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), entry.number);
    if (error != std::errc() || end != digits.data() + digits.size() || entry.number == 0) return std::nullopt;
    return entry;
  }
  for (const std::string_view word : {"vao so", "tiep nhan", "da tiep nhan", "da vao so", "register", "registered"})
    if (begins(word)) return Registration{};
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
