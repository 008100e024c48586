// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

/// Vietnamese and Unicode text: what is equal to what. Originals are never altered; these make keys.
namespace vanthu::text {

bool is_ascii(std::string_view octets);
bool is_utf8(std::string_view octets);
/// Whether every character shows itself and is taken for itself by who normalizes: none is a control, white space,
/// invisible, unassigned or private, and none beyond ASCII becomes an ASCII sign by NFKC (a full width @).
bool reads_as_itself(std::string_view utf8);
/// Invalid sequences become U+FFFD, then NFC.
std::string nfc(std::string_view utf8);
/// Two names are the same when their keys are: NFC, case folded, white space squeezed, tone marks on one place (uỷ =
/// ủy), U+00D0 and U+0189 read as Đ. Keeps the marks: MẬT and MẶT stay apart.
std::string match_key(std::string_view utf8);
/// Search key without marks: match_key, then every mark removed and đ = d ("Uỷ ban" -> "uy ban").
std::string fold(std::string_view utf8);
/// Printable ASCII for peers that may not be sent UTF-8: marks removed, what has no ASCII form becomes '?'.
std::string to_ascii(std::string_view utf8);
/// A domain in lower-case A-labels (UTS #46, non-transitional).
/// @par Errors  bad_mailbox for what is no domain name
Result<std::string> domain_to_ascii(std::string_view domain);
/// A domain as people read it: A-labels decoded (UTS #46), lower case, NFC; what is none stays as it is.
std::string domain_to_unicode(std::string_view domain);
std::string ascii_lower(std::string_view text);
bool ascii_iequals(std::string_view a, std::string_view b);

}  // namespace vanthu::text
