// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/remembered.hpp"

#include <algorithm>

#include "gateway/base/digest.hpp"

namespace vanthu::inspect {
namespace {

/// Whether it says the same of these octets whenever it is asked, and nothing of what they say.
bool is_dull(const Document& document) {
  const bool silent = document.lines.empty() && document.beside.empty() && document.files.empty() &&
                      document.labels.empty() && document.signatures.empty() && !document.locked;
  return silent && std::none_of(document.notes.begin(), document.notes.end(), [](const Note& note) {
           return note.id == "inspect.failed" || note.id == "inspect.not-read-in-time";
         });
}
}  // namespace

Document Remembered::read(const Task& task, std::string_view octets) {
  if (task.format != Format::picture || task.room.ocr.count() == 0) return documents_.read(task, octets);
  const Key key{sha256(octets), task.mime};
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  Document document = documents_.read(task, octets);
  if (!is_dull(document)) return document;
  if (known_.size() >= most_) {
    known_.erase(ages_.front());
    ages_.pop_front();
  }
  Document kept = document;
  kept.ocr = {};  // it will take no time
  ages_.push_back(known_.emplace(key, std::move(kept)).first);
  return document;
}

}  // namespace vanthu::inspect
