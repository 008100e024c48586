// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/place_table.hpp"

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
  if (database.get_lastdocid() < now_.places_.last()) return now_;
  const auto read = [&] {
    now_.places_.read(database, slot::sequence, [](const std::string& place) { return parse_place(place).packed(); });
  };
  read();
  // One that was there is not there any more: which, the index does not say.
  if (now_.places_.records() != database.get_doccount()) {
    now_ = {};
    read();
  }
  return now_;
}

}  // namespace vanthu::search
