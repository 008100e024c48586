// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/archive/archive.hpp"

#include <algorithm>

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
  const auto frame = records.read(reached.last, false);
  if (!frame || frame->head.ordinal != reached.number) return false;
  const auto accepted = mail::parse_accepted(frame->meta);
  return accepted && accepted->sha256 == reached.sha256;
}
}  // namespace

Archive::Archive(std::unique_ptr<State> state) : state_(std::move(state)) {}
Archive::~Archive() = default;

Result<std::unique_ptr<Archive>> Archive::open(const journal::Log& records, const std::filesystem::path& view_file,
                                               UnitOf unit_of) {
  std::unique_ptr<State> state(new State{records, view_file, std::move(unit_of), {}, {}, nullptr});
  auto view = View::open(view_file);
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
    view = View::open(view_file);
    if (!view) return view.error();
  }
  state->view = *std::move(view);
  return std::unique_ptr<Archive>(new Archive(std::move(state)));
}

Result<Archive::Known> Archive::known(const std::filesystem::path& view_file) {
  std::error_code ignored;
  if (!std::filesystem::exists(view_file, ignored)) return Known{};
  const auto view = View::open(view_file);
  if (!view) return view.error();
  return guarded([&]() -> Result<Known> {
    const View::Reached reached = (*view)->reached();
    return Known{reached.sequence, reached.number};
  });
}

Result<Done> Archive::State::fill() {
  const std::shared_lock open(door);
  auto opened = open_view();
  if (!opened) return opened.error();
  while (true) {
    View::Reached reached = (*opened)->reached();
    const std::uint64_t before = reached.sequence;
    std::vector<Entry> entries;
    const journal::Position last = reached.last;
    auto scanned = records.scan_behind(last, [&](const journal::Frame& frame) {
      if (frame.head.at.sequence <= before) return true;
      reached.sequence = frame.head.at.sequence;
      if (!is_record(frame.head)) return true;
      const auto accepted = mail::parse_accepted(frame.meta);
      std::string fault = accepted ? std::string() : accepted.error().detail;
      if (accepted) {
        entries.push_back(make_entry(frame.head, *accepted, unit_of, fault));
        reached.number = frame.head.ordinal;
        reached.last = frame.head.at;
        reached.sha256 = accepted->sha256;
      }
      if (!fault.empty())
        log::Event("archive.record.unreadable", log::Level::error)
            .with("record", frame.head.ordinal)
            .with("what", fault);
      return entries.size() < limits::view_batch_records;
    });
    if (!scanned) return scanned;
    if (reached.sequence == before) return done;
    if (auto put = (*opened)->put(entries, reached); !put) return put;
  }
}

Result<Done> Archive::catch_up() {
  const std::lock_guard one(state_->filling);
  return guarded([&] { return state_->fill(); });
}

Result<Done> Archive::rebuild() {
  const std::lock_guard one(state_->filling);
  return guarded([&]() -> Result<Done> {
    {
      const std::unique_lock alone(state_->door);
      state_->view.reset();
      View::remove(state_->view_file);
      auto view = View::open(state_->view_file);
      if (!view) return view.error();
      state_->view = *std::move(view);
    }
    return state_->fill();
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
                                 std::min(query.most, limits::search_records));
    if (!found) return found.error();
    answer.records = std::move(found->records);
    answer.more = found->more;
    return answer;
  });
}

Result<journal::Position> Archive::State::find(std::uint64_t number) const {
  if (number == 0 || number > records.last_ordinal())
    return fail(status::not_found, "there is no record " + std::to_string(number) + "; the last one is " +
                                       std::to_string(records.last_ordinal()));
  std::uint64_t from = 1;
  const auto known = guarded([&]() -> Result<Entry> {
    const std::shared_lock open(door);
    auto opened = open_view();
    if (!opened) return opened.error();
    from = (*opened)->sequence_below(number) + 1;
    return (*opened)->entry(number);
  });
  if (known) return known->at;
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

Result<std::string> Archive::get(std::uint64_t number) const {
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

}  // namespace vanthu::archive
