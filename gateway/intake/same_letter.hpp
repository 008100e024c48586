// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

namespace vanthu::intake {

/// What two copies of one letter have in common, though mail programs and servers change the header: the digest of the
/// body (without the line ends at its end), of the two fields that say how it is to be read, Content-Type and
/// Content-Transfer-Encoding, and of those that say whose word it is and on what, From and Subject, with their folds
/// undone. A blind copy's Bcc, trace fields, X- fields, a Date written anew make no difference; another body does, the
/// same body read in another way, under another subject or another name.
/// @return SHA-256 in 64 hexadecimal digits
std::string content_digest(std::string_view letter);

/// A Message-ID without white space and angle brackets.
std::string_view bare_message_id(std::string_view id);

}  // namespace vanthu::intake
