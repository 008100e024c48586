// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

#include "admin/command.hpp"
#include "admin/history.hpp"
#include "directory/directory.hpp"
#include "gateway/base/config.hpp"
#include "gateway/spool/queue.hpp"

/// Held letters on a terminal. Nothing of a letter's text is shown; its subject and what quotes it only where
/// decision.quote allows, and never of one that bears a marking.
namespace vanthu::admin {

/// A rule's hold that is not ended yet.
bool open_review(const spool::Detail::Ask& one);

/// The units that it belongs to: the sender's of what our users send, else those of the recipients that wait.
std::vector<std::string> units_of_held(const directory::Directory& directory, const spool::Detail& detail);

/// Whether a recipient that waits belongs to no unit (a system mailbox, a forward outside): then no unit's
/// administrator acts alone.
bool is_beyond_units(const spool::Detail& detail);

/// A held letter for somebody: without the blind copies of which they are not told (leave_out_blind), and without what
/// is asked about these alone. Who sees what our users send is the sender's, and is told of all.
spool::Detail held_as_told(const Office& office, spool::Detail detail, const Theirs& theirs);

struct HeldRow {
  std::string id, sender, subject;
  Time received{};
  std::vector<std::string> recipients, units, rules;
  std::string state;  ///< "1/2", "asked until …", "until …"
};
/// @param directory  may be null
HeldRow held_row(const Config& config, const directory::Directory* directory, const spool::Detail& detail);

std::string held_list_text(const std::vector<HeldRow>& rows, bool more);
std::string held_list_json(const std::vector<HeldRow>& rows, bool more);
std::string held_text(const Config& config, const HeldRow& row, const spool::Detail& detail);
std::string held_json(const Config& config, const HeldRow& row, const spool::Detail& detail);

}  // namespace vanthu::admin
