// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/recipients.hpp"

#include <algorithm>

#include "filters/addressing/line_compare.hpp"
#include "filters/policy/parties.hpp"
#include "filters/policy/words.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::addressing {
namespace {
using directory::Mailbox;
using filters::Language;
using filters::noted;
using filters::Outcome;
using filters::Paper;
using filters::passed;
using filters::say;
using filters::shown;
using filters::Verdict;

constexpr const char* lines_rule = "addressing.recipient-lines";
constexpr const char* personal_rule = "addressing.personal-papers";

std::string called(const Paper& paper) {
  std::string words = paper.number.empty() ? std::string() : shown(paper.number) + "-";
  return words + shown(paper.symbol);
}

/// Whether the mailbox's unit is the one that signs, sends for it, or has it below itself. What we cannot tell is.
bool is_own(const LineBook& book, const filters::Context& context, const Mailbox& sender, const Paper& paper) {
  const auto dated = parse_date(paper.date);
  const Date at = dated ? *dated : context.today;
  std::vector<const LineBook::Entry*> issuers;
  const auto add = [&](const std::vector<const LineBook::Entry*>& found) {
    for (const LineBook::Entry* entry : found)
      if (entry->kind == LineBook::Entry::Kind::unit && entry->valid.covers(at)) issuers.push_back(entry);
  };
  if (!paper.issuer.empty())
    add(book.find(LineBook::Form::loose, line_words(paper.issuer, book.abbreviations()).loose));
  if (issuers.empty())
    if (const std::size_t slash = paper.symbol.rfind('/'); slash != std::string::npos)
      add(book.by_symbol(std::string_view(paper.symbol).substr(slash + 1)));
  if (issuers.empty()) return true;
  return std::any_of(issuers.begin(), issuers.end(), [&](const LineBook::Entry* issuer) {
    if (filters::within(context, issuer->id, {sender.unit}) || filters::within(context, sender.unit, {issuer->id}))
      return true;
    const auto registry = context.directory->registry_of(issuer->id, at);
    return registry && registry->address == sender.address;
  });
}

/// "“Ban Tổ chức Tỉnh uỷ”: còn thiếu …; …", the first so many, the rest counted.
std::string listed(const std::vector<ComparedLine>& lines, bool vietnamese, bool with_confidence) {
  std::string all;
  for (std::size_t i = 0; i < std::min(lines.size(), limits::recipient_named); ++i) {
    const std::string& remark = vietnamese ? lines[i].remark.vi : lines[i].remark.en;
    all += (i == 0 ? "“" : "; “") + lines[i].line + "”";
    if (!remark.empty() && remark != lines[i].line) all += ": " + remark;
    if (with_confidence) all += " " + std::to_string(static_cast<int>(lines[i].confidence * 100 + 0.5)) + " %";
  }
  if (lines.size() > limits::recipient_named) {
    const std::string more = std::to_string(lines.size() - limits::recipient_named);
    all += vietnamese ? "; và " + more + " dòng khác" : "; and " + more + " more";
  }
  return all;
}

std::string told(const Comparison& found, const std::string& papers, bool vi) {
  std::string text = vi ? "Đối chiếu Nơi nhận của văn bản " + papers + " với người nhận thư."
                        : "The recipients printed on " + papers + " beside those of the message.";
  const auto part = [&](const std::vector<ComparedLine>& lines, const char* in_vi, const char* in_en) {
    if (!lines.empty()) text += std::string("\n") + (vi ? in_vi : in_en) + listed(lines, vi, false) + ".";
  };
  part(found.unserved, "Có trong Nơi nhận, thư chưa gửi tới: ", "Printed, but not served: ");
  part(found.extra, "Thư gửi tới, không có trong Nơi nhận: ", "Served, but not printed: ");
  part(found.not_understood, "Không hiểu: ", "Not understood: ");
  part(found.external, "Ngoài hệ thống này, gửi bằng đường khác: ", "Outside this system, to be sent another way: ");
  return text;
}

Verdict explained(const Comparison& found, const std::string& papers, Language language) {
  const bool vi = language == Language::vi;
  const auto count = [&](const std::vector<ComparedLine>& lines, const char* in_vi, const char* in_en) {
    return (vi ? in_vi : in_en) + std::string(" ") + std::to_string(lines.size());
  };
  const std::string sum =
      papers + ": " + count(found.served, "đã gửi", "served") + ", " + count(found.unserved, "chưa gửi", "unserved") +
      ", " + count(found.extra, "thừa", "extra") + ", " + count(found.not_understood, "không hiểu", "not understood") +
      ", " + count(found.external, "ngoài hệ thống", "outside") + ", " + count(found.archive, "lưu", "archive");
  Verdict verdict = found.as_printed() ? passed(lines_rule, sum) : noted(lines_rule, sum);
  const auto step = [&](const char* rule, const std::vector<ComparedLine>& lines, bool matched, bool confidence) {
    if (!lines.empty()) verdict.steps.push_back({rule, matched, listed(lines, vi, confidence)});
  };
  step("addressing.recipient-lines.unserved", found.unserved, true, true);
  step("addressing.recipient-lines.extra", found.extra, true, false);
  step("addressing.recipient-lines.not-understood", found.not_understood, true, false);
  step("addressing.recipient-lines.served", found.served, false, true);
  step("addressing.recipient-lines.external", found.external, false, true);
  return verdict;
}

}  // namespace

Verdict judge_recipients(const Grounds& grounds, LineBooks& books, const filters::Context& context) {
  const filters::RecipientLineRules& rules = grounds.book.addressing.recipients;
  const Language language = grounds.book.language;
  if (rules.noi_nhan == Outcome::off || context.direction != mail::Direction::out) return {};
  const auto sender = filters::sender_mailbox(context);
  std::vector<const Paper*> papers;
  for (const Paper& paper : context.facts->papers)
    if (paper.confidence >= grounds.book.official.min_confidence && paper.secrecy == "none" &&
        papers.size() < limits::recipient_papers)
      papers.push_back(&paper);
  if (papers.empty() || context.facts->secrecy != "none") return {};
  if (!sender || (sender->kind != Mailbox::Kind::unit && !sender->registers_mail))
    return passed(lines_rule, say(language, "chỉ xét thư của hộp thư đơn vị", "only mail of units is looked at"));

  const auto book = books.book(grounds.directory, rules);
  std::vector<const Paper*> own;
  std::string symbols, others;
  for (const Paper* paper : papers) {
    if (!is_own(*book, context, *sender, *paper)) {
      others += (others.empty() ? "" : ", ") + called(*paper);
    } else if (!paper->recipients.empty()) {
      own.push_back(paper);
      symbols += (symbols.empty() ? "" : ", ") + called(*paper);
    }
  }
  if (own.empty())
    return passed(lines_rule, others.empty()
                                  ? say(language, "không đọc được Nơi nhận", "no recipients were read")
                                  : say(language, "văn bản của nơi khác: ", "papers of somebody else's: ") + others);
  const Comparison found = compare_recipients(*book, context, rules, *sender, own);
  Verdict verdict = explained(found, symbols, language);
  if (found.as_printed() || rules.noi_nhan == Outcome::record) return verdict;
  if (rules.noi_nhan == Outcome::notice)
    verdict.notices.push_back({lines_rule, told(found, symbols, true), told(found, symbols, false)});
  else
    verdict.decisions.push_back(filters::confirmation(context, grounds.book.addressing.decide_hours,
                                                      told(found, symbols, language == Language::vi)));
  return verdict;
}

Verdict judge_personal_papers(const Grounds& grounds, const filters::Context& context) {
  const Language language = grounds.book.language;
  const Outcome outcome = grounds.book.addressing.personal_papers;
  if (outcome == Outcome::off) return {};
  const Paper* numbered = nullptr;
  for (const Paper& paper : context.facts->papers)
    if (numbered == nullptr && !paper.number.empty() && paper.confidence >= grounds.book.official.min_confidence)
      numbered = &paper;
  if (numbered == nullptr) return passed(personal_rule, "");
  std::vector<std::string> exceptions;
  const auto sender = filters::sender_mailbox(context);
  if (sender && sender->kind == Mailbox::Kind::person) exceptions.push_back(sender->address);
  if (context.deliveries != nullptr)
    for (const mail::Delivery& delivery : *context.deliveries)
      if (const auto to = filters::recipient_mailbox(context, delivery); to && to->kind == Mailbox::Kind::person)
        exceptions.push_back(to->address);
  if (exceptions.empty()) return passed(personal_rule, say(language, "từ đơn vị tới đơn vị", "unit to unit"));

  std::string list;
  for (std::size_t i = 0; i < std::min(exceptions.size(), limits::recipient_named); ++i)
    list += (i == 0 ? "" : ", ") + shown(exceptions[i]);
  const auto with_rest = [&](bool vi) {
    if (exceptions.size() <= limits::recipient_named) return list;
    const std::string more = std::to_string(exceptions.size() - limits::recipient_named);
    return list + (vi ? " và " + more + " địa chỉ khác" : " and " + more + " more");
  };
  const std::string paper = called(*numbered);
  const std::string vi = "văn bản có số " + paper + " đi qua hộp thư cá nhân: " + with_rest(true);
  const std::string en = "the numbered paper " + paper + " passes a personal mailbox: " + with_rest(false);
  if (outcome == Outcome::reject && context.direction == mail::Direction::out)
    return filters::refused(
        personal_rule, 550, {5, 7, 1},
        say(language, "văn bản có số phải gửi từ hộp thư đơn vị tới hộp thư đơn vị, không qua hộp thư cá nhân: ",
            "a numbered paper goes from a unit's mailbox to a unit's, not through a personal one: ") +
            shown(exceptions.front()),
        say(language, vi, en));
  Verdict verdict = noted(personal_rule, say(language, vi, en));
  if (context.direction != mail::Direction::out) return verdict;  // who writes from outside cannot be asked or told
  if (outcome == Outcome::notice) verdict.notices.push_back({personal_rule, vi, en});
  if (outcome == Outcome::hold)
    verdict.decisions.push_back(
        filters::confirmation(context, grounds.book.addressing.decide_hours, say(language, vi, en)));
  return verdict;
}

}  // namespace vanthu::addressing
