// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <compare>

#include "directory/near.hpp"
#include "directory/view.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {

/// Bit-parallel optimal string alignment (H. Hyyrö, "A bit-vector algorithm for computing Levenshtein and Damerau edit
/// distances", 2003): one column of the matrix is one 64-bit word, so a hundred thousand names take milliseconds.
class Pattern {
 public:
  explicit Pattern(std::string_view pattern) : length_(std::min<std::size_t>(pattern.size(), 64)) {
    for (std::size_t i = 0; i < length_; ++i) at_[static_cast<unsigned char>(pattern[i])] |= std::uint64_t{1} << i;
  }
  std::size_t length() const { return length_; }
  std::size_t distance(std::string_view text) const {
    if (length_ == 0) return text.size();
    std::uint64_t vertical_plus = ~std::uint64_t{0};
    std::uint64_t vertical_minus = 0;
    std::uint64_t diagonal = 0;
    std::uint64_t before = 0;
    std::size_t score = length_;
    const std::uint64_t last = std::uint64_t{1} << (length_ - 1);
    for (const char c : text) {
      const std::uint64_t here = at_[static_cast<unsigned char>(c)];
      const std::uint64_t swapped = ((~diagonal & here) << 1) & before;
      diagonal = (((here & vertical_plus) + vertical_plus) ^ vertical_plus) | here | vertical_minus | swapped;
      const std::uint64_t plus = vertical_minus | ~(diagonal | vertical_plus);
      const std::uint64_t minus = diagonal & vertical_plus;
      if ((plus & last) != 0) ++score;
      if ((minus & last) != 0) --score;
      const std::uint64_t shifted = plus << 1 | 1;
      vertical_plus = minus << 1 | ~(diagonal | shifted);
      vertical_minus = shifted & diagonal;
      before = here;
    }
    return score;
  }

 private:
  std::array<std::uint64_t, 256> at_{};
  std::size_t length_;
};

struct Near {
  std::size_t distance;
  std::string address;
  friend auto operator<=>(const Near&, const Near&) = default;
};

/// Whether mail to this address would be taken that day.
bool takes_mail(const View& view, std::string_view address, const Day& at) {
  if (const Row mailbox = view.mailbox(address)) return View::standing(mailbox, at) == View::Standing::open;
  if (const Row group = view.group_at(address)) return covers(group[col::group::from], group[col::group::to], at);
  const Row alias = view.alias(address, at);
  if (!alias) return false;
  const Row target = view.mailbox(alias[col::alias::target]);
  return !target || View::standing(target, at) == View::Standing::open;
}
}  // namespace

std::size_t edit_distance(std::string_view pattern, std::string_view text) { return Pattern(pattern).distance(text); }

std::vector<std::string> neighbours(const View& view, std::string_view address, std::size_t most, const Day& at) {
  const std::string_view local = address.substr(0, address.rfind('@'));
  if (local.empty() || local.size() > limits::local_part_octets || !text::is_utf8(local)) return {};
  const std::string folded = folded_local_part(address);
  const std::size_t reach = folded.size() <= 3 ? 1 : folded.size() <= 8 ? 2 : 3;
  std::vector<std::uint32_t> numbers;
  for (const std::uint32_t hash : remainders(folded, reach == 1 ? 1 : 2))
    find_near(view.store(), view.transaction(), hash, numbers);
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  if (numbers.size() > limits::near_candidates) numbers.resize(limits::near_candidates);
  const Pattern pattern(folded);
  std::vector<Near> near;
  for (const std::uint32_t number : numbers) {
    const auto other = view.transaction().get(view.store().numbers, number_key(number));
    if (!other) continue;
    const std::size_t distance = pattern.distance(folded_local_part(*other));
    if (distance <= reach && distance < folded.size()) near.push_back({distance, std::string(*other)});
  }
  std::sort(near.begin(), near.end());
  near.erase(std::unique(near.begin(), near.end()), near.end());
  std::vector<std::string> answer;
  for (Near& one : near) {
    if (answer.size() >= std::min(most, limits::neighbours_named)) break;
    if (takes_mail(view, one.address, at)) answer.push_back(std::move(one.address));
  }
  return answer;
}

}  // namespace vanthu::directory
