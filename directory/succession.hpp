// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "directory/directory.hpp"

namespace vanthu::directory {

/// A unit and, at whatever remove, every unit that became part of it or that it took over from; at most
/// limits::succession_units. Whether there is such a unit is not asked.
std::vector<std::string> with_predecessors(const Directory& directory, std::string_view unit);

/// The term of a committee that is called by "tinhuy/XX": the committee's id and the beginning of the term's name, case
/// aside.
/// @par Errors  not_found, naming the committee's terms
Result<Term> find_term(const Directory& directory, std::string_view committee_and_name);

/// Why nothing can be looked for by a unit's id: the directory has never had it. Empty: it has. Whoever wrote a name or
/// a symbol is told the ids that bear it.
std::string unknown_unit(const Directory& directory, std::string_view unit);

}  // namespace vanthu::directory
