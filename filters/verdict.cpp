// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/verdict.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace vanthu::filters {
namespace {
const char* name_of(Action action) {
  switch (action) {
    case Action::accept:
      return "accept";
    case Action::hold:
      return "hold";
    case Action::defer:
      return "defer";
    case Action::reject:
      return "reject";
  }
  return "reject";
}
}  // namespace

boost::json::value to_json(const Verdict& verdict) {
  boost::json::array steps;
  for (const Step& step : verdict.steps)
    steps.push_back(boost::json::object{{"rule", step.rule}, {"matched", step.matched}, {"because", step.because}});
  return boost::json::object{{"action", name_of(verdict.action)},
                             {"rule", verdict.rule},
                             {"reply", boost::json::object{{"code", verdict.reply.code},
                                                           {"enhanced", format(verdict.reply.enhanced)},
                                                           {"text", verdict.reply.text}}},
                             {"record_class", verdict.record_class},
                             {"secret", verdict.secret},
                             {"policy_version", verdict.policy_version},
                             {"steps", std::move(steps)}};
}

}  // namespace vanthu::filters
