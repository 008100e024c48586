// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/pictures.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "filters/inspect/hex_digit.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

std::uint32_t number(std::string_view octets, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets[at + i]);
  return value;
}

bool starts_picture(std::string_view octets) {
  using namespace std::string_view_literals;
  return octets.starts_with("\x89PNG\r\n\x1A\n"sv) || octets.starts_with("\xFF\xD8\xFF"sv) ||
         octets.starts_with("II*\0"sv) || octets.starts_with("MM\0*"sv);
}

/// What stands in one \pict group behind its control words.
std::string hexadecimal(std::string_view text) {
  std::string octets;
  int high = -1;
  for (const char c : text) {
    const int value = hex_digit(c);
    if (value < 0) {
      if (c == '}' || c == '{' || c == '\\') break;
      continue;
    }
    if (high < 0) {
      high = value;
    } else {
      octets += static_cast<char>(high << 4 | value);
      high = -1;
    }
  }
  return octets;
}

/// One more than allowed was looked for, so that the rest is not passed over in silence.
void no_more_than_allowed(std::vector<std::string>& found, Notes& notes) {
  if (found.size() <= limits::ocr_pictures) return;
  found.resize(limits::ocr_pictures);
  note(notes, "inspect.not-read-in-time", "pictures");
}

}  // namespace

std::vector<std::string> drawing_pictures(std::string_view stream, Notes& notes) {
  std::vector<std::string> found;
  // Records stand in records of many kinds: looked for by their own head, whose length must fit.
  for (std::size_t at = 2; at + 6 <= stream.size() && found.size() <= limits::ocr_pictures; ++at) {
    if (stream[at + 1] != '\xF0') continue;
    const std::uint32_t type = number(stream, at, 2);
    if (type < 0xF01A || type > 0xF02A) continue;
    const std::uint32_t length = number(stream, at + 2, 4);
    const std::size_t body = at + 6;
    if (length < 17 || length > stream.size() - body) continue;
    // EMF, WMF, PICT and DIB: what they show stays unread.
    const bool other = type <= 0xF01C || type == 0xF01F;
    if (other && length >= limits::picture_octets) note(notes, "inspect.no-text", "picture");
    for (const std::size_t head : {std::size_t{17}, std::size_t{33}}) {  // one digest or two, and a tag
      if (length <= head || !starts_picture(stream.substr(body + head, length - head))) continue;
      found.emplace_back(stream.substr(body + head, length - head));
      at = body + length - 1;
      break;
    }
  }
  no_more_than_allowed(found, notes);
  return found;
}

std::vector<std::string> workbook_pictures(std::string_view stream, Notes& notes) {
  constexpr std::uint32_t drawing_group = 0x00EB;
  constexpr std::uint32_t more = 0x003C;
  std::string drawings;
  bool inside = false;
  for (std::size_t at = 0; at + 4 <= stream.size();) {
    const std::uint32_t type = number(stream, at, 2);
    const std::size_t length = std::min<std::size_t>(number(stream, at + 2, 2), stream.size() - at - 4);
    inside = type == drawing_group || (inside && type == more);
    if (inside) drawings.append(stream.substr(at + 4, length));
    at += 4 + length;
  }
  return drawing_pictures(drawings, notes);
}

std::vector<std::string> rtf_pictures(std::string_view octets, Notes& notes) {
  constexpr std::size_t most_groups = 4096;
  std::vector<std::string> found;
  std::size_t at = 0;
  for (std::size_t groups = 0; found.size() <= limits::ocr_pictures; ++groups) {
    if (groups == most_groups) {
      note(notes, "inspect.not-read-in-time", "pictures");
      break;
    }
    at = octets.find("\\pict", at);
    if (at == std::string_view::npos) break;
    at += 5;
    // Its control words, in groups too, are short; the digits follow.
    const std::string_view head = octets.substr(at, 4096);
    const std::size_t blip = std::min(head.find("\\pngblip"), head.find("\\jpegblip"));
    if (blip == std::string_view::npos) {
      // A metafile or bitmap; behind \nonshppict it is only the copy of one that can be read.
      const bool copy = octets.substr(at < 64 ? 0 : at - 64, 64).find("\\nonshppict") != std::string_view::npos;
      const bool other =
          head.find("\\emfblip") < 512 || head.find("\\wmetafile") < 512 || head.find("\\dibitmap") < 512;
      if (other && !copy) note(notes, "inspect.no-text", "picture");
      continue;
    }
    std::size_t begin = at + blip + 8;
    std::string picture;
    while (begin < octets.size() && picture.empty()) {
      const char c = octets[begin];
      if (octets.substr(begin).starts_with("\\bin")) {
        std::size_t size = 0;
        const std::string_view rest = octets.substr(begin + 4);
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
        const auto used = static_cast<std::size_t>(end - rest.data());
        if (error == std::errc() && used < rest.size() && size <= rest.size() - used - 1)
          picture = rest.substr(used + 1, size);
        break;
      }
      if (c == '\\') {  // a control word with its number
        ++begin;
        while (begin < octets.size() && ((octets[begin] | 0x20) >= 'a' && (octets[begin] | 0x20) <= 'z')) ++begin;
        while (begin < octets.size() && (hex_digit(octets[begin]) >= 0 || octets[begin] == '-') &&
               !starts_picture(hexadecimal(octets.substr(begin, 16))))
          ++begin;
      } else if (c == '{') {  // \blipuid and the like
        const std::size_t end = octets.substr(begin, 4096).find('}');
        if (end == std::string_view::npos) break;
        begin += end + 1;
      } else if (hex_digit(c) >= 0) {
        if (!starts_picture(hexadecimal(octets.substr(begin, 32)))) break;  // nobody decodes all of what is none
        picture = hexadecimal(octets.substr(begin));
      } else if (c == '}') {
        break;
      } else {
        ++begin;
      }
    }
    at = std::max(at, begin);
    if (starts_picture(picture)) found.push_back(std::move(picture));
  }
  no_more_than_allowed(found, notes);
  return found;
}

}  // namespace vanthu::inspect
