// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/spool/names.hpp"

namespace vanthu::spool {

std::uint32_t Names::add(std::string_view text) {
  if (const auto known = index_.find(text); known != index_.end()) {
    ++entries_[known->second].users;
    return known->second;
  }
  std::uint32_t name = static_cast<std::uint32_t>(entries_.size());
  if (free_.empty()) {
    entries_.emplace_back();
  } else {
    name = free_.back();
    free_.pop_back();
  }
  entries_[name] = {std::string(text), 1};
  index_.emplace(entries_[name].text, name);
  return name;
}

void Names::drop(std::uint32_t name) {
  Entry& entry = entries_[name];
  if (--entry.users > 0) return;
  index_.erase(entry.text);
  entry.text = {};
  free_.push_back(name);
}

}  // namespace vanthu::spool
