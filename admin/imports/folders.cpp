// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/imports/folders.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/base/clock.hpp"

namespace vanthu::imports {

std::vector<std::string> maildir_flags(std::string_view file_name) {
  const std::size_t info = file_name.rfind(":2,");
  std::vector<std::string> flags;
  if (info == std::string_view::npos) return flags;
  for (const char c : file_name.substr(info + 3))
    if (c >= 'A' && c <= 'Z' && flags.size() < 26) flags.emplace_back(1, c);
  return flags;
}

std::string maildir_date(std::string_view file_name) {
  std::int64_t seconds = 0;
  const auto [rest, error] = std::from_chars(file_name.data(), file_name.data() + file_name.size(), seconds);
  const bool clock = error == std::errc{} && rest != file_name.data() + file_name.size() && *rest == '.';
  // Between 1990 and 2100: other programs put other numbers there.
  if (!clock || seconds < 631152000 || seconds > 4102444800) return {};
  return rfc3339(Time(std::chrono::seconds(seconds)));
}

std::optional<ManifestLine> read_manifest_line(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.size() < 66 || (line[64] != ' ' && line[64] != '\t')) return std::nullopt;
  ManifestLine read;
  for (char c : line.substr(0, 64)) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return std::nullopt;
    read.sha256 += c;
  }
  line.remove_prefix(64);
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  if (line.starts_with('*')) line.remove_prefix(1);  // sha256sum's mark of a binary file
  // RFC 8493 §2.1.3: only line ends and the percent sign itself are written so.
  while (!line.empty()) {
    if (line.starts_with("%0D") || line.starts_with("%0d")) {
      read.path += '\r';
    } else if (line.starts_with("%0A") || line.starts_with("%0a")) {
      read.path += '\n';
    } else if (line.starts_with("%25")) {
      read.path += '%';
    } else {
      read.path += line.front();
      line.remove_prefix(1);
      continue;
    }
    line.remove_prefix(3);
  }
  if (read.path.empty()) return std::nullopt;
  return read;
}

}  // namespace vanthu::imports
