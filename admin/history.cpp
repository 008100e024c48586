// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/history.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <string_view>

#include "admin/blind_copies.hpp"

namespace vanthu::admin {
namespace json = boost::json;
namespace {

std::string text_in(const json::object& o, std::string_view name) {
  const json::value* value = o.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// Between the first two slashes, or before the first one: "den/vptu/2026", "vptu/2026/05.TH".
std::string unit_in(const std::string& path, bool behind_the_first) {
  const std::size_t begin = behind_the_first ? path.find('/') + 1 : 0;
  return path.substr(begin, path.find('/', begin) - begin);
}

/// Whose writing an event is.
std::string unit_of(const archive::Event& event) {
  const json::object& details = event.details;
  if (std::string unit = text_in(details, "unit"); !unit.empty()) return unit;
  if (const json::value* key = details.if_contains("register"); key != nullptr && key->is_object())
    return text_in(key->get_object(), "unit");
  if (const std::string book = text_in(details, "book"); !book.empty()) return unit_in(book, true);
  return unit_in(text_in(details, "file"), false);
}

/// Nothing but these members, and no words of anybody's.
void reduce(archive::Event& event, std::initializer_list<std::string_view> members) {
  json::object left;
  for (const std::string_view member : members)
    if (const json::value* value = event.details.if_contains(member)) left[member] = *value;
  event.details = std::move(left);
}

/// Keeps of a list in an event what somebody is told.
/// @return whether anything is left, or there is no such list
template <class Told>
bool list_told(archive::Event& event, std::string_view name, const Told& told) {
  json::value* list = event.details.if_contains(name);
  if (list == nullptr || !list->is_array()) return true;
  json::array left;
  for (json::value& one : list->get_array())
    if (auto kept = told(one)) left.push_back(*std::move(kept));
  event.details[name] = left;
  return !left.empty();
}

/// Units are asked to register by a receipt of their own ("slip:UNIT").
bool slips_told(archive::Event& event, const Theirs& told) {
  return list_told(event, "kinds", [&](const json::value& kind) -> std::optional<json::value> {
    constexpr std::string_view slip = "slip:";
    const std::string_view text = kind.is_string() ? std::string_view(kind.get_string()) : std::string_view();
    if (text.starts_with(slip) && !told(std::string(text.substr(slip.size())))) return {};
    return kind;
  });
}

/// Leaves out what an event says of blind copies that are not told, and counts the other deliveries anew.
/// @return whether anything is left
bool event_told(archive::Event& event, const LeftOut& left_out) {
  if (left_out.units.contains(unit_of(event))) return false;
  const auto place_of = [&](const json::value& index) -> std::optional<json::value> {
    boost::system::error_code wrong;
    const auto at = index.to_number<std::size_t>(wrong);
    if (wrong || at >= left_out.place.size() || !left_out.place[at]) return {};
    return json::value(*left_out.place[at]);
  };
  if (json::value* delivery = event.details.if_contains("delivery")) {
    auto place = place_of(*delivery);
    if (!place) return false;
    *delivery = *std::move(place);
  }
  return list_told(event, "deliveries", place_of) &&
         slips_told(event, [&](const std::string& unit) { return !left_out.units.contains(unit); });
}
}  // namespace

std::vector<archive::Event> as_told(std::vector<archive::Event> history, const Theirs& theirs) {
  return as_told(std::move(history), theirs, LeftOut());
}

std::vector<archive::Event> as_told(std::vector<archive::Event> history, const Theirs& theirs,
                                    const LeftOut& left_out) {
  const bool gone = std::any_of(history.begin(), history.end(),
                                [](const archive::Event& event) { return event.what == archive::disposed; });
  const bool names_others = !gone || theirs("");
  std::erase_if(history, [&](archive::Event& event) {
    if (left_out.any && !event_told(event, left_out)) return true;
    const auto in_their_register = [&](const json::value& line) -> std::optional<json::value> {
      archive::Event written;
      if (line.is_object()) written.details = line.get_object();
      if (!theirs(unit_of(written))) return {};
      return line;
    };
    if (event.what == archive::destroyed && !list_told(event, "kept", in_their_register)) event.details.erase("kept");
    const std::string unit = unit_of(event);
    // Why a unit's disposal left it is that unit's; old events do not say whose it was.
    if (event.what == "record.spared") return !theirs(unit);
    if (!names_others && ((!unit.empty() && !theirs(unit)) || !slips_told(event, theirs))) return true;
    if (!event.what.starts_with("register.") && !event.what.starts_with("file.")) return false;
    // What the letter said, and what was to be done with it, is told no more, though frames of it may stay in the log.
    if (gone) archive::take_words(event);
    if (theirs(unit)) return false;
    if (event.what == "register.entered") {
      reduce(event, {"register", "paper", "number"});
      event.reason.clear();
      return false;
    }
    if (event.what != "register.refused") return true;
    reduce(event, {"unit", "paper", "cause"});  // the reason is for the sender
    return false;
  });
  return history;
}

}  // namespace vanthu::admin
