// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/audit/trail.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <deque>

#include "gateway/base/text.hpp"

namespace vanthu::audit {
namespace json = boost::json;
namespace {

/// boost::json writes strings as they are and refuses to read them back unless they are UTF-8.
std::string clean(const std::string& text) { return text::is_utf8(text) ? text : text::nfc(text); }

std::string text_of(const json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}

bool fits(const Act& act, const Filter& filter) {
  if (!filter.actor.empty() && act.actor != filter.actor) return false;
  if (filter.act.empty()) return true;
  return filter.act.ends_with('.') ? act.act.starts_with(filter.act) : act.act == filter.act;
}
}  // namespace

std::string to_json(const Act& act) {
  return json::serialize(json::object{{"time", act.time.time_since_epoch().count()},
                                      {"actor", clean(act.actor)},
                                      {"act", clean(act.act)},
                                      {"subject", clean(act.subject)},
                                      {"outcome", clean(act.outcome)},
                                      {"details", act.details}});
}

Result<Act> parse_act(std::string_view text) {
  try {
    const json::value parsed = json::parse(text);
    const json::object& o = parsed.as_object();
    Act act;
    act.time = Time(std::chrono::microseconds(o.at("time").to_number<std::int64_t>()));
    act.actor = text_of(o, "actor");
    act.act = text_of(o, "act");
    act.subject = text_of(o, "subject");
    act.outcome = text_of(o, "outcome");
    act.details = o.at("details").as_object();
    return act;
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("audit entry: ") + error.what());
  }
}

namespace {
/// Of the keys that seal entries.
constexpr const char* key_class = "audit";

Result<Entry> entry_of(const journal::Frame& frame) {
  const std::uint64_t number = frame.head.ordinal;
  if (frame.seal == journal::Seal::gone || frame.seal == journal::Seal::locked) {
    Entry sealed{number, {}, true};
    sealed.act.time = frame.head.written;
    return sealed;
  }
  auto act = parse_act(frame.meta);
  if (!act) return fail(act.error().reply, "entry " + std::to_string(number) + ": " + act.error().detail);
  return Entry{number, *std::move(act), false};
}
}  // namespace

Result<std::uint64_t> Trail::record(Act act) const {
  if (act.time == Time{}) act.time = now();
  journal::Draft draft;
  draft.kind = journal::Kind::act;
  draft.numbered = true;
  draft.meta = to_json(act);
  draft.key_class = key_class;
  auto head = log_.append_and_wait(std::move(draft));
  if (!head) return head.error();
  return head->ordinal;
}

Result<Done> Trail::scan(const std::function<bool(Entry)>& each) const { return scan_from(1, each); }

Result<Done> Trail::scan_from(std::uint64_t sequence, const std::function<bool(Entry)>& each) const {
  Result<Done> fault = done;
  const auto scanned = log_.scan(sequence, [&](const journal::Frame& frame) {
    if (frame.head.kind != journal::Kind::act) return true;
    auto entry = entry_of(frame);
    if (!entry) fault = entry.error();
    return entry && each(*std::move(entry));
  });
  return scanned ? fault : scanned;
}

Result<std::vector<Entry>> Trail::list(const Filter& filter) const {
  // The log is read forwards only: look at a window before the end and widen it until it holds enough.
  const std::uint64_t last = log_.last_sequence();
  for (std::uint64_t window = std::max<std::uint64_t>(filter.most, 256);; window *= 8) {
    const std::uint64_t from = last > window ? last - window + 1 : 1;
    std::deque<Entry> found;
    const auto scanned = scan_from(from, [&](Entry entry) {
      // One that cannot be opened may be what is looked for: it is told, and not passed over.
      if (!entry.sealed && !fits(entry.act, filter)) return true;
      found.push_back(std::move(entry));
      if (found.size() > filter.most) found.pop_front();
      return true;
    });
    if (!scanned) return scanned.error();
    if (found.size() >= filter.most || from == 1) return std::vector<Entry>(found.rbegin(), found.rend());
  }
}

}  // namespace vanthu::audit
