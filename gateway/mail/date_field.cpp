// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/date_field.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <vector>

#include "gateway/base/text.hpp"

namespace vanthu::mail {
namespace {

struct Written {
  std::chrono::year_month_day day;
  std::int64_t seconds = 0;  // of the day
  std::int64_t zone = 0;     // seconds east of Greenwich
};

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

/// Words between blanks, comments left out.
std::vector<std::string> words_of(std::string_view date) {
  std::vector<std::string> words(1);
  int depth = 0;
  for (const char c : date) {
    if (c == '(') ++depth;
    if (depth == 0 && c != ' ' && c != '\t' && c != ',') {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
    if (c == ')' && depth > 0) --depth;
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

/// "23:59" or "23:59:60", in seconds.
std::optional<std::int64_t> time_of_day(std::string_view time) {
  const std::size_t colon = time.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::size_t second = std::min(time.find(':', colon + 1), time.size());
  const auto hour = number(time.substr(0, colon)), minute = number(time.substr(colon + 1, second - colon - 1));
  const auto rest = second == time.size() ? std::optional(0) : number(time.substr(second + 1));
  if (!hour || !minute || !rest || *hour > 23 || *minute > 59 || *rest > 60) return std::nullopt;
  return std::int64_t{*hour} * 3600 + *minute * 60 + *rest;
}

std::optional<Written> read(std::string_view date) {
  auto words = words_of(date.substr(0, 200));
  if (!words.empty() && !number(words.front())) words.erase(words.begin());  // the day of the week
  if (words.size() < 3) return std::nullopt;
  static constexpr std::string_view months = "janfebmaraprmayjunjulaugsepoctnovdec";
  const auto day = number(words[0]);
  const std::size_t month = months.find(text::ascii_lower(words[1]).substr(0, 3));
  auto year = number(words[2]);
  if (!day || !year || words[1].size() < 3 || month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  if (*year < 50 && words[2].size() == 2) *year += 2000;  // RFC 5322 §4.3
  if (*year < 1000) *year += 1900;
  Written written;
  written.day = {std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(month / 3 + 1)),
                 std::chrono::day(static_cast<unsigned>(*day))};
  if (!written.day.ok() || *year > 9999) return std::nullopt;
  // What is no time of day, or no zone, counts as none.
  if (words.size() > 3) written.seconds = time_of_day(words[3]).value_or(0);
  if (words.size() > 4 && words[4].size() == 5 && (words[4][0] == '+' || words[4][0] == '-'))
    if (const auto zone = number(std::string_view(words[4]).substr(1)); zone && *zone % 100 < 60 && *zone < 2400)
      written.zone = std::int64_t{*zone / 100 * 3600 + *zone % 100 * 60} * (words[4][0] == '-' ? -1 : 1);
  return written;
}
}  // namespace

std::optional<std::string> sent_day(std::string_view date) {
  const auto written = read(date);
  if (!written) return std::nullopt;
  const auto two = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return std::to_string(int(written->day.year())) + '-' + two(unsigned(written->day.month())) + '-' +
         two(unsigned(written->day.day()));
}

std::optional<std::int64_t> sent_seconds(std::string_view date) {
  const auto written = read(date);
  if (!written) return std::nullopt;
  const auto days = std::chrono::sys_days(written->day).time_since_epoch().count();
  return std::int64_t{days} * 86400 + written->seconds - written->zone;
}

}  // namespace vanthu::mail
