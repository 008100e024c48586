// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/deliveries/deliveries.hpp"

#include <boost/json.hpp>
#include <limits>

#include "gateway/mail/accepted.hpp"

namespace vanthu::deliveries {
namespace json = boost::json;
namespace {

std::string ended_key(std::uint64_t record, std::uint32_t delivery) {
  return lmdb::key_of(record) + lmdb::key_of(delivery);
}

/// "250 2.0.0 1764400000000000"
std::string to_row(const Ending& ending) {
  return std::to_string(ending.code) + ' ' + ending.enhanced + ' ' +
         std::to_string(ending.at.time_since_epoch().count());
}
Ending from_row(std::uint32_t delivery, std::string_view row) {
  const std::size_t first = row.find(' ');
  const std::size_t second = row.find(' ', first + 1);
  return {delivery, std::stoi(std::string(row.substr(0, first))),
          std::string(row.substr(first + 1, second - first - 1)),
          Time(std::chrono::microseconds(std::stoll(std::string(row.substr(second + 1)))))};
}

struct Said {
  std::vector<std::uint32_t> deliveries;
  Ending ending;
};
/// Nothing of an event that says it in no way that we know.
std::optional<Said> read(const archive::Event& event) {
  try {
    Said said;
    said.deliveries = json::value_to<std::vector<std::uint32_t>>(event.details.at("deliveries"));
    said.ending.code = event.details.at("code").to_number<int>();
    said.ending.enhanced = std::string(event.details.at("enhanced").as_string());
    if (said.ending.enhanced.find(' ') != std::string::npos) return {};
    said.ending.at = Time(std::chrono::microseconds(event.details.at("at").to_number<std::int64_t>()));
    return said;
  } catch (const std::exception&) {
    return {};
  }
}
}  // namespace

archive::Event event_of(std::uint64_t record, const std::vector<std::uint32_t>& deliveries, const Ending& ending) {
  archive::Event event;
  event.what = ended;
  event.record = record;
  event.actor = "gateway";
  event.details = {{"deliveries", json::value_from(deliveries)},
                   {"code", ending.code},
                   {"enhanced", ending.enhanced},
                   {"at", ending.at.time_since_epoch().count()}};
  return event;
}

Result<Done> Deliveries::open(lmdb::Transaction& txn) {
  for (const auto& [table, name] :
       {std::pair{&waiting_, "deliveries.waiting"}, {&places_, "deliveries.places"}, {&ended_, "deliveries.ended"}}) {
    auto opened = txn.table(name);
    if (!opened) return opened.error();
    *table = *opened;
  }
  return done;
}

Result<Done> Deliveries::take(lmdb::Transaction& txn, const archive::Entry& record, const mail::Accepted& accepted) {
  if (accepted.deliveries.empty()) return done;
  const std::string number = lmdb::key_of(record.summary.number);
  const std::string sequence = lmdb::key_of(record.at.sequence);
  if (auto put = txn.put(waiting_, sequence, number + lmdb::key_of(accepted.deliveries.size())); !put) return put;
  return txn.put(places_, number, sequence);
}

Result<Done> Deliveries::take(lmdb::Transaction& txn, const archive::Event& event) {
  if (event.what == archive::disposed) return forget(txn, event.record);
  if (event.what != ended) return done;
  const auto said = read(event);
  const auto place = txn.get(places_, lmdb::key_of(event.record));
  if (!said || !place) return done;
  const std::string sequence(*place);
  const auto row = txn.get(waiting_, sequence);
  if (!row || row->size() != 16) return done;
  const std::uint64_t all = lmdb::number_of(row->substr(8));
  for (const std::uint32_t delivery : said->deliveries)
    if (delivery < all && !has_ended(txn, event.record, delivery))
      if (auto put = txn.put(ended_, ended_key(event.record, delivery), to_row(said->ending)); !put) return put;
  if (of(txn, event.record).size() < all) return done;
  if (auto erased = txn.erase(waiting_, sequence); !erased) return erased;
  return txn.erase(places_, lmdb::key_of(event.record));
}

Result<Done> Deliveries::forget(lmdb::Transaction& txn, std::uint64_t record) {
  const std::string number = lmdb::key_of(record);
  if (const auto place = txn.get(places_, number)) {
    const std::string sequence(*place);
    if (auto erased = txn.erase(waiting_, sequence); !erased) return erased;
    if (auto erased = txn.erase(places_, number); !erased) return erased;
  }
  for (const Ending& one : of(txn, record))
    if (auto erased = txn.erase(ended_, ended_key(record, one.delivery)); !erased) return erased;
  return done;
}

std::vector<Ending> Deliveries::of(const lmdb::Transaction& books, std::uint64_t record) const {
  std::vector<Ending> all;
  const std::string prefix = lmdb::key_of(record);
  books.scan(ended_, prefix, [&](std::string_view key, std::string_view row) {
    if (!key.starts_with(prefix)) return false;
    all.push_back(from_row(static_cast<std::uint32_t>(lmdb::number_of(key.substr(8))), row));
    return true;
  });
  return all;
}

bool Deliveries::has_ended(const lmdb::Transaction& books, std::uint64_t record, std::uint32_t delivery) const {
  return books.get(ended_, ended_key(record, delivery)).has_value();
}

std::uint64_t Deliveries::waiting_at(const lmdb::Transaction& books, std::uint64_t sequence) const {
  const auto row = books.get(waiting_, lmdb::key_of(sequence));
  return row && row->size() == 16 ? lmdb::number_of(row->substr(0, 8)) : 0;
}

}  // namespace vanthu::deliveries
