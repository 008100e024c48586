// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "directory/directory.hpp"

namespace vanthu::directory {

/// Whether two rows of one address mean the same owner: the same person, or the same unit and position. An address
/// never gets another one: what was written to it would reach somebody it was not written to.
bool same_owner(const Mailbox& a, const Mailbox& b);

}  // namespace vanthu::directory
