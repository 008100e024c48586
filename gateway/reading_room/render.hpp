// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "filters/inspect/outline.hpp"
#include "gateway/reading_room/fetch_request.hpp"

/// From a message's outline to what FETCH answers. Nothing is parsed here: the outline says where everything lies.
namespace vanthu::reading_room {

/// RFC 9051 §7.5.2.
std::string envelope_text(const inspect::OutlineEnvelope& envelope);
/// @param extended  BODYSTRUCTURE, else BODY
std::string body_text(const inspect::OutlinePart& part, bool extended);

/// Octets of a message that a section is made of, and what is put behind them (the empty line of chosen fields).
struct Cut {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> pieces;  ///< begin, end
  std::string behind;
};
/// @return nothing: there is no such section
std::optional<Cut> cut_of(const inspect::Outline& outline, const FetchItem& item);
/// The part that numbers name; null: there is none. Of "1" of a message that is no multipart its root.
const inspect::OutlinePart* part_of(const inspect::Outline& outline, const std::vector<std::uint32_t>& numbers);

/// "29-Nov-2026 14:05:00 +0700"
std::string internal_date(std::uint32_t seconds);

}  // namespace vanthu::reading_room
