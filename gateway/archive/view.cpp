// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/archive/view.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>

#include "gateway/base/disk.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"

namespace vanthu::archive {
namespace {
namespace fs = std::filesystem;

constexpr std::string_view format = "5";
constexpr std::string_view remains_key = "remains";
constexpr std::uint64_t map_octets = 64ULL << 30;  // address space; some 20 million records

/// Differs after every start of the machine: what the page cache held is gone when it does.
std::string boot_id() {
  std::ifstream in("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(in, id);
  return id;
}

fs::path mark_of(const fs::path& file) { return fs::path(file) += ".open"; }

/// True when the machine may have gone down while the view was open for writing.
bool unclean(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(mark_of(file), ignored)) return false;
  std::ifstream in(mark_of(file));
  std::string then;
  std::getline(in, then);
  return then.empty() || then != boot_id();
}

/// The largest number up to `highest` that has all terms: each term in turn takes the candidate down to its own next
/// number, until all agree. Costs as many look-ups as the rarest term has numbers, times the terms.
std::optional<std::uint64_t> newest_with_all(const lmdb::Transaction& txn, lmdb::Table postings,
                                             const std::vector<std::string>& wanted, std::uint64_t highest) {
  std::size_t agreed = 0;
  for (std::size_t i = 0; agreed < wanted.size(); i = (i + 1) % wanted.size()) {
    const auto number = txn.greatest(postings, wanted[i], highest);
    if (!number) return std::nullopt;
    agreed = *number == highest ? agreed + 1 : 1;
    highest = *number;
  }
  return highest;
}

std::optional<std::uint64_t> newest_record(const lmdb::Transaction& txn, lmdb::Table records, std::uint64_t highest) {
  std::optional<std::uint64_t> number;
  txn.scan_back(records, lmdb::key_of(highest + 1), [&](std::string_view key, std::string_view) {
    number = lmdb::number_of(key);
    return false;
  });
  return number;
}

struct Span {
  std::uint64_t lowest = std::numeric_limits<std::uint64_t>::max(), highest = 0;
};

Span parse_span(std::string_view value) { return {lmdb::number_of(value), lmdb::number_of(value.substr(8))}; }

/// The numbers between which everything received on those days lies. Receipt and commit may cross at midnight, so a
/// number inside need not be of these days.
Span span_of(const lmdb::Transaction& txn, lmdb::Table days, const std::string& since, const std::string& until) {
  Span span;
  txn.scan(days, since, [&](std::string_view day, std::string_view value) {
    if (!until.empty() && day > until) return false;
    const Span one = parse_span(value);
    span = {std::min(span.lowest, one.lowest), std::max(span.highest, one.highest)};
    return true;
  });
  return span;
}

std::string to_value(const View::Reached& r) {
  return lmdb::key_of(r.sequence) + lmdb::key_of(r.number) + lmdb::key_of(r.last.sequence) +
         lmdb::key_of(r.last.segment) + lmdb::key_of(r.last.offset) + lmdb::key_of(r.place.segment) +
         lmdb::key_of(r.place.offset) + r.sha256;
}

std::string format_of(const Books& books) {
  std::string all(format);
  for (const Book* book : books) all.append(", ").append(book->format());
  return all;
}

View::Reached parse_reached(std::string_view value) {
  if (value.size() < 56) return {};
  const auto at = [&](std::size_t i) { return lmdb::number_of(value.substr(8 * i)); };
  return {at(0), {at(0), at(5), at(6)}, at(1), {at(2), at(3), at(4)}, std::string(value.substr(56))};
}
}  // namespace

void View::remove(const fs::path& file) {
  std::error_code ignored;
  fs::remove(file, ignored);
  fs::remove(fs::path(file) += "-lock", ignored);
  fs::remove(mark_of(file), ignored);
}

Result<std::unique_ptr<View>> View::try_open(const fs::path& file, const Books& books) {
  lmdb::Options options;
  options.map_octets = map_octets;
  options.held_octets = limits::view_held_octets;
  options.tables = 64;  // its own and those of all books
  options.sync = false;
  auto environment = lmdb::Environment::open(file, options);
  if (!environment) return environment.error();
  std::unique_ptr<View> view(new View(file, *std::move(environment), books));
  auto txn = lmdb::Transaction::begin(*view->environment_, lmdb::Transaction::Mode::write);
  if (!txn) return txn.error();
  const struct {
    const char* name;
    lmdb::Table* table;
    lmdb::Transaction::Values values = lmdb::Transaction::Values::one;
  } tables[] = {{"meta", &view->meta_},
                {"records", &view->records_},
                {"postings", &view->postings_, lmdb::Transaction::Values::numbers},
                {"days", &view->days_},
                {"history", &view->history_},
                {"disposed", &view->disposed_},
                {"disposed-at", &view->disposed_at_},
                {"kept", &view->kept_}};
  for (const auto& row : tables) {
    auto table = txn->table(row.name, row.values);
    if (!table) return table.error();
    *row.table = *table;
  }
  const auto written = txn->get(view->meta_, "format");
  if (written && *written != format_of(books)) return fail(status::corrupt, "view of another format");
  if (!written)
    if (auto put = txn->put(view->meta_, "format", format_of(books)); !put) return put.error();
  for (Book* book : books)
    if (auto opened = book->open(*txn); !opened) return opened.error();
  if (auto committed = std::move(*txn).commit(); !committed) return committed.error();
  return view;
}

Result<std::unique_ptr<View>> View::open(const fs::path& file, const Books& books) {
  std::error_code ignored;
  if (fs::exists(file, ignored) && ::access(file.c_str(), R_OK | W_OK) != 0)
    return fail(status::bad_configuration, file.string() + " may not be written: whose is it?");
  if (unclean(file)) {
    log::Event("archive.view.dropped", log::Level::warning).with("reason", "the machine went down while it was open");
    remove(file);
  }
  fs::remove(copy_of(file), ignored);  // by whoever was interrupted
  if (auto marked = real_disk().replace(mark_of(file), boot_id() + '\n'); !marked) return marked.error();
  auto view = try_open(file, books);
  if (!view && fs::exists(file, ignored)) {
    log::Event("archive.view.dropped", log::Level::warning).with("reason", view.error().detail);
    remove(file);
    if (auto marked = real_disk().replace(mark_of(file), boot_id() + '\n'); !marked) return marked.error();
    view = try_open(file, books);
  }
  return view;
}

Result<View::Reached> View::known(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored) || unclean(file)) return Reached{};
  lmdb::Options options;
  options.map_octets = map_octets;
  options.read_only = true;
  const auto environment = lmdb::Environment::open(file, options);
  if (!environment) return environment.error();
  auto txn = lmdb::Transaction::begin(**environment, lmdb::Transaction::Mode::read);
  if (!txn) return txn.error();
  const auto meta = txn->table("meta");
  if (!meta) return Reached{};
  const auto written = txn->get(*meta, "format");
  if (!written || written->substr(0, written->find(',')) != format) return Reached{};
  const auto value = txn->get(*meta, "reached");
  return value ? parse_reached(*value) : Reached{};
}

View::~View() {
  if (mdb_env_sync(environment_->raw(), 1) != 0) return;  // the mark stays: the next boot drops the view
  environment_.reset();
  std::error_code ignored;
  fs::remove(mark_of(file_), ignored);
}

View::Reached View::reached() const {
  const auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::read);
  if (!txn) throw std::runtime_error(txn.error().detail);
  const auto value = txn->get(meta_, "reached");
  return value ? parse_reached(*value) : Reached{};
}

Result<Done> View::put(lmdb::Transaction& txn, const Entry& entry) {
  const std::uint64_t number = entry.summary.number;
  if (auto put = txn.put(records_, lmdb::key_of(number), to_json(entry)); !put) return put;
  for (const std::string& term : entry.terms)
    if (auto put = txn.put(postings_, term, lmdb::key_of(number)); !put) return put;
  Span span;
  if (const auto value = txn.get(days_, entry.day)) span = parse_span(*value);
  span = {std::min(span.lowest, number), std::max(span.highest, number)};
  return txn.put(days_, entry.day, lmdb::key_of(span.lowest) + lmdb::key_of(span.highest));
}

Result<Done> View::forget(lmdb::Transaction& txn, const Entry& entry) {
  const std::string number = lmdb::key_of(entry.summary.number);
  if (entry.at.sequence != 0)
    if (auto put =
            txn.put(disposed_at_, number,
                    lmdb::key_of(entry.at.sequence) + lmdb::key_of(entry.at.segment) + lmdb::key_of(entry.at.offset));
        !put)
      return put;
  for (const std::string& term : entry.terms)
    if (auto erased = txn.erase(postings_, term, number); !erased) return erased;
  if (!txn.get(records_, number)) return done;
  if (auto put = txn.put(meta_, remains_key, "1"); !put) return put;
  return txn.erase(records_, number);
}

/// What people had written about a record that was purged.
Result<Done> View::forget_words(lmdb::Transaction& txn, std::uint64_t record) {
  std::vector<std::pair<std::string, std::string>> rows;
  const std::string begin = lmdb::key_of(record);
  txn.scan(history_, begin, [&](std::string_view key, std::string_view value) {
    if (!key.starts_with(begin)) return false;
    if (auto event = parse_events(value); event && take_words(event->front()))
      rows.emplace_back(key, to_json({std::move(event->front())}));
    return true;
  });
  if (rows.empty()) return done;
  for (const auto& [key, value] : rows)
    if (auto put = txn.put(history_, key, value); !put) return put;
  return txn.put(meta_, remains_key, "1");
}

/// So that a view that is made anew, and cannot read these frames, is the same.
Result<Done> View::forget_frames(lmdb::Transaction& txn, const Event& event) {
  bool any = false;
  for (const std::uint64_t sequence : frames_in(event)) {
    std::vector<std::string> rows;
    const std::string begin = lmdb::key_of(event.record) + lmdb::key_of(sequence);
    txn.scan(history_, begin, [&](std::string_view key, std::string_view) {
      if (key.starts_with(begin)) rows.emplace_back(key);
      return key.starts_with(begin);
    });
    for (const std::string& key : rows)
      if (auto erased = txn.erase(history_, key); !erased) return erased;
    any = any || !rows.empty();
  }
  return any ? txn.put(meta_, remains_key, "1") : done;
}

Result<Done> View::put(lmdb::Transaction& txn, const Event& event, std::size_t index) {
  if (event.record == 0) return done;
  if (is_purge(event))
    if (auto forgotten = forget_words(txn, event.record); !forgotten) return forgotten;
  if (auto forgotten = forget_frames(txn, event); !forgotten) return forgotten;
  if (event.what == disposed)
    if (auto put = txn.put(disposed_, lmdb::key_of(event.record), to_json({event})); !put) return put;
  const std::string key = lmdb::key_of(event.record) + lmdb::key_of(event.sequence) + lmdb::key_of(index);
  return txn.put(history_, key, to_json({event}));
}

Result<Done> View::put(const std::vector<Step>& steps, const Reached& reached) {
  auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::write);
  if (!txn) return txn.error();
  for (const Step& step : steps) {
    if (step.record) {
      if (auto taken = put(*txn, *step.record); !taken) return taken;
      for (Book* book : books_)
        if (auto taken = book->take(*txn, *step.record, step.accepted); !taken) return taken;
    }
    if (step.missed != 0)
      for (Book* book : books_)
        if (auto taken = book->miss(*txn, step.missed, step.at); !taken) return taken;
    for (const Entry& entry : step.disposed)
      if (auto forgotten = forget(*txn, entry); !forgotten) return forgotten;
    for (std::size_t i = 0; i < step.events.size(); ++i) {
      if (auto taken = put(*txn, step.events[i], i); !taken) return taken;
      for (Book* book : books_)
        if (auto taken = book->take(*txn, step.events[i]); !taken) return taken;
    }
  }
  if (auto put = txn->put(meta_, "reached", to_value(reached)); !put) return put;
  return std::move(*txn).commit();
}

bool View::wants_ahead(const Books& books, const Event& event) {
  return event.what == file_kept ||
         std::any_of(books.begin(), books.end(), [&](const Book* book) { return book->wants_ahead(event); });
}

Result<Done> View::foresee(const std::vector<Event>& events) {
  auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::write);
  if (!txn) return txn.error();
  for (const Event& event : events) {
    if (const auto kept = kept_in(event))
      if (auto put = txn->put(kept_, lmdb::key_of(kept->sequence) + lmdb::key_of(place_in(event)), to_json({*kept}));
          !put)
        return put;
    for (Book* book : books_)
      if (book->wants_ahead(event))
        if (auto foreseen = book->foresee(*txn, event); !foreseen) return foreseen;
  }
  return std::move(*txn).commit();
}

std::vector<Event> View::kept_of_frame(std::uint64_t sequence) const {
  std::vector<Event> events;
  const auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::read);
  if (!txn) throw std::runtime_error(txn.error().detail);
  const std::string begin = lmdb::key_of(sequence);
  txn->scan(kept_, begin, [&](std::string_view key, std::string_view value) {
    if (!key.starts_with(begin)) return false;
    if (auto event = parse_events(value)) {
      event->front().sequence = sequence;
      events.push_back(std::move(event->front()));
    }
    return true;
  });
  return events;
}

fs::path View::copy_of(const fs::path& file) { return fs::path(file) += ".compact"; }

bool View::has_remains() const {
  const auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::read);
  return txn && txn->get(meta_, remains_key).has_value();
}

Result<Done> View::note_clean() {
  auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::write);
  if (!txn) return txn.error();
  if (!txn->get(meta_, remains_key)) return done;
  if (auto erased = txn->erase(meta_, remains_key); !erased) return erased;
  return std::move(*txn).commit();
}

Result<std::vector<Event>> View::history(std::uint64_t number) const {
  const auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::read);
  if (!txn) return txn.error();
  std::vector<Event> events;
  std::optional<Error> fault;
  const std::string begin = lmdb::key_of(number);
  txn->scan(history_, begin, [&](std::string_view key, std::string_view value) {
    if (!key.starts_with(begin)) return false;
    auto event = parse_events(value);
    if (!event) {
      fault = event.error();
      return false;
    }
    event->front().sequence = lmdb::number_of(key.substr(8));
    events.push_back(std::move(event->front()));
    return true;
  });
  if (fault) return *fault;
  return events;
}

std::optional<journal::Position> View::disposed_at(std::uint64_t number) const {
  const auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::read);
  if (!txn) return std::nullopt;
  const auto value = txn->get(disposed_at_, lmdb::key_of(number));
  if (!value || value->size() != 24) return std::nullopt;
  return journal::Position{lmdb::number_of(*value), lmdb::number_of(value->substr(8)),
                           lmdb::number_of(value->substr(16))};
}

Result<std::optional<Event>> View::disposal_of(std::uint64_t number) const {
  const auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::read);
  if (!txn) return txn.error();
  const auto value = txn->get(disposed_, lmdb::key_of(number));
  if (!value) return std::optional<Event>();
  auto event = parse_events(*value);
  if (!event) return event.error();
  return std::optional<Event>(std::move(event->front()));
}

Result<Done> View::read(const std::function<Result<Done>(const lmdb::Transaction&)>& look) const {
  const auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::read);
  if (!txn) return txn.error();
  return look(*txn);
}

Result<Entry> View::entry(std::uint64_t number) const {
  const auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::read);
  if (!txn) return txn.error();
  const auto value = txn->get(records_, lmdb::key_of(number));
  if (!value) return fail(status::not_found, "record " + std::to_string(number) + " is not in the view");
  return parse_entry(*value);
}

Result<journal::Position> View::place_of(std::uint64_t number) const {
  const auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::read);
  if (!txn) return txn.error();
  const auto value = txn->get(records_, lmdb::key_of(number));
  if (!value) return fail(status::not_found, "record " + std::to_string(number) + " is not in the view");
  return parse_place(*value);
}

std::uint64_t View::sequence_below(std::uint64_t number) const {
  const auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::read);
  if (!txn) return 0;
  std::uint64_t sequence = 0;
  txn->scan_back(records_, lmdb::key_of(number), [&](std::string_view, std::string_view value) {
    if (const auto at = parse_place(value)) sequence = at->sequence;
    return sequence == 0;
  });
  return sequence;
}

void View::each(const std::function<bool(std::uint64_t, const Result<Entry>&)>& visit) const {
  const auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::read);
  if (!txn) throw std::runtime_error(txn.error().detail);
  txn->scan(records_, "", [&](std::string_view key, std::string_view value) {
    return visit(lmdb::number_of(key), parse_entry(value));
  });
}

Result<View::Found> View::newest(const std::vector<std::string>& terms, const std::string& since,
                                 const std::string& until, std::size_t most,
                                 const std::function<bool(const Summary&)>& within) const {
  const auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::read);
  if (!txn) return txn.error();
  Span span{1, std::numeric_limits<std::uint64_t>::max() - 1};
  if (!since.empty() || !until.empty()) span = span_of(*txn, days_, since, until);
  Found found;
  for (std::uint64_t highest = span.highest; highest > 0;) {
    const auto number =
        terms.empty() ? newest_record(*txn, records_, highest) : newest_with_all(*txn, postings_, terms, highest);
    if (!number || *number < span.lowest) break;
    highest = *number - 1;
    const auto value = txn->get(records_, lmdb::key_of(*number));
    if (!value) return fail(status::corrupt, "archive view: record " + std::to_string(*number) + " has terms only");
    auto entry = parse_entry(*value);
    if (!entry) return entry.error();
    if ((!since.empty() && entry->day < since) || (!until.empty() && entry->day > until)) continue;
    if (within && !within(entry->summary)) continue;
    found.more = found.records.size() == most;
    if (found.more) break;
    found.records.push_back(std::move(entry->summary));
  }
  return found;
}

}  // namespace vanthu::archive
