// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "gateway/keeping/shredder.hpp"
#include "gateway/search/index.hpp"

namespace vanthu::admin {

/// The full text index as a disposal sees it: one more place where words of a record lie.
class FullTextStore final : public keeping::Store {
 public:
  /// @param index  null: there is none, or it cannot be opened; then nothing is disposed of, because it might be mended
  explicit FullTextStore(search::Index* index) : index_(index) {}
  std::string_view name() const override { return "chỉ mục toàn văn (archive.xapian)"; }
  Result<Done> forget(const std::vector<std::uint64_t>& records) override {
    if (index_ == nullptr)
      return fail(status::store_failed,
                  "the full text index is not open: mend it, or remove archive.xapian and restart");
    return index_->forget(records);
  }

 private:
  search::Index* index_;
};

}  // namespace vanthu::admin
