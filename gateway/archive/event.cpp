// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/archive/event.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "gateway/base/text.hpp"

namespace vanthu::archive {
namespace json = boost::json;

std::string to_json(const std::vector<Event>& events) {
  json::array list;
  for (const Event& event : events) {
    json::object one{{"what", event.what}, {"time", event.time.time_since_epoch().count()}, {"actor", event.actor}};
    if (event.record != 0) one["record"] = event.record;
    if (!event.reason.empty()) one["reason"] = text::is_utf8(event.reason) ? event.reason : text::nfc(event.reason);
    if (!event.details.empty()) one["details"] = event.details;
    list.push_back(std::move(one));
  }
  return json::serialize(json::object{{"events", std::move(list)}});
}

bool is_purge(const Event& event) {
  const json::value* basis = event.details.if_contains("basis");
  return event.what == disposed && (basis == nullptr || *basis != "disposal");
}

std::vector<std::uint64_t> frames_in(const Event& event) {
  std::vector<std::uint64_t> frames;
  const json::value* list = event.what == events_destroyed ? event.details.if_contains("frames") : nullptr;
  if (list != nullptr && list->is_array())
    for (const json::value& one : list->get_array()) {
      boost::system::error_code wrong;
      if (const auto sequence = one.to_number<std::uint64_t>(wrong); !wrong) frames.push_back(sequence);
    }
  return frames;
}

bool is_filing(const Event& event) {
  return (event.what == "file.added" || event.what == "file.removed") && event.record != 0;
}

Event kept_of(const Event& filing, std::size_t place) {
  Event said = filing;
  take_words(said);
  Event kept;
  kept.what = file_kept;
  kept.record = filing.record;
  kept.details = {
      {"frame", filing.sequence}, {"place", place}, {"event", json::parse(to_json({said})).at("events").at(0)}};
  if (const json::value* file = filing.details.if_contains("file")) kept.details["file"] = *file;
  return kept;
}

std::optional<Event> kept_in(const Event& kept) {
  const json::value* event = kept.what == file_kept ? kept.details.if_contains("event") : nullptr;
  const json::value* frame = kept.details.if_contains("frame");
  if (event == nullptr || frame == nullptr) return std::nullopt;
  auto events = parse_events(json::serialize(json::object{{"events", json::array{*event}}}));
  boost::system::error_code wrong;
  const auto sequence = frame->to_number<std::uint64_t>(wrong);
  // Of its own record, and of what frames before it did.
  if (!events || wrong || events->size() != 1 || !is_filing(events->front()) || events->front().record != kept.record ||
      sequence >= kept.sequence)
    return std::nullopt;
  events->front().sequence = sequence;
  return std::move(events->front());
}

std::size_t place_in(const Event& kept) {
  const json::value* place = kept.details.if_contains("place");
  boost::system::error_code wrong;
  const auto number = place == nullptr ? 0 : place->to_number<std::size_t>(wrong);
  return wrong ? 0 : number;
}

bool take_words(Event& event) {
  if (!event.what.starts_with("register.") && !event.what.starts_with("file.")) return false;
  constexpr auto stays = std::to_array<std::string_view>({"register", "unit", "book", "file", "paper", "number", "line",
                                                          "field", "cause", "deadline", "finished", "person"});
  json::object left;
  for (const auto& [name, value] : event.details)
    if (std::find(stays.begin(), stays.end(), std::string_view(name)) != stays.end()) left[name] = value;
  const bool any = !event.reason.empty() || left.size() != event.details.size();
  event.details = std::move(left);
  event.reason.clear();
  return any;
}

std::string tombstone(const Event& event) {
  const auto text = [&](std::string_view name) {
    const json::value* value = event.details.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
  };
  const std::string record = "bản ghi " + std::to_string(event.record);
  const std::string purged = " đã bị xoá khẩn cấp (was purged)";
  if (text("basis") != "disposal" && text("decision").empty()) return record + purged;
  if (text("basis") != "disposal")
    return record + purged + " sau khi đã hủy theo quyết định " + text("decision") + " ngày " + text("decision_date") +
           " (after it was disposed of by that decision)";
  return record + " đã hủy theo quyết định " + text("decision") + " ngày " + text("decision_date") +
         " (was disposed of by that decision)";
}

Result<std::vector<Event>> parse_events(std::string_view octets) {
  try {
    std::vector<Event> events;
    const json::value parsed = json::parse(octets);
    for (const json::value& value : parsed.at("events").as_array()) {
      const json::object& one = value.as_object();
      Event event;
      event.what = one.at("what").as_string();
      event.time = Time(Time::duration(json::value_to<std::int64_t>(one.at("time"))));
      event.actor = one.at("actor").as_string();
      if (const json::value* record = one.if_contains("record")) event.record = json::value_to<std::uint64_t>(*record);
      if (const json::value* reason = one.if_contains("reason")) event.reason = reason->as_string();
      if (const json::value* details = one.if_contains("details")) event.details = details->as_object();
      events.push_back(std::move(event));
    }
    return events;
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("events of a record cannot be read: ") + error.what());
  }
}

}  // namespace vanthu::archive
