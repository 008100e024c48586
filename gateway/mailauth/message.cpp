// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mailauth/message.hpp"

#include <algorithm>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::mailauth {
namespace {
bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// RFC 5322 §3.6.8
bool name_octet(char c) { return c > ' ' && c < 0x7f && c != ':'; }

/// Takes the pieces of an address list apart that matter here; anything unusual ends it.
class FromReader {
 public:
  explicit FromReader(std::string_view value) : rest_(value) {}

  /// The addr-spec of a single mailbox: "name <a@b>", "a@b". No group, no list, no source route.
  std::optional<std::string> address() {
    std::string plain;  // what stands outside of angle brackets, comments and quotes
    std::string angle;
    bool quoted = false, seen_angle = false;
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '(') {
        if (!comment()) return std::nullopt;
        plain += ' ';
      } else if (c == '"') {
        if (!quote()) return std::nullopt;
        quoted = true;
        plain += ' ';
      } else if (c == '<') {
        const std::size_t end = rest_.find('>');
        if (seen_angle || end == std::string_view::npos) return std::nullopt;
        angle = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + 1);
        seen_angle = true;
        continue;
      } else if (c == '>' || c == ',' || c == ';' || c == ':' || c == '\\' || c == ')') {
        return std::nullopt;
      } else {
        // what follows an address in angle brackets is nothing but white space and comments
        if (seen_angle && !blank(c)) return std::nullopt;
        plain += c;
        rest_.remove_prefix(1);
      }
    }
    if (seen_angle) return angle;
    if (quoted) return std::nullopt;
    const auto begin = std::find_if_not(plain.begin(), plain.end(), blank);
    const auto end = std::find_if_not(plain.rbegin(), plain.rend(), blank).base();
    if (begin >= end) return std::nullopt;
    return std::string(begin, end);
  }

 private:
  static bool blank(char c) { return is_blank(c) || c == '\r' || c == '\n'; }
  bool comment() {
    std::size_t depth = 0;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\\' && !rest_.empty())
        rest_.remove_prefix(1);
      else if (c == '(' && ++depth > limits::comment_depth)
        return false;
      else if (c == ')' && --depth == 0)
        return true;
    }
    return false;
  }
  bool quote() {
    rest_.remove_prefix(1);
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\\' && !rest_.empty())
        rest_.remove_prefix(1);
      else if (c == '"')
        return true;
    }
    return false;
  }
  std::string_view rest_;
};
}  // namespace

std::string_view Field::value() const {
  std::string_view after = raw.substr(raw.find(':') + 1);
  if (after.ends_with("\r\n")) after.remove_suffix(2);
  return after;
}

std::optional<Message> split(std::string_view octets) {
  Message message;
  for (std::size_t at = 0; at < octets.size();) {
    if (octets.substr(at).starts_with("\r\n")) {
      message.body = octets.substr(at + 2);
      return message;
    }
    std::size_t end = at;
    do {
      end = octets.find("\r\n", end);
      if (end == std::string_view::npos) return std::nullopt;
      end += 2;
      if (end > limits::header_block_octets) return std::nullopt;
    } while (end < octets.size() && is_blank(octets[end]));
    const std::string_view raw = octets.substr(at, end - at);
    std::string_view name = raw.substr(0, raw.find(':'));
    while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
    if (name.size() >= raw.size() || name.empty() || !std::all_of(name.begin(), name.end(), name_octet) ||
        message.fields.size() == limits::header_fields)
      return std::nullopt;
    message.fields.push_back({raw, name});
    at = end;
  }
  return message;
}

std::optional<std::string> author_domain(const std::vector<Field>& fields) {
  const Field* from = nullptr;
  for (const Field& field : fields) {
    if (!text::ascii_iequals(field.name, "from")) continue;
    if (from != nullptr) return std::nullopt;
    from = &field;
  }
  if (from == nullptr) return std::nullopt;
  const auto address = FromReader(from->value()).address();
  if (!address) return std::nullopt;
  const auto mailbox = mail::parse_mailbox(*address, true);
  if (!mailbox || mailbox->domain.starts_with('[')) return std::nullopt;
  return mailbox->domain;
}

}  // namespace vanthu::mailauth
