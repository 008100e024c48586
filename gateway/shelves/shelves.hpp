// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <shared_mutex>
#include <string>

#include "gateway/archive/archive.hpp"
#include "gateway/shelves/book.hpp"
#include "gateway/shelves/model.hpp"

namespace vanthu::shelves {

/// The folders in memory, which follow the book: nobody who opens a folder walks over records. Some 30 octets a record
/// and folder it stands in. Any thread.
class Shelves {
 public:
  /// @param archive  opened with `book` among its books; both outlive this
  Shelves(const archive::Archive& archive, const Book& book) : archive_(archive), book_(book) {}

  /// Takes what is new in the book; the first time all of it. While the archive's view is made anew everything stays as
  /// it was: a folder that seems to lose its letters makes mail programs delete their copies.
  /// @par Errors  corrupt: the archive's view is damaged; store_failed: it is being made, and nothing was there before
  Result<Done> refresh();
  /// What `look` is given stays as it is while it runs: be quick.
  template <class Look>
  auto look(const Look& look) const {
    const std::shared_lock lock(mutex_);
    return look(static_cast<const Model&>(model_));
  }

 private:
  const archive::Archive& archive_;
  const Book& book_;
  mutable std::shared_mutex mutex_;  ///< guards what follows
  Model model_;
  std::string birth_;
  std::uint64_t next_ = 1;  ///< step
};

}  // namespace vanthu::shelves
