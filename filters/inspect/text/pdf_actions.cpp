// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <string>

#include "filters/inspect/document/inflate.hpp"
#include "filters/inspect/hex_digit.hpp"
#include "filters/inspect/text/pdf.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

/// A name object behind its slash, "#4a" decoded (ISO 32000-1 §7.3.5); moves `at` behind it.
std::string name_at(std::string_view octets, std::size_t& at) {
  std::string name;
  while (at < octets.size() && name.size() < 64) {
    const char c = octets[at];
    if (static_cast<unsigned char>(c) <= 0x20 || std::string_view("()<>[]{}/%").find(c) != std::string_view::npos)
      break;
    const int high = c == '#' && at + 2 < octets.size() ? hex_digit(octets[at + 1]) : -1;
    const int low = high >= 0 ? hex_digit(octets[at + 2]) : -1;
    if (low >= 0) {
      name += static_cast<char>(high * 16 + low);
      at += 3;
    } else {
      name += c;
      ++at;
    }
  }
  return name;
}

void note_name(const std::string& name, Notes& notes) {
  for (const std::string_view active : {"JavaScript", "JS", "Launch", "RichMedia"})
    if (name == active) note(notes, "content.active", active == "JS" ? std::string_view("JavaScript") : active);
}

void scan_names(std::string_view octets, Notes& notes) {
  for (std::size_t at = 0; (at = octets.find('/', at)) != std::string_view::npos;)
    note_name(name_at(octets, ++at), notes);
}

}  // namespace

void note_pdf_actions(std::string_view octets, Notes& notes) {
  std::size_t spent = 0;
  bool object_stream = false;
  std::size_t stream = 0;
  for (std::size_t at = 0; at < octets.size();) {
    // Only objects are looked at: in pictures any name turns up by chance.
    const std::size_t slash = octets.find('/', at);
    if (stream != std::string_view::npos && stream <= at) stream = octets.find("stream", at);
    if (stream < slash) {
      std::size_t begin = stream + 6;
      if (octets.substr(begin, 2) == "\r\n")
        begin += 2;
      else if (begin < octets.size() && (octets[begin] == '\n' || octets[begin] == '\r'))
        ++begin;
      const bool is_end = stream >= 3 && octets.substr(stream - 3, 3) == "end";
      const std::size_t end = is_end ? begin : std::min(octets.find("endstream", begin), octets.size());
      if (object_stream && !is_end && spent < limits::package_octets) {
        const std::string inner = inflated(octets.substr(begin, end - begin), Packing::zlib, limits::xml_octets).octets;
        spent += inner.size();
        scan_names(inner, notes);
      }
      object_stream = false;
      at = std::max(end, begin);
      if (!is_end) at = std::min(at + 9, octets.size());
      continue;
    }
    if (slash == std::string_view::npos) break;
    at = slash + 1;
    const std::string name = name_at(octets, at);
    if (name == "ObjStm") object_stream = true;
    note_name(name, notes);
  }
}

}  // namespace vanthu::inspect
