// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/register_store.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

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
  std::vector<std::pair<std::string, registers::Line>> given;  // numbers that somebody gave, with their registers
  const auto looked = archive_.read([&](const lmdb::Transaction& txn) -> Result<Done> {
    for (auto& [book, line] : registers_.lines_of(txn, record))
      if (!line.made.by.empty()) given.emplace_back(book.id(), std::move(line));
    return done;
  });
  if (!looked) return looked.error();
  std::vector<std::uint64_t> found;
  // What was written on a number before its paper was sent stands between that number's frame and the first event of
  // the record.
  for (const auto& [book, line] : given) {
    asked.insert(registers::frame_of(line));
    if (history->empty()) continue;
    for (std::uint64_t sequence = registers::frame_of(line) + 1; sequence < history->front().sequence; ++sequence) {
      const auto frame = archive_.events_at(sequence);
      if (!frame && frame.error().reply == Reply(status::not_found)) continue;
      if (!frame) return frame.error();
      if (!frame->gone && std::all_of(frame->events.begin(), frame->events.end(), [&](const archive::Event& event) {
            return registers::speaks_of(event, book, line);
          }))
        found.push_back(sequence);
    }
  }
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
