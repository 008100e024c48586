// SPDX-License-Identifier: GPL-3.0-or-later
// A display name as anybody writes it, against a directory of a few names: its claims are pieces of it, in bounds, and
// a name that claims to be somebody does so when it is written again.
#include <cstdint>
#include <cstdlib>

#include "directory/skeleton.hpp"
#include "filters/addressing/claims.hpp"
#include "gateway/base/limits.hpp"

namespace {
using vanthu::addressing::Named;

std::vector<Named> look_up(std::string_view text) {
  using Kind = Named::Kind;
  static const std::vector<std::pair<std::string, Named>> all = [] {
    std::vector<std::pair<std::string, Named>> made;
    for (const Named& one : {Named{Kind::person, "p1", "Nguyễn Hữu Đông"}, Named{Kind::person, "p2", "An"},
                             Named{Kind::unit, "tu", "Tỉnh uỷ"}, Named{Kind::unit, "btc", "Ban Tổ chức Tỉnh uỷ"},
                             Named{Kind::position, "tu", "Bí thư"}, Named{Kind::position, "btc", "Trưởng Ban"}})
      made.emplace_back(vanthu::directory::skeleton(one.name), one);
    return made;
  }();
  std::vector<Named> found;
  const std::string key = vanthu::directory::skeleton(text);
  for (const auto& [skeleton, one] : all)
    if (skeleton == key) found.push_back(one);
  return found;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  const std::string_view name(reinterpret_cast<const char*>(data), size);
  const std::string key = directory::skeleton(name);
  if (key.size() > limits::skeleton_octets) std::abort();
  if (key != directory::skeleton(name)) std::abort();
  (void)directory::plainly_spelled(name);
  const std::string squeezed = addressing::squeezed(name);
  if (addressing::squeezed(squeezed) != squeezed) std::abort();
  const addressing::Claims claimed = addressing::claims(squeezed, look_up);
  if (claimed.list.size() > 2 * limits::display_name_words) std::abort();
  for (const addressing::Claim& claim : claimed.list) {
    if (claim.entries.empty()) std::abort();
    for (const Named& entry : claim.entries)
      if (!addressing::taken_for(claim.text, entry.name)) std::abort();
    if (addressing::claims(claim.text, look_up).list.empty()) std::abort();
  }
  return 0;
}
