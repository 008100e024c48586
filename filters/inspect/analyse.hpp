// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "filters/facts.hpp"
#include "filters/inspect/document/documents.hpp"
#include "filters/inspect/texts.hpp"

namespace vanthu::inspect {

/// Loads whatever the libraries take from files, so that analyse() opens none.
/// @throws std::runtime_error saying what is missing
void warm_up();

/// All there is to know about a message. Pure: octets in, facts out; never fails for bad octets, they become findings.
/// @param documents  who reads what is attached
filters::Facts analyse(std::string_view octets, Documents& documents);
/// The same with every document read in this process: for tests and fuzzers.
filters::Facts analyse(std::string_view octets);

/// The text of a message's parts, in the order of the facts' parts: what analyse() judges, the likeliest reading of
/// each. Pictures and scans are not read for it: they would take a hundred times as long as all the rest.
Texts texts_of(std::string_view octets, Documents& documents);

/// The same facts in less room, for a message that has too much to report: secrecy, authors and the findings stay,
/// the rest is cut, and a finding says so.
filters::Facts abridged(const filters::Facts& facts);

}  // namespace vanthu::inspect
