// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/reading_room/number_set.hpp"

/// What the arguments of FETCH ask for, as values. Literals stand in their places (imap/command.hpp).
namespace vanthu::reading_room {

struct FetchItem {
  enum class What : std::uint8_t {
    uid,
    flags,
    internal_date,
    save_date,
    size,
    modseq,
    email_id,
    thread_id,
    envelope,
    body,  ///< BODYSTRUCTURE without its extensions
    body_structure,
    section,      ///< BODY[…], RFC822…
    binary,       ///< BINARY[…]
    binary_size,  ///< BINARY.SIZE[…]
    preview
  } what = What::uid;
  std::string label;  ///< as it is answered: "BODY[1.HEADER.FIELDS (FROM)]<0>"
  std::vector<std::uint32_t> part;
  enum class Cut : std::uint8_t { all, header, fields, fields_not, text, mime } cut = Cut::all;
  std::vector<std::string> names;  ///< of fields, lower case
  bool partial = false;
  std::uint64_t from = 0, most = 0;  ///< of a partial
  bool lazy = false;                 ///< PREVIEW (LAZY)
};

struct Fetch {
  NumberSet set;
  std::vector<FetchItem> items;
  std::optional<std::uint64_t> changed_since;
  bool vanished = false;
  std::optional<std::pair<std::int64_t, std::int64_t>> partial;  ///< RFC 9394 §3.3: positions in the answer
};
/// @par Errors  bad_arguments; the reply's text is for the peer
Result<Fetch> parse_fetch(std::string_view arguments, bool uid);

}  // namespace vanthu::reading_room
