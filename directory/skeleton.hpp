// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

namespace vanthu::directory {

/// One key for everything that a reader could take for this name: letters and digits alone, without marks, case, spaces
/// and punctuation, invisible and bidi characters; look-alikes of other scripts as the Latin letters they look like.
/// "Nguyễn Hữu Đông", "NGUYEN HUU DONG", "Nguyễn.Hữu-Đồng", "Nguуễn Hữu Đông" (Cyrillic у) and the same in fullwidth or
/// mathematical letters have one skeleton. It says "could be taken for", not "is": who needs less compares what it
/// found (uỷ = ủy, but Đông and Đồng are two people).
///
/// What a character becomes depends on that character alone, so the key is the same in every program that
/// uses the same ICU; it is stored, so a new ICU or a change here wants the index built anew.
/// @param name  any octets; what is no UTF-8 is left out; what stands behind limits::skeleton_input_octets is not read
/// @return at most limits::skeleton_octets; empty for what has no letter or digit, and then it is nobody's name
/// @par Thread  any
/// @par Source  UTS #39 §4 (confusables), UAX #15 (NFKC)
std::string skeleton(std::string_view name);

/// Whether a name is written with nothing but the letters, digits and punctuation that Vietnamese is written with, in
/// any normal form: no other script, no full width, nothing invisible, no stray marks. What is not could only mean to
/// look like something else, or is a name of another language.
bool plainly_spelled(std::string_view name);

/// Which edition of the rules made a skeleton: stored beside an index of them, to know when it must be built anew.
std::string skeleton_edition();

}  // namespace vanthu::directory
