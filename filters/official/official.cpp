// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/official/official.hpp"

#include <algorithm>

#include "filters/policy/parties.hpp"
#include "filters/policy/words.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::official {
namespace {
using directory::Mailbox;
using filters::Context;
using filters::OfficialRules;
using filters::Paper;
using filters::say;
using filters::shown;

/// The mailboxes of ours that the message goes between.
struct Parties {
  std::optional<Mailbox> sender;
  std::vector<Mailbox> recipients;
  bool other_recipients = false;  ///< to the outside, or not found in the directory

  template <class Of>
  const Mailbox* find(Of of) const {
    if (sender && of(*sender)) return &*sender;
    const auto recipient = std::find_if(recipients.begin(), recipients.end(), of);
    return recipient == recipients.end() ? nullptr : &*recipient;
  }
};

Parties parties_of(const Context& context) {
  Parties parties;
  parties.sender = filters::sender_mailbox(context);
  if (context.deliveries == nullptr) return parties;
  for (const mail::Delivery& delivery : *context.deliveries) {
    if (auto mailbox = filters::recipient_mailbox(context, delivery))
      parties.recipients.push_back(*std::move(mailbox));
    else
      parties.other_recipients = true;
  }
  return parties;
}

bool is_system(const Mailbox& mailbox) { return mailbox.kind == Mailbox::Kind::system; }

/// Notices from or to the machinery only: reports, tests, the postmaster's mail.
bool only_machinery(const Parties& parties) {
  if (parties.sender && is_system(*parties.sender)) return true;
  return !parties.other_recipients && !parties.recipients.empty() &&
         std::all_of(parties.recipients.begin(), parties.recipients.end(), is_system);
}

std::string class_of(const Paper& paper, const OfficialRules& rules, Date today) {
  const auto dated = parse_date(paper.date);
  const Date day = dated ? *dated : today;
  const std::string kind = text::match_key(paper.kind);
  for (const OfficialRules::Class& cls : rules.classes) {
    const bool kind_fits = cls.kind.empty() || std::any_of(cls.kind.begin(), cls.kind.end(), [&](const auto& name) {
                             return text::match_key(name) == kind;
                           });
    const bool form_fits =
        cls.form.empty() || std::find(cls.form.begin(), cls.form.end(), paper.form) != cls.form.end();
    if (kind_fits && form_fits && cls.valid.covers(day)) return cls.record_class;
  }
  return rules.record_class;
}

std::string described(const Paper& paper) {
  std::string words = paper.number.empty() ? std::string() : shown(paper.number) + "-";
  words += shown(paper.symbol);
  if (!paper.kind.empty()) words += (words.empty() ? "" : " ") + ("(" + shown(paper.kind) + ")");
  return words;
}
}  // namespace

filters::Verdict judge(const Context& context, const filters::RuleBook& book) {
  const OfficialRules& rules = book.official;
  const Parties parties = parties_of(context);
  filters::Verdict verdict;
  const auto step = [&](const char* rule, bool matched, std::string because) {
    verdict.steps.push_back({rule, matched, std::move(because)});
  };

  if (only_machinery(parties)) {
    step("official.system", true,
         say(book.language, "chỉ hộp thư hệ thống: không lưu trữ", "system mailboxes only: not archived"));
    return verdict;
  }

  const Paper* paper = nullptr;  // the surest one
  for (const Paper& candidate : context.facts->papers)
    if (candidate.confidence >= rules.min_confidence && (paper == nullptr || candidate.confidence > paper->confidence))
      paper = &candidate;
  if (paper != nullptr) {
    verdict.record_class = class_of(*paper, rules, context.today);
    step("official.paper", true, described(*paper) + " → " + verdict.record_class);
  } else {
    step("official.paper", false, "");
  }

  const Mailbox* registry = nullptr;
  if (rules.registry_mailboxes) registry = parties.find([](const Mailbox& mailbox) { return mailbox.registers_mail; });
  step("official.registry", registry != nullptr, registry != nullptr ? shown(registry->address) : "");
  if (registry != nullptr && verdict.record_class.empty()) verdict.record_class = rules.record_class;
  return verdict;
}

}  // namespace vanthu::official
