// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>

namespace vanthu {

/// A message's (queue) id: 16 letters and digits of Crockford's base 32: 40 bits of milliseconds, then 40 random bits,
/// so ids sort by time and cannot be guessed. Any thread.
std::string message_id();
/// A session's id: 8 letters, random.
std::string session_id();

}  // namespace vanthu
