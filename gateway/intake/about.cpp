// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/about.hpp"

#include <algorithm>
#include <array>

#include "filters/policy/words.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::intake {
namespace {
/// "<a@b>" of printable ASCII (RFC 5322 §3.6.4), or nothing: it stands in a header field of ours.
std::string clean_message_id(std::string_view field) {
  const std::size_t open = field.find('<');
  const std::size_t close = field.find('>', std::min(open, field.size()));
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  const std::string_view id = field.substr(open, close - open + 1);
  const bool good = id.size() <= limits::mailbox_octets && id.find('@') != std::string_view::npos &&
                    std::all_of(id.begin() + 1, id.end() - 1,
                                [](char c) { return c > 0x20 && c < 0x7F && c != '<' && c != '>' && c != '"'; });
  return good ? std::string(id) : std::string();
}

/// The letter's own, or the one that we put before it.
std::string message_id_of(const mail::Accepted& accepted, const filters::Facts& facts) {
  if (!facts.message_id.empty()) return clean_message_id(facts.message_id);
  static constexpr std::string_view name = "Message-ID: ";
  const std::size_t at = accepted.trace.rfind(name);
  if (at == std::string::npos) return {};
  return clean_message_id(std::string_view(accepted.trace).substr(at + name.size(), limits::mailbox_octets + 2));
}

void add(std::vector<std::string>& list, std::string item) {
  if (!item.empty() && std::find(list.begin(), list.end(), item) == list.end()) list.push_back(std::move(item));
}
}  // namespace

mail::About about_letter(const mail::Accepted& accepted, const filters::Facts& facts, bool quote,
                         const std::vector<std::uint32_t>& deliveries) {
  mail::About about;
  about.queue_id = accepted.id;
  about.received = accepted.received;
  about.message_id = message_id_of(accepted, facts);
  if (accepted.envelope.reverse_path) about.from = mail::format(*accepted.envelope.reverse_path);
  std::vector<std::string> to;
  for (std::uint32_t i = 0; i < accepted.deliveries.size(); ++i)
    if (deliveries.empty() || std::find(deliveries.begin(), deliveries.end(), i) != deliveries.end())
      add(to, filters::shown(accepted.deliveries[i].original, limits::mailbox_octets));
  about.more = to.size() > limits::decision_recipients ? to.size() - limits::decision_recipients : 0;
  to.resize(to.size() - about.more);
  about.to = std::move(to);
  const auto marked = [](const filters::Paper& paper) { return paper.secrecy != "none"; };
  if (!quote || facts.secrecy != "none" || std::any_of(facts.papers.begin(), facts.papers.end(), marked)) return about;
  about.subject = filters::shown(facts.subject, 150);
  for (const filters::Paper& paper : facts.papers)
    if (!paper.number.empty() && !paper.symbol.empty() && about.papers.size() < limits::explained_items)
      add(about.papers, filters::shown(paper.number + '-' + paper.symbol));
  return about;
}

std::vector<mail::Question> questions_of(const filters::Verdict& verdict, const mail::Accepted& accepted,
                                         unsigned longest) {
  std::vector<mail::Question> questions;
  for (const filters::Decision& decision : verdict.decisions) {
    mail::Question question;
    question.kind = decision.kind;
    question.deciders = decision.deciders;
    if (question.deciders.size() > limits::decision_deciders) question.deciders.resize(limits::decision_deciders);
    question.on_timeout = decision.on_timeout;
    // Of a review the rule alone says how long: a hold that is shortened lets go what it should keep.
    const std::uint64_t most = question.kind == "review" ? UINT32_MAX : longest;
    question.seconds = static_cast<std::uint32_t>(std::min<std::uint64_t>(std::uint64_t{decision.hours} * 3600, most));
    question.why = filters::shown(decision.why, limits::decision_why_octets / 4);
    question.rule = decision.rule;
    question.persons = decision.persons;
    for (std::uint32_t i = 0; i < accepted.deliveries.size(); ++i) {
      const auto meant = [&](const std::string& path) {
        return text::ascii_iequals(path, accepted.deliveries[i].original);
      };
      if (decision.recipients.empty() || std::any_of(decision.recipients.begin(), decision.recipients.end(), meant))
        question.deliveries.push_back(i);
    }
    if (!question.deliveries.empty()) questions.push_back(std::move(question));
  }
  return questions;
}

}  // namespace vanthu::intake
