// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

namespace vanthu::inspect {

/// Whether a word is a Vietnamese syllable by its spelling: a known onset and rime, at most one tone. Case and the
/// place of the tone do not matter. Says nothing of whether the syllable is a word.
bool is_syllable(std::string_view utf8_word);

}  // namespace vanthu::inspect
