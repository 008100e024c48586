// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/deliveries/deliveries.hpp"
#include "gateway/mail/accepted.hpp"
#include "gateway/openings/openings.hpp"
#include "gateway/receipts/book.hpp"
#include "gateway/registers/line.hpp"

/// How far a record has come, and which receipts are due. Pure.
namespace vanthu::receipts {

/// A receiving unit with its mailboxes, or one recipient outside. Nothing here says which mailbox was opened.
struct Place {
  std::string unit{};  ///< id; empty: outside
  std::string to{};    ///< outside: the address; of a unit with one mailbox that
  std::size_t mailboxes = 0, ended = 0;
  std::size_t delivered_to = 0;     ///< so many of them
  std::optional<Time> delivered{};  ///< first
  std::string failed{};             ///< enhanced code of the last failure
  std::size_t opened_in = 0;
  std::optional<Time> opened{};          ///< first
  std::vector<registers::Item> items{};  ///< the papers at its mailroom
  bool outside() const { return unit.empty(); }
};

/// In the order of the letter's own list.
std::vector<Place> places_of(const mail::Accepted& accepted, const std::vector<deliveries::Ending>& endings,
                             const std::vector<openings::Opening>& openings, const std::vector<registers::Item>& items);

/// What is to be sent now.
struct Due {
  std::vector<std::string> kinds;  ///< for the sender, in one mail: "acceptance", …, "reminder"
  std::vector<std::string> slips;  ///< units whose mailroom gets one
  bool last = false;               ///< after these nothing more can be due
};
Due due(const Open& open, const std::vector<Place>& places, Time at);

}  // namespace vanthu::receipts
