// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/witness/http_date.hpp"

#include <cstdio>
#include <string_view>

namespace vanthu::witness {

std::optional<Time> parse_http_date(const std::string& text) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  char month[4] = {};
  int day = 0, year = 0, hour = 0, minute = 0, second = 0, end = 0;
  if (text.size() != 29 ||
      std::sscanf(text.c_str(), "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &day, month, &year, &hour, &minute,
                  &second, &end) != 6 ||
      end != 29)
    return std::nullopt;
  const std::size_t at = months.find(std::string_view(month));
  if (at == std::string_view::npos || at % 3 != 0 || std::string_view(month).size() != 3 || hour < 0 || hour > 23 ||
      minute < 0 || minute > 59 || second < 0 || second > 60)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(at / 3 + 1)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return Time(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

}  // namespace vanthu::witness
