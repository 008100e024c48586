// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "admin/commands.hpp"
#include "admin/directory_text.hpp"
#include "admin/register_call.hpp"
#include "admin/register_text.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "directory/directory.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/base/text.hpp"
#include "gateway/keeping/keeper.hpp"
#include "gateway/proof/note.hpp"
#include "gateway/registers/acts.hpp"
#include "gateway/registers/limits.hpp"
#include "gateway/registers/sheet.hpp"
#include "gateway/registers/words.hpp"
#include "gateway/sights/sights.hpp"

/// register: list, show, gaps, export, rules: looking at them.
/// Whoever serves a unit's mailroom acts for it; administrators of units look at those of their units, administrators
/// of the whole do both.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using namespace register_call;
using registers::Register;
using registers::Registers;

WaitingRow row_of(const Registers& all, const lmdb::Transaction& txn, registers::Item item,
                  const std::vector<std::uint64_t>& withheld) {
  registers::Card card = all.card(txn, item.record, item.paper);
  if (registers::withhold(item, withheld)) card = registers::without_words(card);
  return {std::move(item), std::move(card)};
}

Answer list_registers(Office& office, const Request& request) {
  if (office.archive == nullptr || office.registers == nullptr) return archive_not_open();
  const auto words = read_words(find_command("register", "list")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("register", "list"), words.error().detail);
  const auto most = limit_in(*words);
  if (!most) return wrong_usage(*find_command("register", "list"), most.error().detail);
  const std::string unit = words->value("unit").value_or("");
  if (!unit.empty() && !sees(office, request, unit)) return failed(unknown(unit));
  Answer answer;
  if (auto caught_up = office.archive->catch_up(); !caught_up) answer.err = caught_up.error().detail + '\n';
  const UnitNames names = names_in(office);
  const auto hidden = withheld_from(office, request);
  if (!hidden) return failed(hidden.error());
  const std::vector<std::uint64_t>& withheld = *hidden;
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
        rows.push_back(row_of(all, txn, std::move(item), withheld));
      }
    answer.out = words->has("json") ? line(waiting_json(rows, more)) : waiting_text(rows, names, more);
    return done;
  });
  return looked ? answer : failed(looked.error());
}

Answer list_due(Office& office, const Request& request) {
  if (office.archive == nullptr || office.registers == nullptr) return archive_not_open();
  const Command& self = *find_command("register", "due");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (!words->operands.empty()) return wrong_usage(self, "chỉ nhận tuỳ chọn (takes options only)");
  const auto most = limit_in(*words);
  if (!most) return wrong_usage(self, most.error().detail);
  const Date today = day_of(now());
  std::string until;
  if (const auto text = words->value("until")) {
    const auto date = read_date(*text);
    if (!date) return wrong_usage(self, date.error().detail);
    until = iso(*date);
  }
  if (words->has("late")) until = iso(Date(std::chrono::sys_days(today) - std::chrono::days(1)));
  const std::string unit = words->value("unit").value_or("");
  if (!unit.empty() && !sees(office, request, unit)) return failed(unknown(unit));
  Answer answer;
  if (auto caught_up = office.archive->catch_up(); !caught_up) answer.err = caught_up.error().detail + '\n';
  const UnitNames names = names_in(office);
  const auto hidden = withheld_from(office, request);
  if (!hidden) return failed(hidden.error());
  const std::vector<std::uint64_t>& withheld = *hidden;
  const auto looked = office.archive->read([&](const lmdb::Transaction& txn) -> Result<Done> {
    std::vector<WaitingRow> rows;
    std::vector<std::string> units{unit};
    if (unit.empty() && !request.everywhere && request.units.empty()) units = request.mailrooms;
    for (const std::string& one : units)
      for (registers::Item& item : office.registers->due(txn, one, until, registers::limits::exported)) {
        if (rows.size() == *most || !sees(office, request, item.unit)) continue;
        rows.push_back(row_of(*office.registers, txn, std::move(item), withheld));
      }
    answer.out = words->has("json") ? line(due_json(rows, today)) : due_text(rows, names, today);
    return done;
  });
  return looked ? answer : failed(looked.error());
}

LineRow row_of(const Registers& all, const lmdb::Transaction& txn, const Register& book, registers::Line line,
               const std::vector<std::uint64_t>& withheld) {
  LineRow row{std::move(line), {}};
  if (registers::withhold(row.line, withheld)) return row;
  if (book.key.direction == registers::Direction::out) row.receipts = all.receipts(txn, row.line);
  return row;
}

/// A volume that is not there yet is none without lines. 0: all of them.
Result<Done> has_volume(const registers::Register& book, std::uint32_t volume) {
  if (volume <= book.open_volume()) return done;
  return fail(status::not_found, book.id() + ": có " + std::to_string(book.open_volume()) + " tập (has no volume " +
                                     std::to_string(volume) + ')');
}

Answer show_register(Office& office, const Request& request) {
  if (office.archive == nullptr || office.registers == nullptr) return archive_not_open();
  const auto words = read_words(find_command("register", "show")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("register", "show"), words.error().detail);
  if (words->operands.size() != 1)
    return wrong_usage(*find_command("register", "show"),
                       "cần đúng một sổ, xem `vanthu register list` (wants one register)");
  const auto most = limit_in(*words);
  const auto volume = small_in(*words, "volume");
  const auto from = small_in(*words, "from");
  const auto to = small_in(*words, "to");
  for (const auto* number : {&volume, &from, &to})
    if (!*number) return wrong_usage(*find_command("register", "show"), number->error().detail);
  if (!most) return wrong_usage(*find_command("register", "show"), most.error().detail);
  if (*to != 0 && *from > *to)
    return wrong_usage(*find_command("register", "show"), "--from lớn hơn --to (--from is above --to)");
  std::optional<registers::LineRef> ref;
  if (const auto text = words->value("line")) {
    const auto read = registers::parse_ref(*text);
    if (!read) return wrong_usage(*find_command("register", "show"), read.error().detail);
    ref = *read;
  }
  Answer answer;
  if (auto caught_up = office.archive->catch_up(); !caught_up) answer.err = caught_up.error().detail + '\n';
  const UnitNames names = names_in(office);
  const auto hidden = withheld_from(office, request);
  if (!hidden) return failed(hidden.error());
  const std::vector<std::uint64_t>& withheld = *hidden;
  const auto looked = office.archive->read([&](const lmdb::Transaction& txn) -> Result<Done> {
    const Registers& all = *office.registers;
    const auto book = seen_register(office, request, txn, words->operands[0]);
    if (!book) return book.error();
    if (ref) {
      auto found = all.line(txn, book->id(), *ref);
      if (!found) return found.error();
      const LineRow one = row_of(all, txn, *book, *std::move(found), withheld);
      answer.out = words->has("json") ? line(line_json(one)) : line_text(*book, one, names);
      return done;
    }
    if (auto there = has_volume(*book, *volume); !there) return there;
    registers::Lines found = all.lines(txn, *book, {*volume, *from, *to, *most});
    std::vector<LineRow> rows;
    for (registers::Line& one : found.lines) rows.push_back(row_of(all, txn, *book, std::move(one), withheld));
    answer.out =
        words->has("json") ? line(lines_json(*book, rows, found.more)) : lines_text(*book, rows, names, found.more);
    return done;
  });
  return looked ? answer : failed(looked.error());
}

Answer list_gaps(Office& office, const Request& request) {
  if (office.archive == nullptr || office.registers == nullptr) return archive_not_open();
  const auto words = read_words(find_command("register", "gaps")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("register", "gaps"), words.error().detail);
  if (words->operands.size() > 1)
    return wrong_usage(*find_command("register", "gaps"), "nhiều nhất một sổ (wants one register at most)");
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

using Filed = std::map<std::uint64_t, registers::Naming::Filed>;
/// The first file that each record of a unit's register is in, and its term; in which files of theirs other units keep
/// it is theirs to know. Not within a look at the books: it is one.
Filed filed_in(const Office& office, const Request& request, const std::string& unit,
               const std::vector<std::uint64_t>& records) {
  Filed filed;
  if (office.keeper == nullptr) return filed;
  std::set<std::string> own{text::ascii_lower(unit)};
  if (office.directory != nullptr) own.merge(sights::subtree(*office.directory, unit, day_of(now())));
  (void)office.keeper->look([&](const keeping::Look& look) -> Result<Done> {
    for (const std::uint64_t record : records)
      for (const std::string& id : look.ledger.files_of(look.books, record))
        if (const auto file = look.ledger.file(look.books, id);
            file && (request.everywhere || own.contains(text::ascii_lower(file->unit)))) {
          filed[record] = {id, keeping::in_words(keeping::term_of(look, *file).term)};
          break;
        }
    return done;
  });
  return filed;
}

/// The octets that a closing is signed over are all of them or none.
Result<Done> says_all(const Registers& all, const lmdb::Transaction& txn, const Register& book, std::uint32_t volume,
                      const std::vector<std::uint64_t>& withheld) {
  if (withheld.empty()) return done;
  registers::Wanted wanted;
  wanted.volume = volume;
  for (registers::Line& one : all.lines(txn, book, wanted).lines)
    if (registers::withhold(one, withheld))
      return fail(status::refused, book.id() + ": tập " + std::to_string(volume) +
                                       " có dòng đang chờ xác nhận xoá khẩn cấp (a line of it waits for a purge and is "
                                       "not handed out)");
  return done;
}

Answer export_book(Office& office, const Request& request) {
  if (office.archive == nullptr || office.registers == nullptr) return archive_not_open();
  const Command& self = *find_command("register", "export");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (words->operands.size() != 1)
    return wrong_usage(self, "cần đúng một sổ, xem `vanthu register list` (wants one register)");
  const auto volume = small_in(*words, "volume");
  if (!volume) return wrong_usage(self, volume.error().detail);
  const std::string as = words->value("as").value_or("");
  if (as != "csv" && as != "xlsx" && as != "pdf" && as != "lines")
    return wrong_usage(self, "--as là csv, xlsx, pdf hoặc lines (--as is csv, xlsx, pdf or lines)");
  if (as == "lines" && *volume == 0)
    return wrong_usage(self, "--as lines cần --volume (--as lines wants one --volume)");
  Answer answer;
  if (auto caught_up = office.archive->catch_up(); !caught_up) answer.err = caught_up.error().detail + '\n';
  const auto hidden = withheld_from(office, request);
  if (!hidden) return failed(hidden.error());
  const std::vector<std::uint64_t>& withheld = *hidden;
  if (as == "lines") {
    const auto bound = office.archive->read([&](const lmdb::Transaction& txn) -> Result<Done> {
      const auto book = seen_register(office, request, txn, words->operands[0]);
      if (!book) return book.error();
      if (auto there = has_volume(*book, *volume); !there) return there;
      if (auto whole = says_all(*office.registers, txn, *book, *volume, withheld); !whole) return whole;
      answer.out = office.registers->bound_lines(txn, *book, *volume);
      return done;
    });
    return bound ? answer : failed(bound.error());
  }
  std::string unit;
  std::vector<std::uint64_t> records;
  const auto listed = office.archive->read([&](const lmdb::Transaction& txn) -> Result<Done> {
    const auto book = seen_register(office, request, txn, words->operands[0]);
    if (!book) return book.error();
    unit = book->key.unit;
    registers::Wanted wanted;
    wanted.volume = *volume;
    wanted.most = registers::limits::exported;
    for (const registers::Line& one : office.registers->lines(txn, *book, wanted).lines)
      if (!one.despatches.empty()) records.push_back(one.despatches.front().record);
    return done;
  });
  if (!listed) return failed(listed.error());
  const Filed filed = filed_in(office, request, unit, records);
  const registers::Naming naming{
      names_in(office),
      [&](const std::string& id) -> std::string {
        if (office.directory == nullptr) return {};
        const Date today = day_of(now());
        auto one = office.directory->unit(id, today);
        if (!one) one = office.directory->unit(id);
        return !one || one->parent.empty() ? "" : unit_name(*office.directory, one->parent, today);
      },
      [&](std::uint64_t record) {
        const auto found = filed.find(record);
        return found == filed.end() ? registers::Naming::Filed() : found->second;
      },
      day_of(now()), withheld};
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

/// What was signed when a volume was closed.
Answer volume_closing(Office& office, const Request& request) {
  if (office.archive == nullptr || office.registers == nullptr) return archive_not_open();
  const Command& self = *find_command("register", "closing");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  const auto volume = small_in(*words, "volume");
  if (!volume) return wrong_usage(self, volume.error().detail);
  if (words->operands.size() != 1 || *volume == 0)
    return wrong_usage(self, "cần --volume và một sổ (wants --volume and one register)");
  Answer answer;
  const auto looked = office.archive->read([&](const lmdb::Transaction& txn) -> Result<Done> {
    const auto book = seen_register(office, request, txn, words->operands[0]);
    if (!book) return book.error();
    if (*volume > book->volumes.size())
      return fail(status::not_found,
                  words->operands[0] + ": tập " + std::to_string(*volume) + " chưa khoá (is not closed)");
    const registers::Volume& closed = book->volumes[*volume - 1];
    answer.out = closed.note;
    if (!answer.out.empty() && words->has("signature")) {
      // The last one: who closed it signs it once, and where an account of the machine did, --json has all.
      const auto cms = closed.signatures.empty() ? std::nullopt : proof::from_base64(closed.signatures.back().cms);
      if (!cms)
        return fail(status::not_found, words->operands[0] + ": tập " + std::to_string(*volume) +
                                           " chưa có ai ký (no person has signed it: vanthu register sign)");
      answer.out = *cms;
    }
    if (answer.out.empty())
      return fail(status::not_found, words->operands[0] + ": tập " + std::to_string(*volume) +
                                         " khoá khi chưa có chữ ký (was closed before closings were signed)");
    return done;
  });
  return looked ? answer : failed(looked.error());
}

Answer list_rules(Office& office, const Request& request) {
  if (office.archive == nullptr || office.registers == nullptr) return archive_not_open();
  const auto words = read_words(find_command("register", "rules")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("register", "rules"), words.error().detail);
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

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto register_rows = std::to_array<Command>({
    {"register", "list", "[--unit UNIT] [--waiting] [--limit N] [--json]",
     "sổ văn bản đi, đến; --waiting: văn bản chờ vào sổ (registers; letters that wait to be registered)", Where::office,
     Takes::nothing, list_registers},
    {"register", "show", "[--volume N] [--from N] [--to N] [--limit N] [--line LINE] [--json] BOOK",
     "các dòng của sổ, đã tiếp nhận bao nhiêu; --line: một dòng đầy đủ (its lines; one line in full)", Where::office,
     Takes::nothing, show_register},
    {"register", "due", "[--unit UNIT] [--until DATE] [--late] [--limit N] [--json]",
     "văn bản đến còn phải giải quyết, gần hạn trước; --late: đã quá hạn (what is to be dealt with, by deadline)",
     Where::office, Takes::nothing, list_due},
    {"register", "gaps", "[--unit UNIT] [--json] [BOOK]",
     "số không gửi qua cổng này, số trùng (numbers not sent through this gateway, duplicates); 1: duplicates",
     Where::office, Takes::nothing, list_gaps},
    {"register", "export", "--as csv|xlsx|pdf|lines [--volume N] BOOK",
     "sổ ra bảng tính hoặc bản in A4 có bìa, ra đầu ra chuẩn; lines: đúng các dòng đã ký (a register as a file, on "
     "standard output; lines: the octets that its closing is signed over)",
     Where::office, Takes::nothing, export_book},
    {"register", "closing", "--volume N [--signature] BOOK",
     "chữ ký lúc khoá tập, để vanthu-verify volume kiểm (what was signed when the volume was closed)", Where::office,
     Takes::nothing, volume_closing},
    {"register", "rules", "[--json]", "đơn vị nào giữ sổ nào, số chạy thế nào (which registers units keep)",
     Where::office, Takes::nothing, list_rules},
});
}  // namespace

std::span<const Command> register_commands() { return register_rows; }

}  // namespace vanthu::admin
