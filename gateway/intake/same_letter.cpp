// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/same_letter.hpp"

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
  std::string type, encoding;
  mail::each_field(letter, [&](std::string_view name, std::string_view value) {
    if (mail::is_field(name, "Content-Type")) type += unfolded(value) + '\n';
    if (mail::is_field(name, "Content-Transfer-Encoding")) encoding += unfolded(value) + '\n';
  });
  std::string_view body = body_of(letter);
  while (!body.empty() && (body.back() == '\n' || body.back() == '\r')) body.remove_suffix(1);
  return hex(sha256(hex(sha256(type)) + hex(sha256(encoding)) + hex(sha256(body))));
}

std::string_view bare_message_id(std::string_view id) {
  id = text::trimmed(id, blank);
  if (id.starts_with('<') && id.ends_with('>') && id.size() >= 2)
    id = text::trimmed(id.substr(1, id.size() - 2), blank);
  return id;
}

}  // namespace vanthu::intake
