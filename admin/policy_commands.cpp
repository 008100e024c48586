// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "admin/commands.hpp"
#include "admin/inspecting.hpp"
#include "admin/policy_tests.hpp"
#include "admin/table.hpp"
#include "admin/trial.hpp"
#include "admin/words.hpp"
#include "filters/policy/built_in.hpp"
#include "filters/policy/rule.hpp"
#include "gateway/policies/in_force.hpp"

/// policy: check (one message through all three enforcements, explained), test (a policy file), default.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using filters::Policy;

Result<Question> question_of(const Words& words) {
  Question question;
  question.json = words.has("json");
  question.today = day_of(now());
  if (const auto at = words.value("at")) {
    const auto date = read_date(*at);
    if (!date) return date.error();
    question.today = *date;
  }
  if (const auto from = words.value("from")) {
    auto mailbox = mail::parse_mailbox(*from, true);
    if (!mailbox) return fail(status::bad_arguments, "--from: no mail address: " + *from);
    question.from = *std::move(mailbox);
  }
  if (const auto to = words.options.find("to"); to != words.options.end())
    for (const std::string& one : to->second) {
      auto mailbox = mail::parse_mailbox(one, true);
      if (!mailbox) return fail(status::bad_arguments, "--to: no mail address: " + one);
      question.to.push_back(*std::move(mailbox));
    }
  if (const auto direction = words.value("direction")) {
    if (*direction != "in" && *direction != "out" && *direction != "append")
      return fail(status::bad_arguments, "--direction: in, out or append, not " + *direction);
    question.direction = *direction == "in"    ? mail::Direction::in
                         : *direction == "out" ? mail::Direction::out
                                               : mail::Direction::append;
  }
  if (const auto folder = words.value("folder")) question.folder = *folder;
  if (const auto use = words.value("special-use")) question.special_use = *use;
  return question;
}

/// What the gateway judges by: the policy that was applied, else the configuration's.
Result<std::shared_ptr<const Policy>> policy_for(const Config& config, const Words& words, std::string& notes) {
  if (const auto file = words.value("policy")) return Policy::load(*file);
  if (config.data_folder.empty())
    return config.policy_file.empty() ? Policy::built_in() : Policy::load(config.policy_file);
  auto in_force = policies::InForce::open({config.at("policy"), config.policy_file});
  if (in_force) return (*in_force)->policy();
  if (config.policy_file.empty()) return in_force.error();
  notes += "note: " + in_force.error().detail + "; judged by " + config.policy_file + '\n';
  return Policy::load(config.policy_file);
}

// ---- the commands

Answer check_policy(Office& office, const Request& request) {
  const Command& self = *find_command("policy", "check");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (words->operands.empty()) return wrong_usage(self, "names no message file");
  const auto question = question_of(*words);
  if (!question) return wrong_usage(self, question.error().detail);
  Answer answer;
  const auto policy = policy_for(*office.config, *words, answer.err);
  if (!policy) return {EX_DATAERR, "", policy.error().detail + '\n'};
  auto pool = start_inspector(*office.config);
  if (!pool) return {EX_UNAVAILABLE, "", "inspector: " + pool.error().detail + '\n'};

  bool all_accepted = true;
  json::array all;
  for (const std::string& file : words->operands) {
    const auto content = request.files.find(file);
    if (content == request.files.end()) return {EX_NOINPUT, "", file + ": cannot be read\n"};
    auto trial = run_trial(file, content->second, *question, office, *policy, **pool);
    if (!trial) {  // the others are judged all the same
      answer.err += trial.error().detail + '\n';
      if (trial.error().reply == Reply(status::bad_arguments)) answer.exit = EX_DATAERR;
      all_accepted = false;
      continue;
    }
    all_accepted = all_accepted && trial->accepted();
    if (question->json)
      all.push_back(trial_json(*trial));
    else
      answer.out += trial_text(*trial, **policy);
  }
  if (question->json) answer.out = json::serialize(all) + '\n';
  if (answer.exit == EX_OK && !all_accepted) answer.exit = 1;
  return answer;
}

/// "good, 20 rules, version 0123…, 4 tests passed", or what is wrong with it.
void test_one(const std::string& file, const Request& request, const Office& office, Answer& answer) {
  const auto content = request.files.find(file);
  const auto policy = Policy::parse(content->second, file == "-" ? "standard input" : file);
  if (!policy) {
    answer.exit = EX_DATAERR;
    answer.err += policy.error().detail + '\n';
    return;
  }
  const std::string rules = printable(file) + ": " + std::to_string((*policy)->book().rules.size()) +
                            " rules, version " + (*policy)->version();
  const auto report = run_tests(*policy, file, request.files, office);
  if (!report) {
    answer.exit = EX_UNAVAILABLE;
    answer.err += report.error().detail + '\n';
    return;
  }
  if (report->failed.empty()) {
    answer.out += rules + ", good";
    if (report->passed > 0) answer.out += ", " + std::to_string(report->passed) + " tests passed";
    answer.out += '\n';
    return;
  }
  if (answer.exit == EX_OK) answer.exit = 1;
  answer.out += rules + ", " + std::to_string(report->failed.size()) + " of " +
                std::to_string(report->failed.size() + report->passed) + " tests failed\n";
  for (const std::string& one : report->failed) answer.out += "  ✗ " + one;
}

Answer test_policy(Office& office, const Request& request) {
  const Command& self = *find_command("policy", "test");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (words->operands.empty()) return wrong_usage(self, "names no policy file");
  Answer answer;
  for (const std::string& file : words->operands) {
    const auto content = request.files.find(file);
    if (content == request.files.end()) return {EX_NOINPUT, "", file + ": cannot be read\n"};
    test_one(file, request, office, answer);
  }
  return answer;
}

Answer built_in_policy(Office&, const Request&) { return {EX_OK, std::string(filters::built_in_text()), ""}; }

constexpr auto policy_rows = std::to_array<Command>({
    {"policy", "check",
     "[--from ADDRESS] [--to ADDRESS]… [--direction in|out|append] [--folder FOLDER] [--special-use USE] [--policy "
     "FILE] [--at DATE] [--json] FILE…",
     "judge raw messages as the gateway would, and explain; without --from and --to by the message's own fields",
     Command::Where::caller, Command::Takes::files, check_policy},
    {"policy", "test", "FILE…", "read policy files, name every fault, and run the tests they bring ([[test]])",
     Command::Where::caller, Command::Takes::policies, test_policy},
    {"policy", "default", "", "print the policy that comes with the product, to begin one's own with",
     Command::Where::caller, Command::Takes::nothing, built_in_policy},
});
}  // namespace

std::span<const Command> policy_commands() { return policy_rows; }

}  // namespace vanthu::admin