// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/reply_reader.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/limits.hpp"

namespace vanthu::relay {
namespace {
constexpr std::size_t text_octets = 1000;  // kept of all lines together: it goes to the log, the queue and a report
constexpr int challenge = 334;             // of AUTH: no words, wanted whole (RFC 4954 §4)

/// Cuts between two characters of UTF-8.
void shorten(std::string& text) {
  if (text.size() <= text_octets) return;
  std::size_t end = text_octets;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
}

bool digit(char c) { return c >= '0' && c <= '9'; }

/// Takes "5.1.1 " off the front of a line's text (RFC 2034) when its class is that of the code.
std::optional<std::array<int, 3>> take_enhanced(std::string_view& text, int code) {
  std::array<int, 3> numbers{};
  std::size_t at = 0;
  for (std::size_t part = 0; part < 3; ++part) {
    std::size_t digits = 0;
    while (at < text.size() && digit(text[at]) && digits < 3) {
      numbers[part] = numbers[part] * 10 + (text[at++] - '0');
      ++digits;
    }
    if (digits == 0) return std::nullopt;
    if (part < 2 && (at >= text.size() || text[at++] != '.')) return std::nullopt;
  }
  if ((at < text.size() && text[at] != ' ') || numbers[0] != code / 100) return std::nullopt;
  text.remove_prefix(std::min(text.size(), at + 1));
  return numbers;
}
}  // namespace

Result<std::optional<HopReply>> take_reply(std::string_view input, std::size_t& taken) {
  HopReply whole;
  std::size_t at = 0;
  for (std::size_t count = 0;; ++count) {
    const std::size_t end = input.find('\n', at);
    if (end == std::string_view::npos) {
      if (input.size() - at > limits::reply_line_octets) return fail(status::bad_line, "reply line too long");
      return std::optional<HopReply>();
    }
    if (count >= limits::reply_lines || end - at > limits::reply_line_octets)
      return fail(status::bad_line, "reply too long");
    std::string_view line = input.substr(at, end - at);
    at = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() < 3 || !digit(line[0]) || !digit(line[1]) || !digit(line[2]) || line[0] < '2' || line[0] > '5')
      return fail(status::bad_line, "no reply code");
    const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    if (count == 0)
      whole.reply.code = code;
    else if (whole.reply.code != code)
      return fail(status::bad_line, "the reply code changes inside one reply");
    const bool last = line.size() == 3 || line[3] != '-';
    if (line.size() > 3 && line[3] != '-' && line[3] != ' ')
      return fail(status::bad_line, "no separator behind the reply code");
    std::string_view text = line.size() > 4 ? line.substr(4) : std::string_view();
    const auto enhanced = take_enhanced(text, code);
    if (count == 0) whole.reply.enhanced = enhanced.value_or(std::array<int, 3>{code / 100, 0, 0});
    std::string words(text);
    std::replace_if(
        words.begin(), words.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    if (count == 0 && last) {  // nearly every reply
      whole.reply.text = std::move(words);
      break;
    }
    whole.lines.push_back(std::move(words));
    if (last) break;
  }
  for (const std::string& line : whole.lines) {
    if (whole.reply.text.size() >= text_octets) break;
    whole.reply.text += (whole.reply.text.empty() ? "" : " ") + line;
  }
  if (whole.reply.code != challenge) shorten(whole.reply.text);
  taken = at;
  return std::optional(std::move(whole));
}

}  // namespace vanthu::relay
