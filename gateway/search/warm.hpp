// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <atomic>
#include <filesystem>

namespace vanthu::search {

/// Has what questions go through read into the page cache, as far as the machine's memory is large enough for it: after
/// a start of the machine the first question among a million records took seconds. Returns when that is done or
/// `stopping`; whoever asks meanwhile waits for no more than without it.
void warm(const std::filesystem::path& folder, const std::atomic<bool>& stopping);

}  // namespace vanthu::search
