// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/transfer.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "filters/inspect/hex_digit.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

constexpr signed char no_letter = -1;
constexpr signed char white = -2;
constexpr signed char pad = -3;

constexpr std::array<signed char, 256> make_base64_table() {
  std::array<signed char, 256> table{};
  for (auto& entry : table) entry = no_letter;
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<signed char>(i);
  for (const char c : {' ', '\t', '\r', '\n'}) table[static_cast<unsigned char>(c)] = white;
  table['='] = pad;
  return table;
}
constexpr auto base64_table = make_base64_table();

enum class Padding { restart, stop, skip };

std::string base64(std::string_view text, Padding rule) {
  std::string octets;
  octets.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t bits = 0;
  int letters = 0;
  const auto flush = [&] {  // what a padded or cut-off group still holds
    if (letters >= 2) octets += static_cast<char>(bits >> (6 * letters - 8) & 0xFFU);
    if (letters == 3) octets += static_cast<char>(bits >> 2 & 0xFFU);
    bits = 0;
    letters = 0;
  };
  for (const char c : text) {
    const signed char value = base64_table[static_cast<unsigned char>(c)];
    if (value >= 0) {
      bits = bits << 6 | static_cast<std::uint32_t>(value);
      if (++letters == 4) {
        octets += static_cast<char>(bits >> 16 & 0xFFU);
        octets += static_cast<char>(bits >> 8 & 0xFFU);
        octets += static_cast<char>(bits & 0xFFU);
        bits = 0;
        letters = 0;
      }
    } else if (value == pad && rule != Padding::skip && letters > 0) {
      flush();
      if (rule == Padding::stop) return octets;
    } else if (value == pad && rule == Padding::stop) {
      return octets;
    }
  }
  flush();
  return octets;
}

/// Whether an encoder could have written it: alphabet, padding only at the end and as much as needed, no stray bits.
bool canonical_base64(std::string_view text) {
  std::uint32_t bits = 0;
  std::size_t letters = 0;
  std::size_t pads = 0;
  for (const char c : text) {
    const signed char value = base64_table[static_cast<unsigned char>(c)];
    if (value == white) continue;
    if (value == pad) {
      ++pads;
      continue;
    }
    if (value < 0 || pads > 0) return false;
    bits = static_cast<std::uint32_t>(value);
    ++letters;
  }
  if (letters % 4 == 1) return false;
  if (pads != (4 - letters % 4) % 4) return false;
  if (letters % 4 == 2 && (bits & 0xFU) != 0) return false;
  return letters % 4 != 3 || (bits & 0x3U) == 0;
}

/// Four letters at once: a table for each place, an octet that is no letter sets the top bit.
constexpr std::uint32_t no_group = 0x80000000U;
using PlaceTable = std::array<std::uint32_t, 256>;
constexpr PlaceTable make_place_table(unsigned shift) {
  PlaceTable table{};
  for (std::size_t i = 0; i < 256; ++i)
    table[i] = base64_table[i] >= 0 ? static_cast<std::uint32_t>(base64_table[i]) << shift : no_group;
  return table;
}
constexpr std::array<PlaceTable, 4> places{make_place_table(18), make_place_table(12), make_place_table(6),
                                           make_place_table(0)};

/// What an encoder wrote: letters and white space, padded or cut off only at the end. False: look closer.
/// @param plain  set as Decoded says
bool fast_base64(std::string_view text, std::string& octets, bool& plain) {
  octets.resize(text.size() / 4 * 3 + 3);
  char* out = octets.data();
  plain = true;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::size_t i = 0;
  while (i + 4 <= text.size()) {
    const std::uint32_t group = places[0][at(i)] | places[1][at(i + 1)] | places[2][at(i + 2)] | places[3][at(i + 3)];
    if ((group & no_group) != 0) {
      if (base64_table[at(i)] != white) break;  // white space inside of a group: look closer
      if (text[i] != '\r' && text[i] != '\n') plain = false;
      ++i;
      continue;
    }
    *out++ = static_cast<char>(group >> 16);
    *out++ = static_cast<char>(group >> 8);
    *out++ = static_cast<char>(group);
    i += 4;
  }
  const std::string_view rest = text.substr(i);  // a padded group, line ends
  if (rest.size() > 64 || !canonical_base64(rest)) return plain = false;
  octets.resize(static_cast<std::size_t>(out - octets.data()));
  octets += base64(rest, Padding::restart);
  return true;
}

std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

/// One line of uuencode: its first letter says how many octets follow. Empty with `fits` false: no such line.
std::string uu_line(std::string_view line, bool& fits) {
  const auto value = [](char c) { return static_cast<unsigned>(c - 0x20) & 0x3FU; };
  fits = !line.empty() && line[0] >= 0x20 && line[0] <= 0x60;
  if (!fits) return {};
  const std::size_t octets = value(line[0]);
  const std::size_t letters = (octets + 2) / 3 * 4;
  // Trailing blanks are often lost on the way: they count as zeros. Some writers add a check letter.
  fits = line.size() <= 1 + letters + 3 &&
         std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c <= 0x60; });
  if (!fits) return {};
  std::string out;
  for (std::size_t i = 0; i < letters; i += 4) {
    std::array<unsigned, 4> v{};
    for (std::size_t k = 0; k < 4; ++k) v[k] = 1 + i + k < line.size() ? value(line[1 + i + k]) : 0U;
    out += static_cast<char>((v[0] << 2 | v[1] >> 4) & 0xFFU);
    out += static_cast<char>((v[1] << 4 | v[2] >> 2) & 0xFFU);
    out += static_cast<char>((v[2] << 6 | v[3]) & 0xFFU);
  }
  out.resize(std::min(out.size(), octets));
  return out;
}

/// "begin 644 name": the name, or empty.
std::string_view begin_name(std::string_view line, std::string_view word) {
  if (line.substr(0, word.size()) != word) return {};
  line.remove_prefix(word.size());
  std::size_t digits = 0;
  while (digits < line.size() && line[digits] >= '0' && line[digits] <= '7') ++digits;
  if (digits < 3 || digits > 5 || digits + 1 >= line.size() || line[digits] != ' ') return {};
  return line.substr(digits + 1);
}

std::string yenc(std::string_view& text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (line.substr(0, 5) == "=yend") break;
    if (line.substr(0, 6) == "=ypart") continue;
    for (std::size_t i = 0; i < line.size(); ++i) {
      auto c = static_cast<unsigned char>(line[i]);
      if (c == '=' && i + 1 < line.size()) c = static_cast<unsigned char>(line[++i] - 64);
      out += static_cast<char>(c - 42);
    }
  }
  return out;
}

}  // namespace

Decoded decode_base64(std::string_view text, Notes& notes) {
  Decoded decoded;
  if (fast_base64(text, decoded.octets, decoded.plain)) return decoded;
  // What stands behind the padding or an empty line and is no base64 at all was put there by somebody else, a mailing
  // list as a rule.
  const auto foreign = [&](std::size_t from) {
    return std::any_of(text.begin() + static_cast<std::ptrdiff_t>(std::min(from, text.size())), text.end(),
                       [](char c) { return base64_table[static_cast<unsigned char>(c)] == no_letter; });
  };
  const std::size_t empty_line = text.find("\r\n\r\n");
  const Padding rule = foreign(text.find('=')) ? Padding::stop : Padding::restart;
  decoded.octets = base64(foreign(empty_line) ? text.substr(0, empty_line) : text, rule);
  if (canonical_base64(text)) return decoded;
  note(notes, "mime.bad-base64");
  for (const Padding other_rule : {Padding::restart, Padding::stop, Padding::skip}) {
    std::string other = base64(text, other_rule);
    if (other != decoded.octets &&
        std::find(decoded.others.begin(), decoded.others.end(), other) == decoded.others.end())
      decoded.others.push_back(std::move(other));
  }
  return decoded;
}

namespace {

enum class Escapes { in_lines, after_joining, without_bad };

/// @param loose  set when there was an escape that is none
std::string quoted_printable(std::string_view text, Escapes rule, bool& loose) {
  std::string octets;
  octets.reserve(text.size());
  const auto decode = [&](std::string_view line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] != '=') {
        const std::size_t run = std::min(line.find('=', i), line.size());
        octets.append(line, i, run - i);
        i = run - 1;
        continue;
      }
      const int high = i + 2 < line.size() ? hex_digit(line[i + 1]) : -1;
      const int low = i + 2 < line.size() ? hex_digit(line[i + 2]) : -1;
      if (high < 0 || low < 0) {
        loose = true;
        if (rule != Escapes::without_bad) octets += '=';
        continue;
      }
      octets += static_cast<char>(high * 16 + low);
      i += 2;
    }
  };
  std::string joined;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const bool last = end == text.size();
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!last && !line.empty() && line.back() == '\r') line.remove_suffix(1);
    while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    const bool soft = !line.empty() && line.back() == '=';
    if (soft) line.remove_suffix(1);
    if (rule == Escapes::after_joining) {
      joined += line;
      if (soft && !last) continue;
      decode(joined);
      joined.clear();
    } else {
      decode(line);
    }
    if (!soft && !last) octets += "\r\n";
  }
  decode(joined);
  return octets;
}

}  // namespace

Decoded decode_quoted_printable(std::string_view text, bool is_text, Notes& notes) {
  Decoded decoded;
  bool loose = false;
  decoded.octets = quoted_printable(text, Escapes::in_lines, loose);
  if (!loose) return decoded;
  note(notes, is_text ? "mime.loose-quoted-printable" : "mime.bad-quoted-printable");
  for (const Escapes rule : {Escapes::after_joining, Escapes::without_bad}) {
    bool ignored = false;
    std::string other = quoted_printable(text, rule, ignored);
    if (other != decoded.octets) decoded.others.push_back(std::move(other));
  }
  return decoded;
}

std::string decode_quoted_word(std::string_view text) {
  std::string octets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '=' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) {
      octets += text[i];
      continue;
    }
    octets += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return octets;
}

std::vector<InlineFile> inline_files(std::string_view text) {
  std::vector<InlineFile> files;
  while (!text.empty() && files.size() < limits::mime_parts) {
    const std::string_view line = next_line(text);
    if (line.size() < 6 || (line[0] != 'b' && line[0] != '=' && line[0] != '(')) continue;
    if (const std::string_view name = begin_name(line, "begin "); !name.empty()) {
      InlineFile file{std::string(name), {}, "uuencode"};
      std::string_view rest = text;
      std::size_t lines = 0;
      bool fits = true;
      while (!rest.empty() && fits) {
        std::string_view ahead = rest;
        const std::string_view data = next_line(ahead);
        if (data == "end") break;
        std::string octets = uu_line(data, fits);
        if (!fits) break;
        file.octets += octets;
        rest = ahead;
        ++lines;
      }
      if (lines == 0) continue;  // a sentence that begins with "begin 644 …"
      text = rest;
      files.push_back(std::move(file));
    } else if (const std::string_view other = begin_name(line, "begin-base64 "); !other.empty()) {
      const std::size_t end = std::min(text.find("===="), text.size());
      Notes ignored;
      files.push_back({std::string(other), decode_base64(text.substr(0, end), ignored).octets, "base64"});
      text.remove_prefix(end);
    } else if (line.substr(0, 8) == "=ybegin ") {
      const std::size_t name_at = line.find(" name=");
      std::string called(name_at == std::string_view::npos ? std::string_view{} : line.substr(name_at + 6));
      files.push_back({std::move(called), yenc(text), "yenc"});
    } else if (line.substr(0, 41) == "(This file must be converted with BinHex ") {
      files.push_back({{}, {}, "binhex"});
    }
  }
  return files;
}

}  // namespace vanthu::inspect
