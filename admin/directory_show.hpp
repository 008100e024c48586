// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>

#include "admin/directory_call.hpp"

/// What `directory show` says of the whole, of a unit, a mailbox, a group.
namespace vanthu::admin {

Answer show_all(const Call& call);
Answer show_unit(const Call& call, const std::string& id);
Answer show_mailbox(const Call& call, const std::string& address);
Answer show_group(const Call& call, const std::string& wanted);

}  // namespace vanthu::admin
