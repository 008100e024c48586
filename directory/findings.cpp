// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/findings.hpp"

#include <algorithm>

#include "directory/view.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::directory {
namespace {
std::string placed(std::string_view file, std::size_t line, const std::string& what) {
  std::string text(file);
  if (line > 0) text += ':' + std::to_string(line);
  return text + ": " + what;
}
}  // namespace

void Findings::fault(std::string_view file, std::size_t line, const std::string& what) {
  if (faults.size() < limits::import_faults)
    faults.push_back(placed(file, line, what));
  else
    ++more_faults;
}

void Findings::note(std::string_view file, std::size_t line, const std::string& what) {
  if (notes.size() < limits::import_notes)
    notes.push_back(placed(file, line, what));
  else
    ++more_notes;
}

void Findings::add(const Findings& more) {
  const auto take = [](std::vector<std::string>& to, std::size_t& beyond, const std::vector<std::string>& from,
                       std::size_t from_beyond, std::size_t most) {
    for (const std::string& one : from) {
      if (to.size() < most)
        to.push_back(one);
      else
        ++beyond;
    }
    beyond += from_beyond;
  };
  take(faults, more_faults, more.faults, more.more_faults, limits::import_faults);
  take(notes, more_notes, more.notes, more.more_notes, limits::import_notes);
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known) {
  std::size_t best = std::min<std::size_t>(word.size() / 2 + 1, 4);
  std::string_view nearest;
  for (const std::string_view one : known)
    if (const std::size_t distance = edit_distance(word, one); distance < best) {
      best = distance;
      nearest = one;
    }
  return nearest.empty() ? "" : " (did you mean '" + std::string(nearest) + "'?)";
}

}  // namespace vanthu::directory
