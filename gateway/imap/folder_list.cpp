// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/folder_list.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/imap/command.hpp"
#include "gateway/intake/append_limits.hpp"

namespace vanthu::imap {
namespace {

/// Value of a digit of modified base 64, or -1.
int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == ',' ? 63 : -1;
}

void put(std::string& utf8, std::uint32_t c) {
  const auto octet = [&](std::uint32_t value) { utf8 += static_cast<char>(static_cast<unsigned char>(value)); };
  if (c < 0x80) {
    octet(c);
  } else if (c < 0x800) {
    octet(0xC0U | (c >> 6U));
    octet(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    octet(0xE0U | (c >> 12U));
    octet(0x80U | ((c >> 6U) & 0x3FU));
    octet(0x80U | (c & 0x3FU));
  } else {
    octet(0xF0U | (c >> 18U));
    octet(0x80U | ((c >> 12U) & 0x3FU));
    octet(0x80U | ((c >> 6U) & 0x3FU));
    octet(0x80U | (c & 0x3FU));
  }
}

/// UTF-16 between '&' and '-'. @return false: it is none
bool put_shifted(std::string& utf8, std::string_view shifted) {
  std::uint32_t bits = 0, high = 0;
  unsigned count = 0;
  for (const char c : shifted) {
    const int value = base64_value(c);
    if (value < 0) return false;
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 16) continue;
    count -= 16;
    const std::uint32_t unit = (bits >> count) & 0xFFFFU;
    if (high != 0) {
      if (unit < 0xDC00 || unit > 0xDFFF) return false;
      put(utf8, 0x10000U + ((high - 0xD800U) << 10U) + (unit - 0xDC00U));
      high = 0;
    } else if (unit >= 0xD800 && unit <= 0xDBFF) {
      high = unit;
    } else if (unit >= 0xDC00 && unit <= 0xDFFF) {
      return false;
    } else {
      put(utf8, unit);
    }
  }
  return high == 0 && count < 6 && (bits & ((1U << count) - 1U)) == 0;
}

struct Known {
  std::string_view name;  // text::fold
  std::string_view use;
};
constexpr auto known_names = std::to_array<Known>({
    {"inbox", "inbox"},         {"drafts", "drafts"},
    {"draft", "drafts"},        {"thu nhap", "drafts"},
    {"ban nhap", "drafts"},     {"sent", "sent"},
    {"sent items", "sent"},     {"sent messages", "sent"},
    {"sent mail", "sent"},      {"thu da gui", "sent"},
    {"da gui", "sent"},         {"trash", "trash"},
    {"deleted items", "trash"}, {"deleted messages", "trash"},
    {"thung rac", "trash"},     {"junk", "junk"},
    {"junk e-mail", "junk"},    {"junk email", "junk"},
    {"spam", "junk"},           {"thu rac", "junk"},
    {"archive", "archive"},     {"archives", "archive"},
    {"luu tru", "archive"},
});
constexpr auto uses = std::to_array<std::string_view>({"sent", "drafts", "trash", "junk", "archive", "all", "flagged"});

bool take_word(std::string_view& rest, std::string_view word) {
  if (rest.size() < word.size() || !text::ascii_iequals(rest.substr(0, word.size()), word)) return false;
  rest.remove_prefix(word.size());
  return true;
}
}  // namespace

std::string folder_name(std::string_view wire) {
  if (text::ascii_iequals(wire, "INBOX")) return "INBOX";
  std::string name;
  for (std::size_t i = 0; i < wire.size(); ++i) {
    if (wire[i] != '&') {
      name += wire[i];
      continue;
    }
    const std::size_t end = wire.find('-', i);
    if (end == std::string_view::npos) return std::string(wire);
    if (end == i + 1)
      name += '&';
    else if (!put_shifted(name, wire.substr(i + 1, end - i - 1)))
      return std::string(wire);
    i = end;
  }
  return name;
}

std::optional<Folder> parse_list_line(std::string_view line) {
  Folder folder;
  if (!take_word(line, "* LIST (")) return std::nullopt;
  const std::size_t end = line.find(')');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view attributes = line.substr(0, end);
  line.remove_prefix(end + 1);
  while (!attributes.empty()) {
    std::string_view word = attributes.substr(0, attributes.find(' '));
    attributes.remove_prefix(std::min(word.size() + 1, attributes.size()));
    if (!word.starts_with('\\')) continue;
    word.remove_prefix(1);
    for (const std::string_view use : uses)
      if (text::ascii_iequals(word, use)) folder.use = use;
  }
  if (!take_space(line)) return std::nullopt;
  if (!take_word(line, "NIL")) {
    const auto delimiter = take_astring(line);
    if (!delimiter || delimiter->size() != 1) return std::nullopt;
    folder.delimiter = delimiter->front();
  }
  if (!take_space(line)) return std::nullopt;
  auto wire = take_astring(line);
  if (!wire || wire->empty()) return std::nullopt;
  folder.wire = *std::move(wire);
  folder.name = folder_name(folder.wire);
  return folder;
}

std::string use_by_name(std::string_view name, char delimiter) {
  if (name == "INBOX") return "inbox";
  if (delimiter != '\0')
    if (const std::size_t at = name.rfind(delimiter); at != std::string_view::npos) name.remove_prefix(at + 1);
  const std::string key = text::fold(name);
  const auto known =
      std::find_if(known_names.begin(), known_names.end(), [&](const Known& k) { return k.name == key; });
  if (known == known_names.end() || known->use == "inbox") return {};
  return std::string(known->use);
}

FolderList::FolderList(const std::vector<std::string>& lines) {
  for (const std::string& line : lines)
    if (auto folder = parse_list_line(line)) folders_.push_back(*std::move(folder));
}

bool FolderList::delimits(char c) const {
  return std::any_of(folders_.begin(), folders_.end(),
                     [c](const Folder& f) { return f.delimiter != '\0' && f.delimiter == c; });
}

std::string FolderList::name_of(std::string_view wire) const {
  constexpr std::string_view inbox = "INBOX";
  std::string name = folder_name(wire);
  while (name.size() > 1 && delimits(name.back())) name.pop_back();
  const bool below = name.size() > inbox.size() && delimits(name[inbox.size()]);  // RFC 9051 §5.1
  if ((below || name.size() == inbox.size()) &&
      text::ascii_iequals(std::string_view(name).substr(0, inbox.size()), inbox))
    name.replace(0, inbox.size(), inbox);
  return name;
}

const Folder* FolderList::find(std::string_view name) const {
  const auto folder = std::find_if(folders_.begin(), folders_.end(), [&](const Folder& f) { return f.name == name; });
  return folder == folders_.end() ? nullptr : &*folder;
}

std::string FolderList::use_of(std::string_view name) const {
  if (name == "INBOX") return "inbox";
  const Folder* folder = find(name);
  if (folder != nullptr && !folder->use.empty()) return folder->use;
  std::string use = name_use_of(name);
  const bool told = std::any_of(folders_.begin(), folders_.end(), [&](const Folder& f) { return f.use == use; });
  return told && !use.empty() ? std::string() : use;
}

std::string FolderList::name_use_of(std::string_view name) const {
  const Folder* folder = find(name);
  return use_by_name(name, folder != nullptr ? folder->delimiter : '/');
}

std::vector<std::string> FolderList::from(std::string_view name) const {
  const std::string above(name);
  std::vector<std::string> all{above};
  for (const Folder& folder : folders_)
    if (folder.delimiter != '\0' && folder.name.starts_with(above + folder.delimiter)) all.push_back(folder.name);
  return all;
}

std::vector<std::string> FolderList::to(std::string_view name) const {
  std::vector<std::string> all;
  for (std::size_t i = 1; i < name.size(); ++i)
    if (delimits(name[i])) all.emplace_back(name.substr(0, i));
  all.emplace_back(name);
  return all;
}

std::optional<std::uint64_t> status_messages(std::string_view line) {
  if (!take_word(line, "* STATUS ") || !take_astring(line) || !take_word(line, " (MESSAGES ")) return std::nullopt;
  std::uint64_t messages = 0;
  const auto read = std::from_chars(line.data(), line.data() + line.size(), messages);
  if (read.ec != std::errc{} || std::string_view(read.ptr, line.data() + line.size()) != ")") return std::nullopt;
  return messages;
}

std::optional<std::vector<NameSpace>> parse_namespaces(std::string_view line) {
  if (!take_word(line, "* NAMESPACE")) return std::nullopt;
  std::vector<NameSpace> all;
  for (int kind = 0; kind < 3; ++kind) {  // personal, other users', shared
    if (!take_space(line)) return std::nullopt;
    if (take_word(line, "NIL")) continue;
    if (!take_word(line, "(")) return std::nullopt;
    while (take_word(line, "(")) {
      NameSpace one;
      auto prefix = take_astring(line);
      if (!prefix || !take_space(line)) return std::nullopt;
      one.prefix = *std::move(prefix);
      if (!take_word(line, "NIL")) {
        const auto delimiter = take_astring(line);
        if (!delimiter || delimiter->size() != 1) return std::nullopt;
        one.delimiter = delimiter->front();
      }
      while (take_space(line)) {  // extensions: a name, and values in parentheses
        if (!take_astring(line) || !take_space(line) || !take_word(line, "(")) return std::nullopt;
        do {
          if (!take_astring(line)) return std::nullopt;
        } while (take_space(line));
        if (!take_word(line, ")")) return std::nullopt;
      }
      if (!take_word(line, ")")) return std::nullopt;
      one.own = kind == 0;
      all.push_back(std::move(one));
    }
    if (!take_word(line, ")")) return std::nullopt;
  }
  if (!line.empty()) return std::nullopt;
  return all;
}

bool is_foreign(const std::vector<NameSpace>& all, std::string_view wire) {
  constexpr std::string_view inbox = "INBOX";
  std::string name = folder_name(wire);
  if (name == inbox) return false;
  if (text::ascii_iequals(std::string_view(name).substr(0, inbox.size()), inbox)) name.replace(0, inbox.size(), inbox);
  const NameSpace* nearest = nullptr;
  for (const NameSpace& one : all) {
    const std::string prefix = folder_name(one.prefix);
    // The name above all of its folders, too: renaming it would take them along.
    const bool fits = name.starts_with(prefix) || (one.delimiter != '\0' && name + one.delimiter == prefix);
    if (fits && (nearest == nullptr || one.prefix.size() > nearest->prefix.size())) nearest = &one;
  }
  return nearest != nullptr && !nearest->own;
}

std::string found_uids(const std::vector<std::string>& lines) {
  std::string set;
  for (std::string_view line : lines) {
    if (take_word(line, "* SEARCH")) {
      // numbers one by one
    } else if (take_word(line, "* ESEARCH")) {
      const std::size_t at = line.find(" ALL ");
      line = at == std::string_view::npos ? std::string_view() : line.substr(at + 5);
      line = line.substr(0, line.find(' '));
    } else {
      continue;
    }
    while (!line.empty()) {
      const std::size_t begin = line.find_first_of("0123456789");
      if (begin == std::string_view::npos) break;
      const std::size_t end = std::min(line.find_first_not_of("0123456789:,", begin), line.size());
      std::string_view word = line.substr(begin, end - begin);
      line.remove_prefix(end);
      if (set.size() + word.size() + 1 > limits::imap_named_messages) return set + "…";
      set += (set.empty() ? "" : ",") + std::string(word);
      if (line.starts_with('(') || line.starts_with(')')) break;  // (MODSEQ n) is no UID (RFC 7162 §3.1.5)
      if (line.starts_with(" (")) break;
    }
  }
  return set;
}

}  // namespace vanthu::imap
