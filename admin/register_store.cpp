// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/register_store.hpp"

#include "gateway/registers/acts.hpp"

namespace vanthu::admin {

Result<Done> RegisterStore::forget(std::uint64_t record) {
  const auto kept = archive_.act([&](const lmdb::Transaction& txn) {
    return registers::keep(registers_, txn, record, {"gateway", {}, {}, now()});
  });
  if (!kept) return kept.error();
  return done;
}

}  // namespace vanthu::admin
