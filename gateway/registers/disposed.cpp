// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of the lines of a record that is disposed of, now and when the registers are made anew without it.
#include <algorithm>
#include <boost/json.hpp>

#include "gateway/archive/terms.hpp"
#include "gateway/registers/keys.hpp"
#include "gateway/registers/limits.hpp"
#include "gateway/registers/registers.hpp"
#include "gateway/registers/told.hpp"
#include "gateway/registers/words.hpp"

namespace vanthu::registers {
namespace json = boost::json;
using namespace keys;

Result<Done> Registers::disposed(lmdb::Transaction& txn, const archive::Event& event) {
  const bool purged = text_at(event.details, "basis") != "disposal";
  const std::string decision = text_at(event.details, "decision");
  const std::string day = text_at(event.details, "decision_date");
  const std::string gone =
      "bản ghi " + std::to_string(event.record) +
      (purged ? std::string(" đã xoá khẩn cấp")
              : " đã hủy theo quyết định " + decision + (day.empty() ? "" : " ngày " + printed_day(day)));
  for (auto& [book, line] : lines_of(txn, event.record)) {
    if (line.gone.size() < limits::text_octets) line.gone += (line.gone.empty() ? "" : "; ") + gone;
    if (!purged) {
      // A register is kept longer than its papers: the line stays as it is.
      if (auto put_line = put(txn, book.id(), line); !put_line) return put_line;
      continue;
    }
    // Of what should never have been here, number, symbol and day stay, and nothing that it said or that was said of
    // it.
    take_words(line);
    if (auto put_line = put(txn, book.id(), line); !put_line) return put_line;
  }
  const std::vector<Item> letters = items(txn, event.record);
  if (purged) {
    for (const Item& item : letters)
      if (auto forgotten = forget_files(txn, item); !forgotten) return forgotten;
    if (txn.get(papers_, lmdb::key_of(event.record)))
      if (auto erased = txn.erase(papers_, lmdb::key_of(event.record)); !erased) return erased;
    if (auto put = txn.put(index_, purged_key(event.record), ""); !put) return put;
  }
  for (Item item : letters) {
    if (!purged && item.state != Item::State::waiting) continue;
    if (item.state == Item::State::waiting) item.state = Item::State::gone;
    if (purged) take_words(item);
    if (auto put_item = put(txn, item); !put_item) return put_item;
  }
  return done;
}

/// Its files are known no more, as if it had never come: their digests may tell what it was. What they were first in is
/// the next letter to the unit that has them.
Result<Done> Registers::forget_files(lmdb::Transaction& txn, const Item& purged) {
  std::vector<std::string> first;
  for (const std::string& file : files_of(card(txn, purged.record, purged.paper))) {
    const std::string key = file_key(purged.unit, file);
    const auto known = txn.get(index_, key);
    if (!known || lmdb::number_of(*known) != purged.record) continue;
    if (auto erased = txn.erase(index_, key); !erased) return erased;
    first.push_back(file);
  }
  if (first.empty()) return done;
  std::vector<Item> later;
  const std::string unit = item_prefix(purged.unit);
  txn.scan(index_, item_key(purged.unit, purged.record + 1, 0), [&](std::string_view key, std::string_view value) {
    if (!key.starts_with(unit)) return false;
    const std::uint64_t record = lmdb::number_of(key.substr(unit.size()));
    const auto papers = txn.get(papers_, lmdb::key_of(record));
    if (papers &&
        std::any_of(first.begin(), first.end(), [&](const auto& file) { return papers->find(file) != papers->npos; }))
      later.push_back(to_item(json::parse(json::string_view(value.data(), value.size()))));
    return true;
  });
  for (Item& item : later) {
    std::uint64_t before = 0;
    for (const std::string& file : files_of(card(txn, item.record, item.paper))) {
      const std::string key = file_key(item.unit, file);
      const auto known = txn.get(index_, key);
      if (known && lmdb::number_of(*known) < item.record) before = lmdb::number_of(*known);
      if (!known)
        if (auto put = txn.put(index_, key, lmdb::key_of(item.record)); !put) return put;
    }
    if (before == item.before) continue;
    item.before = before;
    if (auto put_item = put(txn, item); !put_item) return put_item;
  }
  return done;
}

/// Nothing where the lines stand already; where the view was made anew without the record, they come back as they
/// stood.
Result<Done> Registers::restored(lmdb::Transaction& txn, const archive::Event& event) {
  const bool purged = txn.get(index_, purged_key(event.record)).has_value();
  for (const json::value& one : event.details.at("lines").as_array()) {
    Line line = to_line(one.at("line"));
    if (purged) take_words(line);
    if (auto put_line = restore(txn, to_key(one.at("register")), line); !put_line) return put_line;
  }
  for (const json::value& one : event.details.at("items").as_array()) {
    Item item = to_item(one);
    if (purged) take_words(item);
    if (item.record != event.record || item.unit.empty() || item.unit.size() > limits::unit_octets) continue;
    if (auto put = txn.put(index_, receiver_key(item.record, item.paper, item.unit), ""); !put) return put;
    if (auto put_item = put(txn, item); !put_item) return put_item;
    // That it had brought a file first is what a later letter with the same file is told.
    const json::value* known = event.details.if_contains("cards");
    if (known == nullptr || item.paper >= known->as_array().size()) continue;
    for (const std::string& file : files_of(to_card(known->as_array()[item.paper].as_object()))) {
      const std::string key = file_key(item.unit, file);
      const auto value = txn.get(index_, key);
      const std::uint64_t other = value ? lmdb::number_of(*value) : 0;
      if (other != 0 && other <= item.record) continue;
      if (auto put = txn.put(index_, key, lmdb::key_of(item.record)); !put) return put;
      for (Item& later : items(txn, item.unit, other)) {
        if (later.before != 0 || card(txn, later.record, later.paper).files.find(file) == std::string::npos) continue;
        later.before = item.record;
        if (auto put_item = put(txn, later); !put_item) return put_item;
      }
    }
  }
  if (const json::value* cards = event.details.if_contains("cards"); cards != nullptr && !purged)
    if (auto put = txn.put(papers_, lmdb::key_of(event.record), json::serialize(*cards)); !put) return put;
  return txn.put(index_, kept_key(event.record), "");
}

Result<Done> Registers::restore(lmdb::Transaction& txn, const Key& key, const Line& line) {
  Register book = register_of(txn, key);
  const std::string id = book.id();
  if (id.size() > key_octets) return done;
  const bool open = line.volume == book.open_volume();
  const auto forget = [&](const Line& other) -> Result<Done> {
    --book.lines;
    if (open && book.open_lines > 0) --book.open_lines;
    if (open && other.state == Line::State::reserved && book.open_reserved > 0) --book.open_reserved;
    for (const Line::Despatch& one : other.despatches)
      if (const std::string sent = sent_key(one.record, id, other.ordinal); txn.get(index_, sent))
        if (auto erased = txn.erase(index_, sent); !erased) return erased;
    if (const std::string number = number_key(id, other.number, other.ordinal); txn.get(index_, number))
      if (auto erased = txn.erase(index_, number); !erased) return erased;
    return txn.erase(lines_, line_key(id, other.ordinal));
  };
  const auto shares = [&](const Line& other) {
    return std::any_of(other.despatches.begin(), other.despatches.end(), [&](const Line::Despatch& one) {
      return std::find(line.despatches.begin(), line.despatches.end(), one) != line.despatches.end() ||
             std::any_of(line.despatches.begin(), line.despatches.end(), [&](const Line::Despatch& mine) {
               return mine.record == one.record && mine.paper == one.paper;
             });
    });
  };
  // The line itself, and the one that a later despatch of the same paper made because the first was not there.
  if (const auto there = line_at(txn, id, line.ordinal))
    if (auto gone = forget(*there); !gone) return gone;
  if (line.number != 0)
    for (const Line& other : with_number(txn, id, line.number))
      if (shares(other))
        if (auto gone = forget(other); !gone) return gone;
  ++book.lines;
  if (open) {
    ++book.open_lines;
    if (line.state == Line::State::reserved) ++book.open_reserved;
  }
  if (line.number != 0)
    if (auto put = txn.put(index_, number_key(id, line.number, line.ordinal), ""); !put) return put;
  if (auto put_line = put(txn, id, line); !put_line) return put_line;
  return put(txn, book);
}

}  // namespace vanthu::registers
