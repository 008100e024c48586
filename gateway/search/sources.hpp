// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <xapian.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/search/sequence.hpp"
#include "gateway/search/sequence_file.hpp"

/// What decides on records and is no term of the index. None of it ranks.
namespace vanthu::search {

/// Phrases and terms of which a record must have one.
struct Decision {
  std::vector<Phrase> phrases;
  std::vector<std::string> terms;
  std::shared_ptr<const SequenceReader> sequences;
};

/// Of these records, ascending, those that the index has.
Xapian::Query of_records(std::vector<std::uint64_t> records);
/// Those of a query's records that are among these, ascending.
Xapian::Query among(const Xapian::Query& query, std::vector<std::uint64_t> records);
/// Those of a query's records whose numbers are not above this one.
Xapian::Query up_to(const Xapian::Query& query, std::uint64_t number);
/// Those from one number to another, both included.
Xapian::Query between_numbers(const Xapian::Query& query, std::uint64_t first, std::uint64_t last);
/// Those from one number to another that `met` says yes to, which is asked of each one that the query leaves, in the
/// order of their numbers; where another source like it is in the query, perhaps before that.
Xapian::Query if_met(const Xapian::Query& query, Xapian::docid first, Xapian::docid last,
                     std::function<bool(Xapian::docid record)> met);
/// Those of a query's records whose value lies between two, both included: looked at last, one by one, as in_a_row().
Xapian::Query between(const Xapian::Query& query, unsigned slot, std::string from, std::string to);
/// The records in which a phrase stands. For use beside the phrase's words in OP_AND, which leaves it to the last: each
/// record that has the words is looked at, and its sequence read.
Xapian::Query in_a_row(Phrase phrase, std::shared_ptr<const SequenceReader> sequences);

}  // namespace vanthu::search
