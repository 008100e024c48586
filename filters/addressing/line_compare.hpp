// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "filters/addressing/line_meaning.hpp"
#include "filters/policy/policy.hpp"

/// The printed recipients of a paper beside those whom the message goes to.
namespace vanthu::addressing {

struct ComparedLine {
  std::string line;       ///< as printed, fit to be shown; extra: the address the sender wrote
  Both remark;            ///< what it means, who is missing, why it is not understood
  double confidence = 0;  ///< served, unserved, external
};

struct Comparison {
  std::vector<ComparedLine> served, unserved, extra, not_understood, external, archive;
  std::size_t lines = 0;  ///< entries that were read
  bool as_printed() const { return unserved.empty() && extra.empty() && not_understood.empty(); }
};

/// Compares the lines of the papers with the context's deliveries. An addressee is served when a mailbox of its own
/// (for a unit: not a personal one) is among them, or those of its successors; a class when all of its members are.
/// What goes to the sender's own unit is never extra.
/// @param papers   of the sender; each is read as of its own date
/// @param sender   mailbox that the message goes out from
Comparison compare_recipients(const LineBook& book, const filters::Context& context,
                              const filters::RecipientLineRules& rules, const directory::Mailbox& sender,
                              const std::vector<const filters::Paper*>& papers);

}  // namespace vanthu::addressing
