// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/reading_room/number_set.hpp"

/// What the arguments of SEARCH and SORT ask for, as values. Literals stand in their places (imap/command.hpp).
namespace vanthu::reading_room {

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
struct ThreadRequest {
  enum class Algorithm : std::uint8_t { references, ordered_subject } algorithm = Algorithm::references;
  SearchRequest search;
};
/// @par Errors  bad_arguments; status::not_implemented for a charset that is neither UTF-8 nor US-ASCII
Result<SearchRequest> parse_search(std::string_view arguments);
Result<SortRequest> parse_sort(std::string_view arguments);
Result<ThreadRequest> parse_thread(std::string_view arguments);

}  // namespace vanthu::reading_room
