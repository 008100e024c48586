// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/octet_set.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cstdint>

namespace vanthu::search {
namespace {

std::size_t first_by_one(const char* octets, std::size_t from, std::size_t places, const SetBehind& one,
                         const SetBehind& other) noexcept {
  while (from < places && !(one.set.has(octets[from + one.offset]) && other.set.has(octets[from + other.offset])))
    ++from;
  return from;
}

#if defined(__x86_64__)
constexpr std::size_t block = 32;  // places looked at together

/// The same, a block at a time. The rows of a block's octets are looked up by their lower halves in both tables; an
/// octet's highest bit says which of the two counts, the three below it which bit of the row.
/// @param places  at least a block
[[gnu::target("avx2")]] std::size_t first_by_block(const char* octets, std::size_t from, std::size_t places,
                                                   const SetBehind& one, const SetBehind& other) noexcept {
  const SetBehind* const sets[]{&one, &other};
  __m256i tables[2][2];  // no std::array: it would lose the vectors' alignment in g++'s eyes
  for (std::size_t i = 0; i < 2; ++i)
    for (const bool upper : {false, true})
      tables[i][upper ? 1 : 0] = _mm256_broadcastsi128_si256(
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(sets[i]->set.table(upper).data())));
  const __m256i halves = _mm256_set1_epi8(0x0F), eights = _mm256_set1_epi8(0x07);
  const __m256i bits = _mm256_broadcastsi128_si256(_mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0));
  while (from < places) {
    const std::size_t begin = std::min(from, places - block);  // the last block begins within the one before
    std::uint32_t may = ~0U;                                   // a bit for each place
    for (std::size_t i = 0; i < 2; ++i) {
      const __m256i here = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(octets + begin + sets[i]->offset));
      const __m256i lower = _mm256_and_si256(here, halves);
      const __m256i rows =
          _mm256_blendv_epi8(_mm256_shuffle_epi8(tables[i][0], lower), _mm256_shuffle_epi8(tables[i][1], lower), here);
      const __m256i bit = _mm256_shuffle_epi8(bits, _mm256_and_si256(_mm256_srli_epi16(here, 4), eights));
      const __m256i has = _mm256_cmpeq_epi8(_mm256_and_si256(rows, bit), bit);
      may &= static_cast<std::uint32_t>(_mm256_movemask_epi8(has));
    }
    may >>= from - begin;
    if (may != 0) return from + static_cast<std::size_t>(std::countr_zero(may));
    from = begin + block;
  }
  return places;
}
#endif

}  // namespace

std::size_t first_place(const char* octets, std::size_t from, std::size_t places, const SetBehind& one,
                        const SetBehind& other) noexcept {
#if defined(__x86_64__)
  static const bool wide = __builtin_cpu_supports("avx2") != 0;
  if (wide && places >= block) return first_by_block(octets, from, places, one, other);
#endif
  return first_by_one(octets, from, places, one, other);
}

}  // namespace vanthu::search
