// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "admin/command.hpp"
#include "gateway/audit/trail.hpp"

namespace vanthu::admin {

/// What the audit log learns of a command.
enum class Witness : std::uint8_t {
  nothing,  ///< looks at what holds no record: the directory, the queue's list
  access,   ///< looks at records or at the audit log: one entry, written before the answer is handed out
  change,   ///< everything else: an entry "begun" before it runs, one with the outcome after
};
Witness witness_of(const Command& command);

/// Runs a row and leaves what the audit log must hold. An access whose entry cannot be written gives an error in place
/// of its answer; a change whose "begun" cannot be written does not run. Exceptions become exit 70.
Answer run_audited(Office& office, const audit::Trail& trail, const Command& command, const Request& request);

/// What somebody who has logged in asked for and may not do: one entry "refused", of all that done would leave one.
/// The refusal stands whether or not it can be written.
void note_refused(const audit::Trail& trail, const Command& command, const Request& request, const Answer& refusal);

}  // namespace vanthu::admin
