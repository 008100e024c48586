// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/authentication.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <exception>
#include <string_view>

#include "gateway/base/status.hpp"

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

Result<Authentication> parse_authentication(const boost::json::value& json) {
  const auto text = [](const boost::json::value& value, std::string_view name) {
    return std::string(value.as_object().at(name).as_string());
  };
  try {
    Authentication read;
    const boost::json::value& spf = json.at("spf");
    read.spf = {text(spf, "result"), text(spf, "domain"), text(spf, "identity")};
    for (const boost::json::value& one : json.at("dkim").as_array())
      read.dkim.push_back(
          {text(one, "domain"), text(one, "selector"), text(one, "algorithm"), text(one, "result"), text(one, "why")});
    const boost::json::value& dmarc = json.at("dmarc");
    read.dmarc = {text(dmarc, "result"), text(dmarc, "domain"), text(dmarc, "policy"), text(dmarc, "aligned")};
    read.forged_results = json.at("forged_results").to_number<std::uint32_t>();
    return read;
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("authentication: ") + error.what());
  }
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
