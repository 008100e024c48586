// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

namespace vanthu::inspect {

/// Whether octets are text and nothing that libmagic's database has a weighty name for: a container, a program,
/// ciphertext, a text with a grammar (calendar, vCard, markup). Then its search through thousands of rules, most of
/// them regular expressions over the whole text, can be left out. Says no when in doubt. What libmagic tests in code
/// (tar, JSON, CSV) is not looked at here.
/// @param markup  it is known to be HTML: markup says nothing new
bool surely_plain_text(std::string_view octets, bool markup);

}  // namespace vanthu::inspect
