// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/opinion.hpp"

#include <boost/json.hpp>
#include <exception>

#include "gateway/base/status.hpp"

namespace vanthu::filters {

boost::json::value to_json(const Opinions& opinions) {
  boost::json::array all;
  for (const Opinion& one : opinions)
    all.push_back({{"source", one.source}, {"result", one.result}, {"detail", one.detail}, {"score", one.score}});
  return all;
}

Result<Opinions> parse_opinions(const boost::json::value& json) {
  try {
    Opinions read;
    for (const boost::json::value& one : json.as_array())
      read.push_back({std::string(one.at("source").as_string()), std::string(one.at("result").as_string()),
                      std::string(one.at("detail").as_string()), one.at("score").to_number<double>()});
    return read;
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("opinions: ") + error.what());
  }
}

}  // namespace vanthu::filters
