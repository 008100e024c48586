// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/register_store.hpp"

#include <algorithm>
#include <map>
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

Result<std::vector<std::uint64_t>> RegisterStore::kept_before(const std::set<std::uint64_t>& records) {
  std::map<std::uint64_t, std::uint64_t> newest;  // by record: the frame that keeps its lines as they stand
  std::set<std::uint64_t> asked;
  for (const std::uint64_t record : records) {
    const auto history = archive_.history(record);
    if (!history) return history.error();
    for (const archive::Event& event : *history)
      if (event.what == "register.kept") {
        asked.insert(event.sequence);
        newest[record] = event.sequence;
      }
  }
  std::vector<std::uint64_t> found;
  for (const std::uint64_t sequence : asked) {
    const auto frame = archive_.events_at(sequence);
    if (!frame) return frame.error();
    if (!frame->gone && std::all_of(frame->events.begin(), frame->events.end(), [&](const archive::Event& event) {
          const auto later = newest.find(event.record);
          return event.what == "register.kept" && later != newest.end() && sequence < later->second;
        }))
      found.push_back(sequence);
  }
  return found;
}

Result<std::vector<std::uint64_t>> RegisterStore::frames_about(std::uint64_t record) {
  if (auto caught_up = archive_.catch_up(); !caught_up) return caught_up.error();  // with what keeps its lines
  const auto history = archive_.history(record);
  if (!history) return history.error();
  std::set<std::uint64_t> asked;
  std::uint64_t kept = 0;  // what was written from then on stands in the books, and is needed
  for (const archive::Event& event : *history)
    if (event.what == "register.kept") kept = event.sequence;
  for (const archive::Event& event : *history)
    if (event.what.starts_with("register.") && event.sequence < kept) asked.insert(event.sequence);
  std::vector<std::pair<std::string, registers::Line>> given;  // numbers that somebody gave, with their registers
  std::set<std::uint64_t> together{record};                    // in its lines
  const auto looked = archive_.read([&](const lmdb::Transaction& txn) -> Result<Done> {
    for (auto& [book, line] : registers_.lines_of(txn, record)) {
      for (const registers::Line::Despatch& one : line.despatches) together.insert(one.record);
      if (!line.made.by.empty()) given.emplace_back(book.id(), std::move(line));
    }
    return done;
  });
  if (!looked) return looked.error();
  auto before = kept_before(together);
  if (!before) return before;
  std::vector<std::uint64_t> found = *std::move(before);
  // What was written on a number before its paper was sent stands between that number's frame and the first event of
  // the record.
  std::uint64_t oldest = kept;
  for (const auto& [book, line] : given) {
    asked.insert(registers::frame_of(line));
    oldest = std::min(oldest, registers::frame_of(line));
  }
  const auto on_a_number = [&](std::uint64_t sequence, const archive::Event& event) {
    return std::any_of(given.begin(), given.end(), [&](const auto& one) {
      return registers::frame_of(one.second) < sequence && registers::speaks_of(event, one.first, one.second);
    });
  };
  if (!given.empty() && !history->empty())
    if (auto walked = archive_.each_events_between(
            oldest, history->front().sequence,
            [&](std::uint64_t sequence, const std::vector<archive::Event>& events) {
              if (std::all_of(events.begin(), events.end(),
                              [&](const archive::Event& event) { return on_a_number(sequence, event); }))
                found.push_back(sequence);
            });
        !walked)
      return walked.error();
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
