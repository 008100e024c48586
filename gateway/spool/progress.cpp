// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/spool/progress.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/spool/summary.hpp"

namespace vanthu::spool {
namespace json = boost::json;
namespace {

/// Most frames say that some deliveries are settled and nothing else: without a tree of values.
std::string settled_only(const Progress& progress) {
  std::string text = "{\"log\":" + std::to_string(static_cast<int>(progress.source)) +
                     ",\"sequence\":" + std::to_string(progress.sequence) + ",\"settled\":[";
  for (std::size_t i = 0; i < progress.change.settled.size(); ++i) {
    if (i > 0) text += ',';
    text += std::to_string(progress.change.settled[i]);
  }
  text += ']';
  if (!progress.endings.empty()) {
    text += ",\"endings\":[";
    for (const Settled& one : progress.endings) {
      if (text.back() != '[') text += ',';
      text += '[' + std::to_string(one.index) + ',' + std::to_string(one.code) + ",\"" + one.enhanced + "\"," +
              std::to_string(one.at.time_since_epoch().count()) + ']';
    }
    text += ']';
  }
  return text += '}';
}

Progress parse(std::string_view text) {
  const json::value parsed = json::parse(text);
  const json::object& object = parsed.as_object();
  Progress progress;
  if (const json::value* checkpoint = object.if_contains("checkpoint")) {
    progress.spool_below = checkpoint->at("spool").to_number<std::uint64_t>();
    progress.records_below = checkpoint->at("records").to_number<std::uint64_t>();
    if (const json::value* told = checkpoint->as_object().if_contains("told"))
      progress.told_below = told->to_number<std::uint64_t>();
    return progress;
  }
  if (const json::value* done = object.if_contains("done")) {
    progress.done = json::value_to<std::vector<std::pair<std::uint64_t, std::uint64_t>>>(*done);
    return progress;
  }
  const int log = object.at("log").to_number<int>();
  if (log != 1 && log != 2) throw std::invalid_argument("no such log");
  progress.source = static_cast<Source>(log);
  progress.sequence = object.at("sequence").to_number<std::uint64_t>();
  if (progress.sequence == 0) throw std::invalid_argument("of no message");  // 0 is a checkpoint's
  progress.change = change_of(object);
  if (const json::value* endings = object.if_contains("endings"))
    for (const json::value& one : endings->as_array())
      progress.endings.push_back({one.as_array().at(0).to_number<std::uint32_t>(),
                                  one.as_array().at(1).to_number<int>(), std::string(one.as_array().at(2).as_string()),
                                  Time(std::chrono::microseconds(one.as_array().at(3).to_number<std::int64_t>()))});
  return progress;
}

Time time_of(const json::value* microseconds) {
  return microseconds == nullptr ? Time{} : Time(std::chrono::microseconds(microseconds->to_number<std::int64_t>()));
}

Standing standing_of(const json::object& object) {
  Standing standing;
  standing.question = object.at("question").to_number<std::uint32_t>();
  standing.asked = time_of(object.if_contains("asked"));
  standing.answered = time_of(object.if_contains("answered"));
  if (const json::value* decider = object.if_contains("decider"))
    standing.decider = decider->to_number<std::uint32_t>();
  if (const json::value* tokens = object.if_contains("tokens"))
    standing.tokens = json::value_to<std::vector<std::string>>(*tokens);
  if (const json::value* mailed = object.if_contains("mailed")) standing.mailed = mailed->as_bool();
  if (const json::value* answer = object.if_contains("answer")) standing.answer = std::string(answer->as_string());
  if (!standing.answer.empty() && standing.answer != "yes" && standing.answer != "no")
    throw std::invalid_argument("no such answer");
  if (const json::value* by = object.if_contains("by")) standing.by = std::string(by->as_string());
  if (const json::value* released = object.if_contains("released"))
    for (const json::value& one : released->as_array())
      standing.released.push_back(
          {std::string(one.at("actor").as_string()), std::string(one.at("person").as_string())});
  if (const json::value* turned = object.if_contains("turned")) standing.turned = turned->as_bool();
  standing.confirmed = time_of(object.if_contains("confirmed"));
  if (const json::value* why = object.if_contains("why")) standing.why = std::string(why->as_string());
  return standing;
}

json::object to_object(const Standing& standing) {
  json::object object{{"question", standing.question}};
  if (standing.decider != 0) object["decider"] = standing.decider;
  if (standing.asked != Time{}) object["asked"] = standing.asked.time_since_epoch().count();
  if (!standing.tokens.empty()) object["tokens"] = json::value_from(standing.tokens);
  if (standing.mailed) object["mailed"] = true;
  if (!standing.answer.empty()) object["answer"] = standing.answer;
  if (!standing.by.empty()) object["by"] = standing.by;
  if (standing.answered != Time{}) object["answered"] = standing.answered.time_since_epoch().count();
  if (!standing.released.empty()) {
    json::array released;
    for (const Standing::Voice& one : standing.released)
      released.push_back(json::object{{"actor", one.actor}, {"person", one.person}});
    object["released"] = std::move(released);
  }
  if (standing.turned) object["turned"] = true;
  if (standing.confirmed != Time{}) object["confirmed"] = standing.confirmed.time_since_epoch().count();
  if (!standing.why.empty()) object["why"] = standing.why;
  return object;
}
}  // namespace

Change change_of(const json::object& object) {
  using List = std::vector<std::uint32_t>;
  Change change;
  if (const json::value* settled = object.if_contains("settled")) change.settled = json::value_to<List>(*settled);
  if (const json::value* told = object.if_contains("told")) change.told = json::value_to<List>(*told);
  if (const json::value* pending = object.if_contains("pending")) change.pending = json::value_to<List>(*pending);
  if (const json::value* hold = object.if_contains("hold")) change.hold = std::string(hold->as_string());
  // A message's own questions stand beside it and not in here: "standings".
  if (const json::value* standings = object.if_contains("standings"))
    for (const json::value& one : standings->as_array()) change.questions.push_back(standing_of(one.as_object()));
  if (const json::value* returned = object.if_contains("returned")) change.returned = returned->as_bool();
  if (const json::value* removed = object.if_contains("removed")) change.removed = removed->as_bool();
  return change;
}

json::object to_object(const Change& change) {
  json::object object;
  if (!change.settled.empty()) object["settled"] = json::value_from(change.settled);
  if (!change.told.empty()) object["told"] = json::value_from(change.told);
  if (change.pending) object["pending"] = json::value_from(*change.pending);
  if (change.hold) object["hold"] = *change.hold;
  if (!change.questions.empty()) {
    json::array standings;
    for (const Standing& one : change.questions) standings.push_back(to_object(one));
    object["standings"] = std::move(standings);
  }
  if (change.returned) object["returned"] = true;
  if (change.removed) object["removed"] = true;
  return object;
}

std::uint64_t last_record_in(const Progress& progress) {
  if (progress.sequence != 0) return progress.source == Source::records ? progress.sequence : 0;
  std::uint64_t last = progress.records_below > 0 ? progress.records_below - 1 : 0;
  for (const auto& [first, until] : progress.done) last = std::max(last, until);
  return last;
}

std::string to_json(const Progress& progress) {
  if (progress.sequence == 0 && !progress.done.empty())
    return json::serialize(json::object{{"done", json::value_from(progress.done)}});
  if (progress.sequence == 0) {
    json::object checkpoint{{"spool", progress.spool_below}, {"records", progress.records_below}};
    if (progress.told_below != 0) checkpoint["told"] = progress.told_below;
    return json::serialize(json::object{{"checkpoint", std::move(checkpoint)}});
  }
  Change rest = progress.change;
  rest.settled.clear();
  if (rest == Change{}) return settled_only(progress);
  json::object object{{"log", static_cast<int>(progress.source)}, {"sequence", progress.sequence}};
  for (auto& [name, value] : to_object(progress.change)) object[name] = std::move(value);
  if (!progress.endings.empty()) {
    json::array endings;
    for (const Settled& one : progress.endings)
      endings.push_back(json::array{one.index, one.code, one.enhanced, one.at.time_since_epoch().count()});
    object["endings"] = std::move(endings);
  }
  return json::serialize(object);
}

Result<Progress> parse_progress(std::string_view text) {
  try {
    return parse(text);
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("progress: ") + error.what());
  }
}

std::string carrying_meta(std::string meta, const Progress& progress) {
  meta.pop_back();
  return meta += ",\"carries\":" + to_json(progress) + '}';
}

}  // namespace vanthu::spool
