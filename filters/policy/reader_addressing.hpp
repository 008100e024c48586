// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "filters/policy/addressing_rules.hpp"
#include "filters/policy/reader_keys.hpp"

namespace vanthu::filters::reading {

/// The section [addressing] with all that stands below it.
void read_addressing(Faults& faults, const toml::node& node, AddressingRules& rules);

}  // namespace vanthu::filters::reading
