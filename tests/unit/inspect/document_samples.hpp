// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "filters/inspect/document/document.hpp"
#include "gateway/base/limits.hpp"

/// Questions about what a reader returned.
namespace vanthu::inspect::samples {

inline const Room all_room{limits::container_entries, limits::expanded_octets};

inline std::string notes_of(const Document& document) {
  std::string all;
  for (const Note& one : document.notes) all += one.id, all += "(" + one.detail + ") ";
  for (const InnerFile& file : document.files) all += "[" + file.name + " " + std::string(file.trouble) + "] ";
  return all;
}

inline bool noted(const Document& document, std::string_view id, std::string_view detail = {}) {
  return std::any_of(document.notes.begin(), document.notes.end(),
                     [&](const Note& one) { return one.id == id && (detail.empty() || one.detail == detail); });
}

inline bool noted_exactly(const Document& document, std::string_view id, std::string_view detail) {
  return std::any_of(document.notes.begin(), document.notes.end(),
                     [&](const Note& one) { return one.id == id && one.detail == detail; });
}

/// State, notes and files in one line, to be shown or compared.
inline std::string all_of(const Document& document) {
  std::string all = document.readable ? "" : "unreadable ";
  if (document.locked) all += "locked ";
  for (const Note& one : document.notes) all.append(one.id).append("(").append(one.detail).append(") ");
  for (const InnerFile& one : document.files) all.append(one.name).append(":").append(one.trouble).append(" ");
  return all;
}

inline const InnerFile* file(const Document& document, std::string_view name) {
  const auto found = std::find_if(document.files.begin(), document.files.end(),
                                  [&](const InnerFile& one) { return one.name == name; });
  return found == document.files.end() ? nullptr : &*found;
}

inline std::string text_of(const Document& document) {
  std::string text;
  for (const Line& line : document.lines) text += line.text + "\n";
  return text;
}

inline std::string label(const std::vector<filters::Label>& labels, std::string_view carrier, std::string_view name) {
  for (const filters::Label& one : labels)
    if (one.carrier == carrier && one.name == name) return one.value;
  return {};
}

}  // namespace vanthu::inspect::samples
