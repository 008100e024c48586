// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/place_table.hpp"

#include <utility>

#include "gateway/search/terms.hpp"

namespace vanthu::search {

PlaceTable::Snapshot PlaceTable::of(const Xapian::Database& database, std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_) now_ = {};
  generation_ = generation;
  try {
    read(database);
    // One that was there is not there any more: which, the index does not say.
    if (now_.records_ != database.get_doccount()) {
      now_ = {};
      read(database);
    }
  } catch (...) {
    now_ = {};  // half of it may have been read: all is, the next time
    throw;
  }
  return now_;
}

void PlaceTable::read(const Xapian::Database& database) {
  const std::uint64_t last = database.get_lastdocid();
  if (last <= now_.last_) return;
  // Others may be reading what was handed out: the last chunk is copied, not altered.
  auto chunk = std::make_shared<Snapshot::Chunk>();
  if (now_.chunks_.empty())
    now_.chunks_.emplace_back();
  else
    *chunk = *now_.chunks_.back();
  const auto next_chunk = [&] {
    now_.chunks_.back() = std::exchange(chunk, std::make_shared<Snapshot::Chunk>());
    now_.chunks_.emplace_back();
  };
  auto at = database.valuestream_begin(slot::sequence);
  const auto end = database.valuestream_end(slot::sequence);
  for (at.skip_to(static_cast<Xapian::docid>(now_.last_ + 1)); at != end; ++at) {
    const std::uint64_t record = at.get_docid();
    while (record / Snapshot::chunk_records >= now_.chunks_.size()) next_chunk();
    (*chunk)[record % Snapshot::chunk_records] = parse_place(*at).packed();
    ++now_.records_;
  }
  // Also over numbers without a record at the end.
  while (last / Snapshot::chunk_records >= now_.chunks_.size()) next_chunk();
  now_.chunks_.back() = std::move(chunk);
  now_.last_ = last;
}

}  // namespace vanthu::search
