// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/result.hpp"

/// Which policy came into force when, by whom and why: the text of policy/state.json (README.md).
namespace vanthu::policies {

/// One policy came into force.
struct Change {
  std::uint64_t number = 0;  ///< from 1 without gaps
  std::string version;       ///< Policy::version()
  Time at{};
  std::string act;       ///< "seed": as the configuration had it; "apply", "rollback", "timeout"
  std::string actor;     ///< account or login; "gateway" where nobody acted
  std::string file;      ///< as the caller named it
  std::string why;       ///< in the actor's words
  std::string result{};  ///< of one on trial: "confirmed", "timeout", "rollback"; empty: still, or never on trial
  friend bool operator==(const Change&, const Change&) = default;
};

/// The last change is on trial: unless somebody confirms it in time, the one before comes back.
struct Trial {
  Time until{};
  std::uint64_t back_to = 0;  ///< number of a Change
  friend bool operator==(const Trial&, const Trial&) = default;
};

struct Past {
  std::vector<Change> changes;  ///< oldest first; the last one's policy is in force. Empty: none was ever applied
  std::optional<Trial> trial;
  friend bool operator==(const Past&, const Past&) = default;

  const Change* last() const { return changes.empty() ? nullptr : &changes.back(); }
  const Change* find(std::uint64_t number) const;
  /// "12" (a number) or the first digits (four at least) of a version, of which the latest change is meant.
  /// @par Errors  not_found; bad_arguments: digits that begin several versions
  Result<Change> named(std::string_view words) const;
  /// The policy that a way back leads to; null: none. What was gone back from, by hand or because nobody confirmed it,
  /// is no part of the way: one that failed its trial does not come again by itself.
  const Change* before() const;
};

std::string to_json(const Past& past);
/// @par Errors  corrupt, naming the member
Result<Past> parse_past(std::string_view json);

}  // namespace vanthu::policies
