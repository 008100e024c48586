// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/register_store.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "gateway/base/log.hpp"
#include "gateway/registers/acts.hpp"

namespace vanthu::admin {

namespace {
/// A frame whose words cannot be destroyed; it never keeps the others, nor the record itself, from going.
void stays(std::uint64_t frame, const std::string& why) {
  log::Event("purge.words-stay", log::Level::warning).with("frame", frame).with("why", why);
}
}  // namespace

Result<Done> RegisterStore::forget(const std::vector<std::uint64_t>& records) {
  for (const std::uint64_t record : records) {  // a frame each: that of one that is purged later may go
    const auto kept = archive_.act([&](const lmdb::Transaction& txn) {
      return registers::keep(registers_, txn, record, {"gateway", {}, {}, now()});
    });
    if (!kept) return kept.error();
  }
  return done;
}

Result<boost::json::array> RegisterStore::left_of(std::uint64_t record) {
  if (auto caught_up = archive_.catch_up(); !caught_up) return caught_up.error();
  const auto history = archive_.history(record);
  if (!history) return history.error();
  boost::json::array left;
  for (const archive::Event& event : *history)
    if (event.what == "register.kept") left = registers::lines_left_by(event);
  return left;
}

Result<RegisterStore::Kept> RegisterStore::kept_last(std::uint64_t record) const {
  const auto history = archive_.history(record);
  if (!history) return history.error();
  Kept kept;
  for (const archive::Event& event : *history)
    if (event.what == "register.kept") kept = {event.sequence, registers::lines_kept_by(event)};
  return kept;
}

Result<std::vector<std::uint64_t>> RegisterStore::kept_before(const std::set<std::uint64_t>& records) {
  std::set<std::uint64_t> asked;
  for (const std::uint64_t record : records) {
    const auto history = archive_.history(record);
    if (!history) return history.error();
    for (const archive::Event& event : *history)
      if (event.what == "register.kept") asked.insert(event.sequence);
  }
  std::vector<std::uint64_t> found;
  std::map<std::uint64_t, Kept> newest;                     // by record: the frame that keeps its lines as they stand
  std::map<std::uint64_t, std::set<std::uint64_t>> beside;  // by frame: whose lines it keeps as they stand besides
  for (const std::uint64_t sequence : asked) {
    const auto frame = archive_.events_at(sequence);
    if (!frame && frame.error().reply.transient()) return frame.error();
    if (!frame) {
      stays(sequence, frame.error().detail);
      continue;
    }
    if (frame->gone || std::any_of(frame->events.begin(), frame->events.end(),
                                   [](const archive::Event& event) { return event.what != "register.kept"; }))
      continue;
    std::set<std::uint64_t> stand;
    for (const archive::Event& event : frame->events) {
      if (!newest.contains(event.record)) {
        auto last = kept_last(event.record);
        if (!last) return last.error();
        newest[event.record] = *std::move(last);
      }
      // What is newer is no reason unless it keeps the same lines, too.
      const Kept& last = newest[event.record];
      if (last.frame <= sequence || !std::ranges::includes(last.lines, registers::lines_kept_by(event)))
        stand.insert(event.record);
    }
    if (stand.empty()) found.push_back(sequence);
    if (!stand.empty() && stand.size() < frame->events.size()) beside[sequence] = std::move(stand);
  }
  if (beside.empty()) return found;
  const auto kept = archive_.act([&](const lmdb::Transaction& txn) {
    std::set<std::uint64_t> others;
    for (const auto& [sequence, stand] : beside)
      for (const std::uint64_t record : stand)
        if (registers_.is_kept(txn, record) || registers_.is_kept_no_more(txn, record)) others.insert(record);
    return registers::keep_anew(registers_, txn, others, {"gateway", {}, {}, now()});
  });
  if (!kept) return kept.error();
  std::set<std::uint64_t> anew;
  for (const archive::Event& event : *kept) anew.insert(event.record);
  for (const auto& [sequence, stand] : beside)
    if (std::includes(anew.begin(), anew.end(), stand.begin(), stand.end())) found.push_back(sequence);
  return found;
}

Result<std::vector<std::uint64_t>> RegisterStore::frames_about(std::uint64_t record) {
  if (auto caught_up = archive_.catch_up(); !caught_up) return caught_up.error();  // with what keeps its lines
  const auto history = archive_.history(record);
  if (!history) return history.error();
  std::uint64_t kept = 0;  // what was written from then on stands in the books, and is needed
  for (const archive::Event& event : *history)
    if (event.what == "register.kept") kept = event.sequence;
  std::vector<std::pair<std::string, registers::Line>> stands;  // its lines, with their registers
  std::set<std::uint64_t> together{record};                     // in them, and in those of numbers given with theirs
  std::set<std::uint64_t> given;                                // what gave its numbers
  std::uint64_t oldest = kept;                                  // of these
  const auto looked = archive_.read([&](const lmdb::Transaction& txn) -> Result<Done> {
    std::set<registers::Place> lines;
    for (const archive::Event& event : *history)
      if (event.what == "register.kept") lines = registers::lines_kept_by(event);
    for (auto& [book, line] : registers_.lines_of(txn, record)) {
      bool all = true;  // numbers that were given with this one are kept, too
      for (const registers::Line& one : registers_.given_with(txn, book, line)) {
        for (const registers::Line::Despatch& despatch : one.despatches) together.insert(despatch.record);
        all = all && lines.contains({book.id(), one.ordinal});
      }
      if (!line.made.by.empty()) oldest = std::min(oldest, registers::frame_of(line));
      if (!line.made.by.empty() && all) given.insert(registers::frame_of(line));
      // What keeps its lines, and not this one, is no reason for anything to go.
      if (!lines.contains({book.id(), line.ordinal})) kept = 0;
      stands.emplace_back(book.id(), std::move(line));
    }
    return done;
  });
  if (!looked) return looked.error();
  const auto speaks = [&](const archive::Event& event) {
    return registers::speaks_of(event, record) || std::any_of(stands.begin(), stands.end(), [&](const auto& one) {
             return registers::speaks_of(event, one.first, one.second);
           });
  };
  std::set<std::uint64_t> asked = given;
  for (const std::uint64_t one : together) {
    const auto written = one == record ? history : archive_.history(one);
    if (!written) return written.error();
    for (const archive::Event& event : *written)
      if (event.sequence < kept && event.what.starts_with("register.") && (one == record || speaks(event)))
        asked.insert(event.sequence);
  }
  auto found = kept_before(together);
  if (!found) return found;
  // What was written on a number before its paper was sent stands between that number's frame and the first event of
  // the record.
  if (oldest < kept && !history->empty())
    if (auto walked =
            archive_.each_events_between(oldest, std::min(kept, history->front().sequence),
                                         [&](std::uint64_t sequence, const std::vector<archive::Event>& events) {
                                           if (std::all_of(events.begin(), events.end(), speaks))
                                             asked.insert(sequence);
                                         });
        !walked)
      return walked.error();
  for (const std::uint64_t sequence : asked) {
    const auto frame = archive_.events_at(sequence);
    if (!frame && frame.error().reply.transient()) return frame.error();
    if (!frame) {
      stays(sequence, frame.error().detail);
      continue;
    }
    // Gone already: a purge that was stopped goes on.
    if (std::all_of(frame->events.begin(), frame->events.end(), [&](const archive::Event& event) {
          return speaks(event) || (given.contains(sequence) && registers::gives_words(event));
        }))
      found->push_back(sequence);
  }
  return found;
}

}  // namespace vanthu::admin
