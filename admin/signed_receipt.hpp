// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <span>
#include <string>

#include "admin/keeping_call.hpp"

namespace vanthu::admin {

/// What the receiving side has signed for a file that is handed over, as members of the event: that the signed bag has
/// the file, and every record of it octet for octet.
/// @param id  of the file
/// @param names  of the request's files: the bag's manifest, the signature, the authorities
/// @par Errors  not_found: one of them was not given; refused: the bag is none of the whole file; check_receipt()'s
Result<boost::json::object> signed_receipt(const KeepingCall& call, const std::string& id,
                                           std::span<const std::string> names);

}  // namespace vanthu::admin
