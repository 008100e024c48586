// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/header.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/base/trim.hpp"

namespace vanthu::inspect {
namespace {

struct Single {
  std::string_view name;
  bool in_parts;  ///< has a meaning in body parts too
  bool benign;    ///< senders repeat it, and nothing is hidden by that
};
constexpr auto singles = std::to_array<Single>({{"content-type", true, false},
                                                {"content-transfer-encoding", true, false},
                                                {"content-disposition", true, false},
                                                {"mime-version", false, false},
                                                {"from", false, false},
                                                {"sender", false, false},
                                                {"reply-to", false, false},
                                                {"subject", false, false},
                                                {"date", false, false},
                                                {"message-id", false, false},
                                                {"to", false, true},
                                                {"cc", false, true},
                                                {"bcc", false, true},
                                                {"in-reply-to", false, true},
                                                {"references", false, true},
                                                {"content-id", true, true},
                                                {"content-description", true, true}});

/// Lists of addresses and traces grow with the number of recipients and hops; the whole block is bounded for them.
constexpr auto long_fields = std::to_array<std::string_view>({"to", "cc", "bcc", "references", "in-reply-to"});

bool may_be_long(std::string_view name) {
  return std::find(long_fields.begin(), long_fields.end(), name) != long_fields.end() || name.rfind("x-", 0) == 0 ||
         name.rfind("arc-", 0) == 0;
}

bool is_fold_space(char c) { return c == ' ' || c == '\t'; }

/// The length of a field name at the start of the line (RFC 5322 §3.6.8), 0 when there is none.
std::size_t name_length(std::string_view line) {
  std::size_t length = 0;
  while (length < line.size() && line[length] > 0x20 && line[length] < 0x7F && line[length] != ':') ++length;
  return length;
}

}  // namespace

const Field* Header::first(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

std::size_t Header::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == name; }));
}

Header read_header(std::string_view octets, Notes& notes) {
  Header header;
  std::size_t at = 0;
  bool in_field = false;
  while (at < octets.size()) {
    const std::size_t begin = at;
    const std::size_t end = std::min(octets.find("\r\n", at), octets.size());
    std::string_view line = octets.substr(at, end - at);
    at = std::min(end + 2, octets.size());
    if (line.empty()) break;
    if (at > limits::header_block_octets || header.fields.size() >= limits::header_fields) {
      note(notes, "mime.header-too-big", {}, begin);
      // Where the body begins still matters: everything behind is looked at as well.
      const std::size_t blank = octets.find("\r\n\r\n", end);
      at = blank == std::string_view::npos ? octets.size() : blank + 4;
      break;
    }
    if (line.find('\0') != std::string_view::npos) note(notes, "mime.bad-header", "NUL", begin);
    if (is_fold_space(line.front())) {
      // Some readers take a line of white space only for the end of the header, some for a folded one.
      if (!in_field || text::trimmed(line, " \t").empty()) note(notes, "mime.bad-header", "continuation", begin);
      if (in_field) header.fields.back().value.append(1, ' ').append(text::trimmed(line, " \t"));
      continue;
    }
    std::size_t length = name_length(line);
    std::size_t colon = length;
    while (colon < line.size() && is_fold_space(line[colon])) ++colon;
    if (length == 0 || colon >= line.size() || line[colon] != ':') {
      note(notes, "mime.bad-header", "no field", begin);
      in_field = false;
      continue;
    }
    if (colon != length) note(notes, "mime.bad-header", "space before the colon", begin);
    header.fields.push_back(
        {text::ascii_lower(line.substr(0, length)), std::string(text::trimmed(line.substr(colon + 1), " \t")), begin});
    in_field = true;
  }
  header.body = at;
  for (Field& field : header.fields) {
    field.value.erase(std::remove(field.value.begin(), field.value.end(), '\0'), field.value.end());
    if (field.value.size() > limits::header_field_octets && !may_be_long(field.name))
      note(notes, "mime.header-too-big", field.name, field.at);
    if (!text::is_utf8(field.value)) note(notes, "header.not-utf8", field.name, field.at);
  }
  return header;
}

void note_repetitions(const Header& header, bool message, Notes& notes) {
  for (const Single& single : singles)
    if ((message || single.in_parts) && header.count(single.name) > 1) {
      const auto again = std::find_if(header.fields.rbegin(), header.fields.rend(),
                                      [&](const Field& field) { return field.name == single.name; });
      note(notes, single.benign ? "header.duplicate-field" : "mime.duplicate-field", single.name, again->at);
    }
}

}  // namespace vanthu::inspect
