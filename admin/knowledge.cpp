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

/// Of a file "vptu/2026/05", of all of a year "vptu/2026" or of a unit "vptu".
Result<Records> in_files(const keeping::Ledger& ledger, const lmdb::Transaction& books, std::string_view value,
                         const search::Scope& scope) {
  Records all;
  const auto is_theirs = [&](std::string_view file) { return scope.reaches(file.substr(0, file.find('/'))); };
  if (is_theirs(value) && ledger.file(books, value)) return ledger.records_in(books, value);
  bool any = false;
  ledger.each_file(books, value, [&](const keeping::File& file) {
    if (!is_theirs(file.id())) return true;
    any = true;
    add_records(all, ledger.records_in(books, file.id()));
    return true;
  });
  if (!any)
    return fail(status::not_found, "no file is called " + std::string(value) +
                                       "; write UNIT/YEAR/CODE, UNIT/YEAR or UNIT (vanthu file list)");
  return all;
}

/// Of a fonds: of every file in it.
Result<Records> in_fonds(const keeping::Ledger& ledger, const lmdb::Transaction& books, std::string_view value,
                         const search::Scope& scope) {
  if (!ledger.fonds(books, value))
    return fail(status::not_found, "no fonds is called " + std::string(value) + " (vanthu fonds list)");
  Records all;
  ledger.each_file_of_fonds(books, value, [&](std::string_view id) {
    if (scope.reaches(id.substr(0, id.find('/')))) add_records(all, ledger.records_in(books, id));
    return true;
  });
  return all;
}

/// By one hold, or by any that is active or cooling off.
Result<Records> held(const keeping::Ledger& ledger, const lmdb::Transaction& books, std::string_view value,
                     const search::Scope& scope) {
  Records all;
  if (value != "yes") {
    std::uint64_t number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    const auto hold = ledger.hold(books, number);
    const std::string of = !hold ? "" : hold->unit.empty() ? hold->file : hold->unit;
    if (!hold || (!of.empty() && !scope.reaches(of.substr(0, of.find('/')))))
      return fail(status::not_found, "there is no hold " + std::string(value) + " (vanthu hold list)");
    return ledger.records_held_by(books, number);
  }
  const Time at = now();
  for (const keeping::Hold& hold : ledger.holds(books))
    if (!hold.released || hold.free > at) add_records(all, ledger.records_held_by(books, hold.number));
  return all;
}

/// Of a register "den/vptu/2026", or of one of its numbers "den/vptu/2026 15".
Result<Records> registered(const registers::Registers& registers, const lmdb::Transaction& books,
                           std::string_view value, const search::Scope& scope) {
  registers::Wanted wanted;
  auto book = registers.find(books, value);
  if (const std::size_t blank = value.rfind(' '); !book && blank != std::string_view::npos) {
    const std::string_view digits = value.substr(blank + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), wanted.from);
    if (error != std::errc{} || end != digits.data() + digits.size() || wanted.from == 0)
      return fail(status::bad_arguments, "no number of a register: " + std::string(digits));
    wanted.to = wanted.from;
    book = registers.find(books, value.substr(0, blank));
  }
  if (!book || !scope.reaches(book->key.unit))
    return fail(status::not_found, "no register is called " + std::string(value) +
                                       "; write it as vanthu register list does, with a number behind it if wanted");
  wanted.most = std::max<std::size_t>(book->lines, 1);
  Records all;
  for (const registers::Line& line : registers.lines(books, *book, wanted).lines)
    for (const registers::Line::Despatch& despatch : line.despatches) all.push_back(despatch.record);
  return all;
}
}  // namespace

search::Knowledge knowledge_of(const directory::Directory* directory, const archive::Archive& archive,
                               const keeping::Ledger& ledger, const registers::Registers& registers) {
  search::Knowledge knowledge;
  if (directory != nullptr) {
    knowledge.with_predecessors = [directory](std::string_view unit) {
      return directory::with_predecessors(*directory, unit);
    };
    knowledge.term_days = [directory](std::string_view name) -> Result<search::Knowledge::Days> {
      const auto term = directory::find_term(*directory, name);
      if (!term) return term.error();
      return search::Knowledge::Days{term->days.from, term->days.to};
    };
  }
  knowledge.records_of = [&](search::Field field, std::string_view value,
                             const search::Scope& scope) -> Result<Records> {
    Records all;
    const auto looked = archive.read([&](const lmdb::Transaction& books) -> Result<Done> {
      auto records = field == search::Field::file    ? in_files(ledger, books, value, scope)
                     : field == search::Field::fonds ? in_fonds(ledger, books, value, scope)
                     : field == search::Field::held  ? held(ledger, books, value, scope)
                                                     : registered(registers, books, value, scope);
      if (!records) return records.error();
      all = *std::move(records);
      return done;
    });
    if (!looked) return looked.error();
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  };
  return knowledge;
}

}  // namespace vanthu::admin
