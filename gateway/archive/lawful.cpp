// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/archive/lawful.hpp"

#include <boost/json.hpp>
#include <set>

#include "gateway/archive/event.hpp"

namespace vanthu::archive {
namespace json = boost::json;
namespace {

std::uint64_t number_in(const Event& event, std::string_view name) {
  const json::value* value = event.details.if_contains(name);
  if (value == nullptr) return 0;
  if (value->is_uint64()) return value->get_uint64();
  return value->is_int64() && value->get_int64() > 0 ? static_cast<std::uint64_t>(value->get_int64()) : 0;
}
std::string text_in(const Event& event, std::string_view name) {
  const json::value* value = event.details.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// Who has had which part in a disposal or purge so far; the first word counts.
class Parts {
 public:
  void take(const Event& event) {
    for (const auto& [what, name] : {std::pair{"disposal.proposed", "number"},
                                     {"disposal.decided", "disposal"},
                                     {"disposal.approved", "disposal"},
                                     {"disposal.begun", "disposal"},
                                     {"purge.asked", "number"},
                                     {"purge.confirmed", "purge"}})
      if (event.what == what)
        persons_[std::string(event.what.substr(0, event.what.find('.'))) + std::to_string(number_in(event, name))]
            .emplace(event.what, text_in(event, "person"));
  }
  std::string fault_of(const Event& event) const {
    const std::string basis = text_in(event, "basis");
    const auto found = persons_.find(basis + std::to_string(number_in(event, "number")));
    const std::set<std::string> wanted =
        basis == "purge" ? std::set<std::string>{"purge.asked", "purge.confirmed"}
                         : std::set<std::string>{"disposal.proposed", "disposal.approved", "disposal.begun"};
    std::set<std::string> people;
    if (found != persons_.end())
      for (const auto& [what, person] : found->second)
        if (wanted.contains(what) && !person.empty()) people.insert(person);
    if (people.size() < wanted.size())
      return "disposed of without the words of " + std::to_string(wanted.size()) + " persons";
    if (basis != "purge" && !found->second.contains("disposal.decided")) return "disposed of without a decision";
    return {};
  }

 private:
  std::map<std::string, std::map<std::string, std::string>> persons_;
};
}  // namespace

Result<Disposals> disposals_in(const journal::Log& records) {
  Disposals disposals;
  Parts parts;
  const auto is_event = [](const journal::FrameHead& head) { return head.kind == journal::Kind::event; };
  std::set<std::uint64_t> purged;
  const auto visit = [&](const journal::Frame& frame) {
    if (!is_event(frame.head)) return true;
    if (frame.seal == journal::Seal::gone) disposals.lost.insert(frame.head.at.sequence);
    const auto events = parse_events(frame.meta);
    if (!events) return true;
    for (const Event& event : *events) {
      parts.take(event);
      if (event.what == disposed) disposals.faults.emplace(event.record, parts.fault_of(event));
      if (is_purge(event) && disposals.lawful(event.record) && parts.fault_of(event).empty())
        purged.insert(event.record);
      // A purge takes along what was written about its record before.
      if (purged.contains(event.record))
        for (const std::uint64_t sequence : frames_in(event)) disposals.lost.erase(sequence);
    }
    return true;
  };
  if (const auto scanned = records.scan(1, visit, is_event); !scanned) return scanned.error();
  return disposals;
}

}  // namespace vanthu::archive
