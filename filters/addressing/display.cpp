// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/display.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "filters/policy/parties.hpp"
#include "filters/policy/words.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::addressing {
namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\"'");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\"'") - first + 1));
}

/// "Nguyễn Văn A (Bí thư)", "Nguyễn Văn A - Tỉnh uỷ", "Nguyễn Văn A, VPTU": what stands before.
std::string leading_name(const std::string& name) {
  std::size_t end = name.size();
  for (const std::string_view mark : {"(", " - ", " – ", ",", "<", "["}) end = std::min(end, name.find(mark));
  return trimmed(std::string_view(name).substr(0, end));
}

/// Addresses of ours that stand in a display name: programs show the name and hide the address behind it.
std::optional<std::string> address_inside(const Grounds& grounds, const std::string& name) {
  for (std::size_t at = name.find('@'); at != std::string::npos; at = name.find('@', at + 1)) {
    constexpr std::string_view ends = " \t\"'<>()[],;:";
    std::size_t first = name.find_last_of(ends, at);
    first = first == std::string::npos ? 0 : first + 1;
    const std::size_t last = std::min(name.find_first_of(ends, at), name.size());
    const auto mailbox = mail::parse_mailbox(name.substr(first, last - first), true);
    if (mailbox && is_ours(grounds, mailbox->domain)) return mail::key(*mailbox);
  }
  return std::nullopt;
}

/// People and units whose names may stand on mail of this login from this mailbox.
struct Rights {
  std::set<std::string> people, units;
};

Rights rights_to_names(const Grounds& grounds, const filters::Context& context, const std::string& address) {
  Rights rights;
  const auto add_unit = [&](const std::string& id, bool with_those_above) {
    std::string at = id;
    for (std::size_t depth = 0; !at.empty() && depth < limits::unit_depth; ++depth) {
      rights.units.insert(at);
      if (!with_those_above) return;
      const auto unit = grounds.directory.unit(at);
      at = unit ? unit->parent : std::string();
    }
  };
  if (context.login != nullptr) {
    rights.people.insert(context.login->person);
    add_unit(context.login->unit, false);
  }
  if (const auto mailbox = filters::mailbox_behind(context, address)) {
    rights.people.insert(mailbox->person);
    add_unit(mailbox->unit, mailbox->registers_mail);
    if (!mailbox->position.empty())
      for (const directory::Assignment& holder :
           grounds.directory.holders(mailbox->unit, mailbox->position, context.today))
        rights.people.insert(holder.person);
  }
  return rights;
}
}  // namespace

std::optional<Borrowed> borrowed_name(const Grounds& grounds, Names& names, const filters::Context& context,
                                      const filters::Author& author, const std::string& address) {
  const std::string whole = trimmed(filters::shown(author.name, 200));
  if (whole.empty()) return std::nullopt;
  if (const auto inside = address_inside(grounds, whole); inside && *inside != address) return Borrowed{*inside};
  const std::string leading = leading_name(whole);
  std::optional<Rights> rights;  // most names are nobody's or need no right: do not ask before they are found
  for (const std::string& name : {whole, leading}) {
    if (name.empty()) continue;
    const auto owners = names.owners(grounds.directory, name);
    if (owners.empty()) continue;
    if (context.login != nullptr && text::match_key(name) == text::match_key(context.login->name)) continue;
    if (!rights) rights = rights_to_names(grounds, context, address);
    const bool allowed = std::any_of(owners.begin(), owners.end(), [&](const Names::Owner& owner) {
      return (owner.kind == Names::Owner::Kind::person ? rights->people : rights->units).count(owner.id) != 0;
    });
    if (!allowed) return Borrowed{name};
  }
  return std::nullopt;
}

std::optional<Borrowed> familiar_name(const Grounds& grounds, Names& names, const filters::Author& author) {
  const std::string whole = trimmed(filters::shown(author.name, 200));
  if (whole.empty()) return std::nullopt;
  if (const auto inside = address_inside(grounds, whole)) return Borrowed{*inside};
  for (const std::string& name : {whole, leading_name(whole)})
    if (!name.empty() && !names.owners(grounds.directory, name).empty()) return Borrowed{name};
  return std::nullopt;
}

}  // namespace vanthu::addressing
