// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/reading_room/number_set.hpp"

/// What the arguments of FETCH, SEARCH and LIST ask for, as values. Literals stand in their places (imap/command.hpp).
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

struct SearchKey {
  enum class Kind : std::uint8_t {
    all,
    none,     ///< what no record here can be: flagged, recent, unseen
    both,     ///< every child
    either,   ///< one child
    without,  ///< not the only child
    numbers,  ///< message numbers
    uids,
    received,  ///< day; before, on, since
    sent,      ///< likewise, of the Date field
    saved,     ///< likewise
    larger,
    smaller,
    older,  ///< seconds (RFC 5032)
    younger,
    modseq,
    header,  ///< field `name` holds `text`; an empty text: the field is there
    body,
    text,
    email_id
  };
  enum class When : std::uint8_t { before, on, since };
  Kind kind = Kind::all;
  When when = When::on;
  std::string name{}, text{};  ///< name: lower case
  std::string day{};           ///< ISO
  std::uint64_t number = 0;
  NumberSet set{};
  bool fuzzy = false;
  std::vector<SearchKey> children{};
};

struct SearchRequest {
  bool extended = false;  ///< RETURN: the answer is ESEARCH
  bool min = false, max = false, all = false, count = false, save = false;
  std::optional<std::pair<std::int64_t, std::int64_t>> partial;
  bool modseq = false;  ///< a MODSEQ key is in it
  SearchKey key;
};
struct SortRequest {
  struct Criterion {
    enum class By : std::uint8_t { arrival, cc, date, from, size, subject, to } by = By::arrival;
    bool reverse = false;
  };
  std::vector<Criterion> criteria;
  SearchRequest search;
};
/// @par Errors  bad_arguments; status::not_implemented for a charset that is neither UTF-8 nor US-ASCII
Result<SearchRequest> parse_search(std::string_view arguments);
Result<SortRequest> parse_sort(std::string_view arguments);

struct ListRequest {
  std::string reference;
  std::vector<std::string> patterns;
  bool extended = false;
  bool select_special = false, select_subscribed = false, recursive = false, select_remote = false;
  bool return_special = false, return_subscribed = false, return_children = false;
  std::vector<std::string> status;  ///< upper case
};
Result<ListRequest> parse_list(std::string_view arguments);
/// "(MESSAGES UIDNEXT)", upper case.
std::optional<std::vector<std::string>> take_words(std::string_view& rest);

}  // namespace vanthu::reading_room
