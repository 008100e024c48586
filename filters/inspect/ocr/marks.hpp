// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// Two marks on one letter are the first thing that a scan loses: a line of capitals that differs from a marking in
/// nothing else ("MẠT", "THƯỢNG KHAN") is written as that marking. A marking that is overlooked costs more than a false
/// one.
void mend_markings(Lines& lines);

}  // namespace vanthu::inspect
