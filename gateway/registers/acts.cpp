// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/registers/acts.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "gateway/registers/limits.hpp"

namespace vanthu::registers {
namespace json = boost::json;
namespace {

archive::Event event_of(std::string what, const Acting& who, std::uint64_t record, json::object details) {
  archive::Event event;
  event.what = "register." + std::move(what);
  event.record = record;
  event.actor = who.by;
  event.reason = kept(who.why, true);
  event.details = std::move(details);
  if (!who.person.empty()) event.details["person"] = who.person;
  return event;
}

std::string of_record(std::uint64_t record, std::uint32_t paper) {
  return "bản ghi " + std::to_string(record) + (paper == 0 ? "" : "." + std::to_string(paper + 1));
}

Error no_such(const std::string& unit, std::uint64_t record, std::uint32_t paper) {
  return fail(status::not_found, of_record(record, paper) + " không đến văn thư của " + unit +
                                     " (that record did not come to this unit's mailroom)");
}

Error gone(std::uint64_t record, std::uint32_t paper) {
  return fail(status::not_found, of_record(record, paper) + " đã huỷ (that record was disposed of)");
}

Result<Done> bounded(std::string_view text, const char* what) {
  if (text.size() <= limits::reason_octets) return done;
  return fail(status::bad_arguments,
              std::string(what) + ": dài quá " + std::to_string(limits::reason_octets) + " octet (longer than that)");
}

struct Found {
  Register book;
  Line line;
};
/// A line that may still be changed.
/// @par Errors  not_found; refused
Result<Found> open_line(const Registers& registers, const lmdb::Transaction& txn, const std::string& id,
                        const LineRef& ref) {
  auto book = registers.find(txn, id);
  if (!book)
    return fail(status::not_found, id + ": không có sổ này (no such register; `vanthu register list` names them)");
  auto line = registers.line(txn, id, ref);
  if (!line) return line.error();
  if (line->volume != book->open_volume()) {
    const Hand& closed = book->volumes[line->volume - 1].closed;
    return fail(status::refused, id + ": tập " + std::to_string(line->volume) + " đã khoá sổ ngày " +
                                     iso(day_of(closed.at)) + " bởi " + closed.by +
                                     ", không sửa được nữa (that volume was closed; nothing in it is changed any "
                                     "more)");
  }
  if (line->corrections.size() + line->remarks.size() >= limits::entries)
    return fail(status::refused, id + ": that line has " + std::to_string(limits::entries) + " entries already");
  return Found{*std::move(book), *std::move(line)};
}

Result<Found> live_line(const Registers& registers, const lmdb::Transaction& txn, const std::string& id,
                        const LineRef& ref) {
  auto found = open_line(registers, txn, id, ref);
  if (found && found->line.cancelled)
    return fail(status::refused, id + ": số này đã huỷ ngày " + iso(day_of(found->line.cancelled->at)) + " bởi " +
                                     found->line.cancelled->by + " (that number was cancelled already)");
  return found;
}

json::object place_of(const Found& found) { return {{"book", found.book.id()}, {"line", found.line.ordinal}}; }
std::uint64_t record_of(const Line& line) { return line.despatches.empty() ? 0 : line.despatches.front().record; }
}  // namespace

Result<Events> enter(const Registers& registers, const lmdb::Transaction& txn, const Entering& what,
                     const Acting& who) {
  for (const std::string* text : {&what.to, &what.note})
    if (auto fits = bounded(*text, "text"); !fits) return fits.error();
  const auto item = registers.item(txn, what.unit, what.record, what.paper);
  if (!item) return no_such(what.unit, what.record, what.paper);
  if (item->state == Item::State::gone) return gone(what.record, what.paper);
  if (item->state == Item::State::entered)
    return fail(status::refused, of_record(what.record, what.paper) + " đã vào sổ " + item->book + ", số đến " +
                                     std::to_string(item->number) + " (is registered already)");
  if (registers.is_kept(txn, what.record) || registers.is_kept_no_more(txn, what.record))
    return gone(what.record, what.paper);  // after it was sent back
  if (item->before != 0 && !what.again)
    for (const Item& other : registers.items(txn, what.unit, item->before))
      if (other.state == Item::State::entered)
        return fail(status::refused, of_record(what.record, what.paper) + ": cùng tệp với bản ghi " +
                                         std::to_string(item->before) + ", đã vào sổ với số đến " +
                                         std::to_string(other.number) +
                                         "; nếu vẫn vào sổ, thêm --again (the same file is registered already)");
  const auto key = registers.incoming(registers.rules_now(txn), what.unit, day_of(who.at));
  if (!key)
    return fail(status::refused, what.unit +
                                     " không giữ sổ đến (keeps no register of incoming papers; `register "
                                     "rules`)");
  const std::uint32_t number = registers.highest(txn, key->id()) + 1;
  if (number >= limits::highest_number) return fail(status::refused, key->id() + ": no number is left");
  json::object details{{"register", to_json(*key)}, {"paper", what.paper}, {"number", number}};
  if (!what.to.empty()) details["to"] = kept(what.to);
  if (!what.note.empty()) details["note"] = kept(what.note);
  return Events{event_of("entered", who, what.record, std::move(details))};
}

Result<Events> refuse(const Registers& registers, const lmdb::Transaction& txn, const Refusing& what,
                      const Acting& who) {
  if (auto fits = bounded(who.why, "--why"); !fits) return fits.error();
  std::string known;
  for (const Cause& cause : causes) known += (known.empty() ? "" : ", ") + std::string(cause.name);
  if (std::none_of(causes.begin(), causes.end(), [&](const Cause& one) { return one.name == what.cause; }))
    return fail(status::bad_arguments,
                "không có lý do từ chối '" + what.cause + "' (no cause; there are " + known + ')');
  if (what.cause == "other" && kept(who.why).empty())
    return fail(status::bad_arguments, "lý do khác thì phải ghi rõ bằng --why (cause 'other' wants --why TEXT)");
  const auto item = registers.item(txn, what.unit, what.record, what.paper);
  if (!item) return no_such(what.unit, what.record, what.paper);
  if (item->state == Item::State::gone) return gone(what.record, what.paper);
  if (item->state == Item::State::entered)
    return fail(status::refused, of_record(what.record, what.paper) + " đã vào sổ " + item->book + ", số đến " +
                                     std::to_string(item->number) +
                                     "; huỷ số đến trước (is registered: cancel its number first)");
  return Events{
      event_of("refused", who, what.record, {{"unit", what.unit}, {"paper", what.paper}, {"cause", what.cause}})};
}

Result<Events> track(const Registers& registers, const lmdb::Transaction& txn, const Tracking& what,
                     const Acting& who) {
  const auto item = registers.item(txn, what.unit, what.record, what.paper);
  if (!item) return no_such(what.unit, what.record, what.paper);
  if (item->state == Item::State::gone) return gone(what.record, what.paper);
  if (item->state != Item::State::entered)
    return fail(status::refused, of_record(what.record, what.paper) +
                                     " chưa vào sổ, chưa theo dõi được (is not registered yet; `register enter`)");
  json::object details{{"unit", what.unit}, {"paper", what.paper}};
  for (const auto& [name, day] : {std::pair{"deadline", &what.deadline}, std::pair{"finished", &what.finished}})
    if (*day) {
      if (!(*day)->empty() && !parse_date(**day))
        return fail(status::bad_arguments, std::string(name) + ": không phải ngày: " + **day + " (no day)");
      details[name] = **day;
    }
  if (const auto finished = parse_date(what.finished.value_or("")); finished && *finished > day_of(who.at))
    return fail(status::bad_arguments,
                "ngày xong " + *what.finished + " chưa tới (nothing is finished on a day to come)");
  for (const auto& [name, text] : {std::pair{"instruction", &what.instruction}, std::pair{"answer", &what.answer}})
    if (*text) {
      if (auto fits = bounded(**text, name); !fits) return fits.error();
      details[name] = kept(**text);
    }
  if (details.size() == 2)
    return fail(status::bad_arguments,
                "chưa nêu gì để theo dõi (say a deadline, an instruction, that it is finished or "
                "what answers it)");
  return Events{event_of("tracked", who, what.record, std::move(details))};
}

Result<Events> allocate(const Registers& registers, const lmdb::Transaction& txn, const Allocating& what,
                        const Acting& who) {
  if (auto fits = bounded(who.why, "--why"); !fits) return fits.error();
  for (const Field& field : fields)
    if (auto fits = bounded(what.card.*field.text, field.title); !fits) return fits.error();
  if (what.count == 0 || what.count > limits::allocated)
    return fail(status::bad_arguments,
                "một lần cấp từ 1 đến " + std::to_string(limits::allocated) + " số (so many numbers at one go)");
  Card card = what.card;
  card.number = "1";  // that it is numbered; which number stands below
  if (!card.date.empty()) {
    const auto date = parse_date(card.date);
    if (!date) return fail(status::bad_arguments, "không phải ngày: " + card.date + " (no day)");
    // Of a letter it would be taken for a misreading, and the number for one of today's term.
    if (!is_believed(*date, day_of(who.at)))
      return fail(status::bad_arguments, "ngày văn bản " + card.date +
                                             " quá xa hôm nay, không cấp số (no paper that gets its number today has "
                                             "that date)");
  }
  if (!card.symbol.empty() && card.symbol.front() >= '0' && card.symbol.front() <= '9')
    return fail(status::bad_arguments, "'" + card.symbol +
                                           "': ký hiệu không có số: --symbol TB/TU, số thì --number (a symbol has no "
                                           "number in front)");
  const auto key = registers.outgoing(registers.rules_now(txn), what.unit, card, day_of(who.at));
  if (!key) return fail(status::refused, what.unit + " không giữ sổ đi (keeps no register of outgoing papers)");
  if (!key->numbered)
    return fail(status::refused, what.unit + " không cấp số cho ký hiệu '" + card.symbol +
                                     "' (does not number papers with that symbol: it is of the form TB/TU, and its "
                                     "issuer is a unit whose mailroom this is, or stands in `issuers` of the rules)");
  const std::string id = key->id();
  const std::uint32_t first = what.number != 0 ? what.number : registers.highest(txn, id) + 1;
  if (first > limits::highest_number - what.count) return fail(status::refused, id + ": no number is left");
  for (std::uint32_t number = first; number < first + what.count; ++number)
    if (registers.is_taken(txn, id, number))
      return fail(status::refused, id + ": số " + std::to_string(number) + " đã dùng (is taken)");
  card.number.clear();
  return Events{
      event_of("allocated", who, 0,
               {{"register", to_json(*key)}, {"number", first}, {"count", what.count}, {"card", to_json(card)}})};
}

Result<Events> cancel(const Registers& registers, const lmdb::Transaction& txn, const std::string& book,
                      const LineRef& ref, const Acting& who) {
  if (kept(who.why).empty())
    return fail(status::bad_arguments, "huỷ số phải có lý do: --why (a number is cancelled with a reason)");
  if (auto fits = bounded(who.why, "--why"); !fits) return fits.error();
  const auto found = live_line(registers, txn, book, ref);
  if (!found) return found.error();
  return Events{event_of("cancelled", who, record_of(found->line), place_of(*found))};
}

Result<Events> correct(const Registers& registers, const lmdb::Transaction& txn, const std::string& book,
                       const LineRef& ref, const std::string& field, const std::string& now, const Acting& who) {
  if (kept(who.why).empty())
    return fail(status::bad_arguments, "sửa sổ phải có lý do: --why (a correction wants a reason)");
  for (const std::string* text : std::initializer_list<const std::string*>{&who.why, &now})
    if (auto fits = bounded(*text, "text"); !fits) return fits.error();
  const auto found = live_line(registers, txn, book, ref);
  if (!found) return found.error();
  const bool in = found->book.key.direction == Direction::in;
  // What an incoming paper bears is text of others; our own number and symbol say which register it stands in.
  static constexpr std::array<std::string_view, 10> correctable{"date",       "kind",   "subject", "issuer",  "signer",
                                                                "recipients", "holder", "copies",  "urgency", "to"};
  const bool may = std::find(correctable.begin(), correctable.end(), field) != correctable.end() ||
                   (field == "number" && (in || found->book.key.numbered)) || (field == "symbol" && in);
  if (!may) {
    std::string known = "number, symbol (sổ đến)";
    for (const std::string_view one : correctable) known += ", " + std::string(one);
    return fail(status::bad_arguments, "không sửa được '" + field + "' (cannot be corrected; there are " + known + ")");
  }
  const Field* what = field_of(field);
  const std::string text = kept(now, true);
  if (found->line.card.*what->text == text) return fail(status::bad_arguments, "vẫn như cũ (it stands so already)");
  if (field == "date" && !text.empty() && !parse_date(text))
    return fail(status::bad_arguments, "không phải ngày: " + text + " (no day)");
  if (field == "number" && !in) {
    const std::uint32_t number = running_number(text);
    if (number == 0)
      return fail(status::bad_arguments, "không phải số trong sổ: " + text + " (no number of a register)");
    if (registers.is_taken(txn, book, number))
      return fail(status::refused, book + ": số " + std::to_string(number) + " đã dùng (is taken)");
  }
  json::object details = place_of(*found);
  details["field"] = field;
  details["now"] = text;
  return Events{event_of("corrected", who, record_of(found->line), std::move(details))};
}

Result<Events> remark(const Registers& registers, const lmdb::Transaction& txn, const std::string& book,
                      const LineRef& ref, const std::string& text, const Acting& who) {
  if (auto fits = bounded(text, "remark"); !fits) return fits.error();
  if (kept(text).empty()) return fail(status::bad_arguments, "thiếu nội dung ghi chú (the remark is empty)");
  const auto found = open_line(registers, txn, book, ref);
  if (!found) return found.error();
  json::object details = place_of(*found);
  details["text"] = kept(text, true);
  return Events{event_of("remarked", who, record_of(found->line), std::move(details))};
}

Result<Events> close(const Registers& registers, const lmdb::Transaction& txn, const std::string& id,
                     const Acting& who) {
  if (auto fits = bounded(who.why, "--why"); !fits) return fits.error();
  const auto book = registers.find(txn, id);
  if (!book)
    return fail(status::not_found, id + ": không có sổ này (no such register; `vanthu register list` names them)");
  if (book->open_lines == 0)
    return fail(status::refused, id + ": tập " + std::to_string(book->open_volume()) +
                                     " chưa có dòng nào, không có gì để khoá (the open volume is empty)");
  if (book->open_reserved != 0)
    return fail(status::refused,
                id + ": còn " + std::to_string(book->open_reserved) +
                    " số đã cấp mà chưa gửi; gửi văn bản hoặc huỷ số trước khi khoá sổ (numbers were given and not "
                    "sent: send their papers or cancel them first)");
  const std::uint32_t volume = book->open_volume();
  const Lines lines = registers.lines(txn, *book, {volume, 0, 0, 0});
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::string from;
  std::string to;
  for (const Line& line : lines.lines) {
    if (line.number != 0 && (first == 0 || line.number < first)) first = line.number;
    last = std::max(last, line.number);
    if (from.empty() || line.day < from) from = line.day;
    to = std::max(to, line.day);
  }
  return Events{event_of("closed", who, 0,
                         {{"book", id},
                          {"volume", volume},
                          {"first", first},
                          {"last", last},
                          {"lines", lines.lines.size()},
                          {"from", from},
                          {"to", to},
                          {"sha256", registers.digest(txn, *book, volume)}})};
}

Result<Events> sign(const Registers& registers, const lmdb::Transaction& txn, const std::string& id,
                    std::uint32_t volume, const Signature& what, const Acting& who) {
  const auto book = registers.find(txn, id);
  const std::string named = id + ": tập " + std::to_string(volume);
  if (!book || volume == 0 || volume > book->volumes.size())
    return fail(status::not_found, named + " chưa khoá (is not closed)");
  const Volume& closed = book->volumes[volume - 1];
  if (closed.note.empty())
    return fail(status::not_found, named +
                                       " khoá khi chưa có bản xác nhận để ký (was closed before there was a note "
                                       "to be signed)");
  if (who.person.empty())
    return fail(status::refused, named + ": người ký phải đăng nhập bằng tên mình (vanthu --login): who signs logs in");
  // A login has a domain; an account of the machine is nobody who could sign.
  if (closed.closed.by.find('@') != std::string::npos && closed.closed.by != who.by)
    return fail(status::refused,
                named + " do " + closed.closed.by + " khoá; chính người ấy ký (who has closed it signs it)");
  for (const Signature& before : closed.signatures)
    if (before.hand.by == who.by || before.certificate_sha256 == what.certificate_sha256)
      return fail(status::refused, named + ": " + before.hand.by + " đã ký (has signed it)");
  if (closed.signatures.size() >= limits::signatures || what.cms.size() > limits::signature_octets)
    return fail(status::refused, named + ": chữ ký quá nhiều hoặc quá dài (too many signatures, or too long a one)");
  json::object details{{"book", id},
                       {"volume", volume},
                       {"signature", what.cms},
                       {"signer", what.signer},
                       {"certificate_sha256", what.certificate_sha256}};
  if (!what.signed_at.empty()) details["signed_at"] = what.signed_at;
  return Events{event_of("signed", who, 0, std::move(details))};
}

namespace {
json::object named(const Register& book, const Line& line) {
  return {{"register", to_json(book.key)}, {"line", to_json(line)}};
}

/// Empty: it stands in no register and came to no mailroom.
/// @param room  octets that lines given together may take in the frame, of which what they take is taken off
std::optional<archive::Event> kept_now(const Registers& registers, const lmdb::Transaction& txn, std::uint64_t record,
                                       const Acting& who, std::size_t& room) {
  json::array lines;
  json::array together;
  std::set<Place> places;
  const auto own = registers.lines_of(txn, record);
  for (const auto& [book, line] : own) {
    places.emplace(book.id(), line.ordinal);
    lines.push_back(named(book, line));
  }
  if (registers.is_purged(txn, record))
    for (const auto& [book, line] : own)
      for (const Line& one : registers.given_with(txn, book, line))
        if (places.emplace(book.id(), one.ordinal).second) together.push_back(named(book, one));
  // Should they be too long for a frame, what gave them stays where it is.
  if (const std::size_t octets = json::serialize(together).size(); octets <= room) {
    lines.insert(lines.end(), together.begin(), together.end());
    room -= octets;
  }
  json::array items;
  json::array cards;
  std::uint32_t papers = 0;
  for (const Item& item : registers.items(txn, record)) {
    items.push_back(to_json(item));
    papers = std::max(papers, item.paper + 1);
  }
  if (lines.empty() && items.empty()) return std::nullopt;
  for (std::uint32_t i = 0; i < papers; ++i) cards.push_back(to_json(registers.card(txn, record, i)));
  json::object details{{"as_of", registers.taken_up_to(txn)}, {"lines", std::move(lines)}, {"items", std::move(items)}};
  if (!cards.empty()) details["cards"] = std::move(cards);
  return event_of("kept", who, record, std::move(details));
}
}  // namespace

Result<Events> keep(const Registers& registers, const lmdb::Transaction& txn, std::uint64_t record, const Acting& who) {
  if (registers.is_kept(txn, record)) return Events();
  std::set<std::uint64_t> records{record};
  for (const auto& [book, line] : registers.lines_of(txn, record))
    for (const Line& together : registers.given_with(txn, book, line))
      for (const Line::Despatch& one : together.despatches)
        if (registers.is_kept_no_more(txn, one.record)) records.insert(one.record);
  return keep_anew(registers, txn, records, who);
}

Result<Events> keep_anew(const Registers& registers, const lmdb::Transaction& txn,
                         const std::set<std::uint64_t>& records, const Acting& who) {
  Events events;
  std::size_t room = limits::kept_octets;  // of one frame, in which all of them are written
  for (const std::uint64_t record : records)
    if (auto event = kept_now(registers, txn, record, who, room)) events.push_back(*std::move(event));
  return events;
}

namespace {
/// The lines that an event keeps; odd ones, which the books have refused, are left out.
template <class Visit>
void each_kept_line(const archive::Event& event, const Visit& visit) {
  const json::value* lines = event.what == "register.kept" ? event.details.if_contains("lines") : nullptr;
  if (lines == nullptr || !lines->is_array()) return;
  for (const json::value& one : lines->get_array()) try {
      const Key key = to_key(one.at("register"));
      visit(key, to_line(one.at("line")));
    } catch (const std::exception&) {
      continue;
    }
}
}  // namespace

std::set<Place> lines_kept_by(const archive::Event& event) {
  std::set<Place> places;
  each_kept_line(event, [&](const Key& key, const Line& line) { places.emplace(key.id(), line.ordinal); });
  return places;
}

json::array lines_left_by(const archive::Event& event) {
  json::array left;
  each_kept_line(event, [&](const Key& key, const Line& line) {
    left.push_back({{"frame", event.sequence},
                    {"book", key.id()},
                    {"line", line.ordinal},
                    {"number", line.number},
                    {"register", to_json(key)},
                    {"volume", line.volume},
                    {"day", line.day}});
  });
  return left;
}

bool gives_words(const archive::Event& event) {
  const json::value* card = event.what == "register.allocated" ? event.details.if_contains("card") : nullptr;
  if (card == nullptr || !card->is_object()) return false;
  const Card told = to_card(card->get_object());
  return !event.reason.empty() || !(told == without_words(told));
}

bool speaks_of(const archive::Event& event, std::uint64_t record) {
  archive::Event said = event;
  return event.record == record && event.what.starts_with("register.") && event.what != "register.kept" &&
         archive::take_words(said);
}

bool speaks_of(const archive::Event& event, std::string_view book, const Line& line) {
  const json::value* id = event.details.if_contains("book");
  const json::value* ordinal = event.details.if_contains("line");
  return (event.what == "register.corrected" || event.what == "register.remarked" ||
          event.what == "register.cancelled") &&
         id != nullptr && *id == json::string_view(book.data(), book.size()) && ordinal != nullptr &&
         *ordinal == line.ordinal;
}

Result<Events> configure(const std::string& rules, const Acting& who) {
  if (auto parsed = Rules::parse(rules); !parsed) return parsed.error();
  return Events{event_of("configured", who, 0, {{"rules", rules}})};
}

}  // namespace vanthu::registers
