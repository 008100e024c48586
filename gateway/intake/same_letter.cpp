// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/same_letter.hpp"

#include <array>

#include "gateway/base/digest.hpp"
#include "gateway/base/trim.hpp"
#include "gateway/mail/header.hpp"

namespace vanthu::intake {
namespace {
constexpr std::string_view blank = " \t\r\n";

/// One space for every run of white space: folds come and go on the way.
std::string unfolded(std::string_view value) {
  std::string text;
  for (const char c : text::trimmed(value, blank)) {
    if (blank.find(c) == std::string_view::npos)
      text += c;
    else if (!text.ends_with(' '))
      text += ' ';
  }
  return text;
}

/// Behind the first empty line; of a letter without one: nothing.
std::string_view body_of(std::string_view letter) {
  std::size_t line = 0;
  while (line < letter.size()) {
    const std::size_t end = letter.find('\n', line);
    if (end == std::string_view::npos) return {};
    const std::string_view text = letter.substr(line, end - line);
    line = end + 1;
    if (text.empty() || text == "\r") return letter.substr(line);
  }
  return {};
}
}  // namespace

std::string content_digest(std::string_view letter) {
  static constexpr std::array<std::string_view, 4> kept{"From", "Subject", "Content-Type", "Content-Transfer-Encoding"};
  std::array<std::string, kept.size()> values;
  mail::each_field(letter, [&](std::string_view name, std::string_view value) {
    for (std::size_t i = 0; i < kept.size(); ++i)
      if (mail::is_field(name, kept[i])) values[i] += unfolded(value) + '\n';
  });
  std::string_view body = body_of(letter);
  while (!body.empty() && (body.back() == '\n' || body.back() == '\r')) body.remove_suffix(1);
  std::string parts;
  for (const std::string& value : values) parts += hex(sha256(value));
  return hex(sha256(parts + hex(sha256(body))));
}

std::string_view bare_message_id(std::string_view id) {
  id = text::trimmed(id, blank);
  if (id.starts_with('<') && id.ends_with('>') && id.size() >= 2)
    id = text::trimmed(id.substr(1, id.size() - 2), blank);
  return id;
}

}  // namespace vanthu::intake
