// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/archive/book.hpp"
#include "gateway/base/clock.hpp"

namespace vanthu::deliveries {

inline constexpr std::string_view ended = "delivery.ended";

/// How one delivery of a record ended.
struct Ending {
  std::uint32_t delivery = 0;  ///< index into Accepted::deliveries
  int code = 0;                ///< of the next hop's reply: 2yz delivered, 5yz given up and reported to the sender
  std::string enhanced{};      ///< "2.0.0"
  Time at{};
  bool good() const { return code < 400; }
  friend bool operator==(const Ending&, const Ending&) = default;
};

/// The event that says so, of deliveries that ended with one answer.
archive::Event event_of(std::uint64_t record, const std::vector<std::uint32_t>& deliveries, const Ending& ending);

/// The book of deliveries: tables made of records and of the events delivery.ended.
class Deliveries final : public archive::Book {
 public:
  std::string_view format() const override { return "deliveries 1"; }
  Result<Done> open(lmdb::Transaction& txn) override;
  Result<Done> take(lmdb::Transaction& txn, const archive::Entry& record, const mail::Accepted& accepted) override;
  Result<Done> take(lmdb::Transaction& txn, const archive::Event& event) override;

  /// Those of a record that have ended, by delivery.
  std::vector<Ending> of(const lmdb::Transaction& books, std::uint64_t record) const;
  bool has_ended(const lmdb::Transaction& books, std::uint64_t record, std::uint32_t delivery) const;
  /// The record that lies at a sequence of the log and has deliveries that have not ended; 0: none.
  std::uint64_t waiting_at(const lmdb::Transaction& books, std::uint64_t sequence) const;
  /// So many records wait for deliveries to end.
  std::uint64_t waiting(const lmdb::Transaction& books) const { return books.count(waiting_); }

 private:
  Result<Done> forget(lmdb::Transaction& txn, std::uint64_t record);

  lmdb::Table waiting_;  ///< sequence of the record's frame -> number
  lmdb::Table places_;   ///< number -> sequence, of those that wait
  lmdb::Table ended_;    ///< number and delivery -> code, enhanced code, time
};

}  // namespace vanthu::deliveries
