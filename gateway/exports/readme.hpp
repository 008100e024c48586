// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "gateway/exports/plan.hpp"

namespace vanthu::exports {

/// What a layman reads first in a bag: what lies where, and how to check it by program and by hand.
/// @param language  vi, en
std::string readme(const Plan& plan, std::string_view language);

/// How to make a record's leaf again with sha256sum and openssl alone, as a shell's commands.
/// @param number  of the record; of a README any
/// Ends with the head's signature, checked by the key in $KEY over the checkpoint in the file $C.
std::string by_hand(const std::string& number, std::string_view language);
/// The last of these steps alone.
std::string signature_by_hand();

/// What lies where in an E-ARK package, and how to check it.
std::string package_readme(const Plan& plan, std::string_view language);

}  // namespace vanthu::exports
