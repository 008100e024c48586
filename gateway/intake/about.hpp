// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "filters/facts.hpp"
#include "filters/verdict.hpp"
#include "gateway/mail/accepted.hpp"
#include "gateway/mail/asking.hpp"

namespace vanthu::intake {

/// What mail of ours may say of a letter, made fit for one line each. Of one that bears a marking nothing is quoted;
/// such a letter is refused long before, this is the second bolt.
/// @param quote       whether its subject and papers may be named
/// @param deliveries  whom to name; empty: all
mail::About about_letter(const mail::Accepted& accepted, const filters::Facts& facts, bool quote,
                         const std::vector<std::uint32_t>& deliveries);

/// A verdict's decisions as questions about the deliveries of a message.
/// @param longest  seconds that a question stays open at most, unless a rule holds the message: then as the rule says
std::vector<mail::Question> questions_of(const filters::Verdict& verdict, const mail::Accepted& accepted,
                                         unsigned longest);

}  // namespace vanthu::intake
