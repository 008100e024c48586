// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/unpacking.hpp"

#include <algorithm>
#include <utility>

#include "gateway/base/limits.hpp"

namespace vanthu::inspect {

Unpacking::Unpacking(Document& document, const Room& room, std::uint64_t packed)
    : document_(document), left_(room), packed_(std::max<std::uint64_t>(packed, 1)) {}

bool Unpacking::entry() {
  if (left_.entries == 0) {
    note(document_.notes, "inspect.too-many");
    return false;
  }
  --left_.entries;
  return true;
}

std::uint64_t Unpacking::most() const { return std::min(limits::expanded_file_octets, left_.octets); }

bool Unpacking::bomb(std::uint64_t octets) const {
  const std::uint64_t all = taken_ + octets;
  return all > limits::expansion_ratio_from && all / limits::expansion_ratio > packed_;
}

bool Unpacking::keep(InnerFile file) {
  const std::uint64_t octets = file.octets.size();
  const bool fits = octets <= left_.octets;
  left_.octets -= fits ? octets : left_.octets;
  taken_ += octets;
  const bool out_of_room = !fits || file.trouble == "inspect.bomb";
  if (!fits) {
    file.octets.clear();
    file.trouble = "inspect.bomb";
  }
  document_.files.push_back(std::move(file));
  if (out_of_room) note(document_.notes, "inspect.bomb");
  return !out_of_room;
}

std::string_view Unpacking::over() const {
  return left_.octets < limits::expanded_file_octets ? "inspect.bomb" : "inspect.too-big";
}

void note_entry_name(std::string_view name, Notes& notes) {
  if (name.find('\0') != std::string_view::npos) note(notes, "name.control", "NUL");
  if (name.find('\\') != std::string_view::npos) note(notes, "name.control", "backslash");
  const bool drive = name.size() > 1 && name[1] == ':';
  if (drive || name.substr(0, 1) == "/" || name.substr(0, 1) == "\\") note(notes, "name.control", "path");
  // Folders apart, whichever stroke parts them.
  while (true) {
    const std::size_t stroke = std::min(name.find_first_of("/\\"), name.size());
    if (name.substr(0, stroke) == "..") note(notes, "name.control", "path");
    if (stroke == name.size()) return;
    name.remove_prefix(stroke + 1);
  }
}

}  // namespace vanthu::inspect
