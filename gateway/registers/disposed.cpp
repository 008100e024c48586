// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of the lines of a record that is disposed of, now and when the registers are made anew without it.
#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <stdexcept>

#include "gateway/base/log.hpp"
#include "gateway/registers/keys.hpp"
#include "gateway/registers/limits.hpp"
#include "gateway/registers/registers.hpp"
#include "gateway/registers/told.hpp"
#include "gateway/registers/words.hpp"

namespace vanthu::registers {
namespace json = boost::json;
using namespace keys;
namespace {

std::vector<Card> cards_in(const archive::Event& event) {
  std::vector<Card> cards;
  if (const json::value* told = event.details.if_contains("cards"))
    for (const json::value& one : told->as_array()) cards.push_back(to_card(one.as_object()));
  return cards;
}

/// Up to which frame an event that keeps lines knows of them: what is written while it is decided comes before it.
std::uint64_t as_of(const archive::Event& event) {
  const json::value* told = event.details.if_contains("as_of");
  return told == nullptr ? event.sequence - 1 : told->to_number<std::uint64_t>();
}
}  // namespace

Result<Done> Registers::disposed(lmdb::Transaction& txn, const archive::Event& event) {
  const bool purged = text_at(event.details, "basis") != "disposal";
  const std::string decision = text_at(event.details, "decision");
  const std::string day = text_at(event.details, "decision_date");
  const std::string gone =
      "bản ghi " + std::to_string(event.record) +
      (purged ? std::string(" đã xoá khẩn cấp")
              : " đã hủy theo quyết định " + decision + (day.empty() ? "" : " ngày " + printed_day(day)));
  if (auto put = txn.put(index_, gone_key(event.record), ""); !put) return put;
  for (auto& [book, line] : lines_of(txn, event.record)) {
    if (purged)
      if (auto taken = take_words_given_with(txn, book, line); !taken) return taken;
    if (settled_until(txn, book.id(), line.ordinal) != 0) continue;  // it says so
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
    if (const std::string key = kept_key(event.record); txn.get(index_, key))
      if (auto put = txn.put(index_, key, keep_again); !put) return put;
  }
  for (Item item : letters) {
    if (!purged && item.state != Item::State::waiting) continue;
    if (item.state == Item::State::waiting) item.state = Item::State::gone;
    if (purged) take_words(item);
    if (auto put_item = put(txn, item); !put_item) return put_item;
  }
  return done;
}

/// What is kept of it stands here. If not, the event that keeps it cannot be read any more: a book says that a line is
/// missing, and has no gap.
Result<Done> Registers::destroyed(lmdb::Transaction& txn, const archive::Event& event) {
  const json::value* kept = event.details.if_contains("kept");
  if (kept == nullptr) return done;
  for (const json::value& one : kept->as_array()) {
    const json::object& left = one.as_object();
    const Key key = to_key(left.at("register"));
    Line line;
    line.ordinal = left.at("line").to_number<std::uint64_t>();
    if (key.id().size() > key_octets || line.ordinal == 0 || line_at(txn, key.id(), line.ordinal)) continue;
    line.state = key.direction == Direction::in ? Line::State::entered : Line::State::sent;
    line.number = small_at(left, "number");
    if (line.number != 0) line.card.number = std::to_string(line.number);
    if (key.direction == Direction::out) line.card.symbol = key.series;
    line.volume = small_at(left, "volume");
    line.day = text_at(left, "day");
    line.gone = "mất dòng này: khung " + std::to_string(left.at("frame").to_number<std::uint64_t>()) +
                " của nhật ký hồ sơ, giữ dòng của bản ghi " + std::to_string(event.record) + " đã hủy, không đọc được";
    if (auto put = settle(txn, key, std::move(line)); !put) return put;
  }
  return done;
}

/// Numbers that were given together were given with the same words. And the log must not go on keeping what any of
/// their lines said, neither for this record nor for others that stand in them.
Result<Done> Registers::take_words_given_with(lmdb::Transaction& txn, const Register& book, const Line& line) {
  for (Line& one : given_with(txn, book, line)) {
    for (const Line::Despatch& despatch : one.despatches)
      if (const std::string key = kept_key(despatch.record); txn.get(index_, key))
        if (auto put_key = txn.put(index_, key, keep_again); !put_key) return put_key;
    if (one.ordinal == line.ordinal || settled_until(txn, book.id(), one.ordinal) != 0) continue;
    std::optional<Card> sent;
    if (!one.despatches.empty()) sent = card(txn, one.despatches.front().record, one.despatches.front().paper);
    take_words_given(one, sent ? &*sent : nullptr);
    if (auto put_line = put(txn, book.id(), one); !put_line) return put_line;
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
  return first.empty() ? Result<Done>(done) : tell_later(txn, purged, first);
}

/// What letters behind this one, with these files, are told of who brought them before.
Result<Done> Registers::tell_later(lmdb::Transaction& txn, const Item& behind, const std::vector<std::string>& files) {
  std::vector<Item> later;
  const std::string unit = item_prefix(behind.unit);
  txn.scan(index_, item_key(behind.unit, behind.record + 1, 0), [&](std::string_view key, std::string_view value) {
    if (!key.starts_with(unit)) return false;
    const std::uint64_t record = lmdb::number_of(key.substr(unit.size()));
    const auto papers = txn.get(papers_, lmdb::key_of(record));
    if (papers &&
        std::any_of(files.begin(), files.end(), [&](const auto& file) { return papers->find(file) != papers->npos; }))
      later.push_back(to_item(json::parse(json::string_view(value.data(), value.size()))));
    return true;
  });
  for (Item& item : later) {
    const Card its = card(txn, item.record, item.paper);
    if (auto noted = note_files(txn, item, its); !noted) return noted.error();
    const std::uint64_t before = brought_before(txn, item, its);
    if (before == item.before) continue;
    item.before = before;
    if (auto put_item = put(txn, item); !put_item) return put_item;
  }
  return done;
}

/// @return those that nothing before it had brought to the unit, as far as was known
Result<std::vector<std::string>> Registers::note_files(lmdb::Transaction& txn, const Item& item, const Card& card) {
  std::vector<std::string> first;
  for (const std::string& file : files_of(card)) {
    const std::string key = file_key(item.unit, file);
    const auto known = txn.get(index_, key);
    if (known && lmdb::number_of(*known) <= item.record) continue;
    if (auto put = txn.put(index_, key, lmdb::key_of(item.record)); !put) return put.error();
    first.push_back(file);
  }
  return first;
}

std::uint64_t Registers::brought_before(const lmdb::Transaction& txn, const Item& item, const Card& card) const {
  std::uint64_t before = 0;
  for (const std::string& file : files_of(card)) {
    const auto known = txn.get(index_, file_key(item.unit, file));
    const std::uint64_t first = known ? lmdb::number_of(*known) : item.record;
    if (first < item.record && (before == 0 || first < before)) before = first;
  }
  return before;
}

/// Lines outlive a record that was disposed of; nobody's word makes them of another, nor of lines that it stands in
/// not. Throws std::invalid_argument.
void Registers::check_kept(const lmdb::Transaction& txn, const archive::Event& event) const {
  const std::string record = "record " + std::to_string(event.record);
  if (!txn.get(index_, gone_key(event.record)))
    throw std::invalid_argument("lines are kept of " + record + ", which nobody has disposed of");
  std::set<std::pair<std::string, std::uint64_t>> own;  // registers, and the frames that made its lines there
  const auto stands_in = [&](const Line& line) {
    return std::any_of(line.despatches.begin(), line.despatches.end(),
                       [&](const Line::Despatch& one) { return one.record == event.record; });
  };
  const json::array& lines = event.details.at("lines").as_array();
  for (const json::value& one : lines)
    if (const Line line = to_line(one.at("line")); stands_in(line))
      own.emplace(to_key(one.at("register")).id(), frame_of(line));
  for (const json::value& one : lines) {
    const Line line = to_line(one.at("line"));
    const std::string id = to_key(one.at("register")).id();
    if (id.size() > key_octets || line.ordinal == 0) throw std::invalid_argument("a line that is none is kept");
    if (!stands_in(line) && (line.made.by.empty() || !own.contains({id, frame_of(line)})))
      throw std::invalid_argument("a line is kept that " + record + " does not stand in");
  }
}

/// Its lines stand: they were foreseen where the record is no more. From here on they go by what is taken. The letters
/// come back as they stood.
Result<Done> Registers::restored(lmdb::Transaction& txn, const archive::Event& event) {
  check_kept(txn, event);
  const bool purged = is_purged(txn, event.record);
  for (const json::value& one : event.details.at("lines").as_array()) {
    const std::string id = to_key(one.at("register")).id();
    const std::string settled = settled_key(id, to_line(one.at("line")).ordinal);
    const auto until = txn.get(index_, settled);
    if (!until || lmdb::number_of(*until) >= event.sequence) continue;  // an event further on keeps it again
    if (auto erased = txn.erase(index_, settled); !erased) return erased;
  }
  const std::vector<Card> cards = purged ? std::vector<Card>() : cards_in(event);
  if (const json::value* told = event.details.if_contains("cards"); told != nullptr && !purged)
    if (auto put = txn.put(papers_, lmdb::key_of(event.record), json::serialize(*told)); !put) return put;
  for (const json::value& one : event.details.at("items").as_array()) {
    Item item = to_item(one);
    if (item.record != event.record || item.unit.empty() || item.unit.size() > limits::unit_octets) continue;
    if (purged) take_words(item);
    const Card its = item.paper < cards.size() ? cards[item.paper] : Card();
    const auto first = note_files(txn, item, its);
    if (!first) return first.error();
    // What had brought its files before may be purged by now.
    item.before = brought_before(txn, item, its);
    if (auto put = txn.put(index_, receiver_key(item.record, item.paper, item.unit), ""); !put) return put;
    if (auto put_item = put(txn, item); !put_item) return put_item;
    if (first->empty()) continue;
    if (auto told = tell_later(txn, item, *first); !told) return told;
  }
  return txn.put(index_, kept_key(event.record), "");
}

// ---- a line that outlives its record

bool Registers::wants_ahead(const archive::Event& event) const {
  return event.what == "register.kept" || event.what == archive::disposed || event.what == archive::destroyed;
}

/// The last word on a line counts: an event that keeps it again says what it had become. What a letter was the first to
/// bring is known at once, too: so later letters are told.
Result<Done> Registers::foresee(lmdb::Transaction& txn, const archive::Event& event) {
  try {
    // Either proves it: the frame of one may be damaged.
    if (event.what == archive::disposed || event.what == archive::destroyed)
      return txn.put(index_, gone_key(event.record), "");
    check_kept(txn, event);
    for (const json::value& one : event.details.at("lines").as_array()) {
      const Line line = to_line(one.at("line"));
      const std::string id = to_key(one.at("register")).id();
      if (auto put = txn.put(index_, foreseen_key(line.ordinal, id), json::serialize(one)); !put) return put;
      if (auto put = txn.put(index_, settled_key(id, line.ordinal), lmdb::key_of(as_of(event))); !put) return put;
    }
    const std::vector<Card> cards = cards_in(event);
    for (const json::value& one : event.details.at("items").as_array()) {
      const Item item = to_item(one);
      if (item.paper >= cards.size() || item.unit.empty() || item.unit.size() > limits::unit_octets) continue;
      if (auto noted = note_files(txn, item, cards[item.paper]); !noted) return noted.error();
    }
  } catch (const std::exception& error) {
    log::Event("registers.event", log::Level::error).with("frame", event.sequence).with("why", error.what());
  }
  return done;
}

std::uint64_t Registers::settled_until(const lmdb::Transaction& txn, std::string_view id, std::uint64_t ordinal) const {
  const auto value = txn.get(index_, settled_key(id, ordinal));
  const std::uint64_t until = value ? lmdb::number_of(*value) : 0;
  return until >= taking_ ? until : 0;
}

bool Registers::had_taken(const lmdb::Transaction& txn, std::string_view id, std::uint32_t number) const {
  const std::vector<Line> same = with_number(txn, id, number);
  return std::any_of(same.begin(), same.end(),
                     [&](const Line& line) { return settled_until(txn, id, line.ordinal) == 0; });
}

Result<Done> Registers::begin(lmdb::Transaction& txn, std::uint64_t sequence) {
  taking_ = sequence;
  if (auto put = txn.put(index_, taken_key, lmdb::key_of(sequence)); !put) return put;
  while (true) {
    std::string key;
    std::string value;
    txn.scan(index_, "f", [&](std::string_view first, std::string_view kept_line) {
      if (!first.starts_with("f") || frame_of(lmdb::number_of(first.substr(1))) > sequence) return false;
      key = first;
      value = kept_line;
      return false;
    });
    if (key.empty()) return done;
    const json::value one = json::parse(value);
    if (auto erased = txn.erase(index_, key); !erased) return erased;
    if (auto stands = settle(txn, to_key(one.at("register")), to_line(one.at("line"))); !stands) return stands;
  }
}

Result<Done> Registers::settle(lmdb::Transaction& txn, const Key& key, Line line) {
  Register book = register_of(txn, key);
  line.volume = std::clamp(line.volume, 1U, book.open_volume());  // what closed one may be damaged in the log
  const std::string id = book.id();
  if (const auto there = line_at(txn, id, line.ordinal)) {  // the view had come further than the record's frame
    --book.lines;
    const bool open = there->volume == book.open_volume();
    if (open && book.open_lines > 0) --book.open_lines;
    if (open && there->state == Line::State::reserved && book.open_reserved > 0) --book.open_reserved;
    for (const Line::Despatch& one : there->despatches)
      if (const std::string sent = sent_key(one.record, id, there->ordinal); txn.get(index_, sent))
        if (auto erased = txn.erase(index_, sent); !erased) return erased;
    if (const std::string number = number_key(id, there->number, there->ordinal); txn.get(index_, number))
      if (auto erased = txn.erase(index_, number); !erased) return erased;
  }
  ++book.lines;
  if (line.volume == book.open_volume()) {
    ++book.open_lines;
    if (line.state == Line::State::reserved) ++book.open_reserved;
  }
  if (line.number != 0)
    if (auto put = txn.put(index_, number_key(id, line.number, line.ordinal), ""); !put) return put;
  if (auto put_line = put(txn, id, line); !put_line) return put_line;
  return put(txn, book);
}

}  // namespace vanthu::registers
