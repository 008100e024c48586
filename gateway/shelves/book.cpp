// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/shelves/book.hpp"

#include <algorithm>

#include "gateway/base/clock.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/ids.hpp"
#include "gateway/base/log.hpp"

namespace vanthu::shelves {
namespace {

/// A part of a folder's key: no delimiter, no control, never empty.
std::string part(std::string_view text) {
  std::string clean;
  for (const char c : text) clean += c == '/' || static_cast<unsigned char>(c) < 0x20 || c == '\x7F' ? '-' : c;
  return clean.empty() ? "-" : clean;
}

std::string folder_key(std::string_view root, std::string_view year, std::string_view unit, std::string_view kind) {
  return std::string(root) + '/' + part(year) + '/' + part(unit) + '/' + part(kind);
}

/// A hold's: its number, and whose it is.
std::string key_of(const keeping::Hold& hold) {
  const std::string& of = hold.unit.empty() ? hold.file : hold.unit;
  return std::string(root::hold) + '/' + std::to_string(hold.number) + '/' + part(of.substr(0, of.find('/')));
}
}  // namespace

std::string_view unit_of_folder(std::string_view key) {
  const auto next = [&key] {
    const std::size_t end = std::min(key.find('/'), key.size());
    const std::string_view piece = key.substr(0, end);
    key.remove_prefix(std::min(end + 1, key.size()));
    return piece;
  };
  if (next() != root::file) next();  // the year, or a hold's number
  const std::string_view unit = next();
  return unit == "-" ? std::string_view() : unit;
}

Result<Done> Book::open(lmdb::Transaction& txn) {
  const struct {
    const char* name;
    lmdb::Table* table;
  } tables[] = {{"shelves.meta", &meta_},
                {"shelves.steps", &steps_},
                {"shelves.names", &names_},
                {"shelves.uids", &uids_},
                {"shelves.of-record", &of_record_}};
  for (const auto& row : tables) {
    auto table = txn.table(row.name);
    if (!table) return table.error();
    *row.table = *table;
  }
  if (txn.get(meta_, "birth")) return done;
  return txn.put(meta_, "birth", message_id());
}

std::string Book::birth(const lmdb::Transaction& books) const {
  return std::string(books.get(meta_, "birth").value_or(std::string_view()));
}

bool Book::any(const lmdb::Transaction& books, std::uint64_t from) const {
  return lmdb::Cursor(books, steps_).seek(lmdb::key_of(from));
}

void Book::each(const lmdb::Transaction& books, std::uint64_t from,
                const std::function<void(std::uint64_t, const Op&)>& visit) const {
  lmdb::Cursor cursor(books, steps_);
  for (bool there = cursor.seek(lmdb::key_of(from)); there; there = cursor.next())
    if (const auto op = parse_op(cursor.value())) visit(lmdb::number_of(cursor.key()), *op);
}

Result<Done> Book::add(lmdb::Transaction& txn, const Op& op) {
  std::uint64_t place = 1;
  txn.scan_back(steps_, "", [&](std::string_view key, std::string_view) {
    place = lmdb::number_of(key) + 1;
    return false;
  });
  // The last step may be one that was taken out again since: no place is used twice.
  if (const auto next = txn.get(meta_, "next")) place = std::max(place, lmdb::number_of(*next));
  if (auto put = txn.put(meta_, "next", lmdb::key_of(place + 1)); !put) return put;
  if (op.kind == Op::Kind::record)
    if (auto put = txn.put(of_record_, lmdb::key_of(op.record), lmdb::key_of(place)); !put) return put;
  return txn.append(steps_, lmdb::key_of(place), to_value(op));
}

Result<std::uint32_t> Book::id_of(lmdb::Transaction& txn, Op::Kind kind, const std::string& text) {
  // LMDB's keys hold 511 octets; two long texts that begin alike are two.
  const std::string key =
      static_cast<char>(kind) + (text.size() <= 400 ? text : text.substr(0, 400) + hex(sha256(text)));
  if (const auto id = txn.get(names_, key)) return static_cast<std::uint32_t>(lmdb::number_of(*id));
  const std::uint64_t id = txn.count(names_) + 1;
  if (auto put = txn.put(names_, key, lmdb::key_of(id)); !put) return put.error();
  Op op;
  op.kind = kind;
  op.id = static_cast<std::uint32_t>(id);
  op.text = text;
  if (auto added = add(txn, op); !added) return added.error();
  return op.id;
}

Result<std::uint32_t> Book::next_uid(lmdb::Transaction& txn, std::uint32_t folder, std::uint64_t sequence) {
  std::uint64_t uid = sequence;
  if (const auto last = txn.get(uids_, lmdb::key_of(folder))) uid = std::max(uid, lmdb::number_of(*last) + 1);
  if (auto put = txn.put(uids_, lmdb::key_of(folder), lmdb::key_of(uid)); !put) return put.error();
  return static_cast<std::uint32_t>(uid);
}

Result<Done> Book::place(lmdb::Transaction& txn, const std::string& folder, std::uint64_t record,
                         std::uint64_t sequence) {
  const auto id = id_of(txn, Op::Kind::folder, folder);
  if (!id) return id.error();
  const auto uid = next_uid(txn, *id, sequence);
  if (!uid) return uid.error();
  Op op;
  op.kind = Op::Kind::place;
  op.id = *id;
  op.record = record;
  op.uid = *uid;
  return add(txn, op);
}

Result<Done> Book::take(lmdb::Transaction& txn, const archive::Entry& record, const mail::Accepted& accepted) {
  if (record.at.sequence > 4'000'000'000ULL || record.summary.number > 4'000'000'000ULL) {
    log::Event("shelves.full", log::Level::error).with("record", record.summary.number);
    return done;  // no client could name it
  }
  const archive::Summary& summary = record.summary;
  const std::string_view year = std::string_view(record.day).substr(0, 4);
  std::vector<std::string> folders;
  const auto stand_in = [&](std::string_view root, std::string_view unit) {
    std::string key = folder_key(root, year, unit, summary.kind);
    if (std::find(folders.begin(), folders.end(), key) == folders.end()) folders.push_back(std::move(key));
  };
  if (accepted.imported) {
    stand_in(root::imported, accepted.imported->unit);
  } else {
    // Our own users send: the unit of the sender is the first one of the summary (archive/entry.cpp).
    if (accepted.direction != mail::Direction::in)
      stand_in(root::sent, summary.units.empty() ? std::string_view() : std::string_view(summary.units.front()));
    for (const mail::Delivery& delivery : accepted.deliveries)
      if (!delivery.unit.empty()) stand_in(root::received, delivery.unit);
    if (folders.empty()) stand_in(root::received, "");
  }
  Op op;
  op.kind = Op::Kind::record;
  op.record = summary.number;
  op.uid = static_cast<std::uint32_t>(record.at.sequence);
  op.octets = summary.octets;
  op.seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(
      0, std::chrono::floor<std::chrono::seconds>(accepted.received).time_since_epoch().count()));
  const auto audience =
      id_of(txn, Op::Kind::audience, audience_text({summary.record_class, summary.units, summary.blind}));
  if (!audience) return audience.error();
  op.id = *audience;
  for (const std::string& folder : folders) {
    const auto id = id_of(txn, Op::Kind::folder, folder);
    if (!id) return id.error();
    op.folders.push_back(*id);
  }
  if (auto added = add(txn, op); !added) return added;
  // The ledger is before us in the list of books: what watches for later records has taken this one already.
  for (const keeping::Hold& hold : ledger_.holds_on(txn, summary.number, accepted.received))
    if (auto placed = place(txn, key_of(hold), summary.number, record.at.sequence); !placed) return placed;
  return done;
}

/// Nobody sees it; the numbers behind it in the folders of holds are what they were.
Result<Done> Book::miss(lmdb::Transaction& txn, std::uint64_t record, const journal::Position& at) {
  if (at.sequence > 4'000'000'000ULL || record > 4'000'000'000ULL) return done;
  for (const keeping::Hold& hold : ledger_.holds_on(txn, record, {}))
    if (auto placed = place(txn, key_of(hold), record, at.sequence); !placed) return placed;
  return done;
}

Result<Done> Book::take(lmdb::Transaction& txn, const archive::Event& event) {
  if (event.sequence > 4'000'000'000ULL) return done;
  Op op;
  op.record = event.record;
  op.uid = static_cast<std::uint32_t>(event.sequence);
  const std::string file = std::string(root::file) + '/' + keeping::text_in(event.details, "file");
  if (event.what == "file.added" && event.record != 0) return place(txn, file, event.record, event.sequence);
  if (event.what == "file.removed" && event.record != 0) {
    const auto id = id_of(txn, Op::Kind::folder, file);
    if (!id) return id.error();
    const auto uid = next_uid(txn, *id, event.sequence);  // so that the change has a number of its own
    if (!uid) return uid.error();
    op.kind = Op::Kind::remove;
    op.id = *id;
    op.uid = *uid;
    return add(txn, op);
  }
  if (event.what == "hold.set") {
    const auto hold = ledger_.hold(txn, keeping::number_in(event.details, "number"));
    if (!hold) return done;
    for (const std::uint64_t record : ledger_.records_held_by(txn, hold->number))
      if (auto placed = place(txn, key_of(*hold), record, event.sequence); !placed) return placed;
    return done;
  }
  if (event.what == "hold.released") {
    const auto hold = ledger_.hold(txn, keeping::number_in(event.details, "hold"));
    if (!hold) return done;
    const auto id = id_of(txn, Op::Kind::folder, key_of(*hold));
    if (!id) return id.error();
    op.kind = Op::Kind::drop;
    op.id = *id;
    return add(txn, op);
  }
  if (event.what == archive::disposed && event.record != 0) {
    // Kind and units of what is gone are not kept here either.
    if (const auto place = txn.get(of_record_, lmdb::key_of(event.record))) {
      const std::string key(*place);
      if (auto erased = txn.erase(steps_, key); !erased) return erased;
      if (auto erased = txn.erase(of_record_, lmdb::key_of(event.record)); !erased) return erased;
    }
    op.kind = Op::Kind::dispose;
    return add(txn, op);
  }
  return done;
}

}  // namespace vanthu::shelves
