// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/authentication.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string_view>

namespace vanthu::filters {

boost::json::value to_json(const Authentication& authentication) {
  boost::json::array dkim;
  for (const Authentication::Dkim& one : authentication.dkim)
    dkim.push_back({{"domain", one.domain},
                    {"selector", one.selector},
                    {"algorithm", one.algorithm},
                    {"result", one.result},
                    {"why", one.why}});
  const Authentication::Spf& spf = authentication.spf;
  const Authentication::Dmarc& dmarc = authentication.dmarc;
  return {{"spf", {{"result", spf.result}, {"domain", spf.domain}, {"identity", spf.identity}}},
          {"dkim", std::move(dkim)},
          {"dmarc",
           {{"result", dmarc.result}, {"domain", dmarc.domain}, {"policy", dmarc.policy}, {"aligned", dmarc.aligned}}},
          {"forged_results", authentication.forged_results}};
}

std::string dkim_result(const Authentication& authentication) {
  constexpr std::array<std::string_view, 6> order{"pass", "temperror", "policy", "fail", "permerror", "neutral"};
  for (const std::string_view result : order)
    if (std::any_of(authentication.dkim.begin(), authentication.dkim.end(),
                    [&](const Authentication::Dkim& one) { return one.result == result; }))
      return std::string(result);
  return "none";
}

}  // namespace vanthu::filters
