// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "gateway/archive/entry.hpp"
#include "gateway/archive/event.hpp"
#include "gateway/base/lmdb.hpp"

namespace vanthu::archive {

/// Something that is kept over the records and made of them and of their events alone: registers, files, holds. Its
/// tables lie in the view's file and go on in the same transaction as the view, so it is never ahead of it or behind;
/// it can be dropped and made again like the view itself. Fed in the order of the log, by one thread at a time.
class Book {
 public:
  virtual ~Book() = default;
  /// Its name and version, "registers 2". Where the file has another one, the whole view is made again.
  virtual std::string_view format() const = 0;
  /// Opens (makes) its tables, whose names begin with its own. Called again when the view is replaced.
  virtual Result<Done> open(lmdb::Transaction& txn) = 0;
  /// What it cannot make sense of it leaves alone: one odd record never stops the others.
  /// @par Errors  store_full, store_failed only
  virtual Result<Done> take(lmdb::Transaction& txn, const Entry& record, const mail::Accepted& accepted) = 0;
  virtual Result<Done> take(lmdb::Transaction& txn, const Event& event) = 0;
  /// A record stood there that cannot be read any more; what disposed of it follows.
  virtual Result<Done> miss(lmdb::Transaction&, std::uint64_t /*record*/, const journal::Position& /*at*/) {
    return done;
  }

  /// Whether it must know of an event before the log comes to it: what an event keeps of a record that cannot be read
  /// any more belongs where the record stood.
  virtual bool wants_ahead(const Event&) const { return false; }
  /// Such an event, shown before the first frame behind which the view stops is taken; take() gets it, too, in its
  /// place. The same may be shown twice.
  /// @par Errors  as take()
  virtual Result<Done> foresee(lmdb::Transaction&, const Event&) { return done; }
};

/// The books of an archive; they outlive it.
using Books = std::vector<Book*>;

}  // namespace vanthu::archive
