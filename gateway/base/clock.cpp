// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/clock.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace vanthu {
namespace {
using namespace std::chrono;
constexpr hours viet_nam{7};
constexpr std::array<const char*, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
}  // namespace

Time now() { return time_point_cast<microseconds>(system_clock::now()); }

std::string rfc3339(Time time) {
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<milliseconds>(time - day)};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text.data();
}

std::string rfc5322_date(Time time) {
  const auto local = time + viet_nam;
  const auto day = floor<days>(local);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<seconds>(local - day)};
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0700", weekdays[weekday{day}.c_encoding()],
                static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return text.data();
}

Date day_of(Time time) { return Date{floor<days>(time + viet_nam)}; }

std::string iso(Date date) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

Result<Date> parse_date(std::string_view text) {
  const auto wrong = [&] {
    return fail(status::bad_arguments, "not a date (YYYY-MM-DD): " + std::string(text.substr(0, 40)));
  };
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return wrong();
  const auto number = [](std::string_view digits, auto& value) {
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc{} && rest == digits.data() + digits.size() && digits.front() != '-';
  };
  int year_number = 0;
  unsigned month_number = 0;
  unsigned day_number = 0;
  if (!number(text.substr(0, 4), year_number) || !number(text.substr(5, 2), month_number) ||
      !number(text.substr(8, 2), day_number))
    return wrong();
  const Date date{year{year_number}, month{month_number}, day{day_number}};
  if (!date.ok()) return wrong();
  return date;
}

}  // namespace vanthu
