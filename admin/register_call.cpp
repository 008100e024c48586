// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/register_call.hpp"

#include <sysexits.h>

#include <algorithm>
#include <boost/json.hpp>

#include "admin/commands.hpp"
#include "admin/directory_text.hpp"
#include "admin/table.hpp"
#include "directory/directory.hpp"
#include "filters/policy/parties.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/registers/limits.hpp"
#include "gateway/registers/words.hpp"
#include "gateway/sights/withheld.hpp"

namespace vanthu::admin::register_call {
namespace json = boost::json;
using registers::Register;
using registers::Registers;
namespace {

Answer no_gateway() {
  return {EX_UNAVAILABLE, "",
          "cổng thư không chạy; sổ chỉ ghi được khi cổng chạy (no gateway runs: registers are written by it; start it "
          "and ask again)\n"};
}

bool serves(const Request& request, const std::string& unit) {
  return std::find(request.mailrooms.begin(), request.mailrooms.end(), unit) != request.mailrooms.end();
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

}  // namespace

bool sees(const Office& office, const Request& request, const std::string& unit) {
  if (request.everywhere || serves(request, unit)) return true;
  if (office.directory == nullptr || request.units.empty()) return false;
  filters::Context context;
  context.directory = office.directory;
  context.today = day_of(now());
  return filters::within(context, unit, request.units);
}
bool acts(const Request& request, const std::string& unit) { return request.everywhere || serves(request, unit); }

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

Result<std::vector<std::uint64_t>> withheld_from(const Office& office, const Request& request) {
  if (request.everywhere) return std::vector<std::uint64_t>();
  return sights::withheld(office.keeper);
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

Result<RecordRef> read_record(const std::string& text) {
  const std::size_t dot = text.find('.');
  const auto record = read_number(text.substr(0, dot));
  const auto paper =
      dot == std::string::npos ? Result<std::uint64_t>(std::uint64_t{1}) : read_number(text.substr(dot + 1));
  if (!record || !paper || *paper > registers::limits::papers)
    return fail(status::bad_arguments,
                "không phải bản ghi: " + text +
                    "; viết 12, hoặc 12.2 cho văn bản thứ hai trong đó (no record: 12.2 is the second paper of 12)");
  return RecordRef{*record, static_cast<std::uint32_t>(*paper - 1)};
}

Result<std::uint32_t> small_in(const Words& words, const char* option) {
  const auto text = words.value(option);
  if (!text) return std::uint32_t{0};
  const auto number = read_number(*text);
  if (!number) return number.error();
  if (*number > registers::limits::highest_number)
    return fail(status::bad_arguments, std::string("--") + option + ": quá lớn (too big)");
  return static_cast<std::uint32_t>(*number);
}

Result<std::string> unit_in(const Request& request, const Words& words) {
  if (const auto unit = words.value("unit")) {
    if (!acts(request, *unit)) return not_theirs(*unit);
    return *unit;
  }
  if (request.mailrooms.size() == 1) return request.mailrooms.front();
  return std::string();
}

Result<Register> seen_register(const Office& office, const Request& request, const lmdb::Transaction& txn,
                               const std::string& id) {
  auto book = office.registers->find(txn, id);
  if (!book || !sees(office, request, book->key.unit)) return unknown(id);
  return *std::move(book);
}

std::optional<Answer> cannot_write(const Office& office) {
  if (office.queue == nullptr) return no_gateway();
  if (office.archive == nullptr || office.registers == nullptr) return archive_not_open();
  return std::nullopt;
}

Answer on_records(Office& office, const Request& request, const Words& words, const Command& self,
                  const DecideRecord& decide) {
  if (words.operands.empty())
    return wrong_usage(self, "cần số bản ghi, xem `vanthu register list --waiting` (wants record numbers)");
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

Answer on_register(Office& office, const Request& request, const Words& words, const Command& self, bool of_a_line,
                   const char* did, const DecideLine& decide) {
  if (words.operands.size() != (of_a_line ? 2U : 1U))
    return wrong_usage(self, of_a_line ? "cần một sổ và một dòng của sổ (wants a register and a line of it)"
                                       : "cần đúng một sổ (wants one register)");
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

}  // namespace vanthu::admin::register_call
