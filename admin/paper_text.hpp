// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <string>

#include "filters/facts.hpp"

namespace vanthu::admin {

/// The official paper that a file is or holds, as one flat object: file (base name), type (as an extension), official,
/// readable, secrecy (the gravest found anywhere; left out where nothing could be read), urgency, and the members of
/// filters::Paper where there is one; of several the first.
/// @param message  the file is a message itself
boost::json::object paper_row(const std::string& file, bool message, const filters::Facts& facts);

/// The same for people: every paper, a field a line, with where it was read and how surely.
std::string paper_card(const std::string& file, const filters::Facts& facts);

}  // namespace vanthu::admin
