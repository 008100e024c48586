// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/openings/watcher.hpp"

#include <algorithm>
#include <set>

#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::openings {
namespace {
constexpr std::size_t openings_a_frame = 1000;
}

void Watcher::fetched(std::uint64_t record, const std::string& mailbox, const std::string& user, Time at) {
  {
    const std::lock_guard lock(mutex_);
    if (told_.size() >= most_told) return;  // the disk is away for long: the next fetch tells it again
    told_.push_back({record, text::ascii_lower(mailbox), user, at});
  }
  if (told_of_) told_of_();
}

Result<Done> Watcher::flush() {
  const std::lock_guard alone(flushing_);
  std::vector<Told> told;
  {
    const std::lock_guard lock(mutex_);
    told.swap(told_);
  }
  // Almost all was opened before: that is seen without holding up anybody who writes.
  if (!told.empty())
    if (auto looked = archive_.read([&](const lmdb::Transaction& books) -> Result<Done> {
          std::erase_if(told, [&](const Told& one) {
            const auto way = openings_.way(books, one.record, one.mailbox);
            return way && openings_.is_open(books, one.record, way->delivery);
          });
          return done;
        });
        !looked)
      log::Event("openings.unread", log::Level::warning).with("why", looked.error().detail);
  for (std::size_t first = 0; first < told.size(); first += openings_a_frame) {
    const std::size_t last = std::min(first + openings_a_frame, told.size());
    const auto written = archive_.act([&](const lmdb::Transaction& books) -> Result<std::vector<archive::Event>> {
      std::vector<archive::Event> events;
      std::set<std::pair<std::uint64_t, std::uint32_t>> here;  // told twice in one batch
      for (std::size_t i = first; i < last; ++i) {
        auto opening = openings_.way(books, told[i].record, told[i].mailbox);
        // A copy that somebody put elsewhere is not the letter that was delivered.
        if (!opening || openings_.is_open(books, told[i].record, opening->delivery)) continue;
        if (!here.emplace(told[i].record, opening->delivery).second) continue;
        opening->at = told[i].at;
        events.push_back(event_of(told[i].record, *opening, told[i].user));
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

}  // namespace vanthu::openings
