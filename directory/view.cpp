// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/view.hpp"

#include <algorithm>

#include "directory/skeleton.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {
/// The next of the periods in a field; takes it off.
std::pair<std::string_view, std::string_view> next_period(std::string_view& field) {
  const std::size_t space = field.find(' ');
  const std::string_view one = field.substr(0, space);
  field.remove_prefix(space == std::string_view::npos ? field.size() : space + 1);
  const std::size_t dots = one.find("..");
  if (dots == std::string_view::npos) return {one, one};
  return {one.substr(0, dots), one.substr(dots + 2)};
}
}  // namespace

std::vector<Validity> periods_from(std::string_view field) {
  std::vector<Validity> list;
  while (!field.empty()) {
    const auto [from, to] = next_period(field);
    list.push_back(validity_from(from, to));
  }
  return list;
}

Row View::unit(std::string_view id, const Day& at) const {
  Row best;
  each(TableId::units, prefix(id), [&](const Row& row) {
    using namespace col::unit;
    if (covers(row[from], row[to], at)) {
      best = row;
      return false;
    }
    // Versions come by first day: the last one that began before the day, else the first.
    if (!best || (!row[from].empty() && row[from] <= at.text())) best = row;
    return true;
  });
  return best;
}

Row View::newest_unit(std::string_view id) const {
  Row last;
  each(TableId::units, prefix(id), [&](const Row& row) { last = row; });
  return last;
}

Row View::group_at(std::string_view address) const {
  const auto id = transaction_->get(store_->table(IndexId::group_addresses), address);
  return id ? group(*id) : Row();
}

Row View::alias(std::string_view address, const Day& at) const {
  Row found;
  each(TableId::aliases, prefix(address), [&](const Row& row) {
    if (covers(row[col::alias::from], row[col::alias::to], at)) found = row;
    return !found;
  });
  return found;
}

bool View::is_open(std::string_view id, const Day& at) const {
  const Row row = unit(id, at);
  return row && covers(row[col::unit::from], row[col::unit::to], at);
}

std::string View::unit_name(std::string_view id, const Day& at) const {
  const Row row = unit(id, at);
  return row ? row.str(col::unit::name) : std::string(id);
}

View::Standing View::standing(const Row& row, const Day& at) {
  using namespace col::mailbox;
  if (row[closed].empty() ? row[status] == "closed" : row[closed] < at.text()) return Standing::closed;
  if (!row[created].empty() && at.text() < row[created]) return Standing::not_yet;
  if (row[status] == "suspended") return Standing::suspended;
  std::string_view periods = row[suspended];
  while (!periods.empty())
    if (const auto [from, to] = next_period(periods); covers(from, to, at)) return Standing::suspended;
  return Standing::open;
}

Mailbox View::as_of(const Row& row, const Day& at) {
  Mailbox mailbox = mailbox_from(row);
  switch (standing(row, at)) {
    case Standing::open:
      if (mailbox.status != Mailbox::Status::dormant) mailbox.status = Mailbox::Status::active;
      break;
    case Standing::closed:
      mailbox.status = Mailbox::Status::closed;
      break;
    case Standing::suspended:
      mailbox.status = Mailbox::Status::suspended;
      break;
    case Standing::not_yet:
      break;
  }
  return mailbox;
}

Row View::own_registry(std::string_view id, const Day& at) const {
  namespace c = col::mailbox;
  Row found;
  each(IndexId::registries, prefix(id), [&](std::string_view address, std::string_view) {
    const Row one = mailbox(address);
    if (one[c::kind] == "unit" && standing(one, at) == Standing::open) found = one;
    return !found;
  });
  if (found) return found;
  // A body without a mailroom is served by another unit's: its mail stem is an alias of that mailbox.
  const Row row = unit(id, at);
  if (!row || row[col::unit::stem].empty()) return {};
  each(IndexId::domains, {}, [&](std::string_view domain, std::string_view) {
    const Row stem = alias(row.str(col::unit::stem).append("@").append(domain), at);
    if (!stem) return true;
    const Row target = mailbox(stem[col::alias::target]);
    if (target && target[c::registers] == "yes" && standing(target, at) == Standing::open) found = target;
    return !found;
  });
  return found;
}

Row View::registry(std::string_view id, const Day& at) const {
  for (std::size_t depth = 0; depth < limits::unit_depth && !id.empty(); ++depth) {
    if (const Row own = own_registry(id, at)) return own;
    const Row row = unit(id, at);
    if (!row) break;
    id = row[col::unit::parent];
  }
  return {};
}

std::vector<Row> View::holders(std::string_view id, std::string_view position, const Day& at) const {
  std::vector<Row> found;
  each(IndexId::assignments_by_unit, post_prefix(id, position), [&](std::string_view, std::string_view post) {
    const Row one(post);
    if (covers(one[col::post::from], one[col::post::to], at)) found.push_back(one);
  });
  std::sort(found.begin(), found.end(), [](const Row& a, const Row& b) {
    const bool a_beside = a[col::post::concurrent] == "yes";
    const bool b_beside = b[col::post::concurrent] == "yes";
    return a_beside != b_beside ? b_beside : a[col::post::person] < b[col::post::person];
  });
  return found;
}

std::string View::owner_name(const Row& row, const Day& at) const {
  namespace c = col::mailbox;
  if (row[c::kind] == "person")
    if (const Row owner = person(row[c::person])) return owner.str(col::person::name);
  const bool over = !row[c::closed].empty() && row[c::closed] < at.text();
  std::string name;
  if (over) {
    const Row then = unit(row[c::unit], Day(*validity_from({}, row[c::closed]).to));
    name = then ? then.str(col::unit::name) : row.str(c::unit);
  } else {
    name = unit_name(row[c::unit], at);
  }
  if ((row[c::kind] == "position" || row[c::kind] == "role") && !row[c::position].empty())
    return row.str(c::position) + ", " + name;
  return name;
}

bool View::is_within(std::string_view id, std::string_view above, const Day& at) const {
  for (std::size_t depth = 0; depth < limits::unit_depth && !id.empty(); ++depth) {
    if (id == above) return true;
    const Row row = unit(id, at);
    if (!row) return false;
    id = row[col::unit::parent];
  }
  return false;
}

std::vector<Named> called(const View& view, std::string_view name) {
  std::vector<Named> found;
  const std::string key = skeleton(name);
  if (key.empty()) return found;
  view.each(IndexId::names, prefix(key), [&](std::string_view rest, std::string_view spelt) {
    const char kind = rest.front();
    const std::string_view id = rest.substr(1, rest.find('\0') - 1);
    const auto as = kind == 'p' ? Named::Kind::person : kind == 'u' ? Named::Kind::unit : Named::Kind::position;
    // Versions of a unit that kept its name stand here once each.
    if (found.empty() || found.back().kind != as || found.back().id != id || found.back().name != spelt)
      found.push_back({as, std::string(id), std::string(spelt)});
    return found.size() < limits::named_entries;
  });
  return found;
}

}  // namespace vanthu::directory
