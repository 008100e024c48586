// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

/// How two policy files differ, for people: by rules and keys, not by lines.
namespace vanthu::filters {

struct Difference {
  enum class Kind : std::uint8_t { added, removed, changed, moved } kind = Kind::changed;
  std::string what;  ///< "rule official.webmail", "addressing.reply_to"
  struct Value {
    std::string key;  ///< empty where `what` is a single value
    std::string before, after;
    friend bool operator==(const Value&, const Value&) = default;
  };
  std::vector<Value> values;  ///< all of what was added or removed; of what changed those that differ
  std::string place;          ///< of what was moved: "after attachments.macro", "first"
  friend bool operator==(const Difference&, const Difference&) = default;
};

/// Comments, order of keys and ways of writing the same value make no difference; the order of rules does.
/// @param before, after  TOML
/// @par Errors  bad_configuration: one of them is none
Result<std::vector<Difference>> differences(std::string_view before, std::string_view after);

}  // namespace vanthu::filters
