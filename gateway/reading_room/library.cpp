// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/library.hpp"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <thread>

#include "gateway/reading_room/limits.hpp"

namespace vanthu::reading_room {

Result<std::shared_ptr<const Outlines::Known>> Outlines::make(Message message) const {
  auto answer = library_.outline(message);
  if (!answer) return answer.error();
  auto known = std::make_shared<Known>();
  known->octets = message->size();
  const auto outline = inspect::parse_outline(*answer, known->octets);
  if (!outline) return outline.error();
  if (outline->root.body <= limits::cached_header_octets)
    known->header = message->view().substr(0, static_cast<std::size_t>(outline->root.body));
  known->outline = *std::move(answer);
  return std::shared_ptr<const Known>(std::move(known));
}

Result<std::shared_ptr<const Outlines::Known>> Outlines::of(std::uint64_t record, Message& message) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = by_record_.find(record); found != by_record_.end()) {
      rows_.splice(rows_.begin(), rows_, found->second);
      return rows_.front().second;
    }
  }
  if (!message) {
    auto octets = library_.archive.octets(record);
    if (!octets) return octets.error();
    message = std::make_shared<const Octets>(*std::move(octets));
  }
  auto known = make(message);
  if (!known) return known;
  const auto weight = [](const Known& one) { return one.outline.size() + one.header.size() + 200; };
  const std::lock_guard lock(mutex_);
  if (by_record_.contains(record) || weight(**known) > limits::cached_octets / 8) return known;
  rows_.emplace_front(record, *known);
  by_record_[record] = rows_.begin();
  octets_ += weight(**known);
  while (octets_ > limits::cached_octets) {
    octets_ -= weight(*rows_.back().second);
    by_record_.erase(rows_.back().first);
    rows_.pop_back();
  }
  return known;
}

void Outlines::prepare(const std::vector<std::uint32_t>& records) {
  std::vector<std::uint32_t> wanted;
  {
    const std::lock_guard lock(mutex_);
    std::copy_if(records.begin(), records.end(), std::back_inserter(wanted),
                 [&](std::uint32_t record) { return record != 0 && !by_record_.contains(record); });
  }
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < wanted.size(); i = next++) {
      Message message;
      (void)of(wanted[i], message);
    }
  };
  // A thread is worth its start for more than a few.
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < library_.inspectors && wanted.size() >= 4 * (i + 1); ++i) helpers.emplace_back(work);
  work();
}

}  // namespace vanthu::reading_room
