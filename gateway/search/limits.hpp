// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

/// The bounds of full text search; the product's others stand in gateway/base/limits.hpp.
namespace vanthu::search::limits {

// A query
inline constexpr std::size_t query_octets = 4096;
inline constexpr std::size_t query_depth = 16;       // parentheses and NOT in one another
inline constexpr std::size_t query_leaves = 10'000;  // terms of the index, all ways to mark each word counted
inline constexpr std::size_t query_terms = 128;      // words, phrases and fields
inline constexpr std::size_t phrase_words = 24;      // in one phrase
inline constexpr std::size_t number_digits = 5;      // of a paper
inline constexpr std::size_t scope_names = 1000;     // units and classes that an answer is kept to

// An answer
inline constexpr std::size_t hits = 10000;       // in one answer, and so deep a ranked list can be paged
inline constexpr std::size_t counted = 10'000;   // so many that fit are counted, more are estimated
inline constexpr std::size_t facet_values = 50;  // of one facet, the rest counted together
inline constexpr std::size_t snippet_words = 24;
inline constexpr std::size_t named_places = 5;  // parts named in which a hit's words stand

// The index
inline constexpr std::size_t term_octets = 96;          // a longer word counts by its beginning
inline constexpr std::size_t value_octets = 200;        // of an address, a Message-ID, a type: Xapian's terms hold 245
inline constexpr std::size_t blind_value_octets = 160;  // of one with a unit's id behind it, which has 64 at most
inline constexpr std::uint64_t text_octets = 1U << 20;  // of one message and all that is attached to it
inline constexpr std::size_t kept_text_octets = 1500;   // of a message's own text, for snippets
inline constexpr std::size_t sequences_window =
    64U << 10;                                   // octets of a file that are read at once where most of it is asked for
inline constexpr std::size_t many_columns = 11;  // one in so many that may have a phrase: to read all is less work
inline constexpr std::size_t pair_ways = 6;      // to write two words in a row, that filters are asked for
inline constexpr std::size_t sequences_waiting = 1U << 20;   // octets, before they are written
inline constexpr std::size_t places = 100;                   // parts of one message whose place is kept
inline constexpr std::size_t batch_records = 2000;           // in one commit
inline constexpr std::uint64_t batch_octets = 64ULL << 20;   // of mail in one commit
inline constexpr std::chrono::milliseconds batch_time{700};  // then it is committed
inline constexpr std::uint64_t far_records = 1000;           // behind the log: nobody waits for the next one
inline constexpr std::chrono::seconds far_batch_time{10};    // then, and while it is rebuilt
inline constexpr std::chrono::seconds tidy_pause{20};        // after the last record was taken out
inline constexpr std::size_t records_ahead = 64;             // read while the one before is being written
inline constexpr std::size_t known_words = 200'000;          // whose spellings are remembered
inline constexpr std::uint64_t near_records = 200;           // behind the last one, and worth waiting for
inline constexpr std::uint64_t stretch_records = 20'000;     // fewer are not worth a thread more to look at them
inline constexpr std::size_t stretches = 4;                  // threads that one question gets at most
inline constexpr std::uint64_t common_share = 50;            // a phrase's words that one record in so many has
inline constexpr std::size_t looked_through = 10'000;     // records with a phrase's pairs that a thread looks into all
inline constexpr std::size_t looked_into_at_once = 4096;  // of more than these, from the newest on
inline constexpr std::uint64_t warmed_share = 4;          // a file is read ahead if it fits so many times into memory
inline constexpr unsigned look_again = 5;                 // at a database that changed while it was read

}  // namespace vanthu::search::limits
