// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <xapian.h>

#include "gateway/search/sequence.hpp"

namespace vanthu::search {

/// The records in which a phrase stands. For use beside the phrase's words in OP_AND, which leaves it to the last: each
/// record that has the words is looked at, and its sequence read. Ranks nothing.
Xapian::Query in_a_row(Phrase phrase);

}  // namespace vanthu::search
