// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/succession.hpp"

#include <algorithm>
#include <cctype>

#include "directory/state.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {

std::vector<std::string> with_predecessors(const Directory& directory, std::string_view unit) {
  const Directory::State::Reading reading = directory.state().read();
  const View& view = *reading;
  std::vector<std::string> units{std::string(unit)};
  for (std::size_t next = 0; next < units.size() && units.size() < limits::succession_units; ++next)
    view.each(IndexId::history_by_to, prefix(units[next]), [&](std::string_view, std::string_view key) {
      const Row event = view.row(TableId::unit_history, key);
      const std::string from = event.str(col::event::from_unit);
      // A unit that was only moved below another one has not become that one.
      if (event[col::event::what] == "reparent" || std::find(units.begin(), units.end(), from) != units.end()) return;
      units.push_back(from);
    });
  return units;
}

Result<Term> find_term(const Directory& directory, std::string_view committee_and_name) {
  const std::size_t slash = committee_and_name.find('/');
  const std::string committee(committee_and_name.substr(0, slash));
  const std::string name =
      slash == std::string_view::npos ? std::string() : text::ascii_lower(committee_and_name.substr(slash + 1));
  std::string known;
  for (const Term& term : directory.terms(committee)) {
    // "XX" is no term that begins with XXI.
    const std::string lower = text::ascii_lower(term.name);
    const bool whole = lower.size() == name.size() || !std::isalnum(static_cast<unsigned char>(lower[name.size()]));
    if (!name.empty() && lower.starts_with(name) && whole) return term;
    known += (known.empty() ? "" : ", ") + committee + '/' + term.name.substr(0, term.name.find(','));
  }
  return fail(status::not_found,
              "không có nhiệm kỳ '" + std::string(committee_and_name) + '\'' +
                  (known.empty() ? ", danh bạ không có nhiệm kỳ nào của '" + committee + "' (no such term: '" +
                                       committee + "' has none in the directory, write COMMITTEE/TERM)"
                                 : " (no such term; there is " + known + ')'));
}

std::string unknown_unit(const Directory& directory, std::string_view unit) {
  const std::string asked = text::fold(unit);
  std::string meant;
  for (const Unit& one : directory.units()) {
    if (text::ascii_iequals(one.id, unit)) return {};
    if (text::fold(one.name) == asked || text::fold(one.symbol) == asked) meant += (meant.empty() ? "" : ", ") + one.id;
  }
  return "không có đơn vị '" + std::string(unit) + "'; " +
         (meant.empty() ? "viết mã đơn vị, xem vanthu unit list" : "có " + meant) + " (no unit '" + std::string(unit) +
         "')";
}

}  // namespace vanthu::directory
