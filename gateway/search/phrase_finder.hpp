// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gateway/search/pairs.hpp"
#include "gateway/search/sequence.hpp"
#include "gateway/search/sequence_file.hpp"

namespace vanthu::search {

/// One phrase, looked for in many records by the places of their sequences: cheapest when these rise. One thread.
class PhraseFinder {
 public:
  PhraseFinder(Phrase phrase, std::shared_ptr<const SequenceReader> sequences);

  /// False: it does not, for certain. By the pairs of its words alone, without a look at the sequence.
  /// @throws what SequenceReader throws
  bool may_stand(const std::string& place);
  /// @throws what SequenceReader throws
  bool stands(const std::string& place);

 private:
  using Columns = std::array<unsigned char, pairs::row_octets>;  // a bit for each, as rows have them
  Columns columns_of(std::uint64_t block) const;

  Phrase phrase_;
  std::shared_ptr<const SequenceReader> sequences_;
  /// For each two words of it, the rows of every way to write them.
  std::vector<std::vector<std::array<std::uint16_t, 4>>> pairs_;
  std::uint64_t block_ = 0;  // what `may_` is of
  bool looked_ = false;
  Columns may_{};
};

}  // namespace vanthu::search
