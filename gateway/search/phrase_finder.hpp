// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "gateway/search/pairs.hpp"
#include "gateway/search/sequence.hpp"
#include "gateway/search/sequence_file.hpp"

namespace vanthu::search {

/// One phrase, looked for in many records by the places of their sequences: cheapest when these rise. What filters say
/// is asked once. One thread.
class PhraseFinder {
 public:
  PhraseFinder(Phrase phrase, std::shared_ptr<const SequenceReader> sequences);

  enum class Look : std::uint8_t {
    pairs,  ///< not at sequences: false says that it does not stand there for certain
    some,   ///< at some records that may have it
    all     ///< at all that may have it
  };
  /// @throws what SequenceReader throws
  bool stands(const SequencePlace& place, Look look);

 private:
  using Columns = std::array<unsigned char, pairs::row_octets>;  // a bit for each, as rows have them
  struct Block {
    Columns may{};      ///< the phrase may begin in these
    bool many = false;  ///< so many that to read all of them is less work
  };
  Block block_of(std::uint64_t which) const;
  bool may_begin_in(std::uint64_t column);
  bool may_stand(const SequencePlace& place);

  Phrase phrase_;
  std::shared_ptr<const SequenceReader> sequences_;
  /// What a column must have: of each, one of some pairs.
  std::vector<std::vector<std::vector<std::uint16_t>>> pairs_;  // as their rows
  std::map<std::uint64_t, Block> blocks_;
  const Block* block_ = nullptr;  // that was asked about last
  std::uint64_t which_ = 0;
};

}  // namespace vanthu::search
