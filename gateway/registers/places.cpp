// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/registers/places.hpp"

#include <algorithm>
#include <array>

#include "directory/directory.hpp"
#include "gateway/archive/terms.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/registers/limits.hpp"

namespace vanthu::registers {
namespace {
using directory::Mailbox;
constexpr std::size_t days_kept = 64;  // of issuers

/// The mailbox that an address meant that day; one that is closed today is still whose it was.
std::optional<Mailbox> mailbox_of(const directory::Directory& directory, const std::string& address, Date day) {
  const directory::Resolution resolved = directory.resolve(address, day);
  if (resolved.kind == directory::Resolution::Kind::mailbox && !resolved.targets.empty())
    return resolved.targets.front().mailbox;
  return directory.mailbox(address);
}
}  // namespace

Period year_of(Date day) {
  const std::string year = iso(day).substr(0, 4);
  return {year, year, year + "-01-01", year + "-12-31"};
}

std::string slug(std::string_view utf8) {
  std::string out;
  for (const char c : text::fold(utf8)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain)
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
    if (out.size() == limits::part_octets) break;
  }
  while (out.ends_with('-')) out.pop_back();
  return out;
}

std::vector<std::string> mailrooms_of(const directory::Directory& directory, const directory::Login& login,
                                      Date today) {
  std::vector<std::string> units;
  if (login.person.empty()) return units;
  for (const std::string& address : directory.usable_by(login, today)) {
    const auto mailbox = directory.mailbox(address);
    if (!mailbox || !mailbox->registers_mail || !directory.may_open(login, address, today).allowed) continue;
    if (std::find(units.begin(), units.end(), mailbox->unit) == units.end()) units.push_back(mailbox->unit);
  }
  return units;
}

std::string DirectoryPlaces::sends(const std::string& address, Date day) const {
  const auto mailbox = mailbox_of(directory_, address, day);
  if (!mailbox || mailbox->unit.empty()) return {};
  const auto registry = directory_.registry_of(mailbox->unit, day);
  return registry ? registry->unit : std::string();
}

std::string DirectoryPlaces::receives(const std::string& address, Date day) const {
  const auto mailbox = mailbox_of(directory_, address, day);
  if (!mailbox || mailbox->kind != Mailbox::Kind::unit) return {};
  if (mailbox->registers_mail) return mailbox->unit;
  const auto registry = directory_.registry_of(mailbox->unit, day);
  return registry ? registry->unit : std::string();
}

bool DirectoryPlaces::numbers(const std::string& unit, const std::string& issuer, Date day) const {
  const std::string key = archive::symbol_key(issuer);
  if (key.empty()) return false;
  const std::lock_guard lock(mutex_);
  if (const std::uint64_t generation = directory_.generation(); generation != generation_) {
    issuers_.clear();
    generation_ = generation;
  }
  if (issuers_.size() >= days_kept) issuers_.clear();
  const auto [known, fresh] = issuers_.try_emplace(iso(day));
  if (fresh)
    for (const directory::Unit& newest : directory_.units()) {
      const auto one = directory_.unit(newest.id, day);
      if (!one || one->symbol.empty()) continue;
      if (const auto registry = directory_.registry_of(one->id, day))
        known->second.emplace(archive::symbol_key(one->symbol), registry->unit);
    }
  return known->second.contains({key, unit});
}

std::optional<Period> DirectoryPlaces::term(const std::string& unit, Date day) const {
  std::string id = unit;
  for (std::size_t depth = 0; depth < vanthu::limits::unit_depth && !id.empty(); ++depth) {
    const std::vector<directory::Term> terms = directory_.terms(id);
    const auto now = std::find_if(terms.begin(), terms.end(), [&](const auto& one) { return one.days.covers(day); });
    if (now != terms.end() && !slug(now->name).empty())
      return Period{slug(now->name), now->name, now->days.from ? iso(*now->days.from) : "",
                    now->days.to ? iso(*now->days.to) : ""};
    if (!terms.empty()) return std::nullopt;
    auto one = directory_.unit(id, day);
    if (!one) one = directory_.unit(id);
    if (!one) return std::nullopt;
    id = one->parent;
  }
  return std::nullopt;
}

}  // namespace vanthu::registers
