// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/rate.hpp"

#include <array>
#include <charconv>

namespace vanthu {
namespace {
struct Word {
  std::string_view name;
  std::chrono::seconds time;
};
constexpr auto words = std::to_array<Word>({{"second", std::chrono::seconds(1)},
                                            {"minute", std::chrono::minutes(1)},
                                            {"hour", std::chrono::hours(1)},
                                            {"day", std::chrono::hours(24)}});
constexpr std::uint64_t most = 1ULL << 50;

Result<Rate> parse_rate(std::string_view text) {
  const auto bad = [&] { return fail(status::bad_arguments, "not COUNT/minute or the like: " + std::string(text)); };
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return bad();
  std::string_view number = text.substr(0, slash);
  std::uint64_t unit = 1;
  if (number.ends_with('k')) unit = 1ULL << 10;
  if (number.ends_with('M')) unit = 1ULL << 20;
  if (number.ends_with('G')) unit = 1ULL << 30;
  if (unit != 1) number.remove_suffix(1);
  Rate rate;
  const auto [rest, error] = std::from_chars(number.data(), number.data() + number.size(), rate.count);
  if (error != std::errc{} || rest != number.data() + number.size() || rate.count == 0 || rate.count > most / unit)
    return bad();
  rate.count *= unit;
  for (const Word& word : words) {
    if (word.name != text.substr(slash + 1)) continue;
    rate.per = word.time;
    return rate;
  }
  return bad();
}
}  // namespace

Result<std::vector<Rate>> parse_rates(std::string_view text) {
  std::vector<Rate> rates;
  if (text == "none") return rates;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at || text.empty()) {
      auto rate = parse_rate(text.substr(at, end - at));
      if (!rate) return rate.error();
      rates.push_back(*rate);
    }
    at = end + 1;
  }
  return rates;
}

}  // namespace vanthu
