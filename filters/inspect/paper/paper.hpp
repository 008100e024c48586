// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>

#include "filters/facts.hpp"
#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// Reads the header of an official paper of the party or the state: who, which number, what kind, when, about what.
/// Empty for everything else: petitions, contracts, letters of companies, mail that mentions a paper, blank forms.
/// @return a Paper without its part; markings are those of the whole document
/// @par Source  domain reference, "Party document format"; Decree 30/2020 appendix I
std::optional<filters::Paper> read_paper(const Lines& lines);

}  // namespace vanthu::inspect
