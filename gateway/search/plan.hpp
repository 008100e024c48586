// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <xapian.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/result.hpp"
#include "gateway/search/query.hpp"
#include "gateway/search/scope.hpp"
#include "gateway/search/sources.hpp"
#include "gateway/search/words.hpp"

/// From what is asked to what Xapian is asked.
namespace vanthu::search {

/// The directory's word on what a query names. Any may be empty: then a unit is itself alone, no term is known, and a
/// unit may be called anything.
struct Knowledge {
  /// A unit and all that became part of it, ids.
  std::function<std::vector<std::string>(std::string_view unit)> with_predecessors;
  struct Days {
    std::optional<Date> first, last;
  };
  /// The days of "tinhuy/XIX"; the error says which terms there are.
  std::function<Result<Days>(std::string_view term)> term_days;
  /// The records of `file:`, `fonds:`, `held:` and `register:`, ascending: what the books say now, in no index. What a
  /// unit beyond the scope has written down is not there.
  std::function<Result<std::vector<std::uint64_t>>(Field field, std::string_view value, const Scope& scope)> records_of;
  /// Why nothing can be looked for by that id: there has never been such a unit. Empty: there has.
  std::function<std::string(std::string_view unit)> unknown_unit{};
};

struct Plan {
  Xapian::Query query;
  bool ranked = false;              ///< it has words: some records are nearer to it than others
  bool marks = false;               ///< some word of it has marks
  std::vector<Decision> decisions;  ///< the query does not hold these: all must be met besides
  /// The words that a record may have been found by: as asked (with marks, or without: then any), and as they stand in
  /// the sequences.
  struct Light {
    Spelling asked;
    Choice words;
  };
  std::map<std::string, Light> lights;
};

/// What the index says that a query is for. Any of it may be empty.
struct Indexed {
  /// Every word of it that is this one without its marks.
  std::function<std::vector<std::string>(const std::string& bare)> marked{};
  /// Whether all of its records have a term, although some number before the last is nobody's. Such a term must not be
  /// asked for where it does not rank: Xapian 1.4.22 then goes through its list of all documents, looks for the second
  /// piece of that under the term's name, and calls the index damaged.
  std::function<bool(const std::string& term)> everywhere{};
  /// Whether some record has a term.
  std::function<bool(const std::string& term)> somewhere{};
  /// What follows a beginning in every term that begins so.
  std::function<std::vector<std::string>(const std::string& beginning)> behind{};
  std::shared_ptr<const SequenceReader> sequences{};
};

/// What is asked, told as far as the scope goes: nobody finds a record by a blind copy that he is not told of
/// (archive::is_told). Keeping the records to the scope is within()'s.
/// @param loosely  words with marks stand for all ways to mark them
/// @par Errors  bad_arguments, with the column
Result<Plan> make_plan(const Node& node, const Knowledge& knowledge, const Scope& scope, const Indexed& indexed,
                       bool loosely);

/// The query, kept to the scope.
Xapian::Query within(const Xapian::Query& query, const Scope& scope, const Indexed& indexed);

}  // namespace vanthu::search
