// SPDX-License-Identifier: GPL-3.0-or-later
// Queries as anybody may type them: what is understood can be written down and is understood the same, and becomes a
// query of Xapian's.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/text.hpp"
#include "gateway/search/plan.hpp"
#include "gateway/search/query.hpp"

namespace {
using vanthu::search::Node;

bool same(const Node& a, const Node& b) {
  if (a.kind != b.kind || a.value != b.value || a.upper != b.upper || a.field != b.field ||
      a.children.size() != b.children.size())
    return false;
  for (std::size_t i = 0; i < a.children.size(); ++i)
    if (!same(a.children[i], b.children[i])) return false;
  return true;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  const auto node = search::parse_query({reinterpret_cast<const char*>(data), size});
  if (!node) {
    if (!node.error().detail.starts_with("cột ") || !text::is_utf8(node.error().detail)) std::abort();
    return 0;
  }
  // Written with more parentheses it may be too deep or too long, never another query.
  const auto again = search::parse_query(search::format(*node));
  if (again && !same(*node, *again)) std::abort();
  // By who sees all, and by who is told of some blind copies.
  search::Scope some;
  some.parts = {search::Part{std::set<std::string>{"vptu"}, {}}, search::Part{{}, std::set<std::string>{"official"}}};
  search::Indexed indexed;
  indexed.behind = [](const std::string&) { return std::vector<std::string>{"", "bnc", "vptu"}; };
  for (const search::Scope& scope : {search::Scope(), some})
    for (const bool loosely : {false, true}) {
      const auto plan = search::make_plan(*node, {}, scope, indexed, loosely);
      if (plan && plan->query.get_length() > 100'000) std::abort();
    }
  return 0;
}
