// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/archive/book.hpp"
#include "gateway/base/clock.hpp"

namespace vanthu::openings {

inline constexpr std::string_view opened = "record.opened";

/// That the body of a record was first fetched from a mailbox it had been delivered to.
struct Opening {
  std::uint32_t delivery = 0;  ///< index into Accepted::deliveries
  std::string unit{};          ///< of that mailbox on the day of acceptance; or empty
  Time at{};
  friend bool operator==(const Opening&, const Opening&) = default;
};

/// The event that says so.
/// @param user  login that opened the mailbox: its own, or who acted for it
archive::Event event_of(std::uint64_t record, const Opening& opening, const std::string& user);

/// Any event as reports and exports show it: that a unit has opened the record, and not who, nor at which mailbox.
archive::Event as_reported(archive::Event event);

/// The book of openings: tables made of records and of the events record.opened.
class Openings final : public archive::Book {
 public:
  std::string_view format() const override { return "openings 1"; }
  Result<Done> open(lmdb::Transaction& txn) override;
  Result<Done> take(lmdb::Transaction& txn, const archive::Entry& record, const mail::Accepted& accepted) override;
  Result<Done> take(lmdb::Transaction& txn, const archive::Event& event) override;

  /// Those of a record, by delivery.
  std::vector<Opening> of(const lmdb::Transaction& books, std::uint64_t record) const;
  bool is_open(const lmdb::Transaction& books, std::uint64_t record, std::uint32_t delivery) const;
  /// The delivery that brought a record to a mailbox of ours, with that mailbox's unit; `at` is not set.
  /// @param mailbox  address, lower case
  std::optional<Opening> way(const lmdb::Transaction& books, std::uint64_t record, std::string_view mailbox) const;

 private:
  lmdb::Table ways_;    ///< number and mailbox -> delivery, unit
  lmdb::Table opened_;  ///< number and delivery -> time, unit
};

}  // namespace vanthu::openings
