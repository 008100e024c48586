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
#include "filters/facts.hpp"
#include "filters/policy/addressing_rules.hpp"
#include "filters/policy/label_model.hpp"
#include "filters/policy/mailbox_rules.hpp"
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

/// What the labels say, by the book's LabelModel.
struct LabelConditions {
  std::vector<std::string> level;        ///< one of these is on the message or in it
  std::optional<bool> undominated;       ///< a document's label is not dominated by the message's
  std::optional<bool> beyond_clearance;  ///< a recipient, or the route to it, is not cleared for all of them
  std::optional<bool> unknown;           ///< there is a label that no mapping speaks of

  friend bool operator==(const LabelConditions&, const LabelConditions&) = default;
  bool given() const { return *this != LabelConditions{}; }
};

/// Where a mail program files a letter, and who does it; never holds for mail that is sent.
struct FilingConditions {
  std::vector<std::string> folder;         ///< globs, without case
  std::vector<std::string> special_use;    ///< of FolderUse
  std::vector<std::string> mailbox, user;  ///< globs over addresses, lower case

  friend bool operator==(const FilingConditions&, const FilingConditions&) = default;
  bool given() const { return *this != FilingConditions{}; }
};

/// All that are given must hold; within a list one is enough. An empty list or optional was not given.
struct Conditions {
  std::vector<std::string> direction;  ///< "in", "out", "append" (a letter that a mail program files by IMAP)
  std::vector<std::string> sender_unit, recipient_unit;  ///< unit ids; a unit below one of them counts
  std::vector<std::string> sender_kind, recipient_kind;  ///< unit, position, person, role, system, outside
  std::vector<std::string> recipient_class;              ///< of who is outside: a name of [[addressing.external]]
  std::optional<std::uint64_t> recipients_over, octets_over;
  FilingConditions filing;
  // These three must hold for one and the same part.
  std::vector<std::string> finding;         ///< ids, or "prefix*", which leaves the harmless ones out
  std::vector<std::string> type;            ///< globs over the true type
  std::vector<std::string> name_extension;  ///< lower case, no dot
  std::vector<std::string> secrecy, urgency;
  AuthenticationConditions authentication;
  OpinionConditions opinion;
  LabelConditions label;
  std::vector<std::string> shows_name_of;  ///< kinds of Familiar
  // These must hold for one and the same paper.
  std::optional<bool> paper, paper_draft;
  std::vector<std::string> paper_form, paper_kind;
  std::vector<std::string> paper_symbol, paper_circulation, paper_signer, paper_issuer;  ///< globs, without case

  friend bool operator==(const Conditions&, const Conditions&) = default;
  bool of_part() const { return !finding.empty() || !type.empty() || !name_extension.empty(); }
  bool of_recipient() const { return !recipient_unit.empty() || !recipient_kind.empty() || !recipient_class.empty(); }
  bool of_paper() const {
    return paper || paper_draft || !paper_form.empty() || !paper_kind.empty() || !paper_symbol.empty() ||
           !paper_circulation.empty() || !paper_signer.empty() || !paper_issuer.empty();
  }
};

struct Rule {
  std::string id;
  std::string description;
  directory::Validity valid;
  Conditions when;
  std::optional<Conditions> unless;  ///< the rule does not apply where these hold
  Action action = Action::accept;
  bool confirm = false;  ///< accepted, but held until the sender says so
  bool warn = false;     ///< accepted, and the sender is told
  bool rewrite =
      false;  ///< from outside: accepted in its strict reading only; of our own users, and without one: refused
  std::array<int, 3> enhanced{};
  std::string text_vi, text_en;
  std::string record_class;
  std::uint64_t hours = 0;       ///< of hold and confirm: until on_timeout; 0: held_hours, decide_hours
  std::string on_timeout;        ///< "return", "release"; empty: "return"
  std::uint64_t release_by = 1;  ///< of hold: so many different administrators must release it
};
inline constexpr std::uint64_t held_hours = 120;  ///< that a held message waits where its rule says nothing else

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
  std::vector<Class> classes;        ///< the first that fits
  std::vector<std::string> purpose;  ///< record classes of which whoever reads them says why
};

/// What the sender's office is told of a record of its own, in signed mail (gateway/receipts); what a receiving mailroom
/// is asked.
struct ReceiptRules {
  bool acceptance = false, delivery = false, opening = false, registration = false;
  bool slip = false;                      ///< each receiving mailroom gets a slip that it registers the paper by
  std::uint64_t remind_after_hours = 72;  ///< who has not opened or registered it by then is named; 0: never
};

/// A letter, or what would be found in one, and what must become of it: [[test]].
struct PolicyTest {
  std::string name;
  std::size_t line = 0;
  std::string message;         ///< file, relative to the policy's own; or
  std::string text;            ///< the letter itself; or
  std::optional<Facts> facts;  ///< what the inspector would say
  std::string direction;       ///< "in", "out", "append"; empty: by the sender
  std::string from;            ///< reverse-path; empty: as the letter says
  std::vector<std::string> to;
  std::optional<Date> at;  ///< judged as of that day; none: today
  std::string expect;      ///< an action of a rule, or "moderate"
  std::string rule;        ///< that must have applied; empty: any
  std::string record_class;
};

struct RuleBook {
  std::string name;
  std::string version;  ///< SHA-256 of the text, first 16 digits
  Language language = Language::vi;
  std::string contact_vi, contact_en;  ///< whom to call: {contact} in texts
  OfficialRules official;
  AddressingRules addressing;
  LabelModel labels;
  MailboxRules mailboxes;
  ReceiptRules receipts;
  std::vector<Rule> rules;
  std::vector<PolicyTest> tests;
};

/// @param name  of the file, for the faults
/// @par Errors  bad_configuration: every fault found, one a line, as `name:line: what is wrong`
Result<RuleBook> read_rule_book(std::string_view toml, const std::string& name);

}  // namespace vanthu::filters
