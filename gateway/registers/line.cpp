// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/registers/line.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <stdexcept>

#include "gateway/archive/terms.hpp"
#include "gateway/registers/limits.hpp"

namespace vanthu::registers {
namespace json = boost::json;
namespace {

constexpr std::array<std::string_view, 2> directions{"out", "in"};
constexpr std::array<std::string_view, 4> line_states{"sent", "reserved", "entered", "cancelled"};
constexpr std::array<std::string_view, 3> sorts{"first", "again", "version"};
constexpr std::array<std::string_view, 4> item_states{"waiting", "entered", "refused", "gone"};

template <class Enum, std::size_t Count>
Enum value_of(const std::array<std::string_view, Count>& words, const json::value& value) {
  const std::string_view word = value.as_string();
  for (std::size_t i = 0; i < Count; ++i)
    if (words[i] == word) return static_cast<Enum>(i);
  throw std::invalid_argument("unknown word " + std::string(word));
}

std::string text_of(const json::object& o, std::string_view name) {
  const json::value* value = o.if_contains(name);
  return value == nullptr ? std::string() : std::string(value->as_string());
}
template <class Number = std::uint64_t>
Number number_of(const json::object& o, std::string_view name) {
  const json::value* value = o.if_contains(name);
  return value == nullptr ? Number{0} : value->to_number<Number>();
}
void put(json::object& o, std::string_view name, const std::string& text) {
  if (!text.empty()) o[name] = text;
}
void put(json::object& o, std::string_view name, std::uint64_t number) {
  if (number != 0) o[name] = number;
}

Hand to_hand(const json::value& value) {
  const json::object& o = value.as_object();
  return {text_of(o, "by"), text_of(o, "why"), Time(Time::duration(number_of<std::int64_t>(o, "at")))};
}
}  // namespace

void take_words(Line& line) {
  std::string sender = std::move(line.card.sender);  // a unit
  line.card = without_words(line.card);
  line.card.sender = std::move(sender);
  line.corrections.clear();
  line.remarks.clear();
  line.made.why.clear();
  if (line.cancelled) line.cancelled->why.clear();
}

void take_words(Item& item) {
  item.before = 0;  // a file that both have
  if (item.hand) item.hand->why.clear();
  if (!item.handling) return;
  item.handling->instruction.clear();
  item.handling->answer.clear();
  item.handling->hand.why.clear();
}

void take_words_given(Line& line, const Card* sent) {
  for (const Field& field : fields) {
    Card word;
    word.*field.text = field.name;
    if (!(without_words(word).*field.text).empty()) continue;
    const auto first = std::find_if(line.corrections.begin(), line.corrections.end(),
                                    [&](const Line::Correction& one) { return one.field == field.name; });
    if (first == line.corrections.end()) {
      if (sent == nullptr) (line.card.*field.text).clear();
    } else if (sent == nullptr || first->was != sent->*field.text) {
      first->was.clear();  // it was corrected before anything was sent
    }
  }
  line.made.why.clear();
}

bool withhold(Line& line, const std::vector<std::uint64_t>& records) {
  std::string waits;
  for (const Line::Despatch& one : line.despatches)
    if (std::binary_search(records.begin(), records.end(), one.record))
      waits += (waits.empty() ? "" : "; ") + ("bản ghi " + std::to_string(one.record) + " đang chờ xoá khẩn cấp");
  if (waits.empty()) return false;
  take_words(line);
  line.card.sender.clear();
  line.gone += (line.gone.empty() ? "" : "; ") + waits;
  return true;
}

bool withhold(Item& item, const std::vector<std::uint64_t>& records) {
  if (!std::binary_search(records.begin(), records.end(), item.record)) return false;
  take_words(item);
  item.mailbox.clear();
  return true;
}

std::string_view word(Direction direction) { return directions[static_cast<std::size_t>(direction)]; }
std::string_view word(Line::State state) { return line_states[static_cast<std::size_t>(state)]; }
std::string_view word(Line::Despatch::Sort sort) { return sorts[static_cast<std::size_t>(sort)]; }
std::string_view word(Item::State state) { return item_states[static_cast<std::size_t>(state)]; }

std::string Key::id() const {
  std::string id = direction == Direction::out ? "di/" : "den/";
  id += unit + '/' + period.id;
  if (!numbered) return id += "/khac";
  if (direction == Direction::in) return id;
  if (series.empty()) return id += "/chung";
  std::string key = archive::symbol_key(series);
  if (key.size() > limits::part_octets) key.resize(limits::part_octets);
  return id += '/' + key;
}

json::object to_json(const Key& key) {
  json::object o{{"direction", word(key.direction)}, {"unit", key.unit}};
  o["period"] = json::object{
      {"id", key.period.id}, {"name", key.period.name}, {"first", key.period.first}, {"last", key.period.last}};
  put(o, "series", key.series);
  if (!key.numbered) o["numbered"] = false;
  return o;
}

Key to_key(const json::value& value) {
  const json::object& o = value.as_object();
  Key key;
  key.direction = value_of<Direction>(directions, o.at("direction"));
  key.unit = text_of(o, "unit");
  const json::object& period = o.at("period").as_object();
  key.period = {text_of(period, "id"), text_of(period, "name"), text_of(period, "first"), text_of(period, "last")};
  key.series = text_of(o, "series");
  if (const json::value* numbered = o.if_contains("numbered")) key.numbered = numbered->as_bool();
  return key;
}

json::object to_json(const Hand& hand) {
  json::object o{{"by", hand.by}, {"at", hand.at.time_since_epoch().count()}};
  put(o, "why", hand.why);
  return o;
}

json::object to_json(const Register& book) {
  json::object o{{"key", to_json(book.key)}, {"lines", book.lines}, {"open_lines", book.open_lines}};
  put(o, "open_reserved", book.open_reserved);
  json::array volumes;
  for (const Volume& one : book.volumes) {
    json::object v{{"first", one.first}, {"last", one.last},     {"lines", one.lines},           {"from", one.from},
                   {"to", one.to},       {"sha256", one.sha256}, {"closed", to_json(one.closed)}};
    put(v, "pages", one.pages);
    put(v, "note", one.note);
    json::array signatures;
    for (const Signature& mark : one.signatures) {
      json::object s{{"cms", mark.cms},
                     {"signer", mark.signer},
                     {"certificate_sha256", mark.certificate_sha256},
                     {"hand", to_json(mark.hand)}};
      put(s, "signed_at", mark.signed_at);
      signatures.push_back(std::move(s));
    }
    if (!signatures.empty()) v["signatures"] = std::move(signatures);
    volumes.push_back(std::move(v));
  }
  if (!volumes.empty()) o["volumes"] = std::move(volumes);
  return o;
}

Register to_register(const json::value& value) {
  const json::object& o = value.as_object();
  Register book;
  book.key = to_key(o.at("key"));
  book.lines = number_of(o, "lines");
  book.open_lines = number_of(o, "open_lines");
  book.open_reserved = number_of<std::uint32_t>(o, "open_reserved");
  if (const json::value* volumes = o.if_contains("volumes"))
    for (const json::value& one : volumes->as_array()) {
      const json::object& v = one.as_object();
      book.volumes.push_back({number_of<std::uint32_t>(v, "first"),
                              number_of<std::uint32_t>(v, "last"),
                              number_of(v, "lines"),
                              text_of(v, "from"),
                              text_of(v, "to"),
                              text_of(v, "sha256"),
                              to_hand(v.at("closed")),
                              number_of(v, "pages"),
                              text_of(v, "note"),
                              {}});
      if (const json::value* signatures = v.if_contains("signatures"))
        for (const json::value& mark : signatures->as_array()) {
          const json::object& s = mark.as_object();
          book.volumes.back().signatures.push_back({text_of(s, "cms"), text_of(s, "signer"),
                                                    text_of(s, "certificate_sha256"), text_of(s, "signed_at"),
                                                    to_hand(s.at("hand"))});
        }
    }
  return book;
}

json::object to_json(const Line& line) {
  json::object o{{"state", word(line.state)}, {"ordinal", line.ordinal}, {"volume", line.volume}};
  put(o, "number", line.number);
  if (line.late) o["late"] = true;
  put(o, "day", line.day);
  put(o, "arrived", line.arrived);
  o["card"] = to_json(line.card);
  if (!line.made.by.empty()) o["made"] = to_json(line.made);
  json::array despatches;
  for (const Line::Despatch& one : line.despatches)
    despatches.push_back(
        json::object{{"record", one.record}, {"paper", one.paper}, {"day", one.day}, {"sort", word(one.sort)}});
  if (!despatches.empty()) o["despatches"] = std::move(despatches);
  json::array corrections;
  for (const Line::Correction& one : line.corrections)
    corrections.push_back(
        json::object{{"field", one.field}, {"was", one.was}, {"now", one.now}, {"hand", to_json(one.hand)}});
  if (!corrections.empty()) o["corrections"] = std::move(corrections);
  json::array remarks;
  for (const Line::Remark& one : line.remarks)
    remarks.push_back(json::object{{"text", one.text}, {"hand", to_json(one.hand)}});
  if (!remarks.empty()) o["remarks"] = std::move(remarks);
  if (line.cancelled) o["cancelled"] = to_json(*line.cancelled);
  put(o, "gone", line.gone);
  return o;
}

Line to_line(const json::value& value) {
  const json::object& o = value.as_object();
  Line line;
  line.state = value_of<Line::State>(line_states, o.at("state"));
  line.ordinal = number_of(o, "ordinal");
  line.volume = number_of<std::uint32_t>(o, "volume");
  line.number = number_of<std::uint32_t>(o, "number");
  line.late = o.contains("late");
  line.day = text_of(o, "day");
  line.arrived = text_of(o, "arrived");
  line.card = to_card(o.at("card").as_object());
  if (const json::value* made = o.if_contains("made")) line.made = to_hand(*made);
  if (const json::value* list = o.if_contains("despatches"))
    for (const json::value& one : list->as_array()) {
      const json::object& d = one.as_object();
      line.despatches.push_back({number_of(d, "record"), number_of<std::uint32_t>(d, "paper"), text_of(d, "day"),
                                 value_of<Line::Despatch::Sort>(sorts, d.at("sort"))});
    }
  if (const json::value* list = o.if_contains("corrections"))
    for (const json::value& one : list->as_array()) {
      const json::object& c = one.as_object();
      line.corrections.push_back({text_of(c, "field"), text_of(c, "was"), text_of(c, "now"), to_hand(c.at("hand"))});
    }
  if (const json::value* list = o.if_contains("remarks"))
    for (const json::value& one : list->as_array())
      line.remarks.push_back({text_of(one.as_object(), "text"), to_hand(one.at("hand"))});
  if (const json::value* cancelled = o.if_contains("cancelled")) line.cancelled = to_hand(*cancelled);
  line.gone = text_of(o, "gone");
  return line;
}

json::object to_json(const Item& item) {
  json::object o{{"unit", item.unit},         {"record", item.record},   {"paper", item.paper},
                 {"state", word(item.state)}, {"mailbox", item.mailbox}, {"arrived", item.arrived}};
  put(o, "book", item.book);
  put(o, "ordinal", item.ordinal);
  put(o, "number", item.number);
  put(o, "cause", item.cause);
  put(o, "before", item.before);
  if (item.hand) o["hand"] = to_json(*item.hand);
  if (item.handling) {
    json::object handling{{"hand", to_json(item.handling->hand)}};
    put(handling, "deadline", item.handling->deadline);
    put(handling, "instruction", item.handling->instruction);
    put(handling, "finished", item.handling->finished);
    put(handling, "answer", item.handling->answer);
    o["handling"] = std::move(handling);
  }
  return o;
}

Item to_item(const json::value& value) {
  const json::object& o = value.as_object();
  Item item;
  item.unit = text_of(o, "unit");
  item.record = number_of(o, "record");
  item.paper = number_of<std::uint32_t>(o, "paper");
  item.state = value_of<Item::State>(item_states, o.at("state"));
  item.mailbox = text_of(o, "mailbox");
  item.arrived = text_of(o, "arrived");
  item.book = text_of(o, "book");
  item.ordinal = number_of(o, "ordinal");
  item.number = number_of<std::uint32_t>(o, "number");
  item.cause = text_of(o, "cause");
  item.before = number_of(o, "before");
  if (const json::value* hand = o.if_contains("hand")) item.hand = to_hand(*hand);
  if (const json::value* said = o.if_contains("handling")) {
    const json::object& handling = said->as_object();
    item.handling =
        Item::Handling{text_of(handling, "deadline"), text_of(handling, "instruction"), text_of(handling, "finished"),
                       text_of(handling, "answer"), to_hand(handling.at("hand"))};
  }
  return item;
}

}  // namespace vanthu::registers
