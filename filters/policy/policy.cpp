// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/policy/policy.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

#include "filters/policy/built_in.hpp"
#include "filters/policy/findings.hpp"
#include "filters/policy/match.hpp"
#include "filters/policy/parties.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::filters {
namespace {

/// 5.1.x, 5.2.x and 5.7.x refuse for a mailbox or a policy, 5.3.4 for size; everything else is a failed transaction
/// (RFC 5321 §4.2.3).
int reply_code(const std::array<int, 3>& enhanced) {
  if (enhanced[0] == 4) return 451;
  if (enhanced[1] == 1 || enhanced[1] == 2 || enhanced[1] == 7) return 550;
  return enhanced[1] == 3 && enhanced[2] == 4 ? 552 : 554;
}

/// The rule's text in that language, filled in.
std::string words_of(const Rule& rule, const Match& match, const RuleBook& book, Language language) {
  Quotes quotes = match.quotes;
  quotes.contact = say(language, book.contact_vi, book.contact_en);
  if (!match.finding.empty()) quotes.finding = finding_words(language, match.finding);
  return fill(language == Language::vi ? rule.text_vi : rule.text_en, quotes);
}

Verdict verdict_of(const Rule& rule, Match match, const Context& context, const RuleBook& book) {
  const std::string words = words_of(rule, match, book, book.language);
  Verdict verdict;
  // What our own users send is never altered: they are told to write it anew.
  const bool refuses = rule.action == Action::defer || rule.action == Action::reject ||
                       (rule.rewrite && context.direction != mail::Direction::in);
  if (refuses) {
    verdict = refused(rule.id, reply_code(rule.enhanced), rule.enhanced, words, std::move(match.because));
  } else {
    verdict = noted(rule.id, std::move(match.because));
    verdict.action = rule.action;
    if (rule.action == Action::hold) {
      verdict.rule = rule.id;
      verdict.decisions.push_back(review(rule, words.empty() ? rule.description : words));
    }
    // Strangers are told nothing: what they say of themselves may be somebody else's address.
    const bool told = rule.warn || (rule.action == Action::hold && !words.empty());
    if (told && context.direction == mail::Direction::out)
      verdict.notices.push_back(
          {rule.id, words_of(rule, match, book, Language::vi), words_of(rule, match, book, Language::en)});
    if (rule.rewrite) {
      const Verdict otherwise = refused(rule.id, reply_code(rule.enhanced), rule.enhanced, words, "");
      verdict.rewrite = Unreadable{rule.id, otherwise.reply};
    }
    verdict.record_class = rule.record_class;
    // Who is outside cannot be asked: for them such a rule is a note.
    if (rule.confirm && context.direction == mail::Direction::out) {
      const std::uint64_t hours = rule.hours == 0 ? book.addressing.decide_hours : rule.hours;
      verdict.decisions.push_back(confirmation(context, hours, words + " [" + rule.id + "]"));
      verdict.decisions.back().recipients = std::move(match.recipients);
      if (!rule.on_timeout.empty()) verdict.decisions.back().on_timeout = rule.on_timeout;
    }
  }
  return verdict;
}

bool fits_marking(const Rule& rule, const Facts& facts) {
  const auto named = [&](const std::string& level) {
    return std::find(rule.when.secrecy.begin(), rule.when.secrecy.end(), level) != rule.when.secrecy.end();
  };
  return named(facts.secrecy) ||
         std::any_of(facts.papers.begin(), facts.papers.end(), [&](const Paper& p) { return named(p.secrecy); });
}

/// The step tells nothing but that there was a marking: not its level, not where, not what else the message holds.
Verdict refuse_marked(const Context& context, const RuleBook& book) {
  const Rule* by_level = nullptr;
  const Rule* by_any = nullptr;  // a marking of no known level falls under the rule that names them all
  for (const Rule& rule : book.rules) {
    if (rule.when.secrecy.empty() || !rule.valid.covers(context.today)) continue;
    const bool holds =
        match(rule.when, context, book).holds && !(rule.unless && match(*rule.unless, context, book).holds);
    if (!holds) continue;
    if (by_level == nullptr && fits_marking(rule, *context.facts)) by_level = &rule;
    if (rule.when.secrecy.size() > 2) by_any = &rule;
  }
  const Rule* rule = by_level != nullptr ? by_level : by_any;
  // read_rule_book() lets no book pass without such a rule.
  if (rule == nullptr) throw std::logic_error("the policy has no rule against secrecy markings");
  Match neutral;
  neutral.because = say(book.language, "có dấu chỉ mức độ mật", "a secrecy marking was found");
  Verdict verdict = verdict_of(*rule, std::move(neutral), context, book);
  verdict.secret = true;
  return verdict;
}

Step harmless_step(const Facts& facts) {
  std::map<std::string_view, std::size_t> counts;
  for (const Finding& finding : facts.findings)
    if (is_harmless(finding.id)) ++counts[finding.id];
  Step step{"policy.harmless", !counts.empty(), ""};
  for (const auto& [id, count] : counts)
    step.because += (step.because.empty() ? "" : ", ") + std::string(id) +
                    (count > 1 ? " ×" + std::to_string(count) : std::string());
  return step;
}

}  // namespace

struct Policy::State {
  RuleBook book;
  std::string text;
};

Policy::Policy(std::unique_ptr<State> state) : state_(std::move(state)) {}
Policy::~Policy() = default;

const std::string& Policy::version() const { return state_->book.version; }
const std::string& Policy::text() const { return state_->text; }
const RuleBook& Policy::book() const { return state_->book; }

Result<std::shared_ptr<const Policy>> Policy::parse(std::string_view toml, const std::string& name) {
  auto book = read_rule_book(toml, name);
  if (!book) return book.error();
  auto state = std::make_unique<State>();
  state->book = *std::move(book);
  state->text = toml;
  return std::shared_ptr<const Policy>(new Policy(std::move(state)));
}

Result<std::shared_ptr<const Policy>> Policy::load(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(status::bad_configuration, file.string() + ": cannot be read");
  std::string text(limits::policy_octets + 1, '\0');  // one more than allowed: parse() then says that it is too large
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return fail(status::bad_configuration, file.string() + ": cannot be read");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse(text, file.string());
}

std::shared_ptr<const Policy> Policy::built_in() {
  static const std::shared_ptr<const Policy> policy = [] {
    auto parsed = parse(built_in_text(), "policy.toml (built in)");
    if (!parsed) throw std::logic_error(parsed.error().detail);
    return *std::move(parsed);
  }();
  return policy;
}

Verdict Policy::judge(const Context& context) const {
  const RuleBook& book = state_->book;
  Verdict verdict;
  if (is_marked(*context.facts) || declared_secret(book.labels, read_labels(book.labels, *context.facts))) {
    verdict = refuse_marked(context, book);
    verdict.policy_version = book.version;
    return verdict;
  }
  verdict.policy_version = book.version;
  Met met;
  for (const Rule& rule : book.rules) {
    Match found;
    if (rule.valid.covers(context.today) && rule.when.secrecy.empty()) {
      found = match(rule.when, context, book, met);
      if (found.holds && rule.unless && match(*rule.unless, context, book).holds) found.holds = false;
    }
    if (!found.holds) {
      verdict.steps.push_back({rule.id, false, ""});
      continue;
    }
    met.insert(found.findings.begin(), found.findings.end());
    verdict = merge(std::move(verdict), verdict_of(rule, std::move(found), context, book));
  }
  verdict.steps.push_back(harmless_step(*context.facts));
  return verdict;
}

}  // namespace vanthu::filters
