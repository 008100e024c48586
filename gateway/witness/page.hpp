// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <string>

#include "gateway/witness/witness.hpp"

namespace vanthu::witness {

enum class Language : std::uint8_t { vietnamese, english };

/// The page for whoever looks after the witness at the second office: HTML, without scripts, pictures or links abroad.
std::string page(const Witness& witness, const std::string& name, Time now, std::chrono::minutes silence,
                 Language language);

/// What somebody should look at, a line each, for a program that watches: evidence, silence, clocks, a shorter log.
std::string alarms(const Witness& witness, Time now, std::chrono::minutes silence);

}  // namespace vanthu::witness
