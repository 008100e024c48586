// SPDX-License-Identifier: GPL-3.0-or-later
// What the ledger tells; what it takes is in ledger.cpp.
#include "gateway/keeping/ledger.hpp"
#include "gateway/keeping/ledger_rows.hpp"
#include "gateway/keeping/limits.hpp"

namespace vanthu::keeping {
namespace {
std::uint64_t last_number(const lmdb::Transaction& txn, lmdb::Table table) {
  std::uint64_t last = 0;
  txn.scan_back(table, "", [&](std::string_view key, std::string_view) {
    last = lmdb::number_of(key);
    return false;
  });
  return last;
}

template <class Value>
std::vector<Value> all_of(const lmdb::Transaction& txn, lmdb::Table table, Value (*from)(const boost::json::object&)) {
  std::vector<Value> all;
  txn.scan(table, "", [&](std::string_view key, std::string_view) {
    if (auto value = read_row(txn, table, key, from)) all.push_back(*std::move(value));
    return true;
  });
  return all;
}

Line to_line(std::string_view value) {
  Line line;
  const std::size_t space = value.find(' ');
  const std::string_view name = value.substr(0, space);
  for (const auto state : {Line::State::listed, Line::State::spared, Line::State::disposed, Line::State::destroyed})
    if (name_of(state) == name) line.state = state;
  if (space != std::string_view::npos) line.why = value.substr(space + 1);
  return line;
}
}  // namespace

std::optional<Kept> Ledger::record(const Snapshot& books, std::uint64_t number) const {
  return read_row(books, records_, lmdb::key_of(number), to_kept);
}
std::optional<Gone> Ledger::gone(const Snapshot& books, std::uint64_t number) const {
  return read_row(books, gone_, lmdb::key_of(number), to_gone);
}
void Ledger::each_record(const Snapshot& books, std::uint64_t from,
                         const std::function<bool(std::uint64_t, const Kept&)>& visit) const {
  books.scan(records_, lmdb::key_of(from), [&](std::string_view key, std::string_view) {
    const auto kept = read_row(books, records_, key, to_kept);
    return !kept || visit(lmdb::number_of(key), *kept);
  });
}
Numbers Ledger::unfinished(const Snapshot& books) const {
  Numbers numbers;
  books.scan(gone_, "", [&](std::string_view key, std::string_view) {
    if (const auto one = read_row(books, gone_, key, to_gone); one && !one->destroyed)
      numbers.push_back(lmdb::number_of(key));
    return true;
  });
  return numbers;
}

std::optional<Fonds> Ledger::fonds(const Snapshot& books, std::string_view code) const {
  if (code.empty() || code.size() > limits::code_octets) return std::nullopt;
  return read_row(books, fonds_, code, to_fonds);
}
std::string Ledger::own_fonds(const Snapshot& books, const std::string& unit) const {
  if (unit.empty() || unit.size() > limits::unit_octets) return unit;
  return std::string(books.get(own_fonds_, unit).value_or(unit));
}
void Ledger::each_fonds(const Snapshot& books, const std::function<bool(const Fonds&)>& visit) const {
  books.scan(fonds_, "", [&](std::string_view key, std::string_view) {
    const auto one = read_row(books, fonds_, key, to_fonds);
    return !one || visit(*one);
  });
}
void Ledger::each_file_of_fonds(const Snapshot& books, std::string_view code,
                                const std::function<bool(std::string_view)>& visit) const {
  const std::string begin = in_fonds_key(code, "");
  books.scan(in_fonds_, begin, [&](std::string_view key, std::string_view) {
    return key.starts_with(begin) && visit(key.substr(begin.size()));
  });
}
std::uint64_t Ledger::handed_over_at(const Snapshot& books, std::string_view file) const {
  if (file.empty() || file.size() > limits::unit_octets + limits::code_octets + 16) return 0;
  const auto at = books.get(receipts_, file);
  return at ? lmdb::number_of(*at) : 0;
}

std::optional<File> Ledger::file(const Snapshot& books, std::string_view id) const {
  if (id.empty() || id.size() > limits::unit_octets + limits::code_octets + 16) return std::nullopt;
  return read_row(books, files_, id, to_file);
}
std::optional<FilePlan> Ledger::file_plan(const Snapshot& books, std::string_view unit, unsigned year) const {
  if (unit.empty() || unit.size() > limits::unit_octets) return std::nullopt;
  return read_row(books, plans_, std::string(unit) + '/' + std::to_string(year), to_file_plan);
}
void Ledger::each_file(const Snapshot& books, std::string_view under,
                       const std::function<bool(const File&)>& visit) const {
  std::string begin(under);
  if (!begin.empty()) begin += '/';
  books.scan(files_, begin, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(begin)) return false;
    const auto one = read_row(books, files_, key, to_file);
    return !one || visit(*one);
  });
}
Numbers Ledger::records_in(const Snapshot& books, std::string_view file) const {
  Numbers numbers;
  std::string begin(file);
  begin += '\0';
  books.scan(in_file_, begin, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(begin) || key.size() != begin.size() + 8) return false;
    numbers.push_back(lmdb::number_of(key.substr(begin.size())));
    return true;
  });
  return numbers;
}
bool Ledger::is_in(const Snapshot& books, std::string_view file, std::uint64_t record) const {
  return !file.empty() && books.get(of_record_, of_record_key(record, file)).has_value();
}
std::vector<std::string> Ledger::files_of(const Snapshot& books, std::uint64_t record) const {
  std::vector<std::string> files;
  const std::string begin = lmdb::key_of(record);
  books.scan(of_record_, begin, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(begin)) return false;
    files.emplace_back(key.substr(8));
    return true;
  });
  return files;
}

std::optional<Hold> Ledger::hold(const Snapshot& books, std::uint64_t number) const {
  return read_row(books, holds_, lmdb::key_of(number), to_hold);
}
std::vector<Hold> Ledger::holds(const Snapshot& books) const { return all_of(books, holds_, to_hold); }
std::vector<Hold> Ledger::watching(const Snapshot& books) const {
  std::vector<Hold> found;
  books.scan(watch_, "", [&](std::string_view key, std::string_view) {
    if (auto one = read_row(books, holds_, key, to_hold)) found.push_back(*std::move(one));
    return true;
  });
  return found;
}
std::vector<Hold> Ledger::holds_on(const Snapshot& books, std::uint64_t record, Time at) const {
  std::vector<Hold> found;
  const std::string begin = lmdb::key_of(record);
  books.scan(held_, begin, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(begin)) return false;
    if (auto one = hold(books, lmdb::number_of(key.substr(8))); one && (!one->released || at < one->free))
      found.push_back(*std::move(one));
    return true;
  });
  return found;
}
Numbers Ledger::records_held_by(const Snapshot& books, std::uint64_t hold) const {
  Numbers numbers;
  const std::string begin = lmdb::key_of(hold);
  books.scan(hold_records_, begin, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(begin)) return false;
    numbers.push_back(lmdb::number_of(key.substr(8)));
    return true;
  });
  return numbers;
}
Numbers Ledger::came_under(const Snapshot& books, std::uint64_t record) const {
  Numbers numbers;
  const std::string begin = lmdb::key_of(record);
  books.scan(held_, begin, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(begin)) return false;
    if (const auto one = hold(books, lmdb::number_of(key.substr(8))); one && one->future && !one->query.empty())
      numbers.push_back(one->number);
    return true;
  });
  return numbers;
}
std::uint64_t Ledger::last_hold(const Snapshot& books) const { return last_number(books, holds_); }

std::optional<Disposal> Ledger::disposal(const Snapshot& books, std::uint64_t number) const {
  return read_row(books, disposals_, lmdb::key_of(number), to_disposal);
}
std::vector<Disposal> Ledger::disposals(const Snapshot& books) const { return all_of(books, disposals_, to_disposal); }
std::uint64_t Ledger::last_disposal(const Snapshot& books) const { return last_number(books, disposals_); }
std::uint64_t Ledger::claimed_by(const Snapshot& books, std::uint64_t record) const {
  const auto value = books.get(claimed_, lmdb::key_of(record));
  return value ? lmdb::number_of(*value) : 0;
}
std::optional<Line> Ledger::line(const Snapshot& books, std::uint64_t disposal, std::uint64_t record) const {
  const auto value = books.get(lines_, pair_key(disposal, record));
  if (!value) return std::nullopt;
  return to_line(*value);
}
void Ledger::each_line(const Snapshot& books, std::uint64_t disposal,
                       const std::function<bool(std::uint64_t, const Line&)>& visit) const {
  const std::string begin = lmdb::key_of(disposal);
  books.scan(lines_, begin, [&](std::string_view key, std::string_view value) {
    return key.starts_with(begin) && visit(lmdb::number_of(key.substr(8)), to_line(value));
  });
}
std::string Ledger::schedule_in_force(const Snapshot& books) const {
  return std::string(books.get(schedules_, in_force_key).value_or(std::string_view()));
}
std::optional<std::string> Ledger::schedule(const Snapshot& books, std::string_view version) const {
  const auto text = books.get(schedules_, version);
  if (!text) return std::nullopt;
  return std::string(*text);
}

std::optional<Purge> Ledger::purge(const Snapshot& books, std::uint64_t number) const {
  return read_row(books, purges_, lmdb::key_of(number), to_purge);
}
std::vector<Purge> Ledger::purges(const Snapshot& books) const { return all_of(books, purges_, to_purge); }
std::uint64_t Ledger::last_purge(const Snapshot& books) const { return last_number(books, purges_); }
std::uint64_t Ledger::purging(const Snapshot& books, std::uint64_t record) const {
  const auto value = books.get(purging_, lmdb::key_of(record));
  return value ? lmdb::number_of(*value) : 0;
}

}  // namespace vanthu::keeping
