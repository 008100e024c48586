// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <functional>

namespace vanthu {

/// Long work that nobody waits for at the door, on all processors and behind everything else that wants them: `one` is
/// called with each index below `count`, from several threads at once. Returns when all are done.
/// @throws std::system_error  the machine has no thread left, not one
/// @throws what `one` threw first; what was not begun by then is left undone
void in_background(std::size_t count, const std::function<void(std::size_t)>& one);

}  // namespace vanthu
