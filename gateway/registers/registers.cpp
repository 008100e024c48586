// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/registers/registers.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <set>
#include <stdexcept>

#include "gateway/archive/terms.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"
#include "gateway/registers/keys.hpp"
#include "gateway/registers/limits.hpp"

namespace vanthu::registers {
namespace json = boost::json;
using namespace keys;

Result<LineRef> parse_ref(std::string_view text) {
  const auto number = [](std::string_view digits, auto& into) {
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into);
    return error == std::errc{} && rest == digits.data() + digits.size() && into != 0;
  };
  LineRef ref;
  const std::size_t dot = text.find('.');
  const bool good = text.starts_with('#') ? number(text.substr(1), ref.ordinal)
                                          : number(text.substr(0, dot), ref.number) &&
                                                (dot == text.npos || number(text.substr(dot + 1), ref.nth));
  if (!good)
    return fail(status::bad_arguments,
                "không phải dòng của sổ: " + std::string(text) +
                    "; viết số, 7.2 là dòng thứ hai cùng số ấy, #1537 là dòng mang tên đó (no "
                    "line of a register: its number, 7.2 for the second line with it, or #1537)");
  return ref;
}

Result<Done> Registers::open(lmdb::Transaction& txn) {
  const struct {
    const char* name;
    lmdb::Table* table;
  } tables[] = {{"registers.books", &books_},
                {"registers.lines", &lines_},
                {"registers.papers", &papers_},
                {"registers.index", &index_}};
  for (const auto& row : tables) {
    auto table = txn.table(row.name);
    if (!table) return table.error();
    *row.table = *table;
  }
  rules_text_.clear();
  rules_ = Rules();
  return done;
}

// ---- reading

std::vector<Register> Registers::registers(const lmdb::Transaction& txn, std::string_view unit) const {
  std::vector<Register> list;
  txn.scan(books_, "", [&](std::string_view, std::string_view value) {
    Register book = to_register(json::parse(value));
    if (unit.empty() || book.key.unit == unit) list.push_back(std::move(book));
    return true;
  });
  return list;
}

std::optional<Register> Registers::find(const lmdb::Transaction& txn, std::string_view id) const {
  if (id.empty() || id.size() > key_octets) return std::nullopt;
  const auto value = txn.get(books_, id);
  if (!value) return std::nullopt;
  return to_register(json::parse(*value));
}

std::optional<Line> Registers::line_at(const lmdb::Transaction& txn, std::string_view id, std::uint64_t ordinal) const {
  const auto value = txn.get(lines_, line_key(id, ordinal));
  if (!value) return std::nullopt;
  return to_line(json::parse(*value));
}

std::vector<Line> Registers::with_number(const lmdb::Transaction& txn, std::string_view id,
                                         std::uint32_t number) const {
  std::vector<std::uint64_t> ordinals;
  const std::string prefix = number_prefix(id) + lmdb::key_of(number);
  txn.scan(index_, prefix, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(prefix)) return false;
    ordinals.push_back(lmdb::number_of(key.substr(prefix.size())));
    return true;
  });
  std::vector<Line> list;
  for (const std::uint64_t ordinal : ordinals)
    if (auto one = line_at(txn, id, ordinal)) list.push_back(*std::move(one));
  return list;
}

Lines Registers::lines(const lmdb::Transaction& txn, const Register& book, const Wanted& wanted) const {
  Lines found;
  const std::string id = book.id();
  const auto take_one = [&](std::uint64_t ordinal) {
    auto one = line_at(txn, id, ordinal);
    if (!one || (wanted.volume != 0 && one->volume != wanted.volume)) return true;
    found.more = wanted.most != 0 && found.lines.size() == wanted.most;
    if (!found.more) found.lines.push_back(*std::move(one));
    return !found.more;
  };
  if (!book.key.numbered) {
    const std::string prefix = line_prefix(id);
    std::uint64_t place = 0;
    txn.scan(lines_, prefix, [&](std::string_view key, std::string_view) {
      if (!key.starts_with(prefix)) return false;
      if (++place < wanted.from) return true;
      return (wanted.to == 0 || place <= wanted.to) && take_one(lmdb::number_of(key.substr(prefix.size())));
    });
    return found;
  }
  const std::string prefix = number_prefix(id);
  txn.scan(index_, prefix + lmdb::key_of(wanted.from), [&](std::string_view key, std::string_view) {
    if (!key.starts_with(prefix)) return false;
    const std::uint64_t number = lmdb::number_of(key.substr(prefix.size(), 8));
    return (wanted.to == 0 || number <= wanted.to) && take_one(lmdb::number_of(key.substr(prefix.size() + 8)));
  });
  return found;
}

Result<Line> Registers::line(const lmdb::Transaction& txn, std::string_view id, const LineRef& ref) const {
  if (ref.ordinal != 0) {
    if (auto one = line_at(txn, id, ref.ordinal)) return *std::move(one);
    return fail(status::not_found, std::string(id) + " has no line #" + std::to_string(ref.ordinal));
  }
  auto list = with_number(txn, id, ref.number);
  if (list.empty())
    return fail(status::not_found, std::string(id) + ": không có số " + std::to_string(ref.number) +
                                       " trong sổ (there is no line with that number)");
  if (ref.nth > list.size())
    return fail(status::not_found, std::string(id) + ": number " + std::to_string(ref.number) + " has " +
                                       std::to_string(list.size()) + " lines");
  return std::move(list[ref.nth - 1]);
}

std::uint32_t Registers::highest(const lmdb::Transaction& txn, std::string_view id) const {
  std::uint32_t number = 0;
  const std::string prefix = number_prefix(id);
  txn.scan_back(index_, prefix + lmdb::key_of(std::uint64_t{limits::highest_number} + 1),
                [&](std::string_view key, std::string_view) {
                  if (key.starts_with(prefix))
                    number = static_cast<std::uint32_t>(lmdb::number_of(key.substr(prefix.size(), 8)));
                  return false;
                });
  return number;
}

bool Registers::is_taken(const lmdb::Transaction& txn, std::string_view id, std::uint32_t number) const {
  return !with_number(txn, id, number).empty();
}

Gaps Registers::gaps(const lmdb::Transaction& txn, const Register& book) const {
  Gaps gaps;
  if (!book.key.numbered) return gaps;
  struct Seen {
    std::uint32_t number = 0, live = 0, cancelled = 0, versions = 0, reserved = 0;
  } seen;
  const auto end_number = [&] {
    if (seen.number == 0) return;
    if (seen.live > 1) gaps.duplicates.push_back(seen.number);
    if (seen.live > 0 && seen.cancelled > 0) gaps.reused.push_back(seen.number);
    if (seen.versions > 0) gaps.versions.push_back(seen.number);
    if (seen.reserved > 0) gaps.reserved.push_back(seen.number);
  };
  const std::string id = book.id();
  const std::string prefix = number_prefix(id);
  txn.scan(index_, prefix, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(prefix)) return false;
    const auto number = static_cast<std::uint32_t>(lmdb::number_of(key.substr(prefix.size(), 8)));
    const auto one = line_at(txn, id, lmdb::number_of(key.substr(prefix.size() + 8)));
    if (!one) return true;
    if (number != seen.number) {
      end_number();
      if (seen.number != 0 && number > seen.number + 1) gaps.unseen.push_back({seen.number + 1, number - 1});
      seen = {number, 0, 0, 0, 0};
    }
    (one->state == Line::State::cancelled ? seen.cancelled : seen.live) += 1;
    if (one->state == Line::State::reserved) ++seen.reserved;
    for (const Line::Despatch& despatch : one->despatches)
      if (despatch.sort == Line::Despatch::Sort::version) seen.versions = 1;
    gaps.more = gaps.unseen.size() + gaps.duplicates.size() + gaps.reserved.size() >= limits::gaps;
    return !gaps.more;
  });
  end_number();
  return gaps;
}

Receipts Registers::receipts(const lmdb::Transaction& txn, const Line& line) const {
  Receipts receipts;
  for (const Line::Despatch& despatch : line.despatches)
    for (Item& item : items(txn, despatch.record)) {
      if (item.paper != despatch.paper) continue;
      const auto same = std::find_if(receipts.items.begin(), receipts.items.end(),
                                     [&](const Item& one) { return one.unit == item.unit; });
      const auto rank = [](const Item& one) {
        return one.state == Item::State::entered ? 2 : one.state == Item::State::refused ? 1 : 0;
      };
      if (same == receipts.items.end())
        receipts.items.push_back(std::move(item));
      else if (rank(*same) != 2 && (rank(item) == 2 || despatch.record > same->record))
        *same = std::move(item);  // what came last counts, once it is not registered already
    }
  for (const Item& one : receipts.items) {
    if (one.state == Item::State::entered) ++receipts.entered;
    if (one.state == Item::State::refused) ++receipts.refused;
  }
  return receipts;
}

std::vector<Item> Registers::waiting(const lmdb::Transaction& txn, std::string_view unit, std::size_t most) const {
  std::vector<Item> list;
  const std::string prefix = unit.empty() ? std::string("w") : waiting_prefix(unit);
  txn.scan(index_, prefix, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(prefix) || list.size() == most) return false;
    if (const auto value = txn.get(index_, "i" + std::string(key.substr(1))))
      list.push_back(to_item(json::parse(*value)));
    return true;
  });
  std::stable_sort(list.begin(), list.end(), [](const Item& a, const Item& b) { return a.record < b.record; });
  return list;
}

std::vector<Item> Registers::due(const lmdb::Transaction& txn, std::string_view unit, std::string_view until,
                                 std::size_t most) const {
  std::vector<Item> list;
  const std::string prefix = unit.empty() ? std::string("d") : due_prefix(unit);
  constexpr std::size_t place = 16;  // record and paper
  constexpr std::size_t day = 10;
  txn.scan(index_, prefix, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(prefix) || list.size() == most) return false;
    if (key.size() < 2 + day + place) return true;
    const std::string_view deadline = key.substr(key.size() - place - day, day);
    if (!until.empty() && deadline > until) return unit.empty();  // of one unit the days rise
    const std::string of(key.substr(1, key.size() - place - day - 1));
    if (const auto value = txn.get(index_, 'i' + of + std::string(key.substr(key.size() - place))))
      list.push_back(to_item(json::parse(*value)));
    return true;
  });
  std::stable_sort(list.begin(), list.end(),
                   [](const Item& a, const Item& b) { return a.handling->deadline < b.handling->deadline; });
  return list;
}

std::optional<Item> Registers::item(const lmdb::Transaction& txn, std::string_view unit, std::uint64_t record,
                                    std::uint32_t paper) const {
  if (unit.empty() || unit.size() > limits::unit_octets) return std::nullopt;
  const auto value = txn.get(index_, item_key(unit, record, paper));
  if (!value) return std::nullopt;
  return to_item(json::parse(*value));
}

std::vector<Item> Registers::items(const lmdb::Transaction& txn, std::string_view unit, std::uint64_t record) const {
  std::vector<Item> list;
  if (unit.empty() || unit.size() > limits::unit_octets) return list;
  std::string prefix = item_key(unit, record, 0);
  prefix.resize(prefix.size() - 8);
  txn.scan(index_, prefix, [&](std::string_view key, std::string_view value) {
    if (!key.starts_with(prefix)) return false;
    list.push_back(to_item(json::parse(value)));
    return true;
  });
  return list;
}

std::vector<Item> Registers::items(const lmdb::Transaction& txn, std::uint64_t record) const {
  std::vector<Item> list;
  const std::string prefix = "u" + lmdb::key_of(record);
  txn.scan(index_, prefix, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(prefix)) return false;
    const auto paper = static_cast<std::uint32_t>(lmdb::number_of(key.substr(prefix.size(), 8)));
    if (auto one = item(txn, key.substr(prefix.size() + 8), record, paper)) list.push_back(*std::move(one));
    return true;
  });
  return list;
}

Card Registers::card(const lmdb::Transaction& txn, std::uint64_t record, std::uint32_t paper) const {
  const auto value = txn.get(papers_, lmdb::key_of(record));
  if (!value) return {};
  const json::value parsed = json::parse(*value);
  const json::array& list = parsed.as_array();
  return paper < list.size() ? to_card(list[paper].as_object()) : Card();
}

std::vector<std::pair<Register, Line>> Registers::lines_of(const lmdb::Transaction& txn, std::uint64_t record) const {
  std::vector<std::pair<std::string, std::uint64_t>> places;
  const std::string prefix = 'r' + lmdb::key_of(record);
  txn.scan(index_, prefix, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(prefix)) return false;
    places.emplace_back(key.substr(prefix.size() + 8), lmdb::number_of(key.substr(prefix.size(), 8)));
    return true;
  });
  std::vector<std::pair<Register, Line>> list;
  for (const auto& [id, ordinal] : places) {
    auto book = find(txn, id);
    auto line = line_at(txn, id, ordinal);
    if (book && line) list.emplace_back(*std::move(book), *std::move(line));
  }
  return list;
}

std::vector<Line> Registers::given_with(const lmdb::Transaction& txn, const Register& book, const Line& line) const {
  if (book.key.direction == Direction::in || line.made.by.empty()) return {line};
  std::vector<Line> list;
  const std::string prefix = line_prefix(book.id());
  txn.scan(lines_, prefix + lmdb::key_of(first_of(frame_of(line))), [&](std::string_view key, std::string_view value) {
    if (!key.starts_with(prefix)) return false;
    Line one = to_line(json::parse(value));
    if (frame_of(one) != frame_of(line)) return false;
    list.push_back(std::move(one));
    return true;
  });
  return list;
}

std::uint64_t Registers::taken_up_to(const lmdb::Transaction& txn) const {
  const auto value = txn.get(index_, taken_key);
  return value ? lmdb::number_of(*value) : 0;
}
bool Registers::is_purged(const lmdb::Transaction& txn, std::uint64_t record) const {
  return txn.get(index_, purged_key(record)).has_value();
}
bool Registers::is_kept(const lmdb::Transaction& txn, std::uint64_t record) const {
  const auto kept = txn.get(index_, kept_key(record));
  return kept && *kept != keep_again;
}
bool Registers::is_kept_no_more(const lmdb::Transaction& txn, std::uint64_t record) const {
  return txn.get(index_, kept_key(record)) == keep_again;
}

std::string Registers::digest(const lmdb::Transaction& txn, const Register& book, std::uint32_t volume) const {
  return hex(sha256(bound_lines(txn, book, volume)));
}

std::string Registers::bound_lines(const lmdb::Transaction& txn, const Register& book, std::uint32_t volume) const {
  std::string all;
  const std::string id = book.id();
  const std::string prefix = line_prefix(id);
  txn.scan(lines_, prefix, [&](std::string_view key, std::string_view value) {
    if (!key.starts_with(prefix)) return false;
    Line one = to_line(json::parse(value));
    if (one.volume != volume) return true;
    // That it was sent again later does not change the line that was bound.
    if (one.despatches.size() > 1) one.despatches.resize(1);
    one.card.files.clear();
    one.gone.clear();
    all += json::serialize(to_json(one)) + '\n';
    return true;
  });
  return all;
}

std::optional<Registers::InForce> Registers::rules(const lmdb::Transaction& txn) const {
  const auto value = txn.get(index_, "c");
  if (!value) return std::nullopt;
  const json::value parsed = json::parse(*value);
  const json::object& hand = parsed.at("hand").as_object();
  InForce found{std::string(parsed.at("text").as_string()), {}};
  found.hand.by = hand.at("by").as_string();
  if (const json::value* why = hand.if_contains("why")) found.hand.why = why->as_string();
  found.hand.at = Time(Time::duration(hand.at("at").to_number<std::int64_t>()));
  return found;
}

Rules Registers::rules_now(const lmdb::Transaction& txn) const {
  const auto in_force = rules(txn);
  if (!in_force) return {};
  auto parsed = Rules::parse(in_force->text);
  return parsed ? *std::move(parsed) : Rules();
}

// ---- where something belongs

bool is_believed(Date printed, Date sent) {
  const auto age = std::chrono::sys_days(sent) - std::chrono::sys_days(printed);
  return age <= std::chrono::days(limits::paper_days_before) && age >= -std::chrono::days(limits::paper_days_after);
}

namespace {
bool usable(const std::string& unit) {
  return !unit.empty() && unit.size() <= limits::unit_octets && unit.find('\0') == std::string::npos;
}

/// The paper's own day, where it can be true; else the day it was sent.
Date day_of_paper(const Card& card, Date sent) {
  const auto printed = parse_date(card.date);
  return printed && is_believed(*printed, sent) ? *printed : sent;
}

Period period_of(const Places& places, const std::string& unit, Span span, Date day) {
  if (span == Span::term)
    if (auto term = places.term(unit, day)) return *std::move(term);
  return year_of(day);
}
}  // namespace

std::optional<Key> Registers::outgoing(const Rules& rules, const std::string& unit, const Card& card, Date sent) const {
  if (!usable(unit)) return std::nullopt;
  const Date day = day_of_paper(card, sent);
  const Keeping keeping = rules.of(unit, day);
  if (keeping.out == Span::none) return std::nullopt;
  const std::vector<std::string> issuers = issuers_of(card);
  const bool own =
      running_number(card.number) != 0 && std::any_of(issuers.begin(), issuers.end(), [&](const auto& one) {
        const std::string key = archive::symbol_key(one);
        const bool named = std::any_of(keeping.issuers.begin(), keeping.issuers.end(),
                                       [&](const std::string& known) { return archive::symbol_key(known) == key; });
        return !key.empty() && (named || places_.numbers(unit, one, sent));
      });
  Key key;
  key.unit = unit;
  if (!own) {
    key.period = year_of(sent);
    key.numbered = false;
    return key;
  }
  key.period = period_of(places_, unit, card.form == "state" ? Span::year : keeping.out, day);
  if (keeping.series == Series::symbol) key.series = card.symbol;
  return key;
}

std::optional<Key> Registers::incoming(const Rules& rules, const std::string& unit, Date day) const {
  if (!usable(unit)) return std::nullopt;
  const Keeping keeping = rules.of(unit, day);
  if (keeping.in == Span::none) return std::nullopt;
  Key key;
  key.direction = Direction::in;
  key.unit = unit;
  key.period = period_of(places_, unit, keeping.in, day);
  return key;
}

}  // namespace vanthu::registers
