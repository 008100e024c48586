// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/opinion.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace vanthu::filters {

boost::json::value to_json(const Opinions& opinions) {
  boost::json::array all;
  for (const Opinion& one : opinions)
    all.push_back({{"source", one.source}, {"result", one.result}, {"detail", one.detail}, {"score", one.score}});
  return all;
}

}  // namespace vanthu::filters
