// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/verdict.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <stdexcept>

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
namespace json = boost::json;

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr ? std::string() : std::string(value->as_string());
}
std::vector<std::string> list_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr ? std::vector<std::string>() : json::value_to<std::vector<std::string>>(*value);
}

Decision read_decision(const json::object& one) {
  Decision decision;
  decision.kind = text_of(one, "kind");
  decision.deciders = list_of(one, "deciders");
  decision.recipients = list_of(one, "recipients");
  decision.hours = one.at("hours").to_number<std::uint32_t>();
  decision.on_timeout = text_of(one, "on_timeout");
  decision.why = text_of(one, "why");
  decision.rule = text_of(one, "rule");
  if (const json::value* persons = one.if_contains("persons")) decision.persons = persons->to_number<std::uint32_t>();
  return decision;
}

Verdict read_verdict(const json::object& object) {
  Verdict verdict;
  constexpr std::array<Action, 4> actions{Action::accept, Action::hold, Action::defer, Action::reject};
  const std::string action = text_of(object, "action");
  const auto known = std::find_if(actions.begin(), actions.end(), [&](Action one) { return name_of(one) == action; });
  if (known == actions.end()) throw std::invalid_argument("action");
  verdict.action = *known;
  verdict.rule = text_of(object, "rule");
  if (const json::value* reply = object.if_contains("reply")) {
    verdict.reply.code = reply->at("code").to_number<int>();
    verdict.reply.text = text_of(reply->as_object(), "text");
    const std::string enhanced = text_of(reply->as_object(), "enhanced");
    std::size_t at = 0;
    for (int& digit : verdict.reply.enhanced) {
      std::size_t used = 0;
      digit = std::stoi(enhanced.substr(at), &used);
      at = std::min(at + used + 1, enhanced.size());
    }
  }
  verdict.record_class = text_of(object, "record_class");
  if (const json::value* secret = object.if_contains("secret")) verdict.secret = secret->as_bool();
  verdict.policy_version = text_of(object, "policy_version");
  if (const json::value* steps = object.if_contains("steps"))
    for (const json::value& one : steps->as_array())
      verdict.steps.push_back(
          {text_of(one.as_object(), "rule"), one.at("matched").as_bool(), text_of(one.as_object(), "because")});
  if (const json::value* decisions = object.if_contains("decisions"))
    for (const json::value& one : decisions->as_array()) verdict.decisions.push_back(read_decision(one.as_object()));
  if (const json::value* notices = object.if_contains("notices"))
    for (const json::value& one : notices->as_array())
      verdict.notices.push_back(
          {text_of(one.as_object(), "id"), text_of(one.as_object(), "vi"), text_of(one.as_object(), "en")});
  if (const json::value* act = object.if_contains("on_behalf")) {
    const json::object& one = act->as_object();
    verdict.on_behalf = OnBehalf{text_of(one, "login"),         text_of(one, "person"),   text_of(one, "author"),
                                 text_of(one, "holder"),        text_of(one, "position"), text_of(one, "unit"),
                                 one.at("add_sender").as_bool()};
  }
  return verdict;
}

JsonText& words(JsonText& out, std::string_view name, const std::vector<std::string>& list) {
  out.key(name).open_list();
  for (const std::string& word : list) out.value(word);
  return out.close_list();
}
}  // namespace

namespace {
/// What was held as it came is held in its strict reading too: the writing anew may cure what a rule holds for.
/// @return the rules whose hold is added
std::vector<std::string> keep_hold(Verdict& first, Verdict& second) {
  std::vector<std::string> rules;
  if (first.action != Action::hold || second.action > Action::hold) return rules;
  for (Decision& decision : first.decisions) {
    const bool review = decision.kind == "review";
    const auto same = [&](const Decision& one) { return one.kind == "review" && one.rule == decision.rule; };
    if (!review || std::any_of(second.decisions.begin(), second.decisions.end(), same)) continue;
    rules.push_back(decision.rule);
    second.decisions.push_back(std::move(decision));
  }
  if (second.action == Action::accept) {
    second.action = Action::hold;
    second.rule = first.rule;
    second.reply = first.reply;
    if (std::find(rules.begin(), rules.end(), first.rule) == rules.end()) rules.push_back(first.rule);
  }
  return rules;
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
  const std::vector<std::string> holds = keep_hold(first, *second);
  std::vector<Step> steps;
  for (Step& step : first.steps)
    if (step.matched && (step.rule == rule || std::find(holds.begin(), holds.end(), step.rule) != holds.end()))
      steps.push_back(std::move(step));
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

Result<Verdict> parse_verdict(const boost::json::value& value) {
  try {
    return read_verdict(value.as_object());
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("verdict: ") + error.what());
  }
}

boost::json::value to_json(const Verdict& verdict) { return boost::json::parse(to_text(verdict)); }

}  // namespace vanthu::filters
