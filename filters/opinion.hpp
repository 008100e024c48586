// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"

/// What programs outside of ours say of a message, as plain values: facts for the policy, never a refusal of their own.
namespace vanthu::filters {

struct Opinion {
  std::string source;  ///< "clamd", "rspamd"
  /// Of clamd "clean" or "found"; of rspamd the action it proposes, "no action" to "reject"; of both "absent": no
  /// answer in time, or none that makes sense.
  std::string result;
  std::string detail;  ///< the signature found; symbols with their weights; why it is absent
  double score = 0;    ///< rspamd's
  friend bool operator==(const Opinion&, const Opinion&) = default;
};
using Opinions = std::vector<Opinion>;

boost::json::value to_json(const Opinions& opinions);
/// @par Errors  corrupt
Result<Opinions> parse_opinions(const boost::json::value& json);

}  // namespace vanthu::filters
