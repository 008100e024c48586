// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/multipart.hpp"

#include <algorithm>
#include <string>

#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

bool boundary_octet(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
}

/// Whether nothing that the eye sees stands in front on the line: some readers take the rest for a delimiter.
bool only_blanks_before(std::string_view body, std::size_t at) {
  constexpr std::size_t looked_at = 64;
  for (std::size_t left = looked_at; at > 0 && left > 0; --left) {
    const char c = body[--at];
    if (c == '\n') return true;
    if (c != ' ' && c != '\t' && c != '\0' && c != '-' && c != '\r') return false;
  }
  return at == 0;
}

}  // namespace

bool valid_boundary(std::string_view boundary) {
  return !boundary.empty() && boundary.size() <= 70 && boundary.back() != ' ' &&
         std::all_of(boundary.begin(), boundary.end(), boundary_octet);
}

Multipart split_multipart(std::string_view body, std::string_view boundary, Notes& notes) {
  Multipart result;
  if (boundary.empty() || boundary.find_first_of("\r\n") != std::string_view::npos) return result;
  const std::string mark = "--" + std::string(boundary);
  constexpr std::size_t none = std::string_view::npos;
  std::size_t open = none;  // where the current part begins
  std::size_t margin = 0;   // where the current stretch outside of parts begins
  bool ended = false;
  for (std::size_t at = 0; (at = body.find(mark, at)) != none;) {
    if (at != 0 && (at < 2 || body.substr(at - 2, 2) != "\r\n")) {
      if (only_blanks_before(body, at)) note(notes, "mime.ambiguous-boundary", "delimiter", at);
      at += mark.size();
      continue;
    }
    const std::size_t line_end = std::min(body.find("\r\n", at), body.size());
    std::string_view rest = body.substr(at + mark.size(), line_end - at - mark.size());
    while (!rest.empty() && (rest.back() == ' ' || rest.back() == '\t')) rest.remove_suffix(1);
    const std::size_t next = std::min(line_end + 2, body.size());
    if (!rest.empty() && rest != "--") {
      note(notes, "mime.ambiguous-boundary", "delimiter", at);
      at = next;
      continue;
    }
    const std::size_t before = at >= 2 ? at - 2 : 0;  // the line end in front belongs to the delimiter
    if (open != none)
      result.parts.push_back(body.substr(open, before > open ? before - open : 0));
    else
      result.margins.push_back(body.substr(margin, before > margin ? before - margin : 0));
    if (rest.empty()) {
      if (ended) note(notes, "mime.part-after-end", {}, at);
      open = next;
      if (result.parts.size() > limits::mime_parts) break;  // counted, and refused, by the caller
    } else {
      open = none;
      margin = next;
      ended = true;
    }
    at = next;
  }
  if (open != none) {
    note(notes, "mime.missing-terminator", {}, body.size());
    result.parts.push_back(body.substr(open));
  } else {
    result.margins.push_back(body.substr(std::min(margin, body.size())));
  }
  return result;
}

}  // namespace vanthu::inspect
