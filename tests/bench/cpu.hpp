// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <sys/types.h>

#include <vector>

namespace vanthu::bench {

/// Processor seconds (user and system) that these processes and all below them have used, with the ended children they
/// waited for. Differences of two calls are meant, not one value.
double cpu_seconds(const std::vector<pid_t>& roots);

}  // namespace vanthu::bench
