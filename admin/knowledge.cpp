// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/knowledge.hpp"

#include <algorithm>
#include <charconv>

#include "directory/directory.hpp"
#include "directory/succession.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/keeping/ledger.hpp"
#include "gateway/registers/registers.hpp"

namespace vanthu::admin {
namespace {
using Records = std::vector<std::uint64_t>;

void add_records(Records& all, const Records& more) { all.insert(all.end(), more.begin(), more.end()); }

/// What a unit keeps together; nobody's: for all to know.
struct OfUnit {
  std::string unit;
  Records records;
};
using ByUnit = std::vector<OfUnit>;

std::string unit_of_file(std::string_view id) { return std::string(id.substr(0, id.find('/'))); }

/// Whether all that a unit keeps is within the scope, whatever its class.
bool keeps_all(const search::Scope& scope, const std::string& unit) {
  return !scope.parts || std::any_of(scope.parts->begin(), scope.parts->end(),
                                     [&](const search::Part& part) { return !part.classes && part.has_unit(unit); });
}

/// Of a file "vptu/2026/05", of all of a year "vptu/2026" or of a unit "vptu".
Result<ByUnit> in_files(const keeping::Ledger& ledger, const lmdb::Transaction& books, std::string_view value,
                        const search::Scope& scope) {
  ByUnit all;
  const auto add = [&](std::string_view file) {
    if (std::string unit = unit_of_file(file); scope.reaches(unit))
      all.push_back({std::move(unit), ledger.records_in(books, file)});
  };
  if (ledger.file(books, value))
    add(value);
  else
    ledger.each_file(books, value, [&](const keeping::File& file) {
      add(file.id());
      return true;
    });
  if (all.empty())
    return fail(status::not_found,
                "không có hồ sơ " + std::string(value) +
                    "; viết UNIT/YEAR/CODE, UNIT/YEAR hoặc UNIT, xem vanthu file list (no file is called so)");
  return all;
}

/// Of a fonds: of every file in it.
Result<ByUnit> in_fonds(const keeping::Ledger& ledger, const lmdb::Transaction& books, std::string_view value,
                        const search::Scope& scope) {
  const auto fonds = ledger.fonds(books, value);
  ByUnit all;
  if (fonds)
    ledger.each_file_of_fonds(books, value, [&](std::string_view id) {
      if (std::string unit = unit_of_file(id); scope.reaches(unit))
        all.push_back({std::move(unit), ledger.records_in(books, id)});
      return true;
    });
  if (!fonds || (all.empty() && !scope.reaches(fonds->unit)))
    return fail(status::not_found,
                "không có phông " + std::string(value) + ", xem vanthu fonds list (no fonds is called so)");
  return all;
}

/// By one hold, or by any that is active or cooling off: of those that the scope reaches, as `hold list` has them. One
/// of no unit is for who sees all.
Result<ByUnit> held(const keeping::Ledger& ledger, const lmdb::Transaction& books, std::string_view value,
                    const search::Scope& scope) {
  const auto unit_of = [](const keeping::Hold& hold) {
    return unit_of_file(hold.unit.empty() ? hold.file : hold.unit);
  };
  const auto reaches = [&](const keeping::Hold& hold) { return !scope.parts || scope.reaches(unit_of(hold)); };
  if (value != "yes") {
    std::uint64_t number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    const auto hold = ledger.hold(books, number);
    if (!hold || !reaches(*hold))
      return fail(status::not_found,
                  "không có lệnh giữ số " + std::string(value) + ", xem vanthu hold list (there is no such hold)");
    return ByUnit{{unit_of(*hold), ledger.records_held_by(books, number)}};
  }
  ByUnit all;
  const Time at = now();
  for (const keeping::Hold& hold : ledger.holds(books))
    if ((!hold.released || hold.free > at) && reaches(hold))
      all.push_back({unit_of(hold), ledger.records_held_by(books, hold.number)});
  return all;
}

/// Of a register "den/vptu/2026", or of one of its numbers "den/vptu/2026 15".
Result<ByUnit> registered(const registers::Registers& registers, const lmdb::Transaction& books, std::string_view value,
                          const search::Scope& scope) {
  registers::Wanted wanted;
  auto book = registers.find(books, value);
  if (const std::size_t blank = value.rfind(' '); !book && blank != std::string_view::npos) {
    const std::string_view digits = value.substr(blank + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), wanted.from);
    if (error != std::errc{} || end != digits.data() + digits.size() || wanted.from == 0)
      return fail(status::bad_arguments,
                  "không phải số trong sổ: " + std::string(digits) + " (no number of a register)");
    wanted.to = wanted.from;
    book = registers.find(books, value.substr(0, blank));
  }
  if (!book || !scope.reaches(book->key.unit))
    return fail(status::not_found,
                "không có sổ " + std::string(value) +
                    "; viết như vanthu register list, thêm số phía sau nếu cần (no register is called so)");
  wanted.most = std::max<std::size_t>(book->lines, 1);
  Records all;
  for (const registers::Line& line : registers.lines(books, *book, wanted).lines)
    for (const registers::Line::Despatch& despatch : line.despatches) all.push_back(despatch.record);
  return ByUnit{{book->key.unit, std::move(all)}};
}
}  // namespace

search::Knowledge knowledge_of(const directory::Directory* directory, const archive::Archive& archive,
                               const keeping::Ledger& ledger, const registers::Registers& registers) {
  search::Knowledge knowledge;
  if (directory != nullptr) {
    knowledge.with_predecessors = [directory](std::string_view unit) {
      return directory::with_predecessors(*directory, unit);
    };
    knowledge.unknown_unit = [directory](std::string_view unit) { return directory::unknown_unit(*directory, unit); };
    knowledge.term_days = [directory](std::string_view name) -> Result<search::Knowledge::Days> {
      const auto term = directory::find_term(*directory, name);
      if (!term) return term.error();
      return search::Knowledge::Days{term->days.from, term->days.to};
    };
  }
  knowledge.records_of = [&](search::Field field, std::string_view value,
                             const search::Scope& scope) -> Result<Records> {
    ByUnit kept;
    const auto looked = archive.read([&](const lmdb::Transaction& books) -> Result<Done> {
      auto records = field == search::Field::file    ? in_files(ledger, books, value, scope)
                     : field == search::Field::fonds ? in_fonds(ledger, books, value, scope)
                     : field == search::Field::held  ? held(ledger, books, value, scope)
                                                     : registered(registers, books, value, scope);
      if (!records) return records.error();
      kept = *std::move(records);
      return done;
    });
    if (!looked) return looked.error();
    // That a unit keeps a record says that it has it, by a blind copy perhaps: for who may read it as that unit's.
    Records all;
    for (OfUnit& one : kept) {
      if (!one.unit.empty() && !keeps_all(scope, one.unit))
        std::erase_if(one.records, [&](std::uint64_t number) {
          const auto record = archive.summary(number);
          return record && !scope.keeps(record->record_class, one.unit);
        });
      add_records(all, one.records);
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  };
  return knowledge;
}

}  // namespace vanthu::admin
