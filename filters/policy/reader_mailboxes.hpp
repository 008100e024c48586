// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "filters/policy/reader_keys.hpp"
#include "filters/policy/rule.hpp"

namespace vanthu::filters::reading {

/// The section [mailboxes].
void read_mailbox_rules(Faults& faults, const toml::node& node, MailboxRules& rules);

}  // namespace vanthu::filters::reading
