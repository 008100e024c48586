// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "admin/command.hpp"
#include "admin/history.hpp"
#include "filters/facts.hpp"
#include "gateway/mail/accepted.hpp"

namespace vanthu::admin {

/// Whether a forward-path is a blind copy (archive::BlindCopies).
bool is_blind(const mail::Mailbox& path, const filters::Facts& facts);

/// What of the blind copies was left out.
struct LeftOut {
  /// An address of the envelope, whether it had a delivery or none; or another record of units that are not theirs.
  bool any = false;
  std::vector<std::optional<std::uint32_t>> place;  ///< by delivery as it was: its place now, or nothing
  std::set<std::string> units{};  ///< that have the letter by such copies alone, and whose mailrooms register these

  /// Of deliveries as they were those that are still there, at their places now.
  std::vector<std::uint32_t> places_of(const std::vector<std::uint32_t>& deliveries) const;
};
/// A letter for somebody: the blind copies of which they are not told (archive::is_told) are taken out, the
/// addresses wherever they stand, and what rules have said in words. So is, of one that was imported, which other
/// unit's record has its Message-ID.
LeftOut leave_out_blind(const Office& office, mail::Accepted& accepted, const Theirs& theirs);

/// Of endings, openings, whatever is about deliveries by their places: those that are still there.
template <class About>
void keep_told(std::vector<About>& all, const LeftOut& left_out) {
  std::erase_if(all, [&](About& one) {
    if (one.delivery >= left_out.place.size() || !left_out.place[one.delivery]) return true;
    one.delivery = *left_out.place[one.delivery];
    return false;
  });
}

}  // namespace vanthu::admin
