// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "filters/inspect/document/document.hpp"

namespace vanthu::inspect {

/// Whether octets begin like OpenPGP: armour (RFC 4880 §6.2), or a packet whose tag and length make sense.
bool looks_like_pgp(std::string_view octets);

/// Reads OpenPGP packets (RFC 4880 §4): encrypted ones lock the document, literal data comes back as a file, also out
/// of compressed packets; signatures are named, not verified; keys are nothing.
void read_pgp(std::string_view octets, const Room& room, Document& document);

/// The octets of the first armour in a text, with its kind ("MESSAGE", "SIGNATURE"); empty: there is none.
struct Armour {
  std::string kind;
  std::string octets;
};
Armour read_armour(std::string_view text);

}  // namespace vanthu::inspect
