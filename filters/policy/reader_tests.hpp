// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "filters/policy/reader_keys.hpp"
#include "filters/policy/rule.hpp"

/// [[test]].
namespace vanthu::filters::reading {

void read_tests(Faults& faults, const toml::node& node, RuleBook& book);

}  // namespace vanthu::filters::reading
