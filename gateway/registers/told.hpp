// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/registers/card.hpp"

/// What an event's details tell. Both throw what boost::json throws where something else stands there.
namespace vanthu::registers {

inline std::string text_at(const boost::json::object& details, std::string_view name) {
  const boost::json::value* value = details.if_contains(name);
  return value == nullptr ? std::string() : kept(std::string_view(value->as_string()), true);
}
inline std::uint32_t small_at(const boost::json::object& details, std::string_view name) {
  const boost::json::value* value = details.if_contains(name);
  return value == nullptr ? 0 : value->to_number<std::uint32_t>();
}

}  // namespace vanthu::registers
