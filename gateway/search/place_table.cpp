// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/place_table.hpp"

#include <algorithm>
#include <utility>

#include "gateway/search/store.hpp"
#include "gateway/search/terms.hpp"

namespace vanthu::search {

PlaceTable::Snapshot PlaceTable::of(const Xapian::Database& database) {
  const std::lock_guard lock(mutex_);
  if (std::string id = sequences_of(database).id; id != id_) {
    now_ = {};
    id_ = std::move(id);
  }
  if (database.get_lastdocid() < now_.last_) return now_;
  read(database);
  // One that was there is not there any more: which, the index does not say.
  if (now_.records_ != database.get_doccount()) {
    now_ = {};
    read(database);
  }
  return now_;
}

void PlaceTable::read(const Xapian::Database& database) {
  const std::uint64_t last = database.get_lastdocid();
  if (last <= now_.last_) return;
  auto at = database.valuestream_begin(slot::sequence);
  const auto end = database.valuestream_end(slot::sequence);
  while (now_.last_ < last) {
    const std::uint64_t which = (now_.last_ + 1) / Snapshot::chunk_records;
    const std::uint64_t up_to = std::min(last, (which + 1) * Snapshot::chunk_records - 1);
    // Others may be reading what was handed out: a chunk is copied, not altered.
    auto chunk = std::make_shared<Snapshot::Chunk>();
    if (which < now_.chunks_.size()) *chunk = *now_.chunks_[which];
    std::uint64_t records = 0;
    if (at != end) at.skip_to(static_cast<Xapian::docid>(now_.last_ + 1));
    for (; at != end && at.get_docid() <= up_to; ++at, ++records)
      (*chunk)[at.get_docid() % Snapshot::chunk_records] = parse_place(*at).packed();
    now_.chunks_.resize(which + 1);
    now_.chunks_[which] = std::move(chunk);
    now_.records_ += records;
    now_.last_ = up_to;
  }
}

}  // namespace vanthu::search
