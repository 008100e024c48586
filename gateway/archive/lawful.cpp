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

/// What registers keep of records that are gone, and whether it can be read.
class Kept {
 public:
  void take(const Event& event, std::uint64_t sequence) {
    if (event.what == "register.kept") read_[event.record] = sequence;
    const json::value* kept = event.what == destroyed ? event.details.if_contains("kept") : nullptr;
    if (kept == nullptr || !kept->is_array()) return;
    std::vector<Event>& lines = told_[event.record];
    lines.clear();
    for (const json::value& one : kept->get_array())
      if (one.is_object()) {
        lines.push_back(event);
        lines.back().details = one.get_object();
      }
  }
  std::map<std::uint64_t, std::vector<std::string>> missing() const {
    std::map<std::uint64_t, std::vector<std::string>> all;
    for (const auto& [record, lines] : told_)
      for (const Event& line : lines) {
        // What keeps it once more stands behind that.
        const auto read = read_.find(record);
        const std::uint64_t frame = number_in(line, "frame");
        if (read != read_.end() && read->second >= frame) continue;
        const std::uint64_t number = number_in(line, "number");
        all[record].push_back("line " +
                              (number != 0 ? std::to_string(number) : '#' + std::to_string(number_in(line, "line"))) +
                              " of " + text_in(line, "book") + " was kept in frame " + std::to_string(frame) +
                              " of the record log, or behind it, and cannot be read");
      }
    return all;
  }

 private:
  std::map<std::uint64_t, std::vector<Event>> told_;  // by record: what is kept of it, as details
  std::map<std::uint64_t, std::uint64_t> read_;       // by record: the last frame that keeps something of it
};
}  // namespace

Result<Disposals> disposals_in(const journal::Log& records) {
  Disposals disposals;
  Parts parts;
  Kept kept;
  const auto is_event = [](const journal::FrameHead& head) { return head.kind == journal::Kind::event; };
  std::set<std::uint64_t> purged;
  const auto visit = [&](const journal::Frame& frame) {
    if (!is_event(frame.head)) return true;
    if (frame.seal == journal::Seal::gone) disposals.lost.insert(frame.head.at.sequence);
    const auto events = parse_events(frame.meta);
    if (!events) return true;
    for (const Event& event : *events) {
      parts.take(event);
      kept.take(event, frame.head.at.sequence);
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
  disposals.missing = kept.missing();
  return disposals;
}

}  // namespace vanthu::archive
