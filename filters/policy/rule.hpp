// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "directory/directory.hpp"
#include "filters/policy/addressing_rules.hpp"
#include "filters/policy/words.hpp"
#include "filters/verdict.hpp"
#include "gateway/base/result.hpp"
#include "gateway/mail/envelope.hpp"

/// policy.toml as values. What each key means is said in conf/policy.toml.
namespace vanthu::filters {

/// What SPF, DKIM and DMARC said of mail from outside; never holds where they were not asked.
struct AuthenticationConditions {
  std::vector<std::string> spf, dkim, dmarc;  ///< results as in Authentication; dkim: the strongest signature's
  std::vector<std::string> dmarc_policy;      ///< what the author's domain asks for mail that fails
  std::optional<bool> forged_results;         ///< it came with an Authentication-Results field in our name

  friend bool operator==(const AuthenticationConditions&, const AuthenticationConditions&) = default;
  bool given() const { return *this != AuthenticationConditions{}; }
};

/// What clamd and rspamd said; never holds where they were not asked.
struct OpinionConditions {
  std::vector<std::string> clamd, rspamd;  ///< results as in Opinion
  std::optional<std::uint64_t> rspamd_score_over;

  friend bool operator==(const OpinionConditions&, const OpinionConditions&) = default;
  bool given() const { return *this != OpinionConditions{}; }
};

/// All that are given must hold; within a list one is enough. An empty list or optional was not given.
struct Conditions {
  std::optional<mail::Direction> direction;
  std::vector<std::string> sender_unit, recipient_unit;  ///< unit ids; a unit below one of them counts
  std::vector<std::string> sender_kind, recipient_kind;  ///< unit, position, person, role, system, outside
  std::vector<std::string> recipient_class;              ///< of who is outside: a name of [[addressing.external]]
  std::optional<std::uint64_t> recipients_over, octets_over;
  // These three must hold for one and the same part.
  std::vector<std::string> finding;         ///< ids, or "prefix*", which leaves the harmless ones out
  std::vector<std::string> type;            ///< globs over the true type
  std::vector<std::string> name_extension;  ///< lower case, no dot
  std::vector<std::string> secrecy, urgency;
  AuthenticationConditions authentication;
  OpinionConditions opinion;
  std::vector<std::string> shows_name_of;  ///< kinds of Familiar
  // These must hold for one and the same paper.
  std::optional<bool> paper;
  std::vector<std::string> paper_form, paper_kind, paper_symbol;  ///< symbol: globs

  friend bool operator==(const Conditions&, const Conditions&) = default;
  bool of_part() const { return !finding.empty() || !type.empty() || !name_extension.empty(); }
  bool of_recipient() const { return !recipient_unit.empty() || !recipient_kind.empty() || !recipient_class.empty(); }
  bool of_paper() const { return paper || !paper_form.empty() || !paper_kind.empty() || !paper_symbol.empty(); }
};

struct Rule {
  std::string id;
  std::string description;
  directory::Validity valid;
  Conditions when;
  std::optional<Conditions> unless;  ///< the rule does not apply where these hold
  Action action = Action::accept;
  bool confirm = false;  ///< accepted, but held until the sender says so
  bool rewrite =
      false;  ///< from outside: accepted in its strict reading only; of our own users, and without one: refused
  std::array<int, 3> enhanced{};
  std::string text_vi, text_en;
  std::string record_class;
};

/// When a message is official correspondence, and of which class.
struct OfficialRules {
  bool registry_mailboxes = true;  ///< what passes a mailbox that registers mail is official
  double min_confidence = 0.6;     ///< of the inspector, that a part is an official paper
  std::string record_class = "official";
  struct Class {
    std::vector<std::string> kind, form;  ///< as in Paper
    std::string record_class;
    directory::Validity valid;  ///< by the paper's own date
  };
  std::vector<Class> classes;  ///< the first that fits
};

struct RuleBook {
  std::string name;
  std::string version;  ///< SHA-256 of the text, first 16 digits
  Language language = Language::vi;
  OfficialRules official;
  AddressingRules addressing;
  std::vector<Rule> rules;
};

/// @param name  of the file, for the faults
/// @par Errors  bad_configuration: every fault found, one a line, as `name:line: what is wrong`
Result<RuleBook> read_rule_book(std::string_view toml, const std::string& name);

}  // namespace vanthu::filters
