// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <vector>

#include "filters/facts.hpp"
#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// Reads an official paper of the party or the state: who, which number, what kind, when, about what, signed by whom,
/// to whom. Empty for everything else: petitions, contracts, letters of companies, mail that mentions a paper, blank
/// forms.
/// @return a Paper without its part; markings are those of the whole document
/// @par Source  domain reference, "Party document format"; Decree 30/2020 appendix I
std::optional<filters::Paper> read_paper(const Lines& lines);

/// All papers of a document, in its order: several may be in one file, each with a header of its own.
std::vector<filters::Paper> read_papers(const Lines& lines);

}  // namespace vanthu::inspect
