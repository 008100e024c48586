// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "filters/policy/reader_keys.hpp"
#include "filters/policy/rule.hpp"

namespace vanthu::filters::reading {

/// The section [labels].
/// @par Errors  in `faults`: levels that are not there, stand in a circle or are named twice
void read_label_model(Faults& faults, const toml::node& node, LabelModel& model);

/// Conditions over labels: `label = { … }`.
void read_label_conditions(Faults& faults, const toml::node& node, Conditions& when);

/// Levels that rules speak of must be there, and so must the classes of outsiders that clearances name.
void check_labels(Faults& faults, const RuleBook& book);

}  // namespace vanthu::filters::reading
