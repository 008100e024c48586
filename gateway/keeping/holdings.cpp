// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/holdings.hpp"

#include <algorithm>

namespace vanthu::keeping {

Holdings holdings_of(const Look& look, std::string_view fonds) {
  Holdings all;
  look.ledger.each_file_of_fonds(look.books, fonds, [&](std::string_view id) {
    const auto file = look.ledger.file(look.books, id);
    if (!file) return true;
    ++all.files;
    all.open += file->state == File::State::open ? 1 : 0;
    all.handed_over += file->state == File::State::handed_over ? 1 : 0;
    const Numbers more = look.ledger.records_in(look.books, id);
    all.records.insert(all.records.end(), more.begin(), more.end());
    return true;
  });
  all.records = sorted(std::move(all.records));
  for (const std::uint64_t record : all.records) {
    const auto kept = look.ledger.record(look.books, record);
    if (!kept) {
      ++all.gone;
      continue;
    }
    if (all.from.empty() || kept->day < all.from) all.from = kept->day;
    all.to = std::max(all.to, kept->day);
  }
  return all;
}

}  // namespace vanthu::keeping
