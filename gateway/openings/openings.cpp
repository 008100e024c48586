// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/openings/openings.hpp"

#include <boost/json.hpp>

#include "gateway/mail/accepted.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::openings {
namespace json = boost::json;
namespace {
constexpr std::size_t number_octets = 8;  // of a number in a key or a row

std::string key_of(std::uint64_t record, std::uint32_t delivery) {
  return lmdb::key_of(record) + lmdb::key_of(delivery);
}

/// A number, then a unit.
std::string row_of(std::uint64_t number, std::string_view unit) { return lmdb::key_of(number).append(unit); }

/// Nothing of an event that says it in no way that we know.
std::optional<Opening> read(const archive::Event& event) {
  try {
    Opening opening;
    opening.delivery = event.details.at("delivery").to_number<std::uint32_t>();
    if (const json::value* unit = event.details.if_contains("unit")) opening.unit = unit->as_string();
    opening.at = Time(std::chrono::microseconds(event.details.at("at").to_number<std::int64_t>()));
    return opening;
  } catch (const std::exception&) {
    return {};
  }
}
}  // namespace

archive::Event event_of(std::uint64_t record, const Opening& opening, const std::string& user) {
  archive::Event event;
  event.what = opened;
  event.record = record;
  event.actor = user;
  event.details = {{"delivery", opening.delivery}, {"at", opening.at.time_since_epoch().count()}};
  if (!opening.unit.empty()) event.details["unit"] = opening.unit;
  return event;
}

archive::Event as_reported(archive::Event event) {
  if (event.what != opened) return event;
  const json::value* unit = event.details.if_contains("unit");
  event.actor = unit != nullptr && unit->is_string() ? std::string(unit->get_string()) : std::string();
  event.details.erase("delivery");
  return event;
}

Result<Done> Openings::open(lmdb::Transaction& txn) {
  for (const auto& [table, name] : {std::pair{&ways_, "openings.ways"}, {&opened_, "openings.opened"}}) {
    auto made = txn.table(name);
    if (!made) return made.error();
    *table = *made;
  }
  return done;
}

Result<Done> Openings::take(lmdb::Transaction& txn, const archive::Entry& record, const mail::Accepted& accepted) {
  const std::string number = lmdb::key_of(record.summary.number);
  for (std::uint32_t index = 0; index < accepted.deliveries.size(); ++index) {
    const mail::Delivery& delivery = accepted.deliveries[index];
    if (delivery.next_hop != "local") continue;
    const std::string key = number + mail::key(delivery.to);
    if (txn.get(ways_, key)) continue;
    if (auto put = txn.put(ways_, key, row_of(index, delivery.unit)); !put) return put;
  }
  return done;
}

Result<Done> Openings::take(lmdb::Transaction& txn, const archive::Event& event) {
  if (event.what == archive::disposed) {
    const std::string prefix = lmdb::key_of(event.record);
    for (const lmdb::Table& table : {ways_, opened_}) {
      std::vector<std::string> keys;
      txn.scan(table, prefix, [&](std::string_view key, std::string_view) {
        if (!key.starts_with(prefix)) return false;
        keys.emplace_back(key);
        return true;
      });
      for (const std::string& key : keys)
        if (auto erased = txn.erase(table, key); !erased) return erased;
    }
    return done;
  }
  if (event.what != opened) return done;
  const auto said = read(event);
  if (!said || is_open(txn, event.record, said->delivery)) return done;
  const auto at = static_cast<std::uint64_t>(said->at.time_since_epoch().count());
  return txn.put(opened_, key_of(event.record, said->delivery), row_of(at, said->unit));
}

std::vector<Opening> Openings::of(const lmdb::Transaction& books, std::uint64_t record) const {
  std::vector<Opening> all;
  const std::string prefix = lmdb::key_of(record);
  books.scan(opened_, prefix, [&](std::string_view key, std::string_view row) {
    if (!key.starts_with(prefix)) return false;
    if (row.size() < number_octets) return true;
    const auto at = static_cast<std::int64_t>(lmdb::number_of(row.substr(0, number_octets)));
    all.push_back({static_cast<std::uint32_t>(lmdb::number_of(key.substr(number_octets))),
                   std::string(row.substr(number_octets)), Time(std::chrono::microseconds(at))});
    return true;
  });
  return all;
}

bool Openings::is_open(const lmdb::Transaction& books, std::uint64_t record, std::uint32_t delivery) const {
  return books.get(opened_, key_of(record, delivery)).has_value();
}

std::optional<Opening> Openings::way(const lmdb::Transaction& books, std::uint64_t record,
                                     std::string_view mailbox) const {
  const auto row = books.get(ways_, lmdb::key_of(record).append(mailbox));
  if (!row || row->size() < number_octets) return std::nullopt;
  return Opening{static_cast<std::uint32_t>(lmdb::number_of(row->substr(0, number_octets))),
                 std::string(row->substr(number_octets)),
                 {}};
}

}  // namespace vanthu::openings
