// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/archive/book.hpp"
#include "gateway/mail/accepted.hpp"

namespace vanthu::receipts {

inline constexpr std::string_view sent = "receipt.sent";

/// A record of which receipts may still be due.
struct Open {
  std::uint64_t record = 0;
  mail::Receipts wanted;
  Time received{};
  std::set<std::string> sent;  ///< kinds, "reminder", and "slip:UNIT"
};

/// Which records still bring receipts, made of records and of events: receipt.sent, and whatever may make one due. A
/// row goes with the last receipt, with the record, or when its record is limits::receipt_days old.
class Book final : public archive::Book {
 public:
  std::string_view format() const override { return "receipts 1"; }
  Result<Done> open(lmdb::Transaction& txn) override;
  Result<Done> take(lmdb::Transaction& txn, const archive::Entry& record, const mail::Accepted& accepted) override;
  Result<Done> take(lmdb::Transaction& txn, const archive::Event& event) override;

  std::optional<Open> of(const lmdb::Transaction& books, std::uint64_t record) const;
  /// Records from that number on, at most so many.
  std::vector<std::uint64_t> all(const lmdb::Transaction& books, std::uint64_t from, std::size_t most) const;

  /// Records about which something was taken since the last call.
  std::set<std::uint64_t> take_touched();
  /// Called when there are some: quick, any thread.
  void on_touched(std::function<void()> call);

 private:
  void touch(std::uint64_t record);

  lmdb::Table open_;  ///< number -> JSON
  std::mutex mutex_;
  std::set<std::uint64_t> touched_;     ///< guarded by mutex_
  std::function<void()> touched_call_;  ///< guarded by mutex_
};

/// The event that says that receipts of these kinds ("slip:UNIT" among them) were written.
/// @param id  of the mail  @param last  nothing more will be due
archive::Event sent_event(std::uint64_t record, const std::vector<std::string>& kinds, const std::string& id,
                          bool last);

}  // namespace vanthu::receipts
