// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/history.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <string_view>

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
}  // namespace

std::vector<archive::Event> as_told(std::vector<archive::Event> history, const Theirs& theirs,
                                    const std::set<std::string>& unnamed) {
  const bool gone = std::any_of(history.begin(), history.end(),
                                [](const archive::Event& event) { return event.what == archive::disposed; });
  std::erase_if(history, [&](archive::Event& event) {
    if (!unnamed.empty() && unnamed.contains(unit_of(event))) return true;
    if (!event.what.starts_with("register.") && !event.what.starts_with("file.")) return false;
    // What the letter said, and what was to be done with it, is told no more, though frames of it may stay in the log.
    if (gone) archive::take_words(event);
    if (theirs(unit_of(event))) return false;
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
