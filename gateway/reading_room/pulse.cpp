// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/pulse.hpp"

#include <limits>

#include "gateway/base/clock.hpp"
#include "gateway/sights/withheld.hpp"

namespace vanthu::reading_room {
namespace {
std::int64_t milliseconds() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}
}  // namespace

bool Pulse::due() noexcept {
  std::int64_t next = next_.load();
  if (milliseconds() < next) return false;
  // Until look() has set it again nobody else gets here.
  return next_.compare_exchange_strong(next, std::numeric_limits<std::int64_t>::max());
}

void Pulse::look() {
  struct Again {
    Pulse& pulse;
    ~Again() { pulse.next_ = milliseconds() + pulse.every_.count(); }
  } const again{*this};
  std::string now_there = iso(day_of(now())) + ' ' + std::to_string(library_.directory.generation());
  if (const auto refreshed = library_.shelves.refresh(); !refreshed) now_there += " damaged";
  now_there += ' ' + std::to_string(library_.shelves.look([](const shelves::Model& model) { return model.version(); }));
  if (library_.policies != nullptr)
    if (const auto policy = library_.policies->policy()) now_there += ' ' + policy->version();
  const auto withheld = sights::withheld(library_.keeper);
  const auto withdrawn = sights::purges_withdrawn(library_.keeper);
  if (!withheld || !withdrawn) return;  // nobody knows: no news
  for (const std::uint64_t record : *withheld) now_there += ' ' + std::to_string(record);
  now_there += " p" + std::to_string(*withdrawn);
  if (now_there == seen_) return;
  seen_ = std::move(now_there);
  number_.fetch_add(1, std::memory_order_release);
}

}  // namespace vanthu::reading_room
