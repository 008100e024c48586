// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/result.hpp"

/// Which registers a unit keeps and how their numbers run: a few dated rows over sensible defaults.
namespace vanthu::registers {

/// How long one register runs before numbers begin anew.
enum class Span : std::uint8_t { none, term, year };
/// Which papers share a sequence of outgoing numbers.
enum class Series : std::uint8_t { symbol, all };

/// What holds for one unit on one day.
struct Keeping {
  Span out = Span::term;  ///< Party papers; those of state form run by the year anyway
  Span in = Span::year;
  Series series = Series::symbol;
  std::vector<std::string> issuers;  ///< symbols that the unit numbers besides those of the units it serves
  friend bool operator==(const Keeping&, const Keeping&) = default;
};

/// The rules' text: TOML, `[[rule]]` tables (README.md).
class Rules {
 public:
  Rules() = default;  ///< every unit with a mailroom keeps both, by the defaults of Keeping
  /// @par Errors  bad_arguments, naming line and key
  static Result<Rules> parse(std::string_view text);
  /// Later rows go over earlier ones, member by member.
  Keeping of(std::string_view unit, Date day) const;

 private:
  struct Rule {
    std::optional<Date> since, until;
    std::vector<std::string> units;  ///< empty: all
    std::optional<Span> out, in;
    std::optional<Series> series;
    std::vector<std::string> issuers;
  };
  std::vector<Rule> rules_;
};

}  // namespace vanthu::registers
