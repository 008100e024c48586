// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <xapian.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace vanthu::search {

/// Something of each record, in memory, by its number. A copy is cheap, and stays as it is while another one grows:
/// they share chunks, which are copied and not altered. One thread a copy.
template <class Value>
class RecordTable {
 public:
  /// Value(): there is no such record.
  Value of(std::uint64_t record) const noexcept {
    return record > last_ ? Value() : (*chunks_[record / chunk_records])[record % chunk_records];
  }
  std::uint64_t last() const noexcept { return last_; }        ///< number that it reaches
  std::uint64_t records() const noexcept { return records_; }  ///< that were there

  /// Takes what stands in a slot of the records behind the last one.
  /// @param made  from a record's value
  /// @throws Xapian::Error  what was read by then stays
  template <class Make>
  void read(const Xapian::Database& database, unsigned slot, Make made) {
    const std::uint64_t last = database.get_lastdocid();
    if (last <= last_) return;
    auto at = database.valuestream_begin(slot);
    const auto end = database.valuestream_end(slot);
    while (last_ < last) {
      const std::uint64_t which = (last_ + 1) / chunk_records;
      const std::uint64_t up_to = std::min(last, (which + 1) * chunk_records - 1);
      auto chunk = which < chunks_.size() ? std::make_shared<Chunk>(*chunks_[which]) : std::make_shared<Chunk>();
      std::uint64_t records = 0;
      if (at != end) at.skip_to(static_cast<Xapian::docid>(last_ + 1));
      for (; at != end && at.get_docid() <= up_to; ++at, ++records)
        (*chunk)[at.get_docid() % chunk_records] = made(*at);
      chunks_.resize(which + 1);
      chunks_[which] = std::move(chunk);
      records_ += records;
      last_ = up_to;
    }
  }

 private:
  static constexpr std::size_t chunk_records = 1U << 16U;
  using Chunk = std::array<Value, chunk_records>;
  std::vector<std::shared_ptr<const Chunk>> chunks_;
  std::uint64_t last_ = 0, records_ = 0;
};

}  // namespace vanthu::search
