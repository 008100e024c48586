// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "gateway/archive/book.hpp"
#include "gateway/keeping/ledger.hpp"
#include "gateway/shelves/op.hpp"

/// In which folders the archive's records stand, by direction, year, unit and kind, by file (hồ sơ) and by hold, and
/// under which number in each.
namespace vanthu::shelves {

/// The first part of a folder's key, which parts behind it follow, each after a '/'.
namespace root {
inline constexpr std::string_view sent = "di";        ///< year, unit id or "-", kind or "-"
inline constexpr std::string_view received = "den";   ///< likewise
inline constexpr std::string_view imported = "nhap";  ///< likewise
inline constexpr std::string_view file = "ho-so";     ///< unit, year, code
inline constexpr std::string_view hold = "giu";       ///< number, unit id or "-"
}  // namespace root

/// The unit in a folder's key; empty: none.
std::string_view unit_of_folder(std::string_view key);

/// The book of folders. Numbers (UID) rise strictly within a folder: each is the sequence of the frame that put the
/// record there, or, where one frame puts several into a folder, the next free number. They depend on the log alone, so
/// a view that is made again gives the same ones.
class Book final : public archive::Book {
 public:
  /// @param ledger  a book of the same archive, before this one in its list
  explicit Book(const keeping::Ledger& ledger) : ledger_(ledger) {}

  std::string_view format() const override { return "shelves 2"; }
  Result<Done> open(lmdb::Transaction& txn) override;
  Result<Done> take(lmdb::Transaction& txn, const archive::Entry& record, const mail::Accepted& accepted) override;
  Result<Done> take(lmdb::Transaction& txn, const archive::Event& event) override;
  Result<Done> miss(lmdb::Transaction& txn, std::uint64_t record, const journal::Position& at) override;

  /// Tells one making of the book from the next: steps of two of them are not to be mixed.
  std::string birth(const lmdb::Transaction& books) const;
  /// Whether there is a step at that place or behind it.
  bool any(const lmdb::Transaction& books, std::uint64_t from) const;
  /// All steps from a place on, in order.
  void each(const lmdb::Transaction& books, std::uint64_t from,
            const std::function<void(std::uint64_t place, const Op& op)>& visit) const;

 private:
  Result<Done> add(lmdb::Transaction& txn, const Op& op);
  Result<std::uint32_t> id_of(lmdb::Transaction& txn, Op::Kind kind, const std::string& text);
  Result<std::uint32_t> next_uid(lmdb::Transaction& txn, std::uint32_t folder, std::uint64_t sequence);
  Result<Done> place(lmdb::Transaction& txn, const std::string& folder, std::uint64_t record, std::uint64_t sequence);

  const keeping::Ledger& ledger_;
  lmdb::Table meta_, steps_, names_, uids_, of_record_;
};

}  // namespace vanthu::shelves
