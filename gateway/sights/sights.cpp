// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/sights/sights.hpp"

#include <algorithm>

#include "directory/succession.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"
#include "gateway/policies/in_force.hpp"
#include "gateway/sights/withheld.hpp"

namespace vanthu::sights {
namespace {

constexpr std::size_t subtree_units = 20'000;

Error no_record(std::uint64_t record) {
  return fail(status::not_found, "không có bản ghi " + std::to_string(record) + " (no such record)");
}
}  // namespace

std::set<std::string> subtree(const directory::Directory& directory, const std::string& unit, Date today) {
  std::set<std::string> all;
  std::vector<std::string> next{unit};
  while (!next.empty() && all.size() < subtree_units) {
    const std::string one = std::move(next.back());
    next.pop_back();
    if (!all.insert(text::ascii_lower(one)).second) continue;
    for (const directory::Unit& below : directory.units_below(one, today)) next.push_back(below.id);
    for (std::string& before : directory::with_predecessors(directory, one)) next.push_back(std::move(before));
  }
  return all;
}

Rights as_archivist(const directory::Directory& directory, std::string_view person, Date day) {
  Rights rights;
  if (person.empty()) return rights;  // a shared mailbox is nobody who could answer for what was read
  for (const directory::Role& role : directory.roles(person, day)) {
    if (role.role != "archivist") continue;
    if (role.scope.empty() && role.classes.empty()) rights.everywhere = true;
    rights.parts.push_back({role.scope, role.classes});
  }
  return rights;
}

Sights::Sights(Sources sources, Rights rights, const std::string& purpose) : sources_(sources) {
  if (auto withheld = sights::withheld(sources.keeper)) {
    scope_.without = *std::move(withheld);
  } else {  // where nobody knows what is not to be shown, nothing is
    log::Event("archive.sights.none", log::Level::error).with("reason", withheld.error().detail);
    rights = {};
  }
  // Blanks say nothing.
  if (text::match_key(purpose).empty() && sources_.policies != nullptr)
    if (const auto policy = sources_.policies->policy())
      for (const std::string& name : policy->book().official.purpose) scope_.without_classes.insert(name);
  if (rights.everywhere) return;
  const Date today = day_of(now());
  scope_.parts.emplace();
  for (const Sight& sight : rights.parts) {
    search::Part part;
    if (!sight.unit.empty()) {
      part.units.emplace();
      if (sources_.directory != nullptr) part.units = subtree(*sources_.directory, sight.unit, today);
    }
    if (!sight.classes.empty()) part.classes.emplace(sight.classes.begin(), sight.classes.end());
    scope_.parts->push_back(std::move(part));
  }
}

bool Sights::cover(std::string_view record_class, const std::vector<std::string>& units) const {
  return scope_.covers(record_class, units) && !reserved().contains(std::string(record_class));
}

bool Sights::cover(const archive::Summary& record) const {
  return cover(record.record_class, record.units) &&
         !std::binary_search(withheld().begin(), withheld().end(), record.number);
}

Result<Done> Sights::may_read(std::uint64_t record) const {
  if (auto may = may_be_shown(sources_.keeper, record); !may) {
    // That it waits for a purge is for those to hear who may see it.
    if (everywhere() || may.error().reply != Reply(status::refused)) return may;
    const auto summary = sources_.archive->summary(record);
    return summary && scope_.covers(summary->record_class, summary->units) ? may : no_record(record);
  }
  if (everywhere() && reserved().empty()) return done;
  const auto summary = sources_.archive->summary(record);
  if (!summary) return everywhere() ? Result<Done>(done) : no_record(record);
  if (!scope_.covers(summary->record_class, summary->units)) return no_record(record);
  if (reserved().contains(summary->record_class))
    return fail(status::refused, "bản ghi " + std::to_string(record) + " thuộc lớp " + summary->record_class +
                                     ": hãy nêu mục đích xem bằng --purpose (say what it is read for)");
  return done;
}

std::string Sights::signature() const {
  std::string text = everywhere() ? "all" : "";
  const auto names = [](const std::optional<std::set<std::string>>& all) {
    std::string list;
    if (all)
      for (const std::string& name : *all) list += name + ' ';
    return list;
  };
  if (!everywhere())
    for (const search::Part& part : *scope_.parts)
      text += (part.units ? "\n" : "\n*") + names(part.units) + '|' + names(part.classes);
  for (const std::string& name : reserved()) text += "\n-" + name;
  return text;
}

std::string Sights::note() const {
  if (reserved().empty()) return {};
  std::string classes;
  for (const std::string& name : reserved()) classes += (classes.empty() ? "" : ", ") + name;
  return "Chưa tìm trong lớp " + classes + ": hãy nêu mục đích bằng --purpose (not looked into without a purpose).\n";
}

}  // namespace vanthu::sights
