// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>

#include "gateway/archive/event.hpp"
#include "gateway/registers/line.hpp"

/// What is signed when a volume of a register is closed (FORMAT.md): which volume it is, how it stands, and the log's
/// head at that moment. With it alone somebody can tell later whether a bound volume is the one that was closed.
namespace vanthu::registers {

/// The text of the signed note.
/// @param head    text of the log's checkpoint, three lines
/// @param closed  the event as close() made it
/// @param pages   of its print; 0: it is too long to be printed as a whole
std::string closing_text(const std::string& head, const archive::Event& closed, std::uint64_t pages, Time at);

/// What the cover says of it: the log's head, and the signature.
struct ClosingSeal {
  std::string origin, size, root;  ///< root: base64
  std::string signature;           ///< the note's line
};
/// Of what is no such note all is empty: it came back out of our own log.
ClosingSeal seal_of(const std::string& note);

}  // namespace vanthu::registers
