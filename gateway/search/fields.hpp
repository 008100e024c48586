// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/search/query.hpp"

/// The fields of a query, one row each: its name, what its value may be, and how that is read.
namespace vanthu::search {

/// A value as it is compared; of a range its ends.
struct FieldValue {
  std::string value, upper{};
};

struct FieldRow {
  const char* name;
  Field field;
  const char* wants;  ///< for errors and the help: Vietnamese, English behind it
  Result<FieldValue> (*read)(std::string_view written);
};

/// Null when there is none of that name.
const FieldRow* find_field(std::string_view name);
const FieldRow& row_of(Field field);
/// The field whose name is nearest to a misspelt one.
const FieldRow& nearest_field(std::string_view name);
/// A line a field, for the help.
std::string describe_fields();

}  // namespace vanthu::search
