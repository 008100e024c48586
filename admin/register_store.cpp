// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/register_store.hpp"

#include <algorithm>
#include <set>

#include "gateway/registers/acts.hpp"

namespace vanthu::admin {

Result<Done> RegisterStore::forget(std::uint64_t record) {
  const auto kept = archive_.act([&](const lmdb::Transaction& txn) {
    return registers::keep(registers_, txn, record, {"gateway", {}, {}, now()});
  });
  if (!kept) return kept.error();
  return done;
}

Result<std::vector<std::uint64_t>> RegisterStore::frames_about(std::uint64_t record) {
  const auto history = archive_.history(record);
  if (!history) return history.error();
  std::set<std::uint64_t> asked;
  for (const archive::Event& event : *history)
    if (event.what.starts_with("register.")) asked.insert(event.sequence);
  const auto looked = archive_.read([&](const lmdb::Transaction& txn) -> Result<Done> {
    for (const auto& [book, line] : registers_.lines_of(txn, record))
      if (!line.made.by.empty()) asked.insert(registers::frame_of(line));
    return done;
  });
  if (!looked) return looked.error();
  std::vector<std::uint64_t> found;
  for (const std::uint64_t sequence : asked) {
    const auto frame = archive_.events_at(sequence);
    if (!frame) return frame.error();
    // Gone already: a purge that was stopped goes on.
    if (std::all_of(frame->events.begin(), frame->events.end(),
                    [&](const archive::Event& event) { return registers::speaks_of(event, record); }))
      found.push_back(sequence);
  }
  return found;
}

}  // namespace vanthu::admin
