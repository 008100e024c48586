// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <filesystem>

#include "admin/imports/content.hpp"
#include "admin/imports/mbox.hpp"
#include "admin/imports/source.hpp"

namespace vanthu::imports {
namespace fs = std::filesystem;
namespace {
constexpr std::array<std::string_view, 5> words{"eml", "mbox", "maildir", "bag", "imap"};  // by Format

bool begins_with_from_line(const fs::path& path) {
  const auto file = File::open(path);
  if (!file) return false;
  std::string start;
  const auto read = (*file)->read(0, std::min<std::uint64_t>((*file)->octets(), MboxSplitter::line_octets),
                                  [&](std::string_view piece) -> Result<Done> {
                                    start += piece;
                                    return done;
                                  });
  return read && is_from_line(start.substr(0, start.find('\n')));
}
}  // namespace

Found unread(std::string item, std::string folder, std::string why) {
  Found found;
  found.item = std::move(item);
  found.folder = std::move(folder);
  found.open = [why = std::move(why)]() -> Result<Content> { return fail(status::bad_arguments, why); };
  return found;
}

std::optional<Format> format_of(std::string_view word) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Format>(found - words.begin());
}

std::string_view word(Format format) { return words[static_cast<std::size_t>(format)]; }

Result<Format> guess(const std::string& place) {
  if (place.starts_with("imap://") || place.starts_with("imaps://")) return Format::imap;
  const fs::path path(place);
  std::error_code code;
  if (fs::is_directory(path, code)) {
    if (fs::exists(path / "bagit.txt", code)) return Format::bag;
    if (fs::is_directory(path / "cur", code) && fs::is_directory(path / "new", code)) return Format::maildir;
    return Format::eml;
  }
  if (!fs::exists(path, code)) return fail(status::not_found, place + ": không có (no such file or folder)");
  if (begins_with_from_line(path)) return Format::mbox;
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (extension == ".eml") return Format::eml;
  return fail(status::bad_arguments,
              place + ": không rõ là gì, hãy nói --format eml|mbox|maildir|bag (say what it is)");
}

}  // namespace vanthu::imports
