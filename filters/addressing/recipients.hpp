// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "filters/addressing/addressing.hpp"
#include "filters/addressing/line_book.hpp"

namespace vanthu::addressing {

/// "Nơi nhận": what an official paper of the sender's own prints beside whom the message goes to. Of mail that goes out
/// from a unit's mailbox only, and never of what carries a secrecy marking. Leaves steps; by policy the sender is told
/// (a notice) or asked (a decision "confirm"). Never refuses.
filters::Verdict judge_recipients(const Grounds& grounds, LineBooks& books, const filters::Context& context);

/// Official papers go unit to unit: a numbered one from or to a personal mailbox is an exception, and by policy noted,
/// told, asked about or refused. All of them are listed.
filters::Verdict judge_personal_papers(const Grounds& grounds, const filters::Context& context);

}  // namespace vanthu::addressing
