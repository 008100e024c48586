// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "filters/authentication.hpp"
#include "gateway/mailauth/message.hpp"

namespace vanthu::mailauth {

/// The Authentication-Results field that we put before what comes in (RFC 8601), folded, CRLF included. Nothing a peer
/// sent can start a new line or a new result in it.
std::string results_field(const filters::Authentication& authentication, std::string_view authserv_id);

/// How many Authentication-Results fields claim to be ours already (RFC 8601 §5).
std::uint32_t count_forged(const std::vector<Field>& fields, std::string_view authserv_id);

}  // namespace vanthu::mailauth
