// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/lenient.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/mime/parameters.hpp"
#include "filters/inspect/mime/part_names.hpp"
#include "filters/inspect/mime/transfer.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/base/trim.hpp"

namespace vanthu::inspect {
namespace {

using Lines = Habits::Lines;

constexpr auto habits = std::to_array<Habits>({
    {.name = "first fields, LF", .lines = Lines::lf, .words_in_values = true, .loose_encoding = true},
    {.name = "last fields", .lines = Lines::lf, .last_field = true, .last_parameter = true, .reads_on = true},
    {.name = "any line end",
     .lines = Lines::any,
     .blank_ends_header = true,
     .header_goes_on = true,
     .reads_on = true,
     .encoded_multipart = true},
    {.name = "prefixes",
     .lines = Lines::lf,
     .raw_boundary = true,
     .prefix_delimiter = true,
     .reads_on = true,
     .guesses_boundary = true,
     .loose_encoding = true,
     .encoded_multipart = true},
    {.name = "early body",
     .lines = Lines::lf,
     .blank_ends_header = true,
     .junk_ends_header = true,
     .guesses_boundary = true,
     .loose_encoding = true},
    {.name = "CRLF alone", .lines = Lines::crlf, .last_parameter = true, .raw_boundary = true, .reads_on = true},
    {.name = "last fields, prefixes",
     .lines = Lines::any,
     .last_field = true,
     .last_parameter = true,
     .raw_boundary = true,
     .words_in_values = true,
     .prefix_delimiter = true,
     .reads_on = true,
     .guesses_boundary = true,
     .loose_encoding = true,
     .encoded_multipart = true},
});
static_assert(habits.size() <= limits::mime_profiles);

constexpr std::string_view loose_blanks(" \t\r\0", 4);
bool is_blank(char c) { return loose_blanks.find(c) != loose_blanks.npos; }

struct LooseField {
  std::string name, value;
};

class LooseReader {
 public:
  LooseReader(const Habits& own, LenientReading& into) : habits_(own), into_(into) {}

  void entity(std::string_view octets, const std::string& path, bool root, std::size_t depth) {
    if (depth > limits::mime_depth || into_.leaves.size() >= limits::mime_parts || ++entities_ > 2 * limits::mime_parts)
      return;
    std::string_view body;
    const std::vector<LooseField> fields = header(octets, body);
    std::string type_field = field(fields, "content-type");
    Notes ignored;
    const Structured type = read_structured(type_field, ignored);
    const Structured disposition = read_structured(field(fields, "content-disposition"), ignored);
    const std::string encoding = encoding_of(field(fields, "content-transfer-encoding"));
    if (type.value.starts_with("multipart")) {
      std::string_view inside = body;
      if (habits_.encoded_multipart && encoded(encoding)) inside = undone(body, encoding);
      if (multipart(inside, boundary_of(type_field, type), path, depth)) return;
    }
    if (type.value == "message/rfc822" || type.value == "message/global" || type.value == "message/news")
      return entity(encoded(encoding) ? undone(body, encoding) : body, path, true, depth + 1);
    LenientLeaf leaf;
    leaf.path = root ? below(path, 1) : path;
    leaf.type = type.value;
    if (const Parameter* charset = type.first("charset")) leaf.charset = text::ascii_lower(charset->value);
    leaf.names = part_names(disposition, type);
    leaf.encoding = encoding;
    leaf.encoded = body;
    into_.leaves.push_back(std::move(leaf));
  }

 private:
  static std::string below(const std::string& path, std::size_t number) {
    return path.empty() ? std::to_string(number) : path + '.' + std::to_string(number);
  }
  static bool encoded(std::string_view encoding) { return encoding == "base64" || encoding == "quoted-printable"; }

  std::string_view undone(std::string_view body, std::string_view encoding) {
    Notes ignored;
    into_.undone.push_back(encoding == "base64" ? decode_base64(body, ignored).octets
                                                : decode_quoted_printable(body, false, ignored).octets);
    return into_.undone.back();
  }

  /// One line without its end; `at` moves behind it.
  std::string_view line(std::string_view octets, std::size_t& at) const {
    const std::size_t begin = at;
    std::size_t end = octets.size();
    std::size_t next = octets.size();
    if (habits_.lines == Lines::crlf) {
      end = std::min(octets.find("\r\n", at), octets.size());
      next = std::min(end + 2, octets.size());
    } else {
      end = std::min(habits_.lines == Lines::any ? octets.find_first_of("\r\n", at) : octets.find('\n', at),
                     octets.size());
      next = std::min(end + 1, octets.size());
      if (habits_.lines == Lines::any && octets.substr(end, 2) == "\r\n") ++next;
      if (habits_.lines == Lines::lf && end > begin && octets[end - 1] == '\r') --end;
    }
    at = next;
    return octets.substr(begin, end - begin);
  }

  std::vector<LooseField> header(std::string_view octets, std::string_view& body) const {
    std::vector<LooseField> fields;
    std::size_t at = 0;
    while (at < octets.size()) {
      const std::size_t begin = at;
      const std::string_view one = line(octets, at);
      if (one.empty()) {
        if (habits_.header_goes_on && begins_with_part_field(octets.substr(at))) continue;
        break;
      }
      if (begin > limits::header_block_octets || fields.size() >= limits::header_fields) continue;
      if (habits_.blank_ends_header && text::trimmed(one, loose_blanks).empty()) break;
      if (one[0] == ' ' || one[0] == '\t') {
        if (!fields.empty()) fields.back().value.append(1, ' ').append(text::trimmed(one, loose_blanks));
        continue;
      }
      const std::size_t colon = one.find(':');
      const std::string_view name = text::trimmed(one.substr(0, std::min(colon, one.size())), loose_blanks);
      const bool is_field = colon != std::string_view::npos && !name.empty() &&
                            std::none_of(name.begin(), name.end(), [](char c) { return c == ' ' || c == '\t'; });
      if (is_field) {
        std::string value(text::trimmed(one.substr(colon + 1), loose_blanks));
        value.erase(std::remove(value.begin(), value.end(), '\0'), value.end());
        fields.push_back({text::ascii_lower(name), std::move(value)});
      } else if (habits_.junk_ends_header && begin > 0) {
        at = begin;
        break;
      }
    }
    body = octets.substr(std::min(at, octets.size()));
    return fields;
  }

  std::string field(const std::vector<LooseField>& fields, std::string_view name) const {
    const LooseField* found = nullptr;
    for (const LooseField& one : fields)
      if (one.name == name && (found == nullptr || habits_.last_field)) found = &one;
    if (found == nullptr) return {};
    return habits_.words_in_values && found->value.find("=?") != std::string::npos ? header_text(found->value)
                                                                                   : found->value;
  }

  std::string encoding_of(const std::string& value) const {
    const std::string lower = text::ascii_lower(value);
    if (habits_.loose_encoding)
      for (const std::string_view one : {"base64", "quoted-printable"})
        if (lower.find(one) != std::string::npos) return std::string(one);
    Notes ignored;
    return read_structured(value, ignored).value;
  }

  std::string boundary_of(const std::string& value, const Structured& type) const {
    if (!habits_.raw_boundary) {
      const Parameter* found = nullptr;
      for (const Parameter& one : type.parameters)
        if (one.name == "boundary" && (found == nullptr || habits_.last_parameter)) found = &one;
      return found == nullptr ? std::string() : found->value;
    }
    const std::string lower = text::ascii_lower(value);
    const std::size_t at = habits_.last_parameter ? lower.rfind("boundary") : lower.find("boundary");
    if (at == std::string::npos) return {};
    std::string_view rest = std::string_view(value).substr(at + 8);
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return {};
    rest = text::trimmed(rest.substr(equals + 1), loose_blanks);
    if (!rest.empty() && (rest[0] == '"' || rest[0] == '\'')) {
      const char quote = rest[0];
      rest.remove_prefix(1);
      return std::string(rest.substr(0, rest.find(quote)));
    }
    return std::string(text::trimmed(rest.substr(0, rest.find_first_of("; \t")), loose_blanks));
  }

  /// "abc" of the first line "--abc".
  std::string guessed(std::string_view body) const {
    for (std::size_t at = 0; at < body.size();) {
      std::string_view one = line(body, at);
      if (one.size() < 4 || !one.starts_with("--") || one[2] == '-') continue;
      one.remove_prefix(2);
      one = text::trimmed(one, loose_blanks);
      if (one.ends_with("--")) one.remove_suffix(2);
      if (one.size() <= 200 && one.find(' ') == std::string_view::npos) return std::string(one);
    }
    return {};
  }

  /// False: there is no part.
  bool multipart(std::string_view body, const std::string& boundary, const std::string& path, std::size_t depth) {
    std::vector<std::string_view> parts = boundary.empty() ? std::vector<std::string_view>() : split(body, boundary);
    if (parts.empty() && habits_.guesses_boundary)
      if (const std::string other = guessed(body); !other.empty() && other != boundary) parts = split(body, other);
    std::size_t number = 0;
    for (const std::string_view part : parts) entity(part, below(path, ++number), false, depth + 1);
    return !parts.empty();
  }

  std::vector<std::string_view> split(std::string_view body, const std::string& boundary) const {
    std::vector<std::string_view> parts;
    const std::string mark = "--" + boundary;
    constexpr std::size_t none = std::string_view::npos;
    std::size_t open = none;
    std::size_t last_end = 0;  // where the line before ended, without its line end
    for (std::size_t at = 0; at < body.size() && parts.size() <= limits::mime_parts;) {
      const std::size_t begin = at;
      std::string_view one = line(body, at);
      const std::size_t end = begin + one.size();
      if (habits_.prefix_delimiter)
        while (!one.empty() && is_blank(one.front())) one.remove_prefix(1);
      if (one.starts_with(mark)) {
        const std::string_view rest = text::trimmed(one.substr(mark.size()), loose_blanks);
        const bool closes = habits_.prefix_delimiter ? rest.starts_with("--") : rest == "--";
        if (closes || rest.empty() || habits_.prefix_delimiter) {
          if (open != none) parts.push_back(body.substr(open, std::max(last_end, open) - open));
          open = closes ? none : at;
          if (closes && !habits_.reads_on) return parts;
        }
      }
      last_end = end;
    }
    if (open != none) parts.push_back(body.substr(open));
    return parts;
  }

  const Habits& habits_;
  LenientReading& into_;
  std::size_t entities_ = 0;
};

}  // namespace

bool begins_with_part_field(std::string_view body) {
  for (const std::string_view name : {"content-type:", "content-transfer-encoding:", "content-disposition:"})
    if (text::ascii_iequals(body.substr(0, name.size()), name)) return true;
  return false;
}

std::span<const Habits> all_habits() { return habits; }

LenientReading read_leniently(std::string_view octets, const Habits& habits) {
  LenientReading reading;
  LooseReader(habits, reading).entity(octets, "", true, 0);
  return reading;
}

}  // namespace vanthu::inspect
