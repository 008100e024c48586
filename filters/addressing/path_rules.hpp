// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "filters/addressing/addressing.hpp"

/// Who may write to whom: groups' own rules, the policy's [[addressing.rule]], classes of who is outside.
namespace vanthu::addressing {

/// One of our users writes to one forward-path.
struct Way {
  const directory::Login& login;
  std::optional<directory::Mailbox> sender;  ///< behind the reverse-path, else the login's own
  const mail::Mailbox& forward_path;
  const directory::Resolution* resolution = nullptr;  ///< null: outside our domains
  Date today{};
};

/// What is decided for one way. `verdict` refuses or passes; its one step tells address → entry → rule.
struct WayVerdict {
  filters::Verdict verdict;
  const filters::PathRule* confirm = nullptr;  ///< the sender has to confirm by this rule
  std::optional<directory::Group> moderated;   ///< its moderators decide
};
/// @param entry  what the address stands for, as the resolution tells it; the step's middle
WayVerdict judge_way(const Grounds& grounds, const Way& way, const std::string& entry);

/// End of the octets: what each forward-path of one of our users came to (a step each, the first so many), questions to
/// moderators and to the sender, and size × recipients.
filters::Verdict judge_ways(const Grounds& grounds, const filters::Context& context);

/// How two mailboxes' units stand to each other that day; both up and down may hold between offices that serve the
/// bodies above them.
std::vector<filters::Relation> relations(const directory::Directory& directory, const directory::Mailbox& from,
                                         const directory::Mailbox& to, Date today);

}  // namespace vanthu::addressing
