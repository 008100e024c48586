// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <unordered_set>

#include "directory/snapshot.hpp"
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
  const std::string* address;
  bool operator<(const Near& other) const {
    return distance != other.distance ? distance < other.distance : *address < *other.address;
  }
};
}  // namespace

std::size_t edit_distance(std::string_view pattern, std::string_view text) { return Pattern(pattern).distance(text); }

std::vector<std::string> neighbours(const Snapshot& s, std::string_view address, std::size_t most, Date at) {
  const std::string_view local = address.substr(0, address.rfind('@'));
  if (local.empty() || local.size() > limits::local_part_octets || !text::is_utf8(local)) return {};
  const std::string folded = text::fold(local);
  const Pattern pattern(folded);
  const std::size_t reach = folded.size() <= 3 ? 1 : folded.size() <= 8 ? 2 : 3;
  std::vector<Near> near;
  const auto look = [&](const std::string& other, const std::string& its_address, const auto& is_open) {
    const std::size_t gap = other.size() > folded.size() ? other.size() - folded.size() : folded.size() - other.size();
    if (gap > reach || other.empty()) return;
    if (const std::size_t distance = pattern.distance(other);
        distance <= reach && distance < folded.size() && is_open())
      near.push_back({distance, &its_address});
  };
  for (const Snapshot::MailboxRow& row : s.mailboxes)
    look(row.folded, row.mailbox.address, [&] { return Snapshot::standing(row, at) == Snapshot::Standing::open; });
  for (const Snapshot::AliasRow& row : s.aliases)
    look(row.folded, row.alias.alias, [&] {
      const Snapshot::MailboxRow* target = s.mailbox(row.alias.target);
      return row.alias.valid.covers(at) &&
             (target == nullptr || Snapshot::standing(*target, at) == Snapshot::Standing::open);
    });
  for (const Snapshot::GroupRow& row : s.groups)
    look(row.folded, row.group.address, [&] { return row.group.valid.covers(at); });
  std::sort(near.begin(), near.end());
  std::vector<std::string> answer;
  for (const Near& one : near) {
    if (answer.size() >= std::min(most, limits::neighbours_named)) break;
    if (std::find(answer.begin(), answer.end(), *one.address) == answer.end()) answer.push_back(*one.address);
  }
  return answer;
}

}  // namespace vanthu::directory
