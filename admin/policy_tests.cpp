// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/policy_tests.hpp"

#include <algorithm>
#include <filesystem>

#include "admin/inspecting.hpp"
#include "admin/table.hpp"
#include "admin/trial.hpp"
#include "filters/policy/rule.hpp"

namespace vanthu::admin {
namespace {
using filters::PolicyTest;
using filters::Verdict;

std::string sample_key(const std::string& file, const std::string& message) { return file + " » " + message; }

/// The verdict that decides over the whole: of the commands before the message the first that refuses.
const Verdict& deciding(const Trial& trial) {
  if (trial.reverse_path && !trial.reverse_path->reply.positive()) return *trial.reverse_path;
  for (const filters::Recipient& recipient : trial.recipients)
    if (!recipient.verdict.reply.positive()) return recipient.verdict;
  return trial.message;
}

bool applied(const Trial& trial, const std::string& rule) {
  const auto in = [&](const Verdict& verdict) {
    return verdict.rule == rule ||
           std::any_of(verdict.steps.begin(), verdict.steps.end(),
                       [&](const filters::Step& step) { return step.matched && step.rule == rule; }) ||
           std::any_of(verdict.notices.begin(), verdict.notices.end(),
                       [&](const filters::Notice& notice) { return notice.id == rule; });
  };
  return in(trial.message) || (trial.reverse_path && in(*trial.reverse_path)) ||
         std::any_of(trial.recipients.begin(), trial.recipients.end(),
                     [&](const filters::Recipient& one) { return in(one.verdict); });
}

/// @par Errors  bad_arguments naming the key
Result<Question> test_question(const PolicyTest& test) {
  Question question;
  question.today = test.at.value_or(day_of(now()));
  if (!test.direction.empty())
    question.direction = test.direction == "in"    ? mail::Direction::in
                         : test.direction == "out" ? mail::Direction::out
                                                   : mail::Direction::append;
  if (!test.from.empty()) {
    auto from = mail::parse_mailbox(test.from, true);
    if (!from) return fail(status::bad_arguments, "from: no mail address: " + test.from);
    question.from = *std::move(from);
  }
  for (const std::string& one : test.to) {
    auto to = mail::parse_mailbox(one, true);
    if (!to) return fail(status::bad_arguments, "to: no mail address: " + one);
    question.to.push_back(*std::move(to));
  }
  return question;
}

/// What differs, one line each; nothing: as expected.
std::string differences(const PolicyTest& test, const Trial& trial) {
  const Verdict& verdict = deciding(trial);
  const std::string came(outcome_of(verdict));
  std::string lines;
  if (came != test.expect)
    lines += "    chờ đợi (expected): " + test.expect + "\n    thực tế (got):      " + came + " [" +
             printable(verdict.rule) + "]" + (verdict.reply.positive() ? "" : " " + printable(verdict.reply.text)) +
             '\n';
  if (!test.rule.empty() && !applied(trial, test.rule))
    lines += "    quy tắc không áp dụng (rule did not apply): " + printable(test.rule) + '\n';
  if (!test.record_class.empty() && trial.message.record_class != test.record_class)
    lines += "    lớp hồ sơ (record class): " + printable(test.record_class) + " ≠ " +
             (trial.message.record_class.empty() ? "-" : printable(trial.message.record_class)) + '\n';
  if (lines.empty()) return lines;
  for (const filters::Step& step : verdict.steps)
    if (step.matched) lines += "    ● " + printable(step.rule) + ": " + printable(step.because) + '\n';
  return lines;
}
}  // namespace

std::string_view outcome_of(const Verdict& verdict) {
  if (verdict.action != filters::Action::accept) return name_of(verdict.action);
  const auto asked = [&](std::string_view kind) {
    return std::any_of(verdict.decisions.begin(), verdict.decisions.end(),
                       [&](const filters::Decision& one) { return one.kind == kind; });
  };
  if (asked("confirm")) return "confirm";
  if (asked("moderate")) return "moderate";
  if (verdict.rewrite) return "rewrite";
  return verdict.notices.empty() ? "accept" : "warn";
}

std::vector<std::pair<std::string, std::string>> samples_of(const std::string& file, std::string_view policy) {
  std::vector<std::pair<std::string, std::string>> samples;
  const auto book = filters::read_rule_book(policy, file);
  if (!book) return samples;
  const std::filesystem::path beside = std::filesystem::path(file == "-" ? "." : file).parent_path();
  for (const PolicyTest& test : book->tests)
    if (!test.message.empty()) samples.emplace_back(sample_key(file, test.message), (beside / test.message).string());
  return samples;
}

Result<TestReport> run_tests(const std::shared_ptr<const filters::Policy>& policy, const std::string& file,
                             const std::map<std::string, std::string>& files, const Office& office) {
  TestReport report;
  std::unique_ptr<inspect::Pool> own;
  inspect::Pool* pool = office.inspectors;
  Office nobody = office;  // where no sender is named, content is judged and addresses are not
  nobody.directory = nullptr;
  for (const PolicyTest& test : policy->book().tests) {
    const auto wrong = [&](const std::string& why) {
      report.failed.push_back(printable(test.name) + " (" + printable(file) + ':' + std::to_string(test.line) + ")\n" +
                              why);
    };
    const auto question = test_question(test);
    if (!question) {
      wrong("    " + question.error().detail + '\n');
      continue;
    }
    Trial trial;
    if (test.facts) {
      trial.facts = *test.facts;
      if (question->from) {
        trial.facts.from = {{"", mail::format(*question->from)}};
        trial.facts.from_fields = 1;
      }
      judge_facts(trial, *question, question->from ? office : nobody, policy);
    } else {
      std::string letter = test.text;
      if (!test.message.empty()) {
        const auto sample = files.find(sample_key(file, test.message));
        if (sample == files.end()) {
          wrong("    " + test.message + ": cannot be read\n");
          continue;
        }
        letter = sample->second;
      }
      if (pool == nullptr) {
        auto started = start_inspector(*office.config);
        if (!started) return fail(status::bad_configuration, "inspector: " + started.error().detail);
        own = *std::move(started);
        pool = own.get();
      }
      auto ran = run_trial(test.message.empty() ? test.name : test.message, std::move(letter), *question, office,
                           policy, *pool);
      if (!ran) {
        wrong("    " + ran.error().detail + '\n');
        continue;
      }
      trial = *std::move(ran);
    }
    if (const std::string lines = differences(test, trial); !lines.empty())
      wrong(lines);
    else
      ++report.passed;
  }
  return report;
}

}  // namespace vanthu::admin
