// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/receipts/book.hpp"

#include <boost/json.hpp>

#include "gateway/receipts/limits.hpp"

namespace vanthu::receipts {
namespace json = boost::json;
namespace {
std::string to_row(const Open& open) {
  return json::serialize(json::object{{"kinds", json::value_from(open.wanted.kinds)},
                                      {"remind_hours", open.wanted.remind_hours},
                                      {"received", open.received.time_since_epoch().count()},
                                      {"sent", json::value_from(open.sent)}});
}

Open from_row(std::uint64_t record, std::string_view row) {
  const json::value value = json::parse(row);
  Open open;
  open.record = record;
  open.wanted.kinds = json::value_to<std::vector<std::string>>(value.at("kinds"));
  open.wanted.remind_hours = value.at("remind_hours").to_number<std::uint32_t>();
  open.received = Time(std::chrono::microseconds(value.at("received").to_number<std::int64_t>()));
  open.sent = json::value_to<std::set<std::string>>(value.at("sent"));
  return open;
}
}  // namespace

archive::Event sent_event(std::uint64_t record, const std::vector<std::string>& kinds, const std::string& id,
                          bool last) {
  archive::Event event;
  event.what = sent;
  event.record = record;
  event.actor = "gateway";
  event.details = {{"kinds", json::value_from(kinds)}, {"id", id}};
  if (last) event.details["last"] = true;
  return event;
}

Result<Done> Book::open(lmdb::Transaction& txn) {
  auto table = txn.table("receipts.open");
  if (!table) return table.error();
  open_ = *table;
  return done;
}

Result<Done> Book::take(lmdb::Transaction& txn, const archive::Entry& record, const mail::Accepted& accepted) {
  if (accepted.receipts.kinds.empty()) return done;
  const std::uint64_t number = record.summary.number;
  // Whoever has not opened it by then: the mailroom knows by the reminder, and the table does not grow for ever.
  const Time oldest = accepted.received - limits::receipt_days;
  for (const std::uint64_t old : all(txn, 0, 16)) {
    const auto open = of(txn, old);
    if (open && open->received >= oldest) break;
    if (auto erased = txn.erase(open_, lmdb::key_of(old)); !erased) return erased;
  }
  touch(number);
  return txn.put(open_, lmdb::key_of(number), to_row({number, accepted.receipts, accepted.received, {}}));
}

Result<Done> Book::take(lmdb::Transaction& txn, const archive::Event& event) {
  if (event.record == 0) return done;
  const std::string key = lmdb::key_of(event.record);
  if (!txn.get(open_, key)) return done;
  if (event.what == archive::disposed) return txn.erase(open_, key);
  if (event.what != sent) {
    touch(event.record);
    return done;
  }
  auto open = of(txn, event.record);
  if (!open) return done;
  try {
    for (const json::value& kind : event.details.at("kinds").as_array())
      open->sent.emplace(std::string_view(kind.as_string()));
    if (event.details.contains("last")) return txn.erase(open_, key);
  } catch (const std::exception&) {
    return done;  // said in no way that we know
  }
  return txn.put(open_, key, to_row(*open));
}

std::optional<Open> Book::of(const lmdb::Transaction& books, std::uint64_t record) const {
  const auto row = books.get(open_, lmdb::key_of(record));
  if (!row) return std::nullopt;
  try {
    return from_row(record, *row);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::vector<std::uint64_t> Book::all(const lmdb::Transaction& books, std::uint64_t from, std::size_t most) const {
  std::vector<std::uint64_t> numbers;
  books.scan(open_, lmdb::key_of(from), [&](std::string_view key, std::string_view) {
    numbers.push_back(lmdb::number_of(key));
    return numbers.size() < most;
  });
  return numbers;
}

void Book::touch(std::uint64_t record) {
  std::function<void()> call;
  {
    const std::lock_guard lock(mutex_);
    if (touched_.size() < limits::receipts_touched) touched_.insert(record);
    call = touched_call_;
  }
  if (call) call();
}

std::set<std::uint64_t> Book::take_touched() {
  const std::lock_guard lock(mutex_);
  return std::exchange(touched_, {});
}

void Book::on_touched(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  touched_call_ = std::move(call);
}

}  // namespace vanthu::receipts
