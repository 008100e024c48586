// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/shelves/model.hpp"

namespace vanthu::reading_room {

/// "1:4,7,*": numbers of messages or UIDs (RFC 9051 §9 sequence-set), at most limits::set_ranges ranges.
struct NumberSet {
  struct Range {
    std::uint32_t first = 0, last = 0;  ///< 0: "*", the largest there is
    friend bool operator==(const Range&, const Range&) = default;
  };
  std::vector<Range> ranges;
  bool saved = false;  ///< "$": what the last SEARCH kept (RFC 5182)

  /// With "*" as that number, in order, overlapping ones joined.
  std::vector<Range> resolved(std::uint32_t largest) const;
};

/// Takes one off the front.
std::optional<NumberSet> take_set(std::string_view& rest);

/// "1:4,7" of rising numbers.
std::string set_text(const std::vector<std::uint32_t>& rising);
std::string set_text(const std::vector<NumberSet::Range>& ranges);
/// Of UIDs that a client knows those that no message has any more, some at a time: there may be as many as messages.
class Gone {
 public:
  Gone() = default;
  /// @param known  resolved  @param last  UIDs above it were never given
  Gone(std::vector<NumberSet::Range> known, std::uint32_t last) : known_(std::move(known)), last_(last) {}
  /// The next ones, at most so many ranges; empty: these were all.
  /// @param messages  rising by uid, the same each time
  std::vector<NumberSet::Range> next(const std::vector<shelves::Placement>& messages, std::size_t most);

 private:
  std::vector<NumberSet::Range> known_;
  std::uint32_t last_ = 0;
  std::size_t at_ = 0;      // of known_
  std::uint32_t from_ = 0;  // within it
};
/// Whether one of resolved ranges holds it.
bool holds(const std::vector<NumberSet::Range>& ranges, std::uint32_t number);

}  // namespace vanthu::reading_room
