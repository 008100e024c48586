// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/verdict.hpp"

#include <boost/json/parse.hpp>

#include "gateway/base/json_text.hpp"

namespace vanthu::filters {

std::string_view name_of(Action action) {
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

namespace {
JsonText& words(JsonText& out, std::string_view name, const std::vector<std::string>& list) {
  out.key(name).open_list();
  for (const std::string& word : list) out.value(word);
  return out.close_list();
}
}  // namespace

Verdict after_rewriting(Verdict first, std::optional<Verdict> second) {
  const Unreadable wanted = *std::exchange(first.rewrite, std::nullopt);
  const std::string& rule = wanted.rule;
  if (!second || second->rewrite) {  // it has none, or not even that one is one
    first.action = Action::reject;
    first.rule = rule;
    first.reply = wanted.reply;
    first.decisions.clear();
    first.notices.clear();
    first.on_behalf.reset();
    first.record_class.clear();
    first.steps.push_back({rule, true, "the message has no single strict reading"});
    return first;
  }
  if (second->secret) return *std::move(second);
  std::vector<Step> steps;
  for (Step& step : first.steps)
    if (step.matched && step.rule == rule) steps.push_back(std::move(step));
  steps.push_back({rule, true, "what follows was asked of the message in its strict reading"});
  second->steps.insert(second->steps.begin(), steps.begin(), steps.end());
  return *std::move(second);
}

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
  out.close_list();
  // Most messages have none of these: they are not written then, so that a record says only what there was.
  if (!verdict.decisions.empty()) {
    out.key("decisions").open_list();
    for (const Decision& decision : verdict.decisions) {
      out.open().member("kind", decision.kind);
      words(out, "deciders", decision.deciders);
      words(out, "recipients", decision.recipients);
      out.member("hours", decision.hours).member("on_timeout", decision.on_timeout).member("why", decision.why);
      if (!decision.rule.empty()) out.member("rule", decision.rule).member("persons", decision.persons);
      out.close();
    }
    out.close_list();
  }
  if (!verdict.notices.empty()) {
    out.key("notices").open_list();
    for (const Notice& notice : verdict.notices)
      out.open().member("id", notice.id).member("vi", notice.text_vi).member("en", notice.text_en).close();
    out.close_list();
  }
  if (verdict.on_behalf) {
    const OnBehalf& act = *verdict.on_behalf;
    out.key("on_behalf")
        .open()
        .member("login", act.login)
        .member("person", act.person)
        .member("author", act.author)
        .member("holder", act.holder)
        .member("position", act.position)
        .member("unit", act.unit)
        .member("add_sender", act.add_sender)
        .close();
  }
  out.close();
  return std::move(out).text();
}

boost::json::value to_json(const Verdict& verdict) { return boost::json::parse(to_text(verdict)); }

}  // namespace vanthu::filters
