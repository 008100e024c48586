// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/shelves/store.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::shelves {
namespace json = boost::json;
namespace {

std::int64_t hour_of(Time at) { return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count(); }

std::optional<json::object> read(const lmdb::Transaction& txn, lmdb::Table table, std::string_view key) {
  const auto text = txn.get(table, key);
  if (!text) return std::nullopt;
  boost::system::error_code wrong;
  json::value value = json::parse(json::string_view(text->data(), text->size()), wrong);
  if (wrong || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

std::string text_in(const json::object& o, std::string_view name) {
  const json::value* value = o.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}
std::uint64_t number_in(const json::object& o, std::string_view name) {
  const json::value* value = o.if_contains(name);
  boost::system::error_code wrong;
  const auto number = value == nullptr ? 0 : value->to_number<std::uint64_t>(wrong);
  return wrong ? 0 : number;
}

/// LMDB's keys are short and logins need not be.
std::string login_key(const std::string& login) { return hex(sha256(login)) + '\0'; }
std::string search_key(const std::string& login, const std::string& name) {
  return login_key(login) + hex(sha256(text::match_key(name)));
}

std::string numbers_text(const std::vector<std::uint32_t>& numbers) {
  std::string text;
  for (const std::uint32_t number : numbers) text += (text.empty() ? "" : ",") + std::to_string(number);
  return text;
}

std::vector<std::uint32_t> read_numbers(std::string_view text) {
  std::vector<std::uint32_t> numbers;
  std::uint32_t number = 0;
  bool digits = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      number = number * 10 + static_cast<std::uint32_t>(c - '0');
      digits = true;
      continue;
    }
    if (digits) numbers.push_back(number);
    number = 0;
    digits = false;
  }
  if (digits) numbers.push_back(number);
  return numbers;
}

SavedSearch to_search(const json::object& o) {
  return {text_in(o, "name"), text_in(o, "query"), static_cast<std::uint32_t>(number_in(o, "validity")),
          text_in(o, "saved"), read_numbers(text_in(o, "records"))};
}
}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& file) {
  std::unique_ptr<Store> store(new Store);
  auto environment = lmdb::Environment::open(file, {1ULL << 30, 8, false, true});
  if (!environment) return environment.error();
  store->environment_ = *std::move(environment);
  auto txn = lmdb::Transaction::begin(*store->environment_, lmdb::Transaction::Mode::write);
  if (!txn) return txn.error();
  const struct {
    const char* name;
    lmdb::Table* table;
  } tables[] = {{"validity", &store->validity_}, {"usage", &store->usage_}, {"searches", &store->searches_}};
  for (const auto& row : tables) {
    auto table = txn->table(row.name);
    if (!table) return table.error();
    *row.table = *table;
  }
  if (auto committed = std::move(*txn).commit(); !committed) return committed.error();
  return store;
}

Result<std::uint32_t> Store::validity(const std::string& name, const std::string& digest, Time at) {
  auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::write);
  if (!txn) return txn.error();
  const std::string key = login_key(name);
  const auto before = read(*txn, validity_, key);
  if (before && text_in(*before, "digest") == digest) return static_cast<std::uint32_t>(number_in(*before, "value"));
  // Seconds since 1970: greater than before even where this file was lost.
  auto value = static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
  if (before) value = std::max(value, number_in(*before, "value") + 1);
  const json::object after{{"digest", digest}, {"value", value}};
  if (auto put = txn->put(validity_, key, json::serialize(after)); !put) return put.error();
  if (auto committed = std::move(*txn).commit(); !committed) return committed.error();
  return static_cast<std::uint32_t>(value);
}

Store::Counter& Store::counter(const std::string& login, Time at) {
  const std::string day = iso(day_of(at));
  const std::int64_t hour = hour_of(at);
  const auto [found, made] = counters_.try_emplace(login);
  Counter& one = found->second;
  if (made) {
    if (const auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::read))
      if (const auto kept = read(*txn, usage_, login_key(login)))
        one = {text_in(*kept, "day"),
               static_cast<std::int64_t>(number_in(*kept, "hour")),
               {number_in(*kept, "octets"), number_in(*kept, "records")}};
  }
  if (one.day != day) {
    one.day = day;
    one.used.octets = 0;
  }
  if (one.hour != hour) {
    one.hour = hour;
    one.used.records = 0;
  }
  return one;
}

Store::Used Store::used(const std::string& login, Time at) {
  const std::lock_guard lock(mutex_);
  return counter(login, at).used;
}

Store::Taken Store::take(const std::string& login, Used more, const Allowance& allowance, Time at) {
  const std::lock_guard lock(mutex_);
  Counter& one = counter(login, at);
  if (one.used.octets + more.octets > allowance.octets_a_day) return Taken::too_many_octets;
  if (one.used.records + more.records > allowance.records_an_hour) return Taken::too_many_records;
  one.used.octets += more.octets;
  one.used.records += more.records;
  return Taken::yes;
}

Result<Done> Store::keep(const std::string& login) {
  json::object value;
  {
    const std::lock_guard lock(mutex_);
    const auto found = counters_.find(login);
    if (found == counters_.end()) return done;
    const Counter& one = found->second;
    value = {{"day", one.day}, {"hour", one.hour}, {"octets", one.used.octets}, {"records", one.used.records}};
  }
  auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::write);
  if (!txn) return txn.error();
  if (auto put = txn->put(usage_, login_key(login), json::serialize(value)); !put) return put;
  return std::move(*txn).commit();
}

Result<Done> Store::save(const std::string& login, SavedSearch search) {
  auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::write);
  if (!txn) return txn.error();
  const std::string key = search_key(login, search.name);
  const auto before = read(*txn, searches_, key);
  if (!before) {
    std::size_t many = 0;
    const std::string under = login_key(login);
    txn->scan(searches_, under, [&](std::string_view one, std::string_view) {
      return one.starts_with(under) && ++many < limits::saved_searches;
    });
    if (many >= limits::saved_searches)
      return fail(status::bad_arguments, "mỗi người lưu nhiều nhất " + std::to_string(limits::saved_searches) +
                                             " tìm kiếm, hãy bỏ bớt (too many searches: drop one first)");
  }
  auto validity =
      static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(now()).time_since_epoch().count());
  if (before) validity = std::max(validity, number_in(*before, "validity") + 1);
  const json::object value{{"name", search.name},
                           {"query", search.query},
                           {"validity", validity},
                           {"saved", search.saved},
                           {"records", numbers_text(search.records)}};
  if (auto put = txn->put(searches_, key, json::serialize(value)); !put) return put;
  return std::move(*txn).commit();
}

std::vector<SavedSearch> Store::saved(const std::string& login) const {
  std::vector<SavedSearch> all;
  const auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::read);
  if (!txn) return all;
  const std::string under = login_key(login);
  txn->scan(searches_, under, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(under)) return false;
    if (const auto one = read(*txn, searches_, key)) all.push_back(to_search(*one));
    return true;
  });
  std::sort(all.begin(), all.end(), [](const SavedSearch& a, const SavedSearch& b) { return a.name < b.name; });
  return all;
}

Result<Done> Store::drop(const std::string& login, const std::string& name) {
  auto txn = lmdb::Transaction::begin(*environment_, lmdb::Transaction::Mode::write);
  if (!txn) return txn.error();
  const std::string key = search_key(login, name);
  if (!txn->get(searches_, key)) return fail(status::not_found, "no saved search is called " + name);
  if (auto erased = txn->erase(searches_, key); !erased) return erased;
  return std::move(*txn).commit();
}

}  // namespace vanthu::shelves
