// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

/// What the gateway hands out of one record: a line of JSON that says what follows, then the octets of each file.
namespace vanthu::exports {

struct Part {
  std::string name;  ///< in the folder: "data/records/12.eml"
  std::string octets;
  friend bool operator==(const Part&, const Part&) = default;
};

struct Parts {
  boost::json::object about;  ///< of the record; `parts` is taken
  std::vector<Part> list;
};

std::string to_wire(const Parts& parts);
/// @par Errors  corrupt
Result<Parts> parse_parts(std::string_view wire);

/// Whether a name may be written below a folder: relative, of letters, digits, "." "_" "-", and never upwards.
bool is_safe_name(std::string_view name);

}  // namespace vanthu::exports
