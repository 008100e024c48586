// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/sights/sights.hpp"

#include <algorithm>

#include "directory/succession.hpp"
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

Sights::Sights(Sources sources, Rights rights, const std::string& purpose)
    : sources_(sources), everywhere_(rights.everywhere), withheld_(sights::withheld(sources.keeper)) {
  if (purpose.empty() && sources_.policies != nullptr)
    if (const auto policy = sources_.policies->policy())
      for (const std::string& name : policy->book().official.purpose) reserved_.insert(name);
  if (everywhere_) return;
  const Date today = day_of(now());
  for (const Sight& sight : rights.parts) {
    Part part;
    part.all_units = sight.unit.empty();
    if (!part.all_units && sources_.directory != nullptr) part.units = subtree(*sources_.directory, sight.unit, today);
    part.classes.insert(sight.classes.begin(), sight.classes.end());
    parts_.push_back(std::move(part));
  }
}

bool Sights::is_theirs(std::string_view record_class, const std::vector<std::string>& units) const {
  if (everywhere_) return true;
  return std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) {
    if (!part.classes.empty() && !part.classes.contains(std::string(record_class))) return false;
    return part.all_units || std::any_of(units.begin(), units.end(), [&](const std::string& unit) {
             return part.units.contains(text::ascii_lower(unit));
           });
  });
}

bool Sights::cover(std::string_view record_class, const std::vector<std::string>& units) const {
  return is_theirs(record_class, units) && !reserved_.contains(std::string(record_class));
}

bool Sights::cover(const archive::Summary& record) const {
  return cover(record.record_class, record.units) &&
         !std::binary_search(withheld_.begin(), withheld_.end(), record.number);
}

bool Sights::reach(const std::string& unit) const {
  return everywhere_ || std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) {
           return part.all_units || part.units.contains(text::ascii_lower(unit));
         });
}

Result<Done> Sights::may_read(std::uint64_t record) const {
  if (auto may = may_be_shown(sources_.keeper, record); !may) {
    // That it waits for a purge is for those to hear who may see it.
    if (everywhere_) return may;
    const auto summary = sources_.archive->summary(record);
    return summary && is_theirs(summary->record_class, summary->units) ? may : no_record(record);
  }
  if (everywhere_ && reserved_.empty()) return done;
  const auto summary = sources_.archive->summary(record);
  if (!summary) return everywhere_ ? Result<Done>(done) : no_record(record);
  if (!is_theirs(summary->record_class, summary->units)) return no_record(record);
  if (reserved_.contains(summary->record_class))
    return fail(status::refused, "bản ghi " + std::to_string(record) + " thuộc lớp " + summary->record_class +
                                     ": hãy nêu mục đích xem bằng --purpose (say what it is read for)");
  return done;
}

search::Scope Sights::scope() const {
  search::Scope scope;
  if (!everywhere_) {
    scope.parts.emplace();
    for (const Part& part : parts_) {
      search::Part one;
      if (!part.all_units) one.units = part.units;
      if (!part.classes.empty()) one.classes = part.classes;
      scope.parts->push_back(std::move(one));
    }
  }
  scope.without_classes = reserved_;
  scope.without = withheld_;
  return scope;
}

std::string Sights::signature() const {
  std::string text = everywhere_ ? "all" : "";
  for (const Part& part : parts_) {
    text += part.all_units ? "\n*" : "\n";
    for (const std::string& unit : part.units) text += unit + ' ';
    text += '|';
    for (const std::string& name : part.classes) text += name + ' ';
  }
  for (const std::string& name : reserved_) text += "\n-" + name;
  return text;
}

std::string Sights::note() const {
  if (reserved_.empty()) return {};
  std::string classes;
  for (const std::string& name : reserved_) classes += (classes.empty() ? "" : ", ") + name;
  return "Chưa tìm trong lớp " + classes + ": hãy nêu mục đích bằng --purpose (not looked into without a purpose).\n";
}

}  // namespace vanthu::sights
