// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <functional>
#include <optional>

#include "gateway/archive/entry.hpp"
#include "gateway/keeping/numbers.hpp"

/// A search as a hold keeps it: the same question, asked of the archive once and of each later record.
namespace vanthu::keeping {

boost::json::object to_json(const archive::Query& query);
archive::Query to_query(const boost::json::object& o);
/// Whether a search would find the record. A query that asks for nothing finds everything.
bool matches(const archive::Query& query, const archive::Entry& record);

/// Every record that a search finds, as far as the view has come.
/// @param day_of_record  of receipt in Viet Nam
/// @param most  more than that are refused
/// @par Errors  bad_arguments; those of Archive::search
Result<Numbers> find_all(const archive::Archive& archive, archive::Query query, std::size_t most,
                         const std::function<std::optional<Date>(std::uint64_t number)>& day_of_record);

}  // namespace vanthu::keeping
