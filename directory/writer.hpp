// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <span>

#include "directory/edit.hpp"
#include "directory/store.hpp"

namespace vanthu::directory {

/// Carries edits out in a transaction, rows and everything that is made from them. In the order of the keys, so that a
/// million rows are written as one pass over each table.
/// @param edits  each key of a table once
/// @par Errors  store_full, store_failed: the transaction must be given up
Result<Done> write_edits(const Store& store, lmdb::Transaction& transaction, std::span<const Edit> edits);

/// Makes everything that is made from rows anew (invariant: views are derived).
Result<Done> rebuild_indexes(const Store& store, lmdb::Transaction& transaction);

}  // namespace vanthu::directory
