// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/archive/blind.hpp"

/// One step of the book of folders (FORMAT.md). What stands where is what all steps in their order say.
namespace vanthu::shelves {

struct Op {
  enum class Kind : char {
    folder = 'F',    ///< `id` is the folder called `text`
    audience = 'A',  ///< `id` is the class and the units in `text` (audience_text)
    record = 'R',    ///< a record came and stands in all `folders` under `uid`
    place = 'P',     ///< it stands in one more
    remove = 'D',    ///< it stands in `id` no more
    dispose = 'X',   ///< it is there no more
    drop = 'C'       ///< the folder `id` is there no more
  };
  Kind kind = Kind::folder;
  std::uint32_t id = 0;  ///< of a folder or an audience; of a record its audience
  std::uint64_t record = 0;
  std::uint32_t uid = 0;      ///< of a removal or disposal: its place among the numbers
  std::uint64_t octets = 0;   ///< of a record
  std::uint64_t seconds = 0;  ///< of its receipt, since 1970
  std::vector<std::uint32_t> folders{};
  std::string text{};
  friend bool operator==(const Op&, const Op&) = default;
};

std::string to_value(const Op& op);
std::optional<Op> parse_op(std::string_view value);

/// Who may see a record, and in which units' folders, depends on its class and its units, nothing else.
struct Audience {
  std::string record_class;
  std::vector<std::string> units;
  archive::BlindUnits blind{};  ///< of the units
  friend bool operator==(const Audience&, const Audience&) = default;
};
std::string audience_text(const Audience& audience);
Audience parse_audience(std::string_view text);

}  // namespace vanthu::shelves
