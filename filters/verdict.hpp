// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/value.hpp>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/base/status.hpp"

/// What a filter decides. A filter only judges; gateway/intake acts on the merged verdict.
namespace vanthu::filters {

enum class Action : std::uint8_t { accept, hold, defer, reject };  ///< weakest first
std::string_view name_of(Action action);                           ///< "accept", …

/// One line of the explanation: a rule that was asked, whether it applied, and which facts made it so.
struct Step {
  std::string rule;      ///< "addressing.sender", "policy.no-executables"
  bool matched = false;  ///< it refused, archived, or has something to note
  std::string because;   ///< facts, in words an administrator understands; when not matched: why it let pass, or empty
};

/// Somebody must decide before the message goes on to some of its recipients. "review" goes with Action::hold, the
/// others with Action::accept.
struct Decision {
  std::string kind{};  ///< "confirm": the sender; "moderate": a group's moderators; "review": an administrator
  std::vector<std::string> deciders{};    ///< addresses in the order they are asked, deputies last
  std::vector<std::string> recipients{};  ///< forward-paths it is about; empty: all
  std::uint32_t hours = 48;               ///< until on_timeout
  std::string on_timeout =
      "return";               ///< "return": to the sender; "release": it goes on; "next": the next decider is asked
  std::string why{};          ///< shown to the decider, fit for a mail
  std::string rule{};         ///< of "review": the rule that wants it
  std::uint32_t persons = 1;  ///< of "review": so many different ones must say yes
};

/// What the sender is told once the message is accepted.
struct Notice {
  std::string id{};                  ///< of the rule that says it
  std::string text_vi{}, text_en{};  ///< fit for a mail; one may be empty
};

/// One of our users wrote in another's name: who, and whose.
struct OnBehalf {
  std::string login{}, person{};             ///< who wrote: own address, person id
  std::string author{};                      ///< the address in From
  std::string holder{}, position{}, unit{};  ///< whose: person id (empty: the position is vacant), position, unit id
  bool add_sender = false;                   ///< the message has no Sender field and gets one that names the login
  friend bool operator==(const OnBehalf&, const OnBehalf&) = default;
};

/// What the peer is told where a message has no strict reading.
struct Unreadable {
  std::string rule;  ///< that wants it
  Reply reply;
};

struct Verdict {
  Action action = Action::accept;
  std::string rule = "none";          ///< the rule that decided: for logs, statistics, the explanation
  Reply reply;                        ///< what the peer is told; text in the policy's language
  std::string record_class;           ///< not empty: official correspondence, archive it by the write that accepts it
  bool secret = false;                ///< refused for a secrecy marking: nothing of the content may be logged or stored
  std::string policy_version;         ///< hash of the policy file
  std::vector<Step> steps;            ///< everything that was asked, in order
  std::vector<Decision> decisions;    ///< of an accepted message: all of them are needed
  std::vector<Notice> notices;        ///< of an accepted message
  std::optional<OnBehalf> on_behalf;  ///< of an accepted message of our own users
  std::optional<Unreadable> rewrite;  ///< an accepted message goes on only in its strict reading; if it has none: this
};

/// The stricter action wins (the first of two equal ones); an order to archive survives it, except after a secrecy
/// refusal. What others decide and what the sender is told adds up, and is nothing after a secrecy refusal.
inline Verdict merge(Verdict a, Verdict b) {
  if (b.action > a.action || (b.secret && !a.secret)) {
    std::swap(a.action, b.action);
    std::swap(a.rule, b.rule);
    std::swap(a.reply, b.reply);
  }
  a.secret = a.secret || b.secret;
  if (a.record_class.empty()) a.record_class = std::move(b.record_class);
  const auto append = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  append(a.decisions, b.decisions);
  append(a.notices, b.notices);
  if (!a.on_behalf) a.on_behalf = std::move(b.on_behalf);
  if (!a.rewrite) a.rewrite = std::move(b.rewrite);
  if (a.secret) {
    a.record_class.clear();
    a.decisions.clear();
    a.notices.clear();
    a.on_behalf.reset();
    a.rewrite.reset();
  }
  if (a.policy_version.empty()) a.policy_version = std::move(b.policy_version);
  append(a.steps, b.steps);
  return a;
}

/// What becomes of a message that goes on only in its strict reading. A hold of the first verdict stays.
/// @param first  of the message as it came: accepted, with `rewrite`
/// @param second  of its strict reading; null: it has none
Verdict after_rewriting(Verdict first, std::optional<Verdict> second);

std::string to_text(const Verdict& verdict);  ///< JSON
boost::json::value to_json(const Verdict& verdict);
/// What a record keeps; of an older one a member may be missing. What is only for the door (rewrite) is not kept.
/// @par Errors  corrupt
Result<Verdict> parse_verdict(const boost::json::value& json);

}  // namespace vanthu::filters
