// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/value.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "admin/command.hpp"
#include "filters/chain.hpp"
#include "filters/inspect/pool.hpp"
#include "gateway/base/result.hpp"

/// A letter judged as the gateway would, through all three enforcements, and the judgement explained.
namespace vanthu::admin {

/// What is asked.
struct Question {
  std::optional<mail::Mailbox> from;         ///< reverse-path; nothing: as the letter's author says
  std::vector<mail::Mailbox> to;             ///< forward-paths; none: as To and Cc say
  std::string folder, special_use;           ///< of direction append
  std::optional<mail::Direction> direction;  ///< nothing: out where the sender is of a domain of ours
  Date today{};
  bool json = false;
};

struct Trial {
  std::string file;
  bool converted = false;  ///< line ends
  bool rewritten = false;  ///< the verdict is of its strict reading
  mail::Direction direction = mail::Direction::in;
  std::string login;
  mail::Envelope envelope;
  std::optional<filters::Verdict> reverse_path;  ///< not asked without a directory
  std::vector<filters::Recipient> recipients;
  filters::Verdict message;
  filters::Facts facts;

  bool accepted() const;
};

/// Envelope, direction and all verdicts of `trial.facts`.
void judge_facts(Trial& trial, const Question& question, const Office& office,
                 const std::shared_ptr<const filters::Policy>& policy);

/// @par Errors  bad_arguments: nothing to look at; message_too_big; inspection_failed: the inspector gave no report
Result<Trial> run_trial(const std::string& file, std::string message, const Question& question, const Office& office,
                        const std::shared_ptr<const filters::Policy>& policy, inspect::Pool& pool);

std::string trial_text(const Trial& trial, const filters::Policy& policy);
boost::json::value trial_json(const Trial& trial);

/// What became of it, by which rule, who has to decide, its record class: indented lines.
std::string verdict_text(const filters::Verdict& verdict, filters::Language language);
/// Everything that was asked, and what it said.
std::string steps_text(const filters::Verdict& verdict, filters::Language language);
/// What is found in a letter, in lines; nothing of one that bears a marking.
std::string facts_text(const filters::Facts& facts, filters::Language language);

/// The mailbox of an address itself, as if it had logged in; an unknown one has an address only.
directory::Login login_of(const directory::Directory& directory, const mail::Mailbox& from, Date today);

}  // namespace vanthu::admin
