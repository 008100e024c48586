// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "gateway/mail/accepted.hpp"
#include "gateway/mail/carriage.hpp"

/// What a letter needs of the hop behind us, against what that hop can carry: refused here with the code that says why,
/// not bounced later.
namespace vanthu::smtp {

/// At RCPT, by what MAIL has promised of the letter.
/// @param size  as declared (RFC 1870); 0: not said
/// @param utf8_address  the recipient's own address is beyond ASCII
/// @return nothing: the hop can carry it, or is not known
std::optional<Reply> refused_by_hop(const mail::Carriage& hop, const mail::Envelope& envelope, std::uint64_t size,
                                    bool utf8_address);

/// After the octets, by what they are: larger than the hop takes, or 8-bit though nobody had said so.
std::optional<Reply> refused_by_hop(const mail::Carriage& hop, const mail::Envelope& envelope, std::string_view octets);

/// The addresses in Delivered-To fields, which delivery agents put there: the one we would deliver to is a loop
/// (RFC 5321 §6.3).
std::vector<std::string_view> delivered_to(std::string_view octets);

/// What all of these can carry.
mail::Carriage weakest(const mail::Carriage& a, const mail::Carriage& b);

}  // namespace vanthu::smtp
