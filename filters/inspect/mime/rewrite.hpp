// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace vanthu::inspect {

/// The message written anew so that it has one reading, ours: one field of a kind, borders of our own, no preamble and
/// no epilogue, transfer encodings as an encoder writes them, one file name. Texts, files and nested messages keep
/// their octets; signatures of other gateways (DKIM) do not survive.
///
/// @return empty where there is not one strict reading to write down (two encodings, two boundaries, no usable one, two
/// authors, an unknown encoding, a part that is not in the message), where a signature over parts would be broken, or
/// where a limit is passed
std::optional<std::string> rewritten(std::string_view octets);

}  // namespace vanthu::inspect
