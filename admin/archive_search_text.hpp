// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "gateway/search/index.hpp"

/// What the full text index answers, as an archivist reads it, and as programs do.
namespace vanthu::admin {

/// A line a record as search_text() has it; asked for: where the words stand, a piece of the text with them in « », and
/// what the records have in common.
std::string full_text_text(const search::Found& found, const search::Request& request);
/// search_json() ("without_full_text" is false) and "found", "exact", "next", "without_marks"; in a record "places" and
/// "snippet", a list of pieces
/// {"text", "found"}; "facets": {"kind": [{"value", "records"}]}.
std::string full_text_json(const search::Found& found, const search::Request& request);

struct ArchiveStatus {
  std::uint64_t records = 0;         ///< last record number of the log
  std::uint64_t complete_up_to = 0;  ///< of the view
  std::uint64_t view_octets = 0;
  std::optional<search::Index::Status> index;  ///< none: it is not open
};
std::string status_text(const ArchiveStatus& status);
std::string status_json(const ArchiveStatus& status);

}  // namespace vanthu::admin
