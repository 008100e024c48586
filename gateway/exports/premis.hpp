// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/exports/card.hpp"
#include "gateway/exports/plan.hpp"

/// What happened to a record as PREMIS 3.0 says it: an object, its events, who acted.
namespace vanthu::exports {

/// Type of an event in PREMIS's vocabulary (id.loc.gov/vocabulary/preservation/eventType); what it has no word for
/// keeps its own. The event itself always stands in eventDetail.
std::string_view premis_type(std::string_view what);

/// Of a record that is handed out: accepted is ingestion, what followed as the log has it, and that its octets were
/// held against their SHA-256 when they left.
/// @param checked  when
std::string premis_of(const About& about, const Plan& plan, Time checked);
/// Of one that is disposed of or withheld: no octets, and why.
std::string premis_of_gone(std::uint64_t record, const std::vector<archive::Event>& history, std::string_view state,
                           const std::string& why);
/// Of the package: who made it, what for, when.
std::string premis_of_package(const Plan& plan);

}  // namespace vanthu::exports
