// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/shelves/shelves.hpp"

#include <vector>

namespace vanthu::shelves {

Result<Done> Shelves::refresh() {
  // Asked before the look and in it: this book, then, is no half of one.
  const bool whole = archive_.whole();
  return archive_.read([&](const lmdb::Transaction& books) -> Result<Done> {
    const std::string birth = book_.birth(books);
    {
      const std::shared_lock lock(mutex_);
      bool news = birth != birth_;
      if (!news) news = book_.any(books, next_);
      if (!news) return done;
    }
    const std::unique_lock lock(mutex_);
    if (birth != birth_) {
      if (!whole || !archive_.whole()) {
        if (!birth_.empty()) return done;
        return fail(status::store_failed, "the archive's view is being made, and its folders with it");
      }
      model_ = Model::after(model_);
      next_ = 1;
      birth_ = birth;
    }
    const bool first = next_ == 1;
    book_.each(books, next_, [&](std::uint64_t place, const Op& op) {
      if (place < next_) return;
      model_.take(op);
      next_ = place + 1;
    });
    if (first) model_.begun();
    return done;
  });
}

}  // namespace vanthu::shelves
