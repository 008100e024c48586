// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/sights/withheld.hpp"

#include "gateway/keeping/keeper.hpp"
#include "gateway/keeping/limits.hpp"

namespace vanthu::sights {

Result<Done> may_be_shown(keeping::Keeper* keeper, std::uint64_t record) {
  if (keeper == nullptr) return done;
  return keeper->glance([&](const keeping::Look& look) -> Result<Done> {
    const std::uint64_t purge = look.ledger.purging(look.books, record);
    if (purge == 0) return done;
    return fail(status::refused, "bản ghi " + std::to_string(record) + " đang chờ xác nhận xoá khẩn cấp số " +
                                     std::to_string(purge) + " (waits for a purge and is not handed out)");
  });
}

Result<std::vector<std::uint64_t>> withheld(keeping::Keeper* keeper) {
  keeping::Numbers all;
  if (keeper == nullptr) return all;
  const auto looked = keeper->glance([&](const keeping::Look& look) -> Result<Done> {
    for (const keeping::Purge& purge : look.ledger.purges(look.books)) {
      if (purge.confirmed || !purge.end.empty()) continue;
      if (const auto records = keeping::parse_ranges(purge.records, keeping::limits::purge_records))
        all.insert(all.end(), records->begin(), records->end());
    }
    return done;
  });
  if (!looked) return looked.error();
  return keeping::sorted(std::move(all));
}

Result<std::uint64_t> purges_withdrawn(keeping::Keeper* keeper) {
  std::uint64_t many = 0;
  if (keeper == nullptr) return many;
  const auto looked = keeper->glance([&](const keeping::Look& look) -> Result<Done> {
    for (const keeping::Purge& purge : look.ledger.purges(look.books))
      if (purge.end == "withdrawn") ++many;
    return done;
  });
  if (!looked) return looked.error();
  return many;
}

}  // namespace vanthu::sights
