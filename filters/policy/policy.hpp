// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "directory/directory.hpp"
#include "filters/authentication.hpp"
#include "filters/facts.hpp"
#include "filters/opinion.hpp"
#include "filters/policy/rule.hpp"
#include "filters/verdict.hpp"
#include "gateway/mail/accepted.hpp"
#include "gateway/mail/envelope.hpp"

namespace vanthu::filters {

/// Something of ours that mail from outside shows to its reader.
struct Familiar {
  std::string
      kind;  ///< "person", "unit", "leader", "address" (in the display name), "domain" (one that looks like ours)
  std::string name;  ///< as it is shown, fit to be shown again
};

/// Where a mail program files a letter by itself (IMAP APPEND).
struct Filing {
  std::string mailbox;      ///< address of the mailbox that is open
  std::string folder;       ///< UTF-8
  std::string special_use;  ///< "sent", "drafts" …, or empty
};

/// Everything a rule may look at. Loans: valid during the call.
struct Context {
  mail::Direction direction = mail::Direction::in;
  const directory::Login* login = nullptr;  ///< null: not one of our users
  const mail::Envelope* envelope = nullptr;
  const std::vector<mail::Delivery>* deliveries = nullptr;
  const Facts* facts = nullptr;
  const directory::Directory* directory = nullptr;  ///< null: nobody's mailbox is known (policy check without one)
  Date today{};
  const Authentication* authentication = nullptr;   ///< null: not asked (our own users, checks off)
  const Opinions* opinions = nullptr;               ///< null: nobody was asked
  const std::vector<Familiar>* familiar = nullptr;  ///< null: not asked (our own users, no directory)
  const Filing* filing = nullptr;                   ///< of direction append, else null
};

/// policy.toml, read and checked as a whole. Immutable: a new file is a new Policy.
class Policy {
 public:
  /// @par Errors  bad_configuration: file, line, what is wrong, and for an unknown key the nearest known one
  static Result<std::shared_ptr<const Policy>> load(const std::filesystem::path& file);
  /// The same from text; `name` stands for the file in the faults.
  static Result<std::shared_ptr<const Policy>> parse(std::string_view toml, const std::string& name);
  /// The rules that come with the product: what policy.toml holds when nobody has changed it.
  static std::shared_ptr<const Policy> built_in();
  const std::string& version() const;  ///< SHA-256 of the file's text, first 16 digits
  const std::string& text() const;     ///< the file's own
  const RuleBook& book() const;

  /// Attachment, secrecy and other content rules. Every rule leaves a Step. After a secrecy refusal the verdict holds
  /// that one step and nothing of the message.
  Verdict judge(const Context& context) const;

  ~Policy();

 private:
  struct State;
  explicit Policy(std::unique_ptr<State> state);
  std::unique_ptr<const State> state_;
};

}  // namespace vanthu::filters
