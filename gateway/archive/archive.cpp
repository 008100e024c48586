// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/archive/archive.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <thread>
#include <utility>

#include "gateway/archive/state.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"

namespace vanthu::archive {
namespace {

bool is_record(const journal::FrameHead& head) { return head.kind == journal::Kind::message && head.ordinal != 0; }

/// Whether the view was made from this log: its last record stands where the view says.
bool belongs_to(const View::Reached& reached, const journal::Log& records) {
  if (reached.sequence > records.last_sequence()) return false;
  if (reached.number == 0) return true;
  bool gone = false;
  const auto looked = records.scan(reached.last.sequence, [&](const journal::Frame& one) {
    gone = one.head.at.sequence == reached.last.sequence && one.head.ordinal == reached.number &&
           one.seal == journal::Seal::gone;
    return false;
  });
  if (looked && gone) return true;  // disposed of since
  const auto frame = records.read(reached.last, false);
  if (!frame || frame->head.ordinal != reached.number) return false;
  const auto accepted = mail::parse_accepted(frame->meta);
  return accepted && accepted->sha256 == reached.sha256;
}
}  // namespace

Archive::Archive(std::unique_ptr<State> state) : state_(std::move(state)) {}
Archive::~Archive() = default;

Result<std::unique_ptr<Archive>> Archive::open(journal::Log& records, const std::filesystem::path& view_file,
                                               UnitOf unit_of, Books books) {
  std::unique_ptr<State> state(new State{records, view_file, std::move(unit_of), std::move(books), {}, {}, {}, {}});
  auto view = View::open(view_file, state->books);
  if (!view) return view.error();
  const auto reached = guarded([&]() -> Result<View::Reached> { return (*view)->reached(); });
  if (reached && reached->number > records.last_ordinal())
    return fail(
        status::bad_configuration,
        "the archive knows records up to " + std::to_string(reached->number) + ", and the record log ends at " +
            std::to_string(records.last_ordinal()) + ": segments were removed or an older backup was put back. " +
            "Put the missing files back into the records folder. If records " +
            std::to_string(records.last_ordinal() + 1) + " to " + std::to_string(reached->number) +
            " are lost for good, start vanthu-gateway once with --accept-loss: it goes on behind them, gives no "
            "number twice, and archive verify names what is missing");
  const auto fits = guarded([&]() -> Result<bool> {
    if (!reached) return reached.error();
    return belongs_to(*reached, records);
  });
  if (!fits || !*fits) {
    log::Event("archive.view.dropped", log::Level::warning)
        .with("reason", fits ? std::string("made from another log or ahead of it") : fits.error().detail);
    view->reset();
    View::remove(view_file);
    view = View::open(view_file, state->books);
    if (!view) return view.error();
  }
  state->view = *std::move(view);
  return std::unique_ptr<Archive>(new Archive(std::move(state)));
}

Result<Archive::Known> Archive::known(const std::filesystem::path& view_file) {
  return guarded([&]() -> Result<Known> {
    const auto reached = View::known(view_file);
    if (!reached) return reached.error();
    return Known{reached->sequence, reached->number};
  });
}

std::string Archive::State::take_record(const journal::Frame& frame, View::Reached& reached,
                                        std::vector<View::Step>& steps) const {
  if (frame.seal == journal::Seal::gone) {  // what disposed of it follows in the log
    reached.number = frame.head.ordinal;
    reached.last = frame.head.at;
    reached.sha256.clear();
    steps.push_back({{}, {}, {}, {}, reached.number, reached.last});
    return {};
  }
  if (frame.seal == journal::Seal::locked) return "it is sealed, and its key is not to be had";
  auto accepted = mail::parse_accepted(frame.meta);
  if (!accepted) return accepted.error().detail;
  std::string fault;
  View::Step step{make_entry(frame.head, *accepted, unit_of, fault), {}, {}, {}, 0, {}};
  reached.number = frame.head.ordinal;
  reached.last = frame.head.at;
  reached.sha256 = accepted->sha256;
  if (!books.empty()) step.accepted = *std::move(accepted);
  steps.push_back(std::move(step));
  return fault;
}

std::vector<Entry> Archive::State::disposed_by(const std::vector<Event>& events, const std::vector<View::Step>& before,
                                               const View& known) const {
  std::vector<Entry> gone;
  for (const Event& event : events) {
    if (event.what != disposed || event.record == 0) continue;
    Entry entry;
    entry.summary.number = event.record;
    // The terms are told by the frame. Once its octets are gone nothing can, and then no view has taken any.
    std::optional<journal::Position> at;
    if (const auto entered = known.entry(event.record)) at = entered->at;
    for (const View::Step& step : before)
      if (step.record && step.record->summary.number == event.record) at = step.record->at;
    if (at) entry.at = *at;
    if (at)
      if (const auto frame = records.read(*at, false))
        if (const auto accepted = mail::parse_accepted(frame->meta)) {
          std::string fault;
          entry.terms = make_entry(frame->head, *accepted, unit_of, fault).terms;
        }
    gone.push_back(std::move(entry));
  }
  return gone;
}

Result<Done> Archive::State::still_there(std::uint64_t number) const {
  return guarded([&]() -> Result<Done> {
    const std::shared_lock open(door);
    auto opened = open_view();
    if (!opened) return done;  // a log without a view hands out what can be read
    const auto event = (*opened)->disposal_of(number);
    if (event && *event) return fail(status::not_found, tombstone(**event));
    return done;
  });
}

Result<Done> Archive::State::look_ahead(Ahead& ahead) const {
  const auto is_wanted = [&](const Event& event) { return View::wants_ahead(books, event); };
  return records.scan_behind(
      ahead.last,
      [&](const journal::Frame& frame) {
        if (frame.seal == journal::Seal::gone || frame.head.kind != journal::Kind::event) return true;
        const auto events = parse_events(frame.meta);  // of one that is none fill() says so
        if (events && std::any_of(events->begin(), events->end(), is_wanted)) ahead.frames.push_back(frame.head.at);
        return true;
      },
      [&](const journal::FrameHead& head) {
        ahead.last = head.at;
        return head.kind == journal::Kind::event;
      });
}

Result<Done> Archive::State::foresee(View& opened, const Ahead& ahead) const {
  // Twice: what proves that something may be kept can stand behind it.
  for (int i = 0; i < 2; ++i)
    if (auto shown = show(opened, ahead); !shown) return shown;
  return done;
}

Result<Done> Archive::State::show(View& opened, const Ahead& ahead) const {
  std::vector<Event> wanted;
  const auto show = [&] { return opened.foresee(std::exchange(wanted, {})); };
  for (const journal::Position& at : ahead.frames) {
    const auto frame = records.read(at, false);
    if (!frame && frame.error().reply == Reply(status::not_found)) continue;  // its key was destroyed meanwhile
    if (!frame) return frame.error();
    auto events = parse_events(frame->meta);
    if (!events) continue;
    for (Event& event : *events) {
      if (!View::wants_ahead(books, event)) continue;
      event.sequence = at.sequence;
      wanted.push_back(std::move(event));
    }
    if (wanted.size() < limits::view_batch_records) continue;
    if (auto shown = show(); !shown) return shown;
  }
  return wanted.empty() ? Result<Done>(done) : show();
}

Result<Done> Archive::State::see_ahead() {
  if (foreseen) return done;
  const std::lock_guard one(foreseeing);
  const std::shared_lock open(door);
  if (foreseen) return done;
  auto opened = open_view();
  if (!opened) return opened.error();
  Ahead ahead{{}, (*opened)->reached().place};
  if (auto looked = look_ahead(ahead); !looked) return looked;
  if (auto shown = foresee(**opened, ahead); !shown) return shown;
  foreseen = true;
  return done;
}

Result<Done> Archive::State::fill() {
  if (auto ahead = see_ahead(); !ahead) return ahead;
  const std::shared_lock open(door);
  auto opened = open_view();
  if (!opened) return opened.error();
  if (!foreseen) return fail(status::store_failed, "the archive's view was replaced a moment ago");
  while (true) {
    View::Reached reached = (*opened)->reached();
    const std::uint64_t before = reached.sequence;
    std::vector<View::Step> steps;
    const journal::Position last = reached.place;
    auto scanned = records.scan_behind(last, [&](const journal::Frame& frame) {
      if (frame.head.at.sequence <= before) return true;
      reached.sequence = frame.head.at.sequence;
      reached.place = frame.head.at;
      std::string fault;
      if (is_record(frame.head)) {
        fault = take_record(frame, reached, steps);
      } else if (frame.head.kind == journal::Kind::event && frame.seal == journal::Seal::gone) {
        if (auto kept = (*opened)->kept_of_frame(frame.head.at.sequence); !kept.empty())
          steps.push_back({{}, {}, std::move(kept), {}, 0, {}});
      } else if (frame.head.kind == journal::Kind::event) {
        auto events = parse_events(frame.meta);
        if (!events) fault = events.error().detail;
        if (events) {
          for (Event& event : *events) event.sequence = frame.head.at.sequence;
          steps.push_back({{}, {}, *std::move(events), {}, 0, {}});
        }
      }
      if (!fault.empty())
        log::Event("archive.record.unreadable", log::Level::error)
            .with("record", frame.head.ordinal)
            .with("frame", frame.head.at.sequence)
            .with("what", fault);
      return steps.size() < limits::view_batch_records;
    });
    if (!scanned) return scanned;
    if (reached.sequence == before) {
      whole = true;
      return done;
    }
    for (View::Step& step : steps) {
      step.disposed = disposed_by(step.events, steps, **opened);
      if (!step.disposed.empty()) forgot = std::chrono::steady_clock::now();
    }
    if (auto put = (*opened)->put(steps, reached); !put) return put;
  }
}

Result<Done> Archive::catch_up() {
  const std::lock_guard one(state_->filling);
  return guarded([&] { return state_->fill(); });
}

Result<Done> Archive::follow() {
  std::unique_lock one(state_->filling, std::try_to_lock);
  while (!one.owns_lock()) {
    if (state_->rebuilding || !state_->whole) return done;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // an act, or another follower: a moment
    (void)one.try_lock();
  }
  return guarded([&] { return state_->fill(); });
}

Result<Done> Archive::rebuild() {
  const std::lock_guard one(state_->filling);
  struct Flag {
    std::atomic<bool>& of;
    explicit Flag(std::atomic<bool>& flag) : of(flag) { of = true; }
    ~Flag() { of = false; }
  } const rebuilding(state_->rebuilding);
  return guarded([&]() -> Result<Done> {
    // A walk over the whole log: the old view answers meanwhile.
    State::Ahead ahead;
    if (auto looked = state_->look_ahead(ahead); !looked) return looked;
    {
      const std::unique_lock alone(state_->door);
      state_->whole = state_->foreseen = false;
      state_->view.reset();
      View::remove(state_->view_file);
      auto view = View::open(state_->view_file, state_->books);
      if (!view) return view.error();
      state_->view = *std::move(view);
      if (auto looked = state_->look_ahead(ahead); !looked) return looked;
      if (auto shown = state_->foresee(*state_->view, ahead); !shown) return shown;
      state_->foreseen = true;
    }
    return state_->fill();
  });
}

Result<Done> Archive::tidy(std::chrono::seconds quiet) {
  const std::lock_guard one(state_->filling);
  return guarded([&]() -> Result<Done> {
    if (!state_->view || !state_->view->has_remains()) return done;
    if (std::chrono::steady_clock::now() - state_->forgot < quiet) return done;
    if (auto copied = state_->view->copy(); !copied) return copied;
    const std::unique_lock alone(state_->door);
    state_->whole = state_->foreseen = false;  // should the copy be none, an empty view stands here
    state_->view.reset();
    std::error_code code;
    std::filesystem::rename(View::copy_of(state_->view_file), state_->view_file, code);
    auto view = View::open(state_->view_file, state_->books);
    if (!view) return view.error();
    state_->view = *std::move(view);
    if (code) return fail(status::store_failed, state_->view_file.string() + ": " + code.message());
    return state_->view->note_clean();
  });
}

Result<std::vector<Event>> Archive::State::act(const Decide& decide,
                                               const std::function<Result<Done>(std::vector<Event>& events)>& write) {
  const std::lock_guard one(filling);
  return guarded([&]() -> Result<std::vector<Event>> {
    if (auto filled = fill(); !filled) return filled.error();
    std::vector<Event> events;
    const auto looked = look([&](const lmdb::Transaction& txn) -> Result<Done> {
      auto decided = decide(txn);
      if (!decided) return decided.error();
      events = *std::move(decided);
      return done;
    });
    if (!looked) return looked.error();
    if (events.empty()) return events;
    for (Event& event : events) event.time = now();
    const auto written = write(events);
    // What is written is, whatever becomes of the view: what the view misses it takes the next time.
    if (auto filled = fill(); !filled)
      log::Event("archive.behind", log::Level::error).with("why", filled.error().detail);
    if (!written) return written.error();
    return events;
  });
}

Result<std::vector<Event>> Archive::act(const Decide& decide, std::shared_ptr<const Octets> body) {
  return state_->act(decide, [&](std::vector<Event>& events) -> Result<Done> {
    const auto head =
        state_->records.append_and_wait({journal::Kind::event, false, to_json(events), std::move(body), "events"});
    if (!head) return head.error();
    for (Event& event : events) event.sequence = head->at.sequence;
    return done;
  });
}

Result<std::vector<Event>> Archive::act_apart(const Decide& decide) {
  return state_->act(decide, [&](std::vector<Event>& events) -> Result<Done> {
    std::vector<std::promise<Result<journal::FrameHead>>> heads(events.size());
    for (std::size_t i = 0; i < events.size(); ++i)
      state_->records.append({journal::Kind::event, false, to_json({events[i]}), nullptr, "events"},
                             [&heads, i](Result<journal::FrameHead> head) { heads[i].set_value(std::move(head)); });
    Result<Done> written = done;
    for (std::size_t i = 0; i < events.size(); ++i) {
      const auto head = heads[i].get_future().get();
      if (head)
        events[i].sequence = head->at.sequence;
      else if (written)
        written = head.error();
    }
    return written;
  });
}

Result<Done> Archive::State::look(const std::function<Result<Done>(const lmdb::Transaction&)>& work) {
  if (auto ahead = see_ahead(); !ahead) return ahead;
  const std::shared_lock open(door);
  if (!foreseen) return fail(status::store_failed, "the archive's view was replaced a moment ago");
  auto opened = open_view();
  if (!opened) return opened.error();
  return (*opened)->read(work);
}

Result<Done> Archive::read(const std::function<Result<Done>(const lmdb::Transaction&)>& look) const {
  return guarded([&] { return state_->look(look); });
}

Result<std::vector<Event>> Archive::history(std::uint64_t number) const {
  return guarded([&]() -> Result<std::vector<Event>> {
    const std::shared_lock open(state_->door);
    auto view = state_->open_view();
    if (!view) return view.error();
    return (*view)->history(number);
  });
}

Result<Answer> Archive::search(const Query& query) const {
  const auto terms = terms_of(query);
  if (!terms) return terms.error();
  return guarded([&]() -> Result<Answer> {
    const std::shared_lock open(state_->door);
    auto view = state_->open_view();
    if (!view) return view.error();
    Answer answer;
    answer.last = state_->records.last_ordinal();
    answer.complete_up_to = (*view)->reached().number;
    auto found = (*view)->newest(*terms, query.since ? iso(*query.since) : "", query.until ? iso(*query.until) : "",
                                 std::min(query.most, limits::search_records), query.within);
    if (!found) return found.error();
    answer.records = std::move(found->records);
    answer.more = found->more;
    return answer;
  });
}

Result<Archive::Reach> Archive::reach() const {
  return guarded([&]() -> Result<Reach> {
    const std::shared_lock open(state_->door);
    auto view = state_->open_view();
    if (!view) return view.error();
    return Reach{(*view)->reached().number, state_->records.last_ordinal()};
  });
}

bool Archive::whole() const { return state_->whole; }

Result<Summary> Archive::summary(std::uint64_t number) const {
  return guarded([&]() -> Result<Summary> {
    const std::shared_lock open(state_->door);
    auto view = state_->open_view();
    if (!view) return view.error();
    auto entry = (*view)->entry(number);
    if (!entry) return entry.error();
    return std::move(entry->summary);
  });
}

Result<journal::Position> Archive::State::find(std::uint64_t number) const {
  if (number == 0 || number > records.last_ordinal())
    return fail(status::not_found, "không có bản ghi " + std::to_string(number) + " (there is no record " +
                                       std::to_string(number) + "; the last one is " +
                                       std::to_string(records.last_ordinal()) + ')');
  std::uint64_t from = 1;
  const auto known = guarded([&]() -> Result<journal::Position> {
    const std::shared_lock open(door);
    auto opened = open_view();
    if (!opened) return opened.error();
    if (const auto at = (*opened)->disposed_at(number)) return *at;
    auto at = (*opened)->place_of(number);
    if (!at) from = (*opened)->sequence_below(number) + 1;
    return at;
  });
  if (known) return *known;
  std::optional<journal::Position> at;
  const auto scanned = records.scan(from, [&](const journal::Frame& frame) {
    if (is_record(frame.head) && frame.head.ordinal == number) at = frame.head.at;
    return !at && frame.head.ordinal <= number;
  });
  if (!scanned) return scanned.error();
  if (!at) return fail(status::corrupt, "record " + std::to_string(number) + " is missing from the log: verify it");
  return *at;
}

Result<Archive::Record> Archive::show(std::uint64_t number) const {
  if (auto there = state_->still_there(number); !there) return there.error();
  const auto at = state_->find(number);
  if (!at) return at.error();
  const auto frame = state_->records.read(*at, false);
  if (!frame) return frame.error();
  if (frame->head.ordinal != number)
    return fail(status::corrupt, "the archive view is wrong about record " + std::to_string(number) + ", rebuild it");
  auto accepted = mail::parse_accepted(frame->meta);
  if (!accepted) return accepted.error();
  return Record{number, frame->head, *std::move(accepted)};
}

Result<journal::KeyName> Archive::key_of(std::uint64_t number) const {
  const auto at = state_->find(number);
  if (!at) return at.error();
  // What is to be destroyed can be read as a rule; a scan walks from its segment's beginning.
  if (const auto frame = state_->records.read(*at, false); frame && frame->head.ordinal == number)
    return frame->head.key;
  std::optional<journal::KeyName> key;
  const auto scanned = state_->records.scan(at->sequence, [&](const journal::Frame& frame) {
    if (frame.head.ordinal == number) key = frame.head.key;
    return false;
  });
  if (!scanned) return scanned.error();
  if (!key) return fail(status::corrupt, "record " + std::to_string(number) + " is missing from the log: verify it");
  return *key;
}

Result<Archive::EventFrame> Archive::events_at(std::uint64_t sequence) const {
  Result<EventFrame> found = fail(status::not_found, "frame " + std::to_string(sequence) + " is none of events");
  const auto scanned = state_->records.scan(sequence, [&](const journal::Frame& frame) {
    if (frame.head.at.sequence != sequence || frame.head.kind != journal::Kind::event) return false;
    EventFrame one{frame.head.key, frame.seal == journal::Seal::gone, {}};
    if (one.gone) {
      found = std::move(one);
    } else if (auto events = parse_events(frame.meta)) {
      one.events = *std::move(events);
      found = std::move(one);
    } else {
      found = events.error();
    }
    return false;
  });
  if (!scanned) return scanned.error();
  return found;
}

Result<Done> Archive::each_events_between(
    std::uint64_t first, std::uint64_t last,
    const std::function<void(std::uint64_t, const std::vector<Event>&)>& visit) const {
  const auto is_event = [](const journal::FrameHead& head) { return head.kind == journal::Kind::event; };
  return state_->records.scan(
      first + 1,
      [&](const journal::Frame& frame) {
        if (frame.head.at.sequence >= last) return false;
        if (is_event(frame.head))
          if (const auto events = parse_events(frame.meta)) visit(frame.head.at.sequence, *events);
        return true;
      },
      is_event);
}

Result<Octets> Archive::octets_at(std::uint64_t sequence) const {
  std::optional<journal::FrameHead> head;
  const auto scanned = state_->records.scan(
      sequence,
      [&](const journal::Frame& frame) {
        if (frame.head.at.sequence == sequence && frame.head.kind == journal::Kind::event) head = frame.head;
        return false;
      },
      [](const journal::FrameHead&) { return false; });
  if (!scanned) return scanned.error();
  if (!head) return fail(status::not_found, "frame " + std::to_string(sequence) + " is none of events");
  return state_->records.read_body(head->at);
}

Result<std::string> Archive::State::meta(std::uint64_t number, journal::Position& where) const {
  if (auto there = still_there(number); !there) return there.error();
  const auto at = find(number);
  if (!at) return at.error();
  auto frame = records.read(*at, false);
  if (!frame) return frame.error();
  if (frame->head.ordinal != number)
    return fail(status::corrupt, "the archive view is wrong about record " + std::to_string(number) + ", rebuild it");
  where = *at;
  return std::move(frame->meta);
}

Result<std::string> Archive::meta(std::uint64_t number) const {
  journal::Position at;
  return state_->meta(number, at);
}

Result<std::string> Archive::get(std::uint64_t number) const {
  if (auto there = state_->still_there(number); !there) return there.error();
  const auto at = state_->find(number);
  if (!at) return at.error();
  auto frame = state_->records.read(*at, true);
  if (!frame) return frame.error();
  if (frame->head.ordinal != number)
    return fail(status::corrupt, "the archive view is wrong about record " + std::to_string(number) + ", rebuild it");
  const auto accepted = mail::parse_accepted(frame->meta);
  if (!accepted) return accepted.error();
  if (accepted->original_octets != 0) frame->body = std::string(mail::as_it_came(*accepted, frame->body));
  if (hex(sha256(frame->body)) != accepted->sha256)
    return fail(status::corrupt, "record " + std::to_string(number) + ": its octets are not those of its SHA-256");
  return std::move(frame->body);
}

Result<Octets> Archive::octets(std::uint64_t number) const {
  journal::Position at;
  const auto text = state_->meta(number, at);
  if (!text) return text.error();
  const auto came = mail::parse_came(*text);
  if (!came) return came.error();
  auto body = state_->records.read_body(at);
  if (!body) return body;
  const std::string_view original = mail::as_it_came(came->original_octets, body->view());
  if (hex(sha256(original)) != came->sha256)
    return fail(status::corrupt, "record " + std::to_string(number) + ": its octets are not those of its SHA-256");
  if (original.size() != body->size()) return Octets::of(original);
  return body;
}

}  // namespace vanthu::archive
