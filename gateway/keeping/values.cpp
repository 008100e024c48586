// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/values.hpp"

#include <array>
#include <boost/json.hpp>

namespace vanthu::keeping {
namespace json = boost::json;
namespace {

template <class State>
struct Named {
  State state;
  std::string_view name;
};
constexpr auto fonds_states =
    std::to_array<Named<Fonds::State>>({{Fonds::State::open, "open"}, {Fonds::State::closed, "closed"}});
constexpr auto file_states = std::to_array<Named<File::State>>(
    {{File::State::open, "open"}, {File::State::closed, "closed"}, {File::State::handed_over, "handed-over"}});
constexpr auto disposal_states = std::to_array<Named<Disposal::State>>({{Disposal::State::proposed, "proposed"},
                                                                        {Disposal::State::decided, "decided"},
                                                                        {Disposal::State::approved, "approved"},
                                                                        {Disposal::State::running, "running"},
                                                                        {Disposal::State::executed, "executed"},
                                                                        {Disposal::State::withdrawn, "withdrawn"}});
constexpr auto line_states = std::to_array<Named<Line::State>>({{Line::State::listed, "listed"},
                                                                {Line::State::spared, "spared"},
                                                                {Line::State::disposed, "disposed"},
                                                                {Line::State::destroyed, "destroyed"}});

template <class Rows, class State>
std::string_view name_in(const Rows& rows, State state) {
  for (const auto& row : rows)
    if (row.state == state) return row.name;
  return rows.front().name;
}
template <class Rows>
auto state_in(const Rows& rows, std::string_view name) {
  for (const auto& row : rows)
    if (row.name == name) return row.state;
  return rows.front().state;
}

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }
Time time_in(const json::object& o, std::string_view name) {
  const json::value* value = o.if_contains(name);
  return value != nullptr && value->is_number() ? Time(Time::duration(value->to_number<std::int64_t>())) : Time{};
}

void add(json::object& o, std::string_view name, const std::string& text) {
  if (!text.empty()) o[name] = text;
}
void add(json::object& o, std::string_view name, const std::optional<Voice>& voice) {
  if (voice) o[name] = to_json(*voice);
}
Voice to_voice(const json::object& o) { return {text_in(o, "actor"), text_in(o, "person"), time_in(o, "at")}; }
std::optional<Voice> voice_in(const json::object& o, std::string_view name) {
  const json::value* value = o.if_contains(name);
  if (value == nullptr || !value->is_object()) return std::nullopt;
  return to_voice(value->get_object());
}
}  // namespace

std::string_view name_of(Fonds::State state) { return name_in(fonds_states, state); }
std::string_view name_of(File::State state) { return name_in(file_states, state); }
std::string_view name_of(Disposal::State state) { return name_in(disposal_states, state); }
std::string_view name_of(Line::State state) { return name_in(line_states, state); }

std::string text_in(const json::object& o, std::string_view name) {
  const json::value* value = o.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}
std::uint64_t number_in(const json::object& o, std::string_view name) {
  const json::value* value = o.if_contains(name);
  if (value == nullptr) return 0;
  if (value->is_uint64()) return value->get_uint64();
  return value->is_int64() && value->get_int64() > 0 ? static_cast<std::uint64_t>(value->get_int64()) : 0;
}
std::vector<std::string> texts_in(const json::object& o, std::string_view name) {
  std::vector<std::string> texts;
  if (const json::value* list = o.if_contains(name); list != nullptr && list->is_array())
    for (const json::value& text : list->get_array())
      if (text.is_string()) texts.emplace_back(text.get_string());
  return texts;
}
bool flag_in(const json::object& o, std::string_view name) {
  const json::value* value = o.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

json::object to_json(const Voice& voice) {
  json::object o{{"actor", voice.actor}};
  add(o, "person", voice.person);
  o["at"] = micros(voice.at);
  return o;
}

json::object to_json(const Fonds& fonds) {
  json::object o{{"code", fonds.code}, {"name", fonds.name}, {"unit", fonds.unit}, {"state", name_of(fonds.state)}};
  add(o, "history", fonds.history);
  add(o, "plan", fonds.plan);
  add(o, "language", fonds.language);
  add(o, "backup", fonds.backup);
  add(o, "note", fonds.note);
  add(o, "opened", fonds.opened);
  if (fonds.closed) o["closed"] = iso(*fonds.closed);
  add(o, "why", fonds.why);
  if (!fonds.described) o["described"] = false;
  return o;
}
Fonds to_fonds(const json::object& o) {
  Fonds fonds;
  fonds.code = text_in(o, "code");
  fonds.name = text_in(o, "name");
  fonds.unit = text_in(o, "unit");
  fonds.history = text_in(o, "history");
  fonds.plan = text_in(o, "plan");
  fonds.language = text_in(o, "language");
  fonds.backup = text_in(o, "backup");
  fonds.note = text_in(o, "note");
  fonds.state = state_in(fonds_states, text_in(o, "state"));
  fonds.opened = text_in(o, "opened");
  if (const auto closed = parse_date(text_in(o, "closed"))) fonds.closed = *closed;
  fonds.why = text_in(o, "why");
  if (const json::value* described = o.if_contains("described"); described != nullptr && described->is_bool())
    fonds.described = described->get_bool();
  return fonds;
}

json::object to_json(const File& file) {
  json::object o{{"id", file.id()},       {"unit", file.unit},           {"year", file.year},
                 {"code", file.code},     {"title", file.title},         {"class", file.file_class},
                 {"opened", file.opened}, {"state", name_of(file.state)}};
  if (file.ended) o["ended"] = iso(*file.ended);
  add(o, "receipt", file.receipt);
  add(o, "to", file.to);
  add(o, "fonds", file.fonds);
  return o;
}
File to_file(const json::object& o) {
  File file;
  file.unit = text_in(o, "unit");
  file.year = static_cast<unsigned>(number_in(o, "year"));
  file.code = text_in(o, "code");
  file.title = text_in(o, "title");
  file.file_class = text_in(o, "class");
  file.opened = text_in(o, "opened");
  file.state = state_in(file_states, text_in(o, "state"));
  if (const auto ended = parse_date(text_in(o, "ended"))) file.ended = *ended;
  file.receipt = text_in(o, "receipt");
  file.to = text_in(o, "to");
  file.fonds = text_in(o, "fonds");
  return file;
}

json::object to_json(const FilePlan& plan) {
  json::array rows;
  for (const FilePlan::Row& row : plan.rows) {
    json::object one{{"code", row.code}, {"title", row.title}, {"class", row.file_class}};
    add(one, "who", row.who);
    rows.push_back(std::move(one));
  }
  json::object o{{"unit", plan.unit}, {"year", plan.year}, {"rows", std::move(rows)}};
  add(o, "decision", plan.decision);
  if (plan.set.at != Time{}) o["set"] = to_json(plan.set);
  return o;
}
FilePlan to_file_plan(const json::object& o) {
  FilePlan plan;
  plan.unit = text_in(o, "unit");
  plan.year = static_cast<unsigned>(number_in(o, "year"));
  plan.decision = text_in(o, "decision");
  if (const json::value* rows = o.if_contains("rows"); rows != nullptr && rows->is_array())
    for (const json::value& one : rows->as_array())
      if (const json::object* row = one.if_object())
        plan.rows.push_back(
            {text_in(*row, "code"), text_in(*row, "title"), text_in(*row, "class"), text_in(*row, "who")});
  plan.set = voice_in(o, "set").value_or(Voice{});
  return plan;
}

json::object to_json(const Kept& kept) {
  json::array papers;
  for (const PaperKind& paper : kept.papers) papers.push_back(json::array{paper.form, paper.kind});
  return {{"day", kept.day}, {"units", json::value_from(kept.units)}, {"papers", std::move(papers)}};
}
Kept to_kept(const json::object& o) {
  Kept kept;
  kept.day = text_in(o, "day");
  kept.units = texts_in(o, "units");
  if (const json::value* papers = o.if_contains("papers"); papers != nullptr && papers->is_array())
    for (const json::value& paper : papers->get_array())
      if (paper.is_array() && paper.get_array().size() == 2)
        kept.papers.push_back({std::string(paper.at(0).as_string()), std::string(paper.at(1).as_string())});
  return kept;
}

json::object to_json(const Hold& hold) {
  json::object o{{"number", hold.number}, {"owner", hold.owner},     {"reason", hold.reason},   {"future", hold.future},
                 {"review", hold.review}, {"records", hold.records}, {"set", to_json(hold.set)}};
  add(o, "unit", hold.unit);
  add(o, "file", hold.file);
  if (!hold.query.empty()) o["query"] = hold.query;
  add(o, "asked", hold.asked);
  add(o, "asked_reason", hold.asked_reason);
  add(o, "released", hold.released);
  if (hold.released) o["free"] = micros(hold.free);
  return o;
}
Hold to_hold(const json::object& o) {
  Hold hold;
  hold.number = number_in(o, "number");
  hold.owner = text_in(o, "owner");
  hold.reason = text_in(o, "reason");
  hold.unit = text_in(o, "unit");
  if (const json::value* query = o.if_contains("query"); query != nullptr && query->is_object())
    hold.query = query->get_object();
  hold.file = text_in(o, "file");
  hold.future = flag_in(o, "future");
  hold.review = text_in(o, "review");
  hold.records = number_in(o, "records");
  hold.set = voice_in(o, "set").value_or(Voice{});
  hold.asked = voice_in(o, "asked");
  hold.asked_reason = text_in(o, "asked_reason");
  hold.released = voice_in(o, "released");
  hold.free = time_in(o, "free");
  return hold;
}

json::object to_json(const Disposal& d) {
  json::object o{{"number", d.number},
                 {"unit", d.unit},
                 {"state", name_of(d.state)},
                 {"records", d.records},
                 {"list", d.list},
                 {"list_sha256", d.list_sha256},
                 {"schedule", d.schedule},
                 {"explanation", d.explanation},
                 {"proposed", to_json(d.proposed)}};
  add(o, "decision", d.decision);
  add(o, "decision_date", d.decision_date);
  add(o, "decision_sha256", d.decision_sha256);
  if (d.decision_octets != 0) o["decision_octets"] = d.decision_octets;
  if (d.decision_frame != 0) o["decision_frame"] = d.decision_frame;
  add(o, "decided", d.decided);
  add(o, "approved", d.approved);
  add(o, "executor", d.executor);
  add(o, "ended", d.ended);
  add(o, "end_reason", d.end_reason);
  if (!d.stores.empty()) o["stores"] = json::value_from(d.stores);
  return o;
}
Disposal to_disposal(const json::object& o) {
  Disposal d;
  d.number = number_in(o, "number");
  d.unit = text_in(o, "unit");
  d.state = state_in(disposal_states, text_in(o, "state"));
  d.list = text_in(o, "list");
  d.list_sha256 = text_in(o, "list_sha256");
  d.schedule = text_in(o, "schedule");
  d.explanation = text_in(o, "explanation");
  d.records = number_in(o, "records");
  d.proposed = voice_in(o, "proposed").value_or(Voice{});
  d.decision = text_in(o, "decision");
  d.decision_date = text_in(o, "decision_date");
  d.decision_sha256 = text_in(o, "decision_sha256");
  d.decision_octets = number_in(o, "decision_octets");
  d.decision_frame = number_in(o, "decision_frame");
  d.decided = voice_in(o, "decided");
  d.approved = voice_in(o, "approved");
  d.executor = voice_in(o, "executor");
  d.ended = voice_in(o, "ended");
  d.end_reason = text_in(o, "end_reason");
  d.stores = texts_in(o, "stores");
  return d;
}

json::object to_json(const Gone& gone) {
  json::object o{
      {"basis", gone.basis}, {"number", gone.number}, {"at", micros(gone.at)}, {"destroyed", gone.destroyed}};
  add(o, "decision", gone.decision);
  add(o, "decision_date", gone.decision_date);
  return o;
}
Gone to_gone(const json::object& o) {
  return {text_in(o, "basis"),         number_in(o, "number"), text_in(o, "decision"),
          text_in(o, "decision_date"), time_in(o, "at"),       flag_in(o, "destroyed")};
}

json::object to_json(const Purge& purge) {
  json::object o{{"number", purge.number},         {"records", purge.records}, {"note_sha256", purge.note_sha256},
                 {"note_place", purge.note_place}, {"reason", purge.reason},   {"asked", to_json(purge.asked)}};
  add(o, "confirmed", purge.confirmed);
  add(o, "ended", purge.ended);
  add(o, "end", purge.end);
  return o;
}
Purge to_purge(const json::object& o) {
  Purge purge;
  purge.number = number_in(o, "number");
  purge.records = text_in(o, "records");
  purge.note_sha256 = text_in(o, "note_sha256");
  purge.note_place = text_in(o, "note_place");
  purge.reason = text_in(o, "reason");
  purge.asked = voice_in(o, "asked").value_or(Voice{});
  purge.confirmed = voice_in(o, "confirmed");
  purge.ended = voice_in(o, "ended");
  purge.end = text_in(o, "end");
  return purge;
}

}  // namespace vanthu::keeping
