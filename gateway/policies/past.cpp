// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/policies/past.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <set>

namespace vanthu::policies {
namespace json = boost::json;
namespace {
Time time_of(const json::value& microseconds) {
  return Time(std::chrono::microseconds(microseconds.to_number<std::int64_t>()));
}
std::string text_of(const json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}
bool is_version(std::string_view text) {
  return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Past parse(std::string_view text) {
  const json::value parsed = json::parse(text);
  const json::object& object = parsed.as_object();
  Past past;
  for (const json::value& value : object.at("changes").as_array()) {
    const json::object& one = value.as_object();
    Change change;
    change.number = one.at("number").to_number<std::uint64_t>();
    change.version = text_of(one, "version");
    change.at = time_of(one.at("at"));
    change.act = text_of(one, "act");
    change.actor = text_of(one, "actor");
    change.file = text_of(one, "file");
    change.why = text_of(one, "why");
    change.result = text_of(one, "result");
    // It names a file beside this one.
    if (!is_version(change.version)) throw std::invalid_argument("version");
    if (change.number == 0 || (!past.changes.empty() && change.number != past.changes.back().number + 1))
      throw std::invalid_argument("number");
    past.changes.push_back(std::move(change));
  }
  if (past.changes.empty()) throw std::invalid_argument("changes");
  if (const json::value* trial = object.if_contains("trial")) {
    past.trial = Trial{time_of(trial->at("until")), trial->at("back_to").to_number<std::uint64_t>()};
    if (past.find(past.trial->back_to) == nullptr) throw std::invalid_argument("back_to");
  }
  return past;
}
}  // namespace

const Change* Past::find(std::uint64_t number) const {
  const auto found =
      std::find_if(changes.begin(), changes.end(), [&](const Change& one) { return one.number == number; });
  return found == changes.end() ? nullptr : &*found;
}

Result<Change> Past::named(std::string_view words) const {
  std::uint64_t number = 0;
  const auto [rest, code] = std::from_chars(words.data(), words.data() + words.size(), number);
  if (code == std::errc{} && rest == words.data() + words.size())
    if (const Change* change = find(number)) return *change;
  std::set<std::string_view> versions;
  const Change* latest = nullptr;
  for (const Change& change : changes)
    if (words.size() >= 4 && change.version.starts_with(words)) {
      versions.insert(change.version);
      latest = &change;
    }
  if (versions.size() > 1)
    return fail(status::bad_arguments, std::string(words) + ": là đầu của nhiều bản (begins more than one version)");
  if (latest == nullptr)
    return fail(status::not_found,
                std::string(words) + ": không có bản này (no such version): `vanthu policy history`");
  return *latest;
}

const Change* Past::before() const {
  std::vector<const Change*> way;
  for (const Change& change : changes) {
    const auto same = [&](const Change* one) { return one->version == change.version; };
    const auto known = std::find_if(way.rbegin(), way.rend(), same);
    const bool back = change.act == "rollback" || change.act == "timeout";
    if (back && known != way.rend())
      way.erase(known.base(), way.end());
    else if (way.empty() || !same(way.back()))
      way.push_back(&change);
  }
  return way.size() < 2 ? nullptr : way[way.size() - 2];
}

std::string to_json(const Past& past) {
  json::array changes;
  for (const Change& one : past.changes)
    changes.push_back(json::object{{"number", one.number},
                                   {"version", one.version},
                                   {"at", one.at.time_since_epoch().count()},
                                   {"act", one.act},
                                   {"actor", one.actor},
                                   {"file", one.file},
                                   {"why", one.why},
                                   {"result", one.result}});
  json::object object{{"changes", std::move(changes)}};
  if (past.trial)
    object["trial"] =
        json::object{{"until", past.trial->until.time_since_epoch().count()}, {"back_to", past.trial->back_to}};
  return json::serialize(object) + '\n';
}

Result<Past> parse_past(std::string_view text) {
  try {
    return parse(text);
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("history of policies: ") + error.what());
  }
}

}  // namespace vanthu::policies
