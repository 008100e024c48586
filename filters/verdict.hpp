// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/status.hpp"

/// What a filter decides. A filter only judges; gateway/intake acts on the merged verdict.
namespace vanthu::filters {

enum class Action : std::uint8_t { accept, hold, defer, reject };  ///< weakest first

/// One line of the explanation: a rule that was asked, whether it applied, and which facts made it so.
struct Step {
  std::string rule;      ///< "addressing.sender", "policy.no-executables"
  bool matched = false;  ///< it refused, archived, or has something to note
  std::string because;   ///< facts, in words an administrator understands; when not matched: why it let pass, or empty
};

struct Verdict {
  Action action = Action::accept;
  std::string rule = "none";   ///< the rule that decided: for logs, statistics, the explanation
  Reply reply;                 ///< what the peer is told; text in the policy's language
  std::string record_class;    ///< not empty: official correspondence, archive it by the write that accepts it
  bool secret = false;         ///< refused for a secrecy marking: nothing of the content may be logged or stored
  std::string policy_version;  ///< hash of the policy file
  std::vector<Step> steps;     ///< everything that was asked, in order
};

/// The stricter action wins (the first of two equal ones); an order to archive survives it, except after a secrecy
/// refusal.
inline Verdict merge(Verdict a, Verdict b) {
  if (b.action > a.action || (b.secret && !a.secret)) {
    std::swap(a.action, b.action);
    std::swap(a.rule, b.rule);
    std::swap(a.reply, b.reply);
  }
  a.secret = a.secret || b.secret;
  if (a.record_class.empty()) a.record_class = std::move(b.record_class);
  if (a.secret) a.record_class.clear();
  if (a.policy_version.empty()) a.policy_version = std::move(b.policy_version);
  a.steps.insert(a.steps.end(), std::make_move_iterator(b.steps.begin()), std::make_move_iterator(b.steps.end()));
  return a;
}

std::string to_text(const Verdict& verdict);  ///< JSON
boost::json::value to_json(const Verdict& verdict);

}  // namespace vanthu::filters
