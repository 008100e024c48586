// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "admin/command.hpp"
#include "admin/sights.hpp"
#include "admin/words.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/keeping/numbers.hpp"
#include "gateway/search/query.hpp"

/// The commands of `archive` that go to the full text index.
namespace vanthu::admin {

/// For a search that cannot be answered by what stands in letters and files.
inline constexpr std::string_view no_full_text =
    "Không có chỉ mục toàn văn: chỉ tìm trong tiêu đề, trích yếu và số ký hiệu (vanthu archive status).\n";

/// Whether a search asks for more than the archive's own view knows: options alone are looked up there.
bool wants_full_text(const Words& words);
/// `archive search` with an open index; nothing where the index is damaged: the archive's own view may still know.
std::optional<Answer> search_full_text(Office& office, const Command& row, const Words& words, const Sights& sights);
/// Numbers of all records that a query finds, rising.
/// @param within  further bounds; Node(): none
/// @par Errors  bad_arguments, also for more than `most`; busy: there is no full text, or it is behind the log, so that
/// records would be left out
Result<keeping::Numbers> all_found(const Office& office, const sights::Sights& sights, const std::string& text,
                                   std::size_t most, const search::Node& within = {});
/// What of a query the archive's view can answer alone: words of subjects, symbols, units, days of receipt, digests.
/// @par Errors  bad_arguments; busy: it asks for what only the full text knows
Result<Done> add_without_full_text(archive::Query& query, const Words& words);
/// The language of queries, for the help.
std::string query_help();

Answer archive_status(Office& office, bool as_json);
/// Without a running gateway by an inspector of its own.
Answer rebuild_index(Office& office);
Answer compact_index(Office& office);

}  // namespace vanthu::admin
