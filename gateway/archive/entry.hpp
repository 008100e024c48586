// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/archive/archive.hpp"

/// What the view keeps of one record.
namespace vanthu::archive {

/// The kinds of search terms; the letter begins the key.
namespace term {
inline constexpr char word = 'w';    ///< with marks: match key
inline constexpr char bare = 'b';    ///< without marks: folded
inline constexpr char symbol = 's';  ///< symbol_keys()
inline constexpr char unit = 'u';
inline constexpr char sha256 = 'h';
inline constexpr char message_id = 'm';
inline constexpr char queue_id = 'q';
}  // namespace term

/// Kind letter and value, without NUL, no longer than LMDB's keys allow.
std::string term_key(char kind, std::string_view value);

struct Entry {
  Summary summary;
  std::string day;  ///< of receipt in Viet Nam, ISO
  journal::Position at;
  std::vector<std::string> terms;  ///< term_key()s; empty in what parse_entry returns
};

/// What a frame says, made findable. Facts that cannot be read cost their terms only: the record stays findable by its
/// envelope, `fault` says what is wrong.
Entry make_entry(const journal::FrameHead& head, const mail::Accepted& accepted, const UnitOf& unit_of,
                 std::string& fault);

/// The JSON in the view (FORMAT.md).
std::string to_json(const Entry& entry);
/// @par Errors  corrupt
Result<Entry> parse_entry(std::string_view json);
/// Entry::at alone.
Result<journal::Position> parse_place(std::string_view json);

/// The terms a record must have to answer the query.
/// @par Errors  bad_arguments when there are more than limits::search_terms, or a word has neither letter nor digit
Result<std::vector<std::string>> terms_of(const Query& query);

}  // namespace vanthu::archive
