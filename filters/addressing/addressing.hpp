// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "directory/directory.hpp"
#include "filters/policy/policy.hpp"
#include "filters/verdict.hpp"
#include "gateway/mail/accepted.hpp"

/// The first enforcement: who may write as whom, to whom. Asks the directory; any thread.
namespace vanthu::addressing {

/// What all the judgements stand on. Loans: valid during the call.
struct Grounds {
  const std::vector<std::string>& domains;  ///< ours, lower-case A-labels
  bool outside_reachable = false;           ///< there is a way to other domains
  const directory::Directory& directory;
  const filters::RuleBook& book;
};

/// MAIL. Out: the login may use it; the null reverse-path is not for submission. In: our domains may not be forged.
filters::Verdict judge_reverse_path(const Grounds& grounds, mail::Direction direction, const directory::Login* login,
                                    const std::optional<mail::Mailbox>& reverse_path, Date today);

struct Destination {
  filters::Verdict verdict;
  std::vector<mail::Delivery> deliveries;  ///< when accepted: at least one
};
/// RCPT.
/// @param reverse_path  of the transaction: which of the login's mailboxes writes; null: its own
Destination judge_forward_path(const Grounds& grounds, mail::Direction direction, const directory::Login* login,
                               const mail::Mailbox& forward_path, Date today,
                               const mail::Mailbox* reverse_path = nullptr);

/// From outside: what From, Sender and Reply-To show of ours; nothing for our own users' mail. Each kind once.
std::vector<filters::Familiar> familiar(const Grounds& grounds, const filters::Context& context);

/// End of the octets: From, Sender, Reply-To, display names, hops, and the way to the outside.
filters::Verdict judge_authors(const Grounds& grounds, const filters::Context& context);

bool is_ours(const Grounds& grounds, const std::string& domain);

}  // namespace vanthu::addressing
