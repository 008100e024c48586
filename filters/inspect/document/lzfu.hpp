// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

namespace vanthu::inspect {

/// The RTF body of Outlook's messages, packed or not (MS-OXRTFCP). At most `most` octets.
/// @return false: damaged or longer; what came out is there
bool unpack_rtf(std::string_view packed, std::size_t most, std::string& rtf);

}  // namespace vanthu::inspect
