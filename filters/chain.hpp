// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "directory/directory.hpp"
#include "filters/policy/policy.hpp"
#include "filters/verdict.hpp"
#include "gateway/base/config.hpp"
#include "gateway/mail/accepted.hpp"

namespace vanthu::addressing {
class LineBooks;
class Names;
}  // namespace vanthu::addressing

/// The three enforcements, side by side, as the doors ask them: at MAIL, at RCPT, at the end of the octets.
namespace vanthu::filters {

struct Recipient {
  Verdict verdict;                         ///< accept, or the reply to RCPT
  std::vector<mail::Delivery> deliveries;  ///< when accepted: at least one
};

class Chain {
 public:
  /// Loans: both outlive the chain. `config` gives domains and whether there is a way to the outside.
  Chain(const Config& config, const directory::Directory& directory, std::shared_ptr<const Policy> policy);

  /// May this login use this reverse-path? From outside: our own domains may not be forged.
  Verdict judge_reverse_path(mail::Direction direction, const directory::Login* login,
                             const std::optional<mail::Mailbox>& reverse_path, Date today) const;
  /// Who is meant, and may the sender write there?
  /// 550 5.1.1 unknown (with neighbours for our own users), 550 5.1.6 closed (with the successor), 550 5.7.1 not
  /// allowed
  /// @param reverse_path  of the transaction: which of the login's mailboxes writes; null: its own
  Recipient judge_forward_path(mail::Direction direction, const directory::Login* login,
                               const mail::Mailbox& forward_path, Date today,
                               const mail::Mailbox* reverse_path = nullptr) const;
  /// Author fields, attachments, secrecy, official or not. The verdict carries the whole explanation.
  Verdict judge_message(const Context& context) const;

  const Policy& policy() const { return *policy_; }

 private:
  const Config& config_;
  const directory::Directory& directory_;
  std::shared_ptr<const Policy> policy_;          ///< shared with the reload that may replace it
  std::vector<std::string> domains_;              ///< of the configuration, in lower-case A-labels
  std::shared_ptr<addressing::LineBooks> lines_;  ///< made for each directory generation; copies share it
};

}  // namespace vanthu::filters
