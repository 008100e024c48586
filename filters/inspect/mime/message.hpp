// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "filters/inspect/examination.hpp"
#include "filters/inspect/mime/header.hpp"

namespace vanthu::inspect {

/// Reads a message twice, by our own strict grammar and by libetpan's, and has every leaf that either of them sees
/// examined (filters/inspect/examine.hpp). Where they disagree, or where a mail program could, there is a finding.
/// @param octets  a message, in whatever line ends it came
/// @param around  the object that holds the message, or an Object without a path for the message itself
/// @return the message's header
Header read_message(Examination& examination, std::string_view octets, const Object& around);

}  // namespace vanthu::inspect
