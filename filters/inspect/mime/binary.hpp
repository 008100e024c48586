// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>
#include <vector>

namespace vanthu::inspect {

/// The bodies of a message in which CR, LF and NUL are content like every other octet: leaves that say binary (RFC 2045
/// §6.2) and came so by BODY=BINARYMIME (RFC 3030 §3). Not text, whose lines end with CRLF however they travel (RFC
/// 2046 §4.1.1). Only where no reader can take it otherwise: one type, one encoding, one boundary, and no line in the
/// body that a reader with other line ends would take for a delimiter around it.
/// @return pieces of `message`, in its order
std::vector<std::string_view> binary_bodies(std::string_view message);

}  // namespace vanthu::inspect
