// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "gateway/archive/event.hpp"

namespace vanthu::admin {

/// Whether what a unit has written down of a record is somebody's to read (Sights::keeps).
using Theirs = std::function<bool(const std::string& unit)>;

struct LeftOut;

/// A record's history for somebody: a letter that many units have is each one's to read, and what each wrote down of it
/// (register, files, remarks, what is to be done with it) is its own. Of the others they learn what the sender is told
/// anyway: that it was registered, or refused and why. Of a record that was disposed of nobody is told what was written
/// down of it; nor, since nobody knows any more who had a blind copy, what became of it at units that are not theirs.
std::vector<archive::Event> as_told(std::vector<archive::Event> history, const Theirs& theirs);
/// @param left_out  blind copies that they are not told of: nor are they by what became of these
std::vector<archive::Event> as_told(std::vector<archive::Event> history, const Theirs& theirs, const LeftOut& left_out);

}  // namespace vanthu::admin
