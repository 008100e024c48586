// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/contact.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "filters/inspect/content/picture.hpp"
#include "filters/inspect/document/fields.hpp"
#include "filters/inspect/mime/transfer.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

/// Lines with their continuations joined (RFC 5545 §3.1). vCard 2.1 leaves folded base64 indented as well.
class Unfolded {
 public:
  explicit Unfolded(std::string_view text) : left_(text) {}
  bool next(std::string& line) {
    if (left_.empty()) return false;
    line = take();
    while (!left_.empty() && (left_.front() == ' ' || left_.front() == '\t')) {
      left_.remove_prefix(1);
      line += take();
    }
    return true;
  }

 private:
  std::string_view take() {
    const std::size_t end = std::min(left_.find('\n'), left_.size());
    std::string_view line = left_.substr(0, end);
    left_.remove_prefix(std::min(end + 1, left_.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
  }
  std::string_view left_;
};

/// Where a property's value begins: behind the first colon outside of quotes.
std::size_t value_at(std::string_view line) {
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (line[i] == ':' && !quoted) return i + 1;
  }
  return std::string_view::npos;
}

/// A parameter's value, quotes off; `parameters` keeps the case, `lower` is the same in small letters.
std::string parameter(std::string_view parameters, std::string_view lower, std::string_view name) {
  for (std::size_t at = 0; (at = lower.find(name, at)) != std::string_view::npos; ++at) {
    if (at == 0 || lower[at - 1] != ';') continue;
    std::string_view value = parameters.substr(at + name.size());
    if (value.starts_with("\"")) return std::string(value.substr(1, value.find('"', 1) - 1));
    return std::string(value.substr(0, value.find(';')));
  }
  return {};
}

}  // namespace

bool looks_like_contact(std::string_view utf8) {
  const std::size_t first = utf8.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return false;
  const std::string head = text::ascii_lower(utf8.substr(first, 16));
  return head.starts_with("begin:vcalendar") || head.starts_with("begin:vcard") || head.starts_with("begin:vnote");
}

std::vector<InnerFile> contact_files(std::string_view utf8, Notes& notes) {
  std::vector<InnerFile> files;
  Unfolded lines(utf8);
  for (std::string line; lines.next(line);) {
    if (files.size() >= limits::mime_parts) {
      note(notes, "inspect.too-many", "attach");
      break;
    }
    const std::size_t at = value_at(line);
    if (at == std::string::npos) continue;
    const std::string_view value = std::string_view(line).substr(at);
    const std::string_view head = std::string_view(line).substr(0, at - 1);
    const std::string lower = text::ascii_lower(head);
    const std::string_view name = std::string_view(lower).substr(0, lower.find(';'));
    const bool attached = name == "attach" || name.substr(name.rfind('.') + 1) == "attach";
    InnerFile file;
    Notes ignored;
    const bool base64 = lower.find(";encoding=b") != std::string::npos || lower.find(";base64") != std::string::npos;
    const std::string begin = text::ascii_lower(value.substr(0, 200));
    if (base64) {
      file.octets = decode_base64(value, ignored).octets;
    } else if (begin.starts_with("data:")) {
      const std::size_t comma = std::min(value.find(','), value.size());
      file.declared_type = begin.substr(5, std::min(begin.find_first_of(";,"), begin.size()) - 5);
      const bool packed = begin.find(";base64,") != std::string::npos;
      file.octets = packed ? decode_base64(value.substr(comma), ignored).octets
                           : std::string(value.substr(std::min(comma + 1, value.size())));
    } else {
      if (starts_program(value) && (attached || name == "url" || name == "photo"))
        note(notes, "content.active", "link to a program");
      else if (attached && remote(value))
        note(notes, "content.external-link", "attach");
      continue;
    }
    if (file.octets.empty() || surely_picture(file.octets)) continue;
    for (const std::string_view key : {"filename=", "x-filename=", "x-apple-filename=", "x-label="})
      if (file.name.empty()) file.name = parameter(head, lower, key);
    if (file.declared_type.empty()) file.declared_type = text::ascii_lower(parameter(head, lower, "fmttype="));
    if (file.name.empty()) file.name = std::string(name);
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace vanthu::inspect
