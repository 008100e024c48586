// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/keeper.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "gateway/base/log.hpp"
#include "gateway/keeping/limits.hpp"
#include "gateway/keeping/query.hpp"

namespace vanthu::keeping {

Result<std::shared_ptr<const Schedule>> Keeper::schedule(const lmdb::Transaction& books) {
  const std::string version = ledger_.schedule_in_force(books);
  const std::lock_guard lock(mutex_);
  if (!schedule_ || schedule_->version() != (version.empty() ? Schedule::built_in().version() : version)) {
    auto parsed = version.empty() ? Result<Schedule>(Schedule::built_in())
                                  : Schedule::parse(ledger_.schedule(books, version).value_or(""));
    if (!parsed) return fail(status::corrupt, "the retention table " + version + ": " + parsed.error().detail);
    schedule_ = std::make_shared<const Schedule>(*std::move(parsed));
  }
  return schedule_;
}

archive::Archive::Decide Keeper::over_books(const std::function<Result<Events>(const Look&)>& decide) {
  return [this, decide](const lmdb::Transaction& books) -> Result<Events> {
    const auto table = schedule(books);
    if (!table) return table.error();
    return decide({ledger_, books, **table, settings_.clock()});
  };
}

Result<Events> Keeper::act(const std::function<Result<Events>(const Look&)>& decide,
                           std::shared_ptr<const Octets> body) {
  return archive_.act(over_books(decide), std::move(body));
}

Result<Done> Keeper::look(const std::function<Result<Done>(const Look&)>& look) {
  if (auto caught_up = archive_.catch_up(); !caught_up) return caught_up;
  return glance(look);
}

Result<Done> Keeper::glance(const std::function<Result<Done>(const Look&)>& look) {
  if (auto followed = archive_.follow(); !followed) return followed;
  return archive_.read([&](const lmdb::Transaction& books) -> Result<Done> {
    const auto table = schedule(books);
    if (!table) return table.error();
    return look({ledger_, books, **table, settings_.clock()});
  });
}

Result<Numbers> Keeper::found_by(const Look& look, const archive::Query& query) const {
  return find_all(archive_, query, limits::hold_records, [&](std::uint64_t number) -> std::optional<Date> {
    const auto kept = look.ledger.record(look.books, number);
    const auto day = kept ? parse_date(kept->day) : Result<Date>(fail(status::not_found, ""));
    return day ? std::optional<Date>(*day) : std::nullopt;
  });
}

Result<Done> Keeper::can_destroy() const {
  if (settings_.shredder != nullptr) return done;
  return fail(
      status::refused,
      "chưa có cách xoá vĩnh viễn nội dung bản ghi (khoá mã hoá riêng của từng bản ghi), nên chưa hủy được; đề "
      "nghị, quyết định và việc duyệt vẫn giữ nguyên (nothing can be destroyed: this archive has no way to make "
      "one record unreadable; nothing was done)");
}

namespace {
/// What cannot be read or destroyed of the words about a record never keeps its own octets from going.
void words_stay(std::uint64_t record, const Error& why) {
  log::Event("purge.words-stay", log::Level::warning).with("record", record).with("why", why.detail);
}
}  // namespace

Result<std::vector<std::uint64_t>> Keeper::filed_with_words(const Who& who, std::uint64_t record) {
  const auto history = archive_.history(record);
  if (!history) return history.error();
  std::set<std::uint64_t> asked, kept;
  for (const archive::Event& event : *history) {
    if (archive::is_filing(event)) asked.insert(event.sequence);
    if (event.what == archive::file_kept) kept.insert(number_in(event.details, "frame"));
  }
  std::vector<std::uint64_t> found;
  for (const std::uint64_t sequence : asked) {
    const auto frame = archive_.events_at(sequence);
    if (!frame && frame.error().reply.transient()) return frame.error();
    if (!frame) {
      words_stay(record, frame.error());
      continue;
    }
    if (!std::all_of(frame->events.begin(), frame->events.end(), archive::is_filing) ||
        std::none_of(frame->events.begin(), frame->events.end(),
                     [](archive::Event event) { return take_words(event); }))
      continue;
    found.push_back(sequence);
    if (kept.contains(sequence) || !settings_.shredder->can_shred_events(sequence)) continue;
    const auto noted = act([&](const Look&) -> Result<Events> {
      Events events;
      for (std::size_t i = 0; i < frame->events.size(); ++i) {
        archive::Event filing = frame->events[i];
        filing.sequence = sequence;
        events.push_back(archive::kept_of(filing, i));
        events.back().actor = who.actor;
        if (!who.person.empty()) events.back().details["person"] = who.person;
      }
      return events;
    });
    if (!noted) return noted.error();
  }
  return found;
}

Result<Done> Keeper::destroy_events(const Who& who, std::uint64_t record) {
  const auto history = archive_.history(record);
  if (!history) return history.error();
  std::set<std::uint64_t> said;  // that they go: before a stop
  for (const archive::Event& event : *history)
    for (const std::uint64_t sequence : archive::frames_in(event)) said.insert(sequence);
  std::set<std::uint64_t> more;
  std::vector<std::function<Result<std::vector<std::uint64_t>>()>> asked{[&] { return filed_with_words(who, record); }};
  for (Store* store : settings_.stores) asked.emplace_back([store, record] { return store->frames_about(record); });
  for (const auto& frames_about : asked) {
    const auto frames = frames_about();
    if (!frames && frames.error().reply.transient()) return frames.error();
    if (!frames) words_stay(record, frames.error());
    if (!frames) continue;
    for (const std::uint64_t sequence : *frames) {
      if (said.contains(sequence)) continue;
      if (const auto can = settings_.shredder->can_shred_events(sequence); can)
        more.insert(sequence);
      else
        words_stay(record, can.error());
    }
  }
  if (!more.empty()) {
    std::map<std::uint64_t, std::set<std::uint64_t>> told{{record, more}};  // by record: its history loses them
    for (const std::uint64_t sequence : more) {
      const auto frame = archive_.events_at(sequence);
      if (!frame && frame.error().reply.transient()) return frame.error();
      if (!frame) continue;
      for (const archive::Event& event : frame->events)
        if (event.record != 0) told[event.record].insert(sequence);
    }
    const auto noted = act([&](const Look&) -> Result<Events> {
      Events events;
      for (const auto& [one, frames] : told) {
        events.push_back(event_of(archive::events_destroyed, who, one));
        events.back().details["frames"] = boost::json::array(frames.begin(), frames.end());
      }
      return events;
    });
    if (!noted) return noted.error();
  }
  said.merge(more);
  for (const std::uint64_t sequence : said)
    if (auto shredded = settings_.shredder->shred_events(sequence); !shredded) return shredded;
  return done;
}

Result<std::uint64_t> Keeper::destroy(const Who& who) {
  if (auto can = can_destroy(); !can) return can.error();
  Numbers left;
  const auto looked = look([&](const Look& look) -> Result<Done> {
    left = look.ledger.unfinished(look.books);
    return done;
  });
  if (!looked) return looked.error();
  std::uint64_t destroyed = 0;
  for (std::size_t from = 0; from < left.size(); from += limits::disposal_batch) {
    const auto begin = left.begin() + static_cast<std::ptrdiff_t>(from);
    const std::size_t count = std::min(limits::disposal_batch, left.size() - from);
    const auto gone = destroy(who, Numbers(begin, begin + static_cast<std::ptrdiff_t>(count)));
    if (!gone) return gone.error();
    destroyed += *gone;
  }
  return destroyed;
}

Result<std::uint64_t> Keeper::destroy(const Who& who, const Numbers& records) {
  if (records.empty()) return std::uint64_t{0};
  std::set<std::uint64_t> purged;
  const auto looked = look([&](const Look& look) -> Result<Done> {
    for (const std::uint64_t record : records)
      if (const auto gone = look.ledger.gone(look.books, record); gone && gone->basis == "purge") purged.insert(record);
    return done;
  });
  if (!looked) return looked.error();
  if (auto kept = act([&](const Look& look) -> Result<Events> { return keep_holds(look, who, records); }); !kept)
    return kept.error();
  std::map<std::uint64_t, boost::json::array> left;
  for (Store* store : settings_.stores)
    if (auto forgotten = store->forget(records); !forgotten) return forgotten.error();
  for (const std::uint64_t record : records) {
    for (Store* store : settings_.stores) {
      const auto kept = store->left_of(record);
      if (!kept) return kept.error();
      left[record].insert(left[record].end(), kept->begin(), kept->end());
    }
    if (purged.contains(record))
      if (auto gone = destroy_events(who, record); !gone) return gone.error();
    if (auto shredded = settings_.shredder->shred(record); !shredded) return shredded.error();
  }
  const auto noted = act([&](const Look& look) {
    auto events = note_destroyed(look, who, records);
    if (events)
      for (archive::Event& event : *events)
        if (boost::json::array& kept = left[event.record]; !kept.empty()) event.details["kept"] = std::move(kept);
    return events;
  });
  if (!noted) return noted.error();
  return noted->size();
}

Result<Keeper::Executed> Keeper::execute(const Who& who, std::uint64_t disposal, const InSight& sight) {
  if (auto can = can_destroy(); !can) return can.error();
  const auto begun = act([&](const Look& look) { return begin_disposal(look, who, disposal); });
  if (!begun) return begun.error();
  while (true) {
    const auto next = archive_.act_apart(over_books([&](const Look& look) -> Result<Events> {
      auto events = dispose_next(look, who, disposal, limits::disposal_batch, sight);
      if (!events) return events;
      for (archive::Event& event : *events) {
        if (event.what != archive::disposed) continue;
        if (const auto can = settings_.shredder->can_shred(event.record); !can) {
          event = event_of("record.spared", who, event.record, can.error().detail);
          event.details["disposal"] = disposal;
          event.details["unit"] = look.ledger.disposal(look.books, disposal)->unit;
        }
      }
      return events;
    }));
    if (!next) return next.error();
    if (next->empty()) break;
    // These alone: a look for all that are unfinished goes over everything that was ever disposed of.
    Numbers disposed;
    for (const archive::Event& event : *next)
      if (event.what == archive::disposed) disposed.push_back(event.record);
    if (auto destroyed = destroy(who, disposed); !destroyed) return destroyed.error();
  }
  if (auto left = destroy(who); !left) return left.error();  // of a try that was stopped
  std::vector<std::string> stores;
  for (const Store* store : settings_.stores) stores.emplace_back(store->name());
  stores.emplace_back(settings_.shredder->means());
  const auto finished = act([&](const Look& look) { return finish_disposal(look, who, disposal, stores); });
  if (!finished) return finished.error();
  const boost::json::object& counts = finished->front().details;
  return Executed{number_in(counts, "destroyed"), number_in(counts, "spared")};
}

Result<Done> Keeper::purge(const Who& who, std::uint64_t number, bool despite_hold) {
  if (auto can = can_destroy(); !can) return can;
  const auto confirmed = act([&](const Look& look) -> Result<Events> {
    auto events = confirm_purge(look, who, number, despite_hold);
    if (!events) return events;
    for (const archive::Event& event : *events)
      if (event.what == archive::disposed)
        if (const auto can = settings_.shredder->can_shred(event.record); !can) return can.error();
    return events;
  });
  if (!confirmed) return confirmed.error();
  Numbers secret;
  for (const archive::Event& event : *confirmed)
    if (event.what == archive::disposed) secret.push_back(event.record);
  // Before all that an earlier try left: it waits for nobody else's trouble.
  if (auto destroyed = destroy(who, secret); !destroyed) return destroyed.error();
  if (auto left = destroy(who); !left) return left.error();
  const auto finished = act([&](const Look& look) { return finish_purge(look, who, number); });
  if (!finished) return finished.error();
  return done;
}

Result<std::uint64_t> Keeper::finish_what_began() {
  Numbers unfinished;
  std::vector<std::uint64_t> purges;
  const auto looked = look([&](const Look& look) -> Result<Done> {
    unfinished = look.ledger.unfinished(look.books);
    for (const Purge& purge : look.ledger.purges(look.books))
      if (purge.confirmed && purge.end.empty()) purges.push_back(purge.number);
    return done;
  });
  if (!looked) return looked.error();
  const Who gateway{"gateway", ""};
  std::uint64_t destroyed = 0;
  if (!unfinished.empty()) {
    const auto gone = destroy(gateway);
    if (!gone) return gone.error();
    destroyed = *gone;
  }
  for (const std::uint64_t number : purges)
    if (auto finished = act([&](const Look& look) { return finish_purge(look, gateway, number); }); !finished)
      return finished.error();
  return destroyed;
}

}  // namespace vanthu::keeping
