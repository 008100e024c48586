// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/display.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "directory/skeleton.hpp"
#include "filters/addressing/claims.hpp"
#include "filters/policy/parties.hpp"
#include "filters/policy/words.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::addressing {
namespace {

/// Addresses that stand in a display name: programs show the name and hide the address behind it.
std::vector<mail::Mailbox> addresses_inside(const std::string& name) {
  std::vector<mail::Mailbox> found;
  for (std::size_t at = name.find('@'); at != std::string::npos; at = name.find('@', at + 1)) {
    constexpr std::string_view ends = " \t\"'<>()[],;:";
    std::size_t first = name.find_last_of(ends, at);
    first = first == std::string::npos ? 0 : first + 1;
    const std::size_t last = std::min(name.find_first_of(ends, at), name.size());
    if (auto mailbox = mail::parse_mailbox(name.substr(first, last - first), true))
      found.push_back(*std::move(mailbox));
  }
  return found;
}

LookUp look_up(const Grounds& grounds) {
  return [&grounds](std::string_view text) {
    std::vector<Named> entries = grounds.directory.called(text);
    const auto& leaders = grounds.book.addressing.leaders;
    if (leaders.empty()) return entries;
    const std::string skeleton = directory::skeleton(text);
    for (const filters::LeaderTitle& leader : leaders)
      if (leader.skeleton == skeleton) entries.push_back({Named::Kind::position, "", leader.title});
    return entries;
  };
}

bool same_title(std::string_view a, std::string_view b) { return directory::skeleton(a) == directory::skeleton(b); }

const filters::LeaderTitle* leader_title(const Grounds& grounds, const Claim& claim) {
  for (const filters::LeaderTitle& leader : grounds.book.addressing.leaders)
    for (const Named& entry : claim.entries)
      if (entry.kind == Named::Kind::position && same_title(leader.title, entry.name)) return &leader;
  return nullptr;
}

struct Post {
  std::string position, unit;
};

/// Whose names may stand on mail of this login from this mailbox.
class Standing {
 public:
  Standing(const Grounds& grounds, const filters::Context& context, const std::string& address) : grounds_(grounds) {
    if (context.login != nullptr) {
      people_.insert(context.login->person);
      units_.insert(context.login->unit);
      posts_of(context.login->person, context.today);
    }
    if (const auto mailbox = filters::mailbox_behind(context, address)) {
      if (!mailbox->person.empty()) {
        people_.insert(mailbox->person);
        posts_of(mailbox->person, context.today);
      }
      units_.insert(mailbox->unit);
      if (mailbox->registers_mail)
        for (const std::string& above : units_above(mailbox->unit)) bodies_.insert(above);
      // A person's own mailbox may name a position too, which colleagues hold as well.
      if (mailbox->kind != directory::Mailbox::Kind::person && !mailbox->position.empty()) {
        posts_.push_back({mailbox->position, mailbox->unit});
        for (const directory::Assignment& holder :
             grounds.directory.holders(mailbox->unit, mailbox->position, context.today))
          people_.insert(holder.person);
      }
    }
    for (const Post& post : posts_) units_.insert(post.unit);
    people_.erase("");
    units_.erase("");
    for (const std::string& unit : units_)
      for (const std::string& above : units_above(unit)) above_.insert(above);
  }

  /// Adds what is one's own and a long list of namesakes has left out (limits::named_entries).
  void complete(Claims& claimed) const {
    for (Claim& claim : claimed.list) {
      if (claim.entries.size() < limits::named_entries) continue;
      const std::string skeleton = directory::skeleton(claim.text);
      const auto add = [&](Named::Kind kind, const std::string& id, const std::string& name) {
        if (directory::skeleton(name) == skeleton && taken_for(claim.text, name))
          claim.entries.push_back({kind, id, name});
      };
      for (const std::string& id : people_)
        if (const auto person = grounds_.directory.person(id)) add(Named::Kind::person, id, person->name);
      for (const std::set<std::string>* units : {&units_, &bodies_, &above_})
        for (const std::string& id : *units)
          if (const auto unit = grounds_.directory.unit(id)) {
            add(Named::Kind::unit, id, unit->name);
            add(Named::Kind::unit, id, unit->short_name);
          }
    }
  }

  bool is_own(const Named& person) const { return people_.count(person.id) != 0; }
  bool writes_for(const std::string& unit) const { return units_.count(unit) != 0 || bodies_.count(unit) != 0; }
  bool stands_under(const std::string& unit) const { return above_.count(unit) != 0; }

  /// Whether a title may be shown, beside these units or beside none.
  bool holds(const Claim& title, const std::set<std::string>& units) const {
    const filters::LeaderTitle* leader = leader_title(grounds_, title);
    for (const Post& post : posts_) {
      if (!names(title, leader, post.position)) continue;
      if (units.empty() || units.count(post.unit) != 0) return true;
      // "Chuyên viên, Tỉnh uỷ" of who is that in an office of the Tỉnh uỷ; a leader leads that very unit
      if (leader == nullptr)
        for (const std::string& above : units_above(post.unit))
          if (units.count(above) != 0) return true;
    }
    // A body ("Thường trực") writes by its registry.
    if (leader == nullptr || leader->held_by.empty() || bodies_.empty()) return false;
    return std::all_of(units.begin(), units.end(), [&](const std::string& unit) { return writes_for(unit); });
  }

 private:
  void posts_of(const std::string& person, Date today) {
    if (person.empty()) return;
    for (const directory::Assignment& post : grounds_.directory.assignments(person))
      if (post.valid.covers(today)) posts_.push_back({post.position, post.unit});
  }

  static bool names(const Claim& title, const filters::LeaderTitle* leader, const std::string& position) {
    if (leader != nullptr && !leader->held_by.empty())
      return std::any_of(leader->held_by.begin(), leader->held_by.end(),
                         [&](const std::string& held) { return same_title(held, position); });
    return same_title(title.text, position);
  }

  std::vector<std::string> units_above(const std::string& unit) const {
    std::vector<std::string> all;
    auto row = grounds_.directory.unit(unit);
    while (row && !row->parent.empty() && all.size() < limits::unit_depth) {
      all.push_back(row->parent);
      row = grounds_.directory.unit(row->parent);
    }
    return all;
  }

  const Grounds& grounds_;
  std::set<std::string> people_, units_;
  std::set<std::string> bodies_;  ///< above a registry's unit
  std::set<std::string> above_;   ///< above any of the units
  std::vector<Post> posts_;
};

/// A domain that is none of ours, but reads like one ("hаtinh.dcs.example" with a Cyrillic а, "hatinh-dcs.example"), or
/// begins or ends with one.
bool looks_like_ours(const Grounds& grounds, const std::string& address) {
  const std::size_t at = address.rfind('@');
  if (at == std::string::npos) return false;
  const auto ascii = text::domain_to_ascii(address.substr(at + 1));
  const std::string domain = ascii ? *ascii : text::ascii_lower(address.substr(at + 1));
  if (is_ours(grounds, domain)) return false;
  const std::string skeleton = directory::skeleton(text::domain_to_unicode(domain));
  return std::any_of(grounds.domains.begin(), grounds.domains.end(), [&](const std::string& ours) {
    return skeleton == directory::skeleton(text::domain_to_unicode(ours)) || domain.starts_with(ours + ".") ||
           domain.ends_with("." + ours);
  });
}

std::set<std::string> units_of(const Claims& claimed) {
  std::set<std::string> units;
  for (const Claim& claim : claimed.list)
    for (const Named& entry : claim.entries)
      if (entry.kind == Named::Kind::unit) units.insert(entry.id);
  return units;
}

/// What a claim is when nothing else is known: a title where it could be a person's or a unit's name too is that.
bool is_title(const Claim& claim) { return !claim.has(Named::Kind::person) && !claim.has(Named::Kind::unit); }
}  // namespace

std::optional<Borrowed> borrowed_name(const Grounds& grounds, const filters::Context& context,
                                      const filters::Author& author, const std::string& address) {
  const std::string whole = squeezed(author.name);
  if (whole.empty()) return std::nullopt;
  for (const mail::Mailbox& inside : addresses_inside(whole))
    if (mail::key(inside) != address) return Borrowed{filters::shown(mail::key(inside))};
  if (context.login != nullptr && text::match_key(whole) == text::match_key(context.login->name)) return std::nullopt;
  Claims claimed = claims(whole, look_up(grounds));
  if (claimed.list.empty()) return std::nullopt;  // most names are nobody's: do not ask for rights before one is
  const Standing standing(grounds, context, address);
  standing.complete(claimed);
  const std::set<std::string> units = units_of(claimed);
  const auto own_person = [&](const Claim& claim) {
    return (context.login != nullptr && text::match_key(claim.text) == text::match_key(context.login->name)) ||
           std::any_of(claim.entries.begin(), claim.entries.end(),
                       [&](const Named& entry) { return entry.kind == Named::Kind::person && standing.is_own(entry); });
  };
  const bool under_own_name = std::any_of(claimed.list.begin(), claimed.list.end(), own_person);
  bool holds_title = false;
  for (const Claim& claim : claimed.list)
    if (claim.has(Named::Kind::position) && standing.holds(claim, units)) holds_title = true;
  for (const Claim& claim : claimed.list) {
    const bool allowed =
        own_person(claim) || std::any_of(claim.entries.begin(), claim.entries.end(), [&](const Named& entry) {
          switch (entry.kind) {
            case Named::Kind::person:
              return standing.is_own(entry);
            case Named::Kind::unit:
              return standing.writes_for(entry.id) ||
                     ((under_own_name || holds_title) && standing.stands_under(entry.id));
            case Named::Kind::position:
              return standing.holds(claim, units);
          }
          return false;
        });
    // "Chuyên viên - Sở Y tế": a title of what the directory does not know
    const bool of_something_else = is_title(claim) && units.empty() && !claimed.all;
    if (of_something_else && leader_title(grounds, claim) == nullptr) continue;
    if (!allowed) return Borrowed{filters::shown(claim.text), is_title(claim)};
  }
  return std::nullopt;
}

std::vector<filters::Familiar> familiar_names(const Grounds& grounds, const filters::Author& author) {
  std::vector<filters::Familiar> found;
  const auto add = [&](const char* kind, std::string name) {
    if (std::none_of(found.begin(), found.end(), [&](const filters::Familiar& one) { return one.kind == kind; }))
      found.push_back({kind, std::move(name)});
  };
  if (looks_like_ours(grounds, author.address)) add("domain", filters::shown(author.address));
  const std::string whole = squeezed(author.name);
  if (whole.empty()) return found;
  for (const mail::Mailbox& inside : addresses_inside(whole))
    if (is_ours(grounds, inside.domain)) add("address", filters::shown(mail::key(inside)));
  const Claims claimed = claims(whole, look_up(grounds));
  for (const Claim& claim : claimed.list) {
    if (claim.has(Named::Kind::person)) add("person", filters::shown(claim.text));
    if (claim.has(Named::Kind::unit)) add("unit", filters::shown(claim.text));
    // "Chủ tịch - Công ty A" is some other leader; "Chủ tịch" alone, or of a unit of ours, is taken for one of ours.
    if (claim.has(Named::Kind::position) && leader_title(grounds, claim) != nullptr &&
        (claimed.all || claimed.has(Named::Kind::unit)))
      add("leader", filters::shown(whole));
  }
  return found;
}

}  // namespace vanthu::addressing
