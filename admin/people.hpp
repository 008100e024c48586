// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

#include "admin/directory_call.hpp"

namespace vanthu::admin {

/// Posts, mailboxes, rights and roles of each; only a list where there are many.
/// @param wanted  what was asked for, for the answer when there is nobody
Answer people_answer(const Call& call, const std::vector<directory::Person>& people, const std::string& wanted);

}  // namespace vanthu::admin
