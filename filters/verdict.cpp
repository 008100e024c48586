// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/verdict.hpp"

#include <boost/json/parse.hpp>

#include "gateway/base/json_text.hpp"

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

std::string to_text(const Verdict& verdict) {
  JsonText out(1024);
  out.open().member("action", name_of(verdict.action)).member("rule", verdict.rule);
  out.key("reply")
      .open()
      .member("code", verdict.reply.code)
      .member("enhanced", format(verdict.reply.enhanced))
      .member("text", verdict.reply.text)
      .close();
  out.member("record_class", verdict.record_class)
      .member("secret", verdict.secret)
      .member("policy_version", verdict.policy_version);
  out.key("steps").open_list();
  for (const Step& step : verdict.steps)
    out.open().member("rule", step.rule).member("matched", step.matched).member("because", step.because).close();
  out.close_list().close();
  return std::move(out).text();
}

boost::json::value to_json(const Verdict& verdict) { return boost::json::parse(to_text(verdict)); }

}  // namespace vanthu::filters
