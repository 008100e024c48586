// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "directory/store.hpp"

/// The index behind neighbours(): addresses by what is left of the local-part when one letter is left out (symmetric
/// deletion). Two local-parts that are one mistake apart meet under the same remainder, so a misspelt one among a
/// million is found with a look-up for each of its remainders.
namespace vanthu::directory {

/// A local-part as it is compared: lower case, without marks.
std::string folded_local_part(std::string_view address);
/// Hashes of the text and of every remainder of it with up to `letters` (0 to 2) left out, each once.
std::vector<std::uint32_t> remainders(std::string_view folded, int letters);

/// An address under one of its hashes.
struct NearEntry {
  std::uint32_t hash = 0;
  std::uint32_t number = 0;  ///< of the address, in Store::numbers
  friend auto operator<=>(const NearEntry&, const NearEntry&) = default;
};

/// Adds entries to those stored. @param entries  sorted here
Result<Done> add_near(const Store& store, lmdb::Transaction& transaction, std::vector<NearEntry>& entries);
/// Numbers of the addresses that stand under a hash.
void find_near(const Store& store, const lmdb::Transaction& transaction, std::uint32_t hash,
               std::vector<std::uint32_t>& numbers);

std::string number_key(std::uint32_t number);

}  // namespace vanthu::directory
