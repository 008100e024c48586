// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/search/pairs.hpp"
#include "gateway/search/sequence.hpp"
#include "gateway/search/sequence_part.hpp"

/// The sequences of an index, one behind another in two files beside Xapian's (FORMAT.md): the lowest octets, and the
/// upper ones; and in a third one which words stand side by side in them (pairs.hpp). Xapian keeps where each one lies,
/// in a value of its document (place_table.hpp).
namespace vanthu::search {

inline constexpr std::size_t place_octets = 8;  ///< as a document keeps it

/// Where a sequence lies.
struct SequencePlace {
  std::uint64_t first = 0;  ///< words and marks of other sequences before it
  std::size_t words = 0;    ///< 0: it is no place

  /// In 64 bits, as it is kept.
  constexpr std::uint64_t packed() const noexcept { return first << 24U | words; }
  static constexpr SequencePlace unpacked(std::uint64_t all) noexcept { return {all >> 24U, all & 0xFFFFFFU}; }
};
SequencePlace parse_place(std::string_view place);

/// What an index keeps of its sequences.
struct SequencesOf {
  std::string id;           ///< SequenceFile::id()
  std::uint64_t words = 0;  ///< SequenceFile::words() at the last commit
};

/// For who writes the index: one at a time. What was appended and never committed is cut off by the next one.
class SequenceFile {
 public:
  /// Makes an empty one in a folder, whatever was there.
  /// @par Errors  store_full, store_failed
  static Result<SequenceFile> create(const std::filesystem::path& folder);
  /// Goes on behind what was committed, and cuts off the rest: nobody points there.
  /// @param committed  words and marks
  /// @par Errors  corrupt: it is missing, of something else, or shorter than that; store_failed
  static Result<SequenceFile> open(const std::filesystem::path& folder, std::uint64_t committed);

  const std::string& id() const noexcept { return lowest_.id(); }  ///< 32 digits: which index it belongs to
  std::uint64_t words() const noexcept { return lowest_.octets(); }

  /// @return its place: what the index is to keep, eight octets
  /// @par Errors  store_full, store_failed
  Result<std::string> append(const SequenceOctets& sequence);
  /// Everything that was appended, on stable storage unless the index takes its chance.
  Result<Done> flush(bool sync);
  /// Writes zeros over sequences, and takes their pairs out, to stable storage. Where they are shared with another
  /// folder they are gone there as well.
  /// @param places  one behind the other, as append() gave them
  Result<Done> wipe(std::string_view places);

 private:
  SequenceFile(PartWriter lowest, PartWriter upper, PartWriter pairs)
      : lowest_(std::move(lowest)), upper_(std::move(upper)), pairs_(std::move(pairs)) {}
  /// Makes one filter of a block from the words that stand there.
  /// @param anew  it is not empty
  Result<Done> make_column(pairs::Block& block, std::uint64_t which, std::uint64_t column, bool anew);
  Result<Done> append_block();
  Result<Done> wipe_pairs(const std::set<std::uint64_t>& columns);
  PartWriter lowest_, upper_, pairs_;
};

/// For one who looks: what was committed when the database beside it was opened. One thread.
class SequenceReader final : private UpperOctets {
 public:
  SequenceReader(const std::filesystem::path& folder, const SequencesOf& of);

  /// @return valid until the next call
  /// @throws what PartReader::at() throws; DatabaseCorruptError also where no sequence stands: it would be a phrase
  ///   that nobody finds; DatabaseModifiedError where there is none any more
  Sequence sequence(const SequencePlace& place) const;
  /// Some words of one, which need not be the first.
  /// @param ahead  as of PartReader::at()
  /// @return valid until the next call @throws what PartReader::at()
  /// throws
  Sequence part(std::uint64_t first, std::size_t words, bool ahead) const;
  /// Blocks of pairs; of what lies behind them nothing is known.
  std::uint64_t blocks() const noexcept { return blocks_; }
  /// One of their rows. @return valid until the next call @throws what PartReader::at() throws
  std::string_view pairs(std::uint64_t block, std::uint16_t row) const;

 private:
  std::string_view upper(std::uint64_t first, std::size_t words, bool with_mark) const override;
  PartReader lowest_, upper_, pairs_;
  std::uint64_t blocks_;
};

/// Other names for the same files in another folder; copies where the file system has no second names.
/// @par Errors  store_full, store_failed
Result<Done> share_sequences(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace vanthu::search
