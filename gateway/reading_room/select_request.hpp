// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/reading_room/number_set.hpp"

namespace vanthu::reading_room {

struct SelectRequest {
  std::string folder;  ///< as on the wire
  bool condstore = false, qresync = false;
  std::uint64_t validity = 0, modseq = 0;
  std::optional<NumberSet> known;  ///< UIDs
};
/// Folder and what stands behind it: (CONDSTORE) (QRESYNC (validity modseq [uids [(numbers uids)]])) (RFC 7162 §3.2.5).
std::optional<SelectRequest> parse_select(std::string_view arguments);

}  // namespace vanthu::reading_room
