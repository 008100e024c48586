// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/deliveries/tracker.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace vanthu::deliveries {
namespace {
constexpr std::size_t letters_a_frame = 1000;
}

void Tracker::settled(std::uint64_t sequence, const std::vector<spool::Settled>& endings) {
  const std::lock_guard lock(mutex_);
  told_.push_back({sequence, endings});
}

Result<Done> Tracker::flush() {
  const std::lock_guard alone(flushing_);
  std::vector<Told> told;
  {
    const std::lock_guard lock(mutex_);
    told.swap(told_);
  }
  for (std::size_t first = 0; first < told.size(); first += letters_a_frame) {
    const std::size_t last = std::min(first + letters_a_frame, told.size());
    const auto written = archive_.act([&](const lmdb::Transaction& books) -> Result<std::vector<archive::Event>> {
      std::vector<archive::Event> events;
      std::set<std::pair<std::uint64_t, std::uint32_t>> here;  // told twice in one batch
      for (std::size_t i = first; i < last; ++i) {
        const std::uint64_t record = deliveries_.waiting_at(books, told[i].sequence);
        if (record == 0) continue;  // all of it stands there, or it is no record
        std::map<std::pair<int, std::string>, std::pair<Ending, std::vector<std::uint32_t>>> by_answer;
        for (const spool::Settled& one : told[i].endings) {
          if (deliveries_.has_ended(books, record, one.index) || !here.emplace(record, one.index).second) continue;
          auto& [ending, indices] = by_answer[{one.code, one.enhanced}];
          ending = {one.index, one.code, one.enhanced, one.at};
          indices.push_back(one.index);
        }
        for (const auto& [answer, said] : by_answer) events.push_back(event_of(record, said.second, said.first));
      }
      return events;
    });
    if (!written) {
      const std::lock_guard lock(mutex_);
      told_.insert(told_.begin(), std::make_move_iterator(told.begin() + static_cast<std::ptrdiff_t>(first)),
                   std::make_move_iterator(told.end()));
      return written.error();
    }
  }
  return done;
}

}  // namespace vanthu::deliveries
