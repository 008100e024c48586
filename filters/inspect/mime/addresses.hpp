// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>
#include <vector>

#include "filters/facts.hpp"

namespace vanthu::inspect {

struct Addresses {
  std::vector<filters::Author> list;
  bool good = true;  ///< false: something stood there that is no address; the list holds what could be read
};

/// Reads an address list (RFC 5322 §3.4, RFC 6532): mailboxes and groups, names decoded. An address is reported as it
/// is written, without comments and white space around its parts; an encoded word inside of one is not decoded.
Addresses read_addresses(std::string_view value);

}  // namespace vanthu::inspect
