// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <xapian.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/search/index.hpp"
#include "gateway/search/record_table.hpp"

namespace vanthu::search {

/// What facets count of each record, in memory, four octets a record: all facets of a record stand in one value
/// (FORMAT.md), and few of those differ. Read from the index when it is first asked for, and then as the index grows.
/// Any thread.
class FacetTable {
 public:
  /// As it was at one instant; cheap to copy.
  class Snapshot {
   public:
    /// Which of values() a record has; 0: none.
    std::uint32_t of(std::uint64_t record) const noexcept { return which_.of(record); }
    std::size_t size() const noexcept { return values_ ? values_->size() : 1; }
    const std::string& value(std::size_t which) const { return values_->at(which); }

   private:
    friend class FacetTable;
    RecordTable<std::uint32_t> which_;
    std::shared_ptr<const std::vector<std::string>> values_;
  };
  /// Of all records of a database.
  /// @param generation  of the index's folder: another one than before, and all is read again
  /// @throws Xapian::Error
  Snapshot of(const Xapian::Database& database, std::uint64_t generation);

 private:
  void read(const Xapian::Database& database);

  std::mutex mutex_;  // guards all that follows
  std::uint64_t generation_ = 0;
  Snapshot now_;
  std::unordered_map<std::string, std::uint32_t> which_;
};

/// Counts what the records that fit have in common.
class FacetSpy final : public Xapian::MatchSpy {
 public:
  explicit FacetSpy(FacetTable::Snapshot table) : table_(std::move(table)), counted_(table_.size()) {}
  void operator()(const Xapian::Document& document, double weight) override;
  /// Another one over the same table, for another thread; to be added to this one.
  std::unique_ptr<FacetSpy> empty_one() const { return std::make_unique<FacetSpy>(table_); }
  void add(const FacetSpy& other);
  /// By facet its values, the most frequent first; beyond limits::facet_values the rest as one value "…". Of blind
  /// copies those that are told within the scope.
  std::map<std::string, std::vector<FacetValue>> facets(const Scope& scope) const;

 private:
  const FacetTable::Snapshot table_;
  std::vector<std::uint64_t> counted_;  // by FacetTable::Snapshot::of()
};

}  // namespace vanthu::search
