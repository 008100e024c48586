// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/withheld.hpp"

#include "gateway/keeping/keeper.hpp"
#include "gateway/keeping/limits.hpp"

namespace vanthu::admin {

Result<Done> may_be_shown(const Office& office, std::uint64_t record) {
  if (office.keeper == nullptr) return done;
  return office.keeper->look([&](const keeping::Look& look) -> Result<Done> {
    const std::uint64_t purge = look.ledger.purging(look.books, record);
    if (purge == 0) return done;
    return fail(status::refused, "bản ghi " + std::to_string(record) + " đang chờ xác nhận xoá khẩn cấp số " +
                                     std::to_string(purge) + " (waits for a purge and is not handed out)");
  });
}

std::vector<std::uint64_t> withheld(const Office& office) {
  keeping::Numbers all;
  if (office.keeper == nullptr) return all;
  (void)office.keeper->look([&](const keeping::Look& look) -> Result<Done> {
    for (const keeping::Purge& purge : look.ledger.purges(look.books)) {
      if (purge.confirmed || !purge.end.empty()) continue;
      if (const auto records = keeping::parse_ranges(purge.records, keeping::limits::purge_records))
        all.insert(all.end(), records->begin(), records->end());
    }
    return done;
  });
  return keeping::sorted(std::move(all));
}

}  // namespace vanthu::admin
