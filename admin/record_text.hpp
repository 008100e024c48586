// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "gateway/archive/archive.hpp"

/// Records as an archivist reads them, and as programs do.
namespace vanthu::admin {

/// "2026-11-24 15:00" in Viet Nam, from an RFC 3339 time as summaries have it.
std::string local_minute(std::string_view rfc3339);

/// One line a record: number, day, way, symbol, date, subject.
std::string search_text(const archive::Answer& answer);
/// One of search_json()'s records.
boost::json::object summary_json(const archive::Summary& summary);
/// {"records": […], "complete_up_to": 5, "last": 5, "more": false, "without_full_text": false}
/// @param without_full_text  it was asked for, and there is none: words were looked for in subjects and symbols alone
std::string search_json(const archive::Answer& answer, bool without_full_text);

/// Everything about one record but its octets: envelope with Bcc, resolution, papers, parts, the decision and why.
std::string record_text(const archive::Archive::Record& record);
/// The stored members with "number", "octets" and "position" beside them.
std::string record_json(const archive::Archive::Record& record);

}  // namespace vanthu::admin
