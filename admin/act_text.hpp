// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "admin/command.hpp"
#include "directory/acts.hpp"

namespace vanthu::admin {

/// "+ units vp: name_vi=…", "~ units vp: name_vi: old → new", "- …", on one line.
std::string difference_text(const std::string& table, const std::string& key, std::string_view before,
                            std::string_view after);
boost::json::value difference_json(const std::string& table, const std::string& key, std::string_view before,
                                   std::string_view after);

/// What an act did, or why it did nothing.
Answer act_answer(const directory::ActReport& report, bool dry_run, bool json);

}  // namespace vanthu::admin
