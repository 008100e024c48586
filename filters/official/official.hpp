// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "filters/policy/policy.hpp"

/// The third enforcement: is this official correspondence, and of which record class? It never refuses.
namespace vanthu::official {

/// Official is what holds a recognized paper, and what passes a mailbox that registers mail. A private note is neither
/// and is not archived; nor is mail of the system's own mailboxes. A paper's class is decided by the paper's own date.
filters::Verdict judge(const filters::Context& context, const filters::RuleBook& book);

}  // namespace vanthu::official
