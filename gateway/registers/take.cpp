// SPDX-License-Identifier: GPL-3.0-or-later
// How records and events become lines. What an event says that does not fit is left alone: it was decided over
// registers that stood otherwise, or by no act of ours.
#include <algorithm>
#include <boost/json.hpp>

#include "gateway/archive/terms.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"
#include "gateway/registers/keys.hpp"
#include "gateway/registers/limits.hpp"
#include "gateway/registers/registers.hpp"
#include "gateway/registers/told.hpp"
#include "gateway/registers/words.hpp"

namespace vanthu::registers {
namespace json = boost::json;
using namespace keys;
namespace {

bool share_a_file(const Card& a, const Card& b) {
  const std::vector<std::string> files = files_of(a);
  return std::any_of(files.begin(), files.end(),
                     [&](const std::string& one) { return b.files.find(one) != std::string::npos; });
}

bool same_paper(const Card& a, const Card& b) {
  return !a.date.empty() && a.date == b.date && !a.subject.empty() &&
         text::match_key(a.subject) == text::match_key(b.subject);
}

void add_files(Card& to, const Card& from) {
  for (const std::string& one : files_of(from))
    if (to.files.find(one) == std::string::npos && to.files.size() / 65 < limits::files)
      to.files += (to.files.empty() ? "" : "\n") + one;
}

/// A line's ordinal is its frame's sequence and its place there: it stays what it is though a record before it is
/// disposed of and the view made anew without it.
constexpr std::uint64_t places = 128;
std::uint64_t ordinal_of(std::uint64_t sequence, std::uint32_t place) { return sequence * places + place + 1; }
static_assert(limits::papers < places && limits::allocated < places);

Hand hand_of(const archive::Event& event) { return {event.actor, event.reason, event.time}; }
}  // namespace

std::uint64_t frame_of(std::uint64_t ordinal) { return (ordinal - 1) / places; }
std::uint64_t first_of(std::uint64_t frame) { return ordinal_of(frame, 0); }

Result<Done> Registers::put(lmdb::Transaction& txn, const Register& book) {
  return txn.put(books_, book.id(), json::serialize(to_json(book)));
}
Result<Done> Registers::put(lmdb::Transaction& txn, std::string_view id, const Line& line) {
  for (const Line::Despatch& one : line.despatches)
    if (auto put = txn.put(index_, sent_key(one.record, id, line.ordinal), ""); !put) return put;
  return txn.put(lines_, line_key(id, line.ordinal), json::serialize(to_json(line)));
}
Result<Done> Registers::put(lmdb::Transaction& txn, const Item& item) {
  const auto due = [](const Item& one) {
    return one.handling && one.state == Item::State::entered && one.handling->finished.empty() ? one.handling->deadline
                                                                                               : std::string();
  };
  const auto before = this->item(txn, item.unit, item.record, item.paper);
  const std::string was = before ? due(*before) : std::string();
  const std::string is = due(item);
  if (was != is && !was.empty())
    if (auto erased = txn.erase(index_, due_key(item.unit, was, item.record, item.paper)); !erased) return erased;
  if (was != is && !is.empty())
    if (auto put = txn.put(index_, due_key(item.unit, is, item.record, item.paper), ""); !put) return put;
  if (auto put = txn.put(index_, item_key(item.unit, item.record, item.paper), json::serialize(to_json(item))); !put)
    return put;
  const std::string waiting = waiting_key(item.unit, item.record, item.paper);
  if (item.state == Item::State::waiting) return txn.put(index_, waiting, "");
  return txn.get(index_, waiting) ? txn.erase(index_, waiting) : Result<Done>(done);
}

Register Registers::register_of(const lmdb::Transaction& txn, const Key& key) const {
  if (auto book = find(txn, key.id())) return *std::move(book);
  Register book;
  book.key = key;
  return book;
}

Result<Done> Registers::add(lmdb::Transaction& txn, Register& book, Line& line) {
  ++book.lines;
  line.volume = book.open_volume();
  ++book.open_lines;
  if (line.state == Line::State::reserved) ++book.open_reserved;
  for (const Volume& closed : book.volumes)
    if (line.number != 0 && line.number <= closed.last) line.late = true;
  const std::string id = book.id();
  if (line.number != 0)
    if (auto put = txn.put(index_, number_key(id, line.number, line.ordinal), ""); !put) return put;
  if (auto put_line = put(txn, id, line); !put_line) return put_line;
  return put(txn, book);
}

// ---- records

Result<Done> Registers::take(lmdb::Transaction& txn, const archive::Entry& record, const mail::Accepted& accepted) {
  // What was imported has its line in the register of its own day, on paper or elsewhere: it takes no number by itself.
  // Nor does what somebody filed by himself: nobody sent it.
  if (accepted.imported || accepted.filed) return done;
  try {
    if (auto begun = begin(txn, record.at.sequence); !begun) return begun;
    const auto in_force = rules(txn);
    const std::string text = in_force ? in_force->text : std::string();
    if (text != rules_text_) {
      auto parsed = Rules::parse(text);
      rules_ = parsed ? *std::move(parsed) : Rules();
      rules_text_ = text;
    }
    const Date day = day_of(accepted.received);
    std::vector<Card> cards = cards_of(record, accepted);
    std::string sender;
    bool used = false;
    if (accepted.direction == mail::Direction::out && accepted.envelope.reverse_path) {
      sender = places_.sends(mail::key(*accepted.envelope.reverse_path), day);
      for (Card& card : cards) card.sender = sender;
      for (std::uint32_t i = 0; i < cards.size() && !sender.empty(); ++i)
        if (const auto key = outgoing(rules_, sender, cards[i], day)) {
          used = true;
          if (auto taken = take_out(txn, *key, cards[i], record, i, iso(day)); !taken) return taken;
        }
    }
    const std::uint64_t before = txn.count(index_);
    if (auto taken = take_in(txn, record, accepted, cards, sender); !taken) return taken;
    if (!used && txn.count(index_) == before) return done;
    json::array list;
    for (const Card& card : cards) list.push_back(to_json(card));
    return txn.put(papers_, lmdb::key_of(record.summary.number), json::serialize(list));
  } catch (const std::exception& error) {
    log::Event("registers.record", log::Level::error).with("record", record.summary.number).with("why", error.what());
    return done;
  }
}

Result<Done> Registers::take_out(lmdb::Transaction& txn, const Key& key, const Card& card, const archive::Entry& entry,
                                 std::uint32_t paper, const std::string& day) {
  const std::uint64_t record = entry.summary.number;
  const std::uint64_t ordinal = ordinal_of(entry.at.sequence, paper);
  using Sort = Line::Despatch::Sort;
  Register book = register_of(txn, key);
  const std::string id = book.id();
  const std::uint32_t number = key.numbered ? running_number(card.number) : 0;
  // A line that stands as it is kept has all that ever came to it.
  for (const auto& [there, line] : lines_of(txn, record))
    if (there.id() == id && std::any_of(line.despatches.begin(), line.despatches.end(),
                                        [&](const auto& one) { return one.record == record && one.paper == paper; }))
      return done;
  if (number != 0) {
    const std::vector<Line> same = with_number(txn, id, number);
    const auto where = [&](const auto& test) { return std::find_if(same.begin(), same.end(), test); };
    const auto again = where([&](const Line& one) {
      return one.state == Line::State::sent && (share_a_file(one.card, card) || same_paper(one.card, card)) &&
             (one.despatches.size() >= limits::despatches || settled_until(txn, id, one.ordinal) == 0);
    });
    if (again != same.end()) {
      Line line = *again;
      if (line.despatches.size() >= limits::despatches) return done;
      line.despatches.push_back({record, paper, day, share_a_file(line.card, card) ? Sort::again : Sort::version});
      add_files(line.card, card);
      return put(txn, id, line);
    }
    const auto reserved = where([&](const Line& one) {
      return one.state == Line::State::reserved && settled_until(txn, id, one.ordinal) == 0;
    });
    if (reserved != same.end()) {
      Line line = *reserved;
      line.state = Line::State::sent;
      line.card = card;
      line.day = day;
      line.despatches.push_back({record, paper, day, Sort::first});
      if (line.volume == book.open_volume() && book.open_reserved > 0) --book.open_reserved;
      if (auto put_line = put(txn, id, line); !put_line) return put_line;
      return put(txn, book);
    }
  }
  Line line;
  line.ordinal = ordinal;
  line.number = number;
  line.card = card;
  line.day = day;
  line.despatches.push_back({record, paper, day, Sort::first});
  return add(txn, book, line);
}

Result<Done> Registers::take_in(lmdb::Transaction& txn, const archive::Entry& record, const mail::Accepted& accepted,
                                const std::vector<Card>& cards, const std::string& sender) {
  const Date day = day_of(accepted.received);
  std::map<std::string, std::string> mailboxes;  // by unit
  for (const mail::Delivery& delivery : accepted.deliveries) {
    const std::string address = mail::key(delivery.to);
    const std::string unit = places_.receives(address, day);
    // What a mailroom sends to itself has not arrived.
    if (unit.empty() || unit == sender || !incoming(rules_, unit, day)) continue;
    std::string& named = mailboxes[unit];
    if (named.size() < limits::text_octets) named += (named.empty() ? "" : "; ") + address;
  }
  for (const auto& [unit, named] : mailboxes)
    for (std::uint32_t i = 0; i < cards.size(); ++i) {
      Item item;
      item.unit = unit;
      item.record = record.summary.number;
      item.paper = i;
      item.mailbox = named;
      item.arrived = record.summary.received;
      if (auto noted = note_files(txn, item, cards[i]); !noted) return noted.error();
      item.before = brought_before(txn, item, cards[i]);
      if (auto put = txn.put(index_, receiver_key(item.record, i, unit), ""); !put) return put;
      if (auto put_item = put(txn, item); !put_item) return put_item;
    }
  return done;
}

// ---- events

Result<Done> Registers::take(lmdb::Transaction& txn, const archive::Event& event) {
  if (event.what != archive::disposed && event.what != archive::destroyed && !event.what.starts_with("register."))
    return done;
  try {
    if (auto begun = begin(txn, event.sequence); !begun) return begun;
    if (event.what == archive::disposed) return disposed(txn, event);
    if (event.what == archive::destroyed) return destroyed(txn, event);
    const std::string_view what = std::string_view(event.what).substr(9);
    if (what == "allocated") return allocated(txn, event);
    if (what == "entered") return entered(txn, event);
    if (what == "refused") return refused(txn, event);
    if (what == "tracked") return tracked(txn, event);
    if (what == "closed") return closed(txn, event);
    if (what == "signed") return signed_by(txn, event);
    if (what == "configured") return configured(txn, event);
    if (what == "kept") return restored(txn, event);
    if (what == "cancelled" || what == "corrected" || what == "remarked") return changed(txn, event);
  } catch (const std::exception& error) {
    log::Event("registers.event", log::Level::error).with("frame", event.sequence).with("why", error.what());
  }
  return done;
}

Result<Done> Registers::allocated(lmdb::Transaction& txn, const archive::Event& event) {
  const Key key = to_key(event.details.at("register"));
  const std::uint32_t first = small_at(event.details, "number");
  const std::uint32_t count = std::max(small_at(event.details, "count"), 1U);
  if (first == 0 || count > limits::allocated || first > limits::highest_number - count) return done;
  const Card card = to_card(event.details.at("card").as_object());
  Register book = register_of(txn, key);
  for (std::uint32_t number = first; number < first + count; ++number) {
    Line line;
    line.ordinal = ordinal_of(event.sequence, number - first);
    if (line_at(txn, book.id(), line.ordinal) || had_taken(txn, book.id(), number)) continue;
    line.state = Line::State::reserved;
    line.number = number;
    line.card = card;
    line.card.number = number < 10 ? '0' + std::to_string(number) : std::to_string(number);
    line.day = iso(day_of(event.time));
    line.made = hand_of(event);
    if (auto added = add(txn, book, line); !added) return added;
  }
  return done;
}

Result<Done> Registers::entered(lmdb::Transaction& txn, const archive::Event& event) {
  const Key key = to_key(event.details.at("register"));
  const std::uint32_t paper = small_at(event.details, "paper");
  auto at_unit = item(txn, key.unit, event.record, paper);
  const std::uint32_t number = small_at(event.details, "number");
  if (!at_unit || at_unit->state == Item::State::entered || at_unit->state == Item::State::gone || number == 0 ||
      number > limits::highest_number || had_taken(txn, key.id(), number))
    return done;
  Register book = register_of(txn, key);
  Line line;
  line.ordinal = ordinal_of(event.sequence, 0);
  if (line_at(txn, book.id(), line.ordinal)) return done;  // as it is kept, and so is what became of the letter
  line.state = Line::State::entered;
  line.number = number;
  line.card = card(txn, event.record, paper);
  line.card.to = text_at(event.details, "to");
  line.day = iso(day_of(event.time));
  line.arrived = at_unit->arrived;
  line.made = hand_of(event);
  line.despatches.push_back({event.record, paper, line.day, Line::Despatch::Sort::first});
  if (const std::string note = text_at(event.details, "note"); !note.empty())
    line.remarks.push_back({note, hand_of(event)});
  if (auto added = add(txn, book, line); !added) return added;
  at_unit->state = Item::State::entered;
  at_unit->book = book.id();
  at_unit->ordinal = line.ordinal;
  at_unit->number = number;
  at_unit->cause.clear();
  at_unit->hand = hand_of(event);
  return put(txn, *at_unit);
}

Result<Done> Registers::refused(lmdb::Transaction& txn, const archive::Event& event) {
  auto at_unit = item(txn, text_at(event.details, "unit"), event.record, small_at(event.details, "paper"));
  if (!at_unit || at_unit->state == Item::State::entered || at_unit->state == Item::State::gone) return done;
  at_unit->state = Item::State::refused;
  at_unit->cause = text_at(event.details, "cause");
  at_unit->hand = hand_of(event);
  return put(txn, *at_unit);
}

Result<Done> Registers::tracked(lmdb::Transaction& txn, const archive::Event& event) {
  auto at_unit = item(txn, text_at(event.details, "unit"), event.record, small_at(event.details, "paper"));
  if (!at_unit || at_unit->state != Item::State::entered) return done;
  Item::Handling handling = at_unit->handling.value_or(Item::Handling());
  for (const auto& [name, text] :
       {std::pair{"deadline", &handling.deadline}, std::pair{"instruction", &handling.instruction},
        std::pair{"finished", &handling.finished}, std::pair{"answer", &handling.answer}})
    if (const auto* value = event.details.if_contains(name); value != nullptr && value->is_string())
      *text = std::string(value->as_string());
  for (const std::string* day : {&handling.deadline, &handling.finished})
    if (!day->empty() && !parse_date(*day)) return done;
  handling.hand = hand_of(event);
  at_unit->handling = std::move(handling);
  return put(txn, *at_unit);
}

Result<Done> Registers::changed(lmdb::Transaction& txn, const archive::Event& event) {
  const std::string id = text_at(event.details, "book");
  auto book = find(txn, id);
  if (!book) return done;
  auto found = line_at(txn, id, event.details.at("line").to_number<std::uint64_t>());
  if (!found || found->volume != book->open_volume() || settled_until(txn, id, found->ordinal) != 0) return done;
  Line& line = *found;
  if (line.corrections.size() + line.remarks.size() >= limits::entries) return done;
  if (event.what == "register.remarked") {
    line.remarks.push_back({text_at(event.details, "text"), hand_of(event)});
    return put(txn, id, line);
  }
  if (line.state == Line::State::cancelled) return done;
  if (event.what == "register.cancelled") {
    if (line.state == Line::State::reserved && book->open_reserved > 0) {
      --book->open_reserved;
      if (auto put_book = put(txn, *book); !put_book) return put_book;
    }
    if (line.state == Line::State::entered && !line.despatches.empty())
      if (auto at_unit = item(txn, book->key.unit, line.despatches[0].record, line.despatches[0].paper)) {
        // The letter waits again, if it is still there, and the line with its number stays.
        *at_unit = {at_unit->unit,
                    at_unit->record,
                    at_unit->paper,
                    line.gone.empty() ? Item::State::waiting : Item::State::gone,
                    at_unit->mailbox,
                    at_unit->arrived,
                    {},
                    0,
                    0,
                    {},
                    {},
                    at_unit->before,
                    {}};
        if (auto put_item = put(txn, *at_unit); !put_item) return put_item;
      }
    line.state = Line::State::cancelled;
    line.cancelled = hand_of(event);
    return put(txn, id, line);
  }
  const Field* field = field_of(text_at(event.details, "field"));
  if (field == nullptr) return done;
  const std::string now = text_at(event.details, "now");
  if (field->name == "number" && book->key.direction == Direction::out) {
    const std::uint32_t number = running_number(now);
    if (number == 0 || line.number == 0 || had_taken(txn, id, number)) return done;
    if (auto erased = txn.erase(index_, number_key(id, line.number, line.ordinal)); !erased) return erased;
    if (auto put = txn.put(index_, number_key(id, number, line.ordinal), ""); !put) return put;
    line.number = number;
  }
  line.corrections.push_back({std::string(field->name), line.card.*field->text, now, hand_of(event)});
  line.card.*field->text = now;
  return put(txn, id, line);
}

Result<Done> Registers::closed(lmdb::Transaction& txn, const archive::Event& event) {
  auto book = find(txn, text_at(event.details, "book"));
  if (!book || small_at(event.details, "volume") != book->open_volume()) return done;
  Volume volume;
  volume.first = small_at(event.details, "first");
  volume.last = small_at(event.details, "last");
  volume.lines = event.details.at("lines").to_number<std::uint64_t>();
  volume.from = text_at(event.details, "from");
  volume.to = text_at(event.details, "to");
  volume.sha256 = text_at(event.details, "sha256");
  volume.closed = hand_of(event);
  if (const json::value* pages = event.details.if_contains("pages")) volume.pages = pages->to_number<std::uint64_t>();
  // Octet for octet: it was signed so.
  if (const json::value* note = event.details.if_contains("note")) volume.note = note->as_string();
  book->volumes.push_back(std::move(volume));
  book->open_lines = 0;
  book->open_reserved = 0;
  return put(txn, *book);
}

Result<Done> Registers::signed_by(lmdb::Transaction& txn, const archive::Event& event) {
  auto book = find(txn, text_at(event.details, "book"));
  const std::uint32_t volume = small_at(event.details, "volume");
  if (!book || volume == 0 || volume > book->volumes.size()) return done;
  Volume& closed = book->volumes[volume - 1];
  if (closed.signatures.size() >= limits::signatures) return done;
  Signature mark{std::string(event.details.at("signature").as_string()),
                 text_at(event.details, "signer"),
                 text_at(event.details, "certificate_sha256"),
                 {},
                 hand_of(event)};
  if (event.details.contains("signed_at")) mark.signed_at = text_at(event.details, "signed_at");
  closed.signatures.push_back(std::move(mark));
  return put(txn, *book);
}

Result<Done> Registers::configured(lmdb::Transaction& txn, const archive::Event& event) {
  const std::string text(event.details.at("rules").as_string());
  if (!Rules::parse(text)) return done;
  return txn.put(index_, "c", json::serialize(json::object{{"text", text}, {"hand", to_json(hand_of(event))}}));
}

}  // namespace vanthu::registers
