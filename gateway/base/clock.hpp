// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace vanthu {

using Time = std::chrono::sys_time<std::chrono::microseconds>;  ///< UTC
using Date = std::chrono::year_month_day;                       ///< a day in Viet Nam (UTC+7, no summer time)

Time now();
/// "2026-11-24T08:00:00.123Z"
std::string rfc3339(Time time);
/// "Tue, 24 Nov 2026 15:00:00 +0700" (RFC 5322 §3.3)
std::string rfc5322_date(Time time);
/// The day in Viet Nam at that moment: directory validity and papers are dated by it.
Date day_of(Time time);
/// "2026-11-24"
std::string iso(Date date);
/// @par Errors  bad_arguments for anything but a real day as YYYY-MM-DD
Result<Date> parse_date(std::string_view text);

}  // namespace vanthu
