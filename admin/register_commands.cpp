// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "admin/commands.hpp"
#include "admin/directory_text.hpp"
#include "admin/register_text.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "directory/directory.hpp"
#include "filters/policy/parties.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/registers/acts.hpp"
#include "gateway/registers/limits.hpp"
#include "gateway/registers/sheet.hpp"
#include "gateway/registers/words.hpp"

/// register: list, show, enter, refuse, allocate, cancel, correct, remark, close, gaps, export, rules, configure.
/// Whoever serves a unit's mailroom acts for it; administrators of units look at those of their units, administrators
/// of the whole do both.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using registers::Register;
using registers::Registers;

const Command& row(std::string_view verb) { return *find_command("register", verb); }

Answer not_open() {
  return {EX_UNAVAILABLE, "", "the archive is not open; the reason stands above or in the gateway's log\n"};
}
Answer no_gateway() {
  return {EX_UNAVAILABLE, "",
          "cổng thư không chạy; sổ chỉ ghi được khi cổng chạy (no gateway runs: registers are written by it; start it "
          "and ask again)\n"};
}

bool serves(const Request& request, const std::string& unit) {
  return std::find(request.mailrooms.begin(), request.mailrooms.end(), unit) != request.mailrooms.end();
}
bool sees(const Office& office, const Request& request, const std::string& unit) {
  if (request.everywhere || serves(request, unit)) return true;
  if (office.directory == nullptr || request.units.empty()) return false;
  filters::Context context;
  context.directory = office.directory;
  context.today = day_of(now());
  return filters::within(context, unit, request.units);
}
bool acts(const Request& request, const std::string& unit) { return request.everywhere || serves(request, unit); }

/// Of one that is not theirs to see they do not learn that it is there.
Error unknown(const std::string& id) {
  return fail(status::not_found,
              id + ": không có sổ này (no such register; `vanthu register list` names those that are yours to see)");
}
Error not_theirs(const std::string& unit) {
  return fail(status::refused, unit +
                                   ": chỉ văn thư của đơn vị ghi sổ (only who serves this unit's mailroom keeps its "
                                   "registers)");
}

UnitNames names_in(const Office& office) {
  const Date today = day_of(now());
  return [directory = office.directory, today](const std::string& unit) {
    return directory == nullptr ? unit : unit_name(*directory, unit, today);
  };
}

registers::Acting acting(const Request& request, const Words& words) {
  return {request.actor, request.person, words.value("why").value_or(""), now()};
}

Result<std::size_t> limit_in(const Words& words) {
  const auto wanted = words.value("limit");
  if (!wanted) return registers::limits::listed;
  const auto number = read_number(*wanted);
  if (!number) return number.error();
  return static_cast<std::size_t>(std::min<std::uint64_t>(*number, registers::limits::listed));
}

/// "12", "12.2": a record, and which of its papers.
struct RecordRef {
  std::uint64_t record = 0;
  std::uint32_t paper = 0;
};
Result<RecordRef> read_record(const std::string& text) {
  const std::size_t dot = text.find('.');
  const auto record = read_number(text.substr(0, dot));
  const auto paper =
      dot == std::string::npos ? Result<std::uint64_t>(std::uint64_t{1}) : read_number(text.substr(dot + 1));
  if (!record || !paper || *paper > registers::limits::papers)
    return fail(status::bad_arguments, "no record: " + text + "; write 12, or 12.2 for its second paper");
  return RecordRef{*record, static_cast<std::uint32_t>(*paper - 1)};
}

Result<std::uint32_t> small_in(const Words& words, const char* option) {
  const auto text = words.value(option);
  if (!text) return std::uint32_t{0};
  const auto number = read_number(*text);
  if (!number) return number.error();
  if (*number > registers::limits::highest_number)
    return fail(status::bad_arguments, std::string("--") + option + ": too big");
  return static_cast<std::uint32_t>(*number);
}

// ---- looking

Answer list(Office& office, const Request& request) {
  if (office.archive == nullptr || office.registers == nullptr) return not_open();
  const auto words = read_words(row("list").arguments, request.words);
  if (!words) return wrong_usage(row("list"), words.error().detail);
  const auto most = limit_in(*words);
  if (!most) return wrong_usage(row("list"), most.error().detail);
  const std::string unit = words->value("unit").value_or("");
  if (!unit.empty() && !sees(office, request, unit)) return failed(unknown(unit));
  Answer answer;
  if (auto caught_up = office.archive->catch_up(); !caught_up) answer.err = caught_up.error().detail + '\n';
  const UnitNames names = names_in(office);
  const auto looked = office.archive->read([&](const lmdb::Transaction& txn) -> Result<Done> {
    const Registers& all = *office.registers;
    if (!words->has("waiting")) {
      std::vector<Register> books = all.registers(txn, unit);
      std::erase_if(books, [&](const Register& one) { return !sees(office, request, one.key.unit); });
      std::stable_sort(books.begin(), books.end(), [&](const Register& a, const Register& b) {
        return registers::before(names(a.key.unit), names(b.key.unit));
      });
      answer.out = words->has("json") ? line(registers_json(books, names)) : registers_text(books, names);
      return done;
    }
    std::vector<WaitingRow> rows;
    bool more = false;
    std::vector<std::string> units{unit};
    if (unit.empty() && !request.everywhere && request.units.empty()) units = request.mailrooms;
    for (const std::string& one : units)
      for (registers::Item& item : all.waiting(txn, one, registers::limits::exported)) {
        if (!sees(office, request, item.unit)) continue;
        more = rows.size() == *most;
        if (more) break;
        const registers::Card card = all.card(txn, item.record, item.paper);
        rows.push_back({std::move(item), card});
      }
    answer.out = words->has("json") ? line(waiting_json(rows, more)) : waiting_text(rows, names, more);
    return done;
  });
  return looked ? answer : failed(looked.error());
}

/// @par Errors  not_found
Result<Register> seen_register(const Office& office, const Request& request, const lmdb::Transaction& txn,
                               const std::string& id) {
  auto book = office.registers->find(txn, id);
  if (!book || !sees(office, request, book->key.unit)) return unknown(id);
  return *std::move(book);
}

LineRow row_of(const Registers& all, const lmdb::Transaction& txn, const Register& book, registers::Line line) {
  LineRow row{std::move(line), {}};
  if (book.key.direction == registers::Direction::out) row.receipts = all.receipts(txn, row.line);
  return row;
}

Answer show(Office& office, const Request& request) {
  if (office.archive == nullptr || office.registers == nullptr) return not_open();
  const auto words = read_words(row("show").arguments, request.words);
  if (!words) return wrong_usage(row("show"), words.error().detail);
  if (words->operands.size() != 1) return wrong_usage(row("show"), "wants one register (`vanthu register list`)");
  const auto most = limit_in(*words);
  const auto volume = small_in(*words, "volume");
  const auto from = small_in(*words, "from");
  const auto to = small_in(*words, "to");
  for (const auto* number : {&volume, &from, &to})
    if (!*number) return wrong_usage(row("show"), number->error().detail);
  if (!most) return wrong_usage(row("show"), most.error().detail);
  std::optional<registers::LineRef> ref;
  if (const auto text = words->value("line")) {
    const auto read = registers::parse_ref(*text);
    if (!read) return wrong_usage(row("show"), read.error().detail);
    ref = *read;
  }
  Answer answer;
  if (auto caught_up = office.archive->catch_up(); !caught_up) answer.err = caught_up.error().detail + '\n';
  const UnitNames names = names_in(office);
  const auto looked = office.archive->read([&](const lmdb::Transaction& txn) -> Result<Done> {
    const Registers& all = *office.registers;
    const auto book = seen_register(office, request, txn, words->operands[0]);
    if (!book) return book.error();
    if (ref) {
      auto found = all.line(txn, book->id(), *ref);
      if (!found) return found.error();
      const LineRow one = row_of(all, txn, *book, *std::move(found));
      answer.out = words->has("json") ? line(line_json(one)) : line_text(*book, one, names);
      return done;
    }
    registers::Lines found = all.lines(txn, *book, {*volume, *from, *to, *most});
    std::vector<LineRow> rows;
    for (registers::Line& one : found.lines) rows.push_back(row_of(all, txn, *book, std::move(one)));
    answer.out =
        words->has("json") ? line(lines_json(*book, rows, found.more)) : lines_text(*book, rows, names, found.more);
    return done;
  });
  return looked ? answer : failed(looked.error());
}

Answer gaps(Office& office, const Request& request) {
  if (office.archive == nullptr || office.registers == nullptr) return not_open();
  const auto words = read_words(row("gaps").arguments, request.words);
  if (!words) return wrong_usage(row("gaps"), words.error().detail);
  if (words->operands.size() > 1) return wrong_usage(row("gaps"), "wants one register at most");
  const std::string unit = words->value("unit").value_or("");
  Answer answer;
  json::array all_found;
  if (auto caught_up = office.archive->catch_up(); !caught_up) answer.err = caught_up.error().detail + '\n';
  const auto looked = office.archive->read([&](const lmdb::Transaction& txn) -> Result<Done> {
    const Registers& all = *office.registers;
    std::vector<Register> books;
    if (words->operands.empty()) {
      books = all.registers(txn, unit);
      std::erase_if(books, [&](const Register& one) { return !sees(office, request, one.key.unit); });
    } else {
      auto book = seen_register(office, request, txn, words->operands[0]);
      if (!book) return book.error();
      books.push_back(*std::move(book));
    }
    for (const Register& book : books) {
      if (!book.key.numbered) continue;
      const registers::Gaps found = all.gaps(txn, book);
      if (!found.duplicates.empty() || !found.reused.empty()) answer.exit = 1;
      json::value one = gaps_json(book, found);
      std::string text = gaps_text(book, found);
      // What was bound must stand as it was bound: the directory that registers go by may have been changed since.
      json::array changed;
      for (std::uint32_t i = 0; i < book.volumes.size(); ++i)
        if (all.digest(txn, book, i + 1) != book.volumes[i].sha256) {
          changed.push_back(i + 1);
          text += "  tập " + std::to_string(i + 1) +
                  " không còn như khi khoá sổ, hoặc có dòng bị xoá khẩn cấp (does not stand as it was closed, or a "
                  "line of it was purged)\n";
          answer.exit = 1;
        }
      one.as_object()["volumes_changed"] = std::move(changed);
      all_found.push_back(std::move(one));
      answer.out += text;
    }
    return done;
  });
  if (!looked) return failed(looked.error());
  if (words->has("json")) answer.out = line(all_found);
  return answer;
}

Answer export_book(Office& office, const Request& request) {
  if (office.archive == nullptr || office.registers == nullptr) return not_open();
  const Command& self = row("export");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (words->operands.size() != 1) return wrong_usage(self, "wants one register (`vanthu register list`)");
  const auto volume = small_in(*words, "volume");
  if (!volume) return wrong_usage(self, volume.error().detail);
  const std::string as = words->value("as").value_or("");
  if (as != "csv" && as != "xlsx" && as != "pdf") return wrong_usage(self, "--as is csv, xlsx or pdf");
  Answer answer;
  if (auto caught_up = office.archive->catch_up(); !caught_up) answer.err = caught_up.error().detail + '\n';
  const registers::Naming naming{
      names_in(office), [&](const std::string& unit) -> std::string {
        if (office.directory == nullptr) return {};
        const Date today = day_of(now());
        auto one = office.directory->unit(unit, today);
        if (!one) one = office.directory->unit(unit);
        return !one || one->parent.empty() ? "" : unit_name(*office.directory, one->parent, today);
      }};
  std::optional<registers::Sheet> sheet;
  const auto looked = office.archive->read([&](const lmdb::Transaction& txn) -> Result<Done> {
    const auto book = seen_register(office, request, txn, words->operands[0]);
    if (!book) return book.error();
    auto made = registers::sheet_of(*office.registers, txn, *book, *volume, naming);
    if (!made) return made.error();
    sheet = *std::move(made);
    return done;
  });
  if (!looked) return failed(looked.error());
  // Outside the transaction: drawing takes its time, and what a reader holds open is not used again meanwhile.
  auto octets = as == "csv" ? Result<std::string>(to_csv(*sheet)) : as == "xlsx" ? to_xlsx(*sheet) : to_pdf(*sheet);
  if (!octets) return failed(octets.error());
  answer.out = *std::move(octets);
  return answer;
}

Answer rules(Office& office, const Request& request) {
  if (office.archive == nullptr || office.registers == nullptr) return not_open();
  const auto words = read_words(row("rules").arguments, request.words);
  if (!words) return wrong_usage(row("rules"), words.error().detail);
  Answer answer;
  if (auto caught_up = office.archive->catch_up(); !caught_up) answer.err = caught_up.error().detail + '\n';
  const auto looked = office.archive->read([&](const lmdb::Transaction& txn) -> Result<Done> {
    const auto in_force = office.registers->rules(txn);
    if (words->has("json")) {
      json::object o{{"rules", in_force ? in_force->text : ""}};
      if (in_force) {
        o["by"] = in_force->hand.by;
        o["at"] = rfc3339(in_force->hand.at);
      }
      answer.out = line(o);
    } else if (!in_force) {
      answer.out =
          "# mặc định: mọi đơn vị có hộp thư văn thư giữ sổ đi (theo ký hiệu, nhiệm kỳ) và sổ đến (theo năm)\n";
    } else {
      answer.out =
          printable_lines("# " + in_force->hand.by + ", " + rfc3339(in_force->hand.at) + '\n' + in_force->text);
    }
    return done;
  });
  return looked ? answer : failed(looked.error());
}

// ---- acting

/// The unit that is meant: named, or the only one the caller serves.
Result<std::string> unit_in(const Request& request, const Words& words) {
  if (const auto unit = words.value("unit")) {
    if (!acts(request, *unit)) return not_theirs(*unit);
    return *unit;
  }
  if (request.mailrooms.size() == 1) return request.mailrooms.front();
  return std::string();
}

/// Whose item of a record is meant when no unit was named: the only one there is.
Result<std::string> unit_of_item(const Registers& all, const lmdb::Transaction& txn, const std::string& given,
                                 const Request& request, const RecordRef& ref) {
  if (!given.empty()) return given;
  std::string unit;
  for (const registers::Item& item : all.items(txn, ref.record)) {
    if (item.paper != ref.paper || !acts(request, item.unit)) continue;
    if (!unit.empty())
      return fail(status::bad_arguments, "bản ghi " + std::to_string(ref.record) +
                                             " đến nhiều đơn vị, hãy nêu --unit (came to several units: name one with "
                                             "--unit)");
    unit = item.unit;
  }
  if (unit.empty())
    return fail(status::not_found,
                "bản ghi " + std::to_string(ref.record) + " không đến văn thư nào (came to no mailroom that is yours)");
  return unit;
}

/// The acts on records, one by one: what of several is wrong does not stop the others.
template <class Decide>
Answer on_records(Office& office, const Request& request, const Words& words, const Command& self,
                  const Decide& decide) {
  if (words.operands.empty()) return wrong_usage(self, "wants record numbers (`vanthu register list --waiting`)");
  const auto given = unit_in(request, words);
  if (!given) return failed(given.error());
  Answer answer;
  json::array all;
  for (const std::string& operand : words.operands) {
    const auto ref = read_record(operand);
    if (!ref) return wrong_usage(self, ref.error().detail);
    std::string unit;
    const auto events = office.archive->act([&](const lmdb::Transaction& txn) -> Result<registers::Events> {
      auto named = unit_of_item(*office.registers, txn, *given, request, *ref);
      if (!named) return named.error();
      unit = *named;
      return decide(txn, unit, *ref);
    });
    if (!events) {
      const Answer said = failed(events.error());
      answer.exit = said.exit;
      answer.err += printable_lines(said.err);
      continue;
    }
    json::object one{{"record", ref->record}, {"paper", ref->paper + 1}, {"unit", unit}};
    std::string text = "bản ghi " + operand + ": ";
    const auto looked = office.archive->read([&](const lmdb::Transaction& txn) -> Result<Done> {
      if (const auto item = office.registers->item(txn, unit, ref->record, ref->paper)) {
        text += state_of(*item) + (item->book.empty() ? "" : ", " + item->book);
        one["state"] = registers::word(item->state);
        if (item->number != 0) one["number"] = item->number;
        if (!item->book.empty()) one["register"] = item->book;
      }
      return done;
    });
    if (!looked) answer.err += looked.error().detail + '\n';
    answer.out += printable(text) + '\n';
    all.push_back(std::move(one));
  }
  if (words.has("json")) answer.out = line(all);
  return answer;
}

std::optional<Answer> cannot_write(const Office& office) {
  if (office.queue == nullptr) return no_gateway();
  if (office.archive == nullptr || office.registers == nullptr) return not_open();
  return std::nullopt;
}

Answer enter(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(row("enter").arguments, request.words);
  if (!words) return wrong_usage(row("enter"), words.error().detail);
  return on_records(office, request, *words, row("enter"),
                    [&](const lmdb::Transaction& txn, const std::string& unit, const RecordRef& ref) {
                      return registers::enter(*office.registers, txn,
                                              {unit, ref.record, ref.paper, words->value("to").value_or(""),
                                               words->value("note").value_or(""), words->has("again")},
                                              acting(request, *words));
                    });
}

Answer refuse(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(row("refuse").arguments, request.words);
  if (!words) return wrong_usage(row("refuse"), words.error().detail);
  const auto cause = words->value("cause");
  if (!cause) return wrong_usage(row("refuse"), "thiếu --cause (why it is refused)");
  return on_records(office, request, *words, row("refuse"),
                    [&](const lmdb::Transaction& txn, const std::string& unit, const RecordRef& ref) {
                      return registers::refuse(*office.registers, txn, {unit, ref.record, ref.paper, *cause},
                                               acting(request, *words));
                    });
}

Answer allocate(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const Command& self = row("allocate");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (!words->operands.empty()) return wrong_usage(self, "takes options only");
  registers::Allocating what;
  const auto unit = unit_in(request, *words);
  if (!unit) return failed(unit.error());
  if (unit->empty()) return wrong_usage(self, "thiếu --unit (whose number?)");
  what.unit = *unit;
  const auto count = small_in(*words, "count");
  const auto number = small_in(*words, "number");
  for (const auto* one : {&count, &number})
    if (!*one) return wrong_usage(self, one->error().detail);
  what.count = words->has("count") ? *count : 1;
  what.number = *number;
  what.card.symbol = registers::kept(words->value("symbol").value_or(""));
  if (what.card.symbol.empty()) return wrong_usage(self, "thiếu --symbol (TB/TU)");
  what.card.form = what.card.symbol.find('/') == std::string::npos ? "state" : "party";
  if (const auto text = words->value("date")) {
    const auto date = read_date(*text);
    if (!date) return wrong_usage(self, date.error().detail);
    what.card.date = iso(*date);
  }
  for (const auto& [option, field] :
       {std::pair{"kind", &registers::Card::kind}, std::pair{"subject", &registers::Card::subject},
        std::pair{"signer", &registers::Card::signer}})
    what.card.*field = registers::kept(words->value(option).value_or(""));
  const auto events = office.archive->act([&](const lmdb::Transaction& txn) {
    return registers::allocate(*office.registers, txn, what, acting(request, *words));
  });
  if (!events) return failed(events.error());
  const json::object& details = events->front().details;
  const auto first = details.at("number").to_number<std::uint32_t>();
  const std::string id = registers::to_key(details.at("register")).id();
  json::array numbers;
  std::string text;
  for (std::uint32_t one = first; one < first + what.count; ++one) {
    numbers.push_back(one);
    registers::Card card = what.card;
    card.number = (one < 10 ? "0" : "") + std::to_string(one);
    text += (text.empty() ? "" : ", ") + registers::printed_symbol(card);
  }
  if (words->has("json")) return {0, line(json::object{{"register", id}, {"numbers", std::move(numbers)}}), ""};
  return {0, printable("Đã cấp số " + text + " (" + id + ")") + '\n', ""};
}

/// The acts on one line, or on a whole register.
template <class Decide>
Answer on_register(Office& office, const Request& request, const Words& words, const Command& self, bool of_a_line,
                   const char* did, const Decide& decide) {
  if (words.operands.size() != (of_a_line ? 2U : 1U))
    return wrong_usage(self, of_a_line ? "wants a register and a line of it" : "wants one register");
  registers::LineRef ref;
  if (of_a_line) {
    const auto read = registers::parse_ref(words.operands[1]);
    if (!read) return wrong_usage(self, read.error().detail);
    ref = *read;
  }
  const std::string& id = words.operands[0];
  const auto events = office.archive->act([&](const lmdb::Transaction& txn) -> Result<registers::Events> {
    const auto book = seen_register(office, request, txn, id);
    if (!book) return book.error();
    if (!acts(request, book->key.unit)) return not_theirs(book->key.unit);
    return decide(txn, id, ref);
  });
  if (!events) {
    Answer said = failed(events.error());
    said.err = printable_lines(said.err);
    return said;
  }
  const std::string what = id + (of_a_line ? " " + words.operands[1] : "");
  if (words.has("json")) {
    json::object o = events->front().details;
    o["what"] = events->front().what;
    o["register"] = id;
    return {0, line(o), ""};
  }
  return {0, printable(what + ": " + did) + '\n', ""};
}

Answer cancel(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(row("cancel").arguments, request.words);
  if (!words) return wrong_usage(row("cancel"), words.error().detail);
  return on_register(office, request, *words, row("cancel"), true,
                     "đã huỷ số, dòng vẫn ở trong sổ (cancelled; the line stays)",
                     [&](const lmdb::Transaction& txn, const std::string& id, const registers::LineRef& ref) {
                       return registers::cancel(*office.registers, txn, id, ref, acting(request, *words));
                     });
}

Answer correct(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(row("correct").arguments, request.words);
  if (!words) return wrong_usage(row("correct"), words.error().detail);
  const auto field = words->value("field");
  const auto text = words->value("now");
  if (!field || !text) return wrong_usage(row("correct"), "wants --field and --now");
  std::string value = *text;
  if (*field == "date")
    if (const auto date = read_date(value)) value = iso(*date);
  return on_register(office, request, *words, row("correct"), true,
                     "đã sửa, chữ cũ gạch ngang còn đọc được (corrected; what stood there is struck through)",
                     [&](const lmdb::Transaction& txn, const std::string& id, const registers::LineRef& ref) {
                       return registers::correct(*office.registers, txn, id, ref, *field, value,
                                                 acting(request, *words));
                     });
}

Answer remark(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(row("remark").arguments, request.words);
  if (!words) return wrong_usage(row("remark"), words.error().detail);
  return on_register(office, request, *words, row("remark"), true, "đã ghi chú (noted)",
                     [&](const lmdb::Transaction& txn, const std::string& id, const registers::LineRef& ref) {
                       return registers::remark(*office.registers, txn, id, ref, words->value("text").value_or(""),
                                                acting(request, *words));
                     });
}

Answer close(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(row("close").arguments, request.words);
  if (!words) return wrong_usage(row("close"), words.error().detail);
  return on_register(office, request, *words, row("close"), false,
                     "đã khoá tập; dòng sau sang tập mới (the volume is closed; the next line opens the next one)",
                     [&](const lmdb::Transaction& txn, const std::string& id, const registers::LineRef&) {
                       return registers::close(*office.registers, txn, id, acting(request, *words));
                     });
}

Answer configure(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(row("configure").arguments, request.words);
  if (!words) return wrong_usage(row("configure"), words.error().detail);
  if (!request.everywhere)
    return failed(fail(status::refused,
                       "chỉ quản trị toàn hệ thống đặt quy tắc sổ (an administrator of the whole sets "
                       "the rules)"));
  if (words->operands.size() != 1 || request.files.size() != 1) return wrong_usage(row("configure"), "wants one file");
  const auto events = office.archive->act([&](const lmdb::Transaction&) {
    return registers::configure(request.files.begin()->second, acting(request, *words));
  });
  if (!events) return failed(fail(events.error().reply, words->operands[0] + ": " + events.error().detail));
  if (words->has("json")) return {0, line(json::object{{"configured", true}}), ""};
  return {0, "Đã đặt quy tắc sổ; có hiệu lực với thư nhận từ lúc này (in force for what is accepted from now on).\n",
          ""};
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto rows = std::to_array<Command>({
    {"register", "list", "[--unit UNIT] [--waiting] [--limit N] [--json]",
     "sổ văn bản đi, đến; --waiting: văn bản chờ vào sổ (registers; letters that wait to be registered)", Where::office,
     Takes::nothing, list},
    {"register", "show", "[--volume N] [--from N] [--to N] [--limit N] [--line LINE] [--json] BOOK",
     "các dòng của sổ, đã tiếp nhận bao nhiêu; --line: một dòng đầy đủ (its lines; one line in full)", Where::office,
     Takes::nothing, show},
    {"register", "enter", "[--unit UNIT] [--to TEXT] [--note TEXT] [--again] [--json] RECORD…",
     "vào sổ đến, lấy số đến tiếp theo (register what came: gives the next arrival number)", Where::office,
     Takes::nothing, enter},
    {"register", "refuse", "--cause CAUSE [--unit UNIT] [--why TEXT] [--json] RECORD…",
     "từ chối: wrong-recipient, missing-page, bad-signature, other (refuse what came; its sender sees why)",
     Where::office, Takes::nothing, refuse},
    {"register", "allocate",
     "--symbol SYMBOL [--unit UNIT] [--count N] [--number N] [--date DATE] [--kind TEXT] [--subject TEXT] [--signer "
     "TEXT] "
     "[--why TEXT] [--json]",
     "cấp số đi trước khi gửi (take outgoing numbers before their papers are sent)", Where::office, Takes::nothing,
     allocate},
    {"register", "cancel", "--why TEXT [--json] BOOK LINE", "huỷ số; dòng vẫn ở trong sổ (cancel a number; it stays)",
     Where::office, Takes::nothing, cancel},
    {"register", "correct", "--field FIELD --now TEXT --why TEXT [--json] BOOK LINE",
     "sửa bằng gạch ngang, chữ cũ còn đọc được (correct by striking through)", Where::office, Takes::nothing, correct},
    {"register", "remark", "--text TEXT [--json] BOOK LINE", "thêm ghi chú (add a remark)", Where::office,
     Takes::nothing, remark},
    {"register", "close", "[--why TEXT] [--json] BOOK",
     "khoá tập đang mở, về sau không sửa (close the open volume for good)", Where::office, Takes::nothing, close},
    {"register", "gaps", "[--unit UNIT] [--json] [BOOK]",
     "số không gửi qua cổng này, số trùng (numbers not sent through this gateway, duplicates); 1: duplicates",
     Where::office, Takes::nothing, gaps},
    {"register", "export", "--as csv|xlsx|pdf [--volume N] BOOK",
     "sổ ra bảng tính hoặc bản in A4 có bìa, ra đầu ra chuẩn (a register as a file, on standard output)", Where::office,
     Takes::nothing, export_book},
    {"register", "rules", "[--json]", "đơn vị nào giữ sổ nào, số chạy thế nào (which registers units keep)",
     Where::office, Takes::nothing, rules},
    {"register", "configure", "[--why TEXT] [--json] FILE", "đặt quy tắc ấy từ tệp TOML (set those rules)",
     Where::office, Takes::files, configure},
});
}  // namespace

std::span<const Command> register_commands() { return rows; }

}  // namespace vanthu::admin
