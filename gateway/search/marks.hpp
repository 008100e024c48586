// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string_view>

namespace vanthu::search {

/// The marks of a Vietnamese syllable as a number from 1 to 192, so that no two syllables of the same letters have the
/// same: tone, whether d is đ, the sign of its last vowel that has one, and whether a vowel stands before that, with a
/// sign or without. 0: it has none, or others.
/// @param word  Spelling::marked
std::uint32_t marks_of(std::string_view word) noexcept;

}  // namespace vanthu::search
