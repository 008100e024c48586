// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <string>

#include "admin/command.hpp"

namespace vanthu::admin {

/// What witnesses and time-stamping authorities say of a tree: `log status` and its --json.
boost::json::object attestation_of(const Office& office, const transparency::LogTree& tree);
/// Lines for a terminal, each indented; empty: none are configured.
std::string attestation_lines(const boost::json::object& attestation);
/// Whether somebody should look: not witnessed for a minute, a witness that contradicts, a clock that differs.
bool is_alarm(const boost::json::object& attestation);

}  // namespace vanthu::admin
