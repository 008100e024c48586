// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <array>
#include <boost/json.hpp>

#include "admin/commands.hpp"
#include "admin/policy_tests.hpp"
#include "admin/record_text.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "filters/policy/difference.hpp"
#include "filters/policy/rule.hpp"
#include "gateway/base/log.hpp"
#include "gateway/policies/in_force.hpp"

/// policy: apply, confirm, rollback, history, show, diff: which policy is in force, and the way there and back.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using filters::Difference;
using filters::Policy;
using policies::Change;

Answer no_history() {
  return {EX_UNAVAILABLE, "",
          "không mở được lịch sử chính sách, lý do ở trên hoặc trong nhật ký (the history of policies is not open; the "
          "reason stands above or in the gateway's log)\n"};
}

std::string minute_of(Time time) { return local_minute(rfc3339(time)); }

const char* kind_word(Difference::Kind kind) {
  switch (kind) {
    case Difference::Kind::added:
      return "added";
    case Difference::Kind::removed:
      return "removed";
    case Difference::Kind::changed:
      return "changed";
    case Difference::Kind::moved:
      break;
  }
  return "moved";
}

std::string differences_text(const std::vector<Difference>& all) {
  std::string out;
  for (const Difference& one : all) {
    const bool added = one.kind == Difference::Kind::added;
    const char* mark = added                                   ? "+ "
                       : one.kind == Difference::Kind::removed ? "- "
                       : one.kind == Difference::Kind::changed ? "~ "
                                                               : "↕ ";
    out += mark + printable(one.what);
    if (one.kind == Difference::Kind::moved) out += " (chuyển chỗ / moved): " + printable(one.place);
    out += '\n';
    for (const Difference::Value& value : one.values) {
      out += "    " + printable(value.key) + (value.key.empty() ? "" : ": ");
      if (one.kind == Difference::Kind::changed)
        out += (value.before.empty() ? "(không có / none)" : printable(value.before)) + " → " +
               (value.after.empty() ? "(không có / none)" : printable(value.after)) + '\n';
      else
        out += printable(added ? value.after : value.before) + '\n';
    }
  }
  return out.empty() ? "không khác gì (no difference)\n" : out;
}

json::array differences_json(const std::vector<Difference>& all) {
  json::array out;
  for (const Difference& one : all) {
    json::array values;
    for (const Difference::Value& value : one.values)
      values.push_back(json::object{{"key", value.key}, {"before", value.before}, {"after", value.after}});
    json::object object{{"kind", kind_word(one.kind)}, {"what", one.what}, {"values", std::move(values)}};
    if (!one.place.empty()) object["place"] = one.place;
    out.push_back(std::move(object));
  }
  return out;
}

json::object change_json(const policies::Past& past, const Change& change) {
  json::object object{{"number", change.number}, {"version", change.version}, {"at", rfc3339(change.at)},
                      {"act", change.act},       {"actor", change.actor},     {"file", change.file},
                      {"why", change.why},       {"result", change.result},   {"in_force", &change == past.last()}};
  if (&change == past.last() && past.trial) object["trial_until"] = rfc3339(past.trial->until);
  return object;
}

// ---- looking

Answer diff_policies(Office& office, const Request& request) {
  const Command& self = *find_command("policy", "diff");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (words->operands.empty() || words->operands.size() > 2) return wrong_usage(self, "wants one file or two");
  std::vector<std::string> texts;
  if (words->operands.size() == 1) {
    if (office.policies == nullptr) return no_history();
    texts.push_back(office.policies->policy()->text());
  }
  for (const std::string& file : words->operands) {
    const auto content = request.files.find(file);
    if (content == request.files.end()) return {EX_NOINPUT, "", file + ": cannot be read\n"};
    if (const auto good = filters::read_rule_book(content->second, file); !good)
      return {EX_DATAERR, "", good.error().detail + '\n'};
    texts.push_back(content->second);
  }
  const auto found = filters::differences(texts[0], texts[1]);
  if (!found) return {EX_DATAERR, "", found.error().detail + '\n'};
  Answer answer;
  answer.exit = found->empty() ? EX_OK : 1;
  answer.out = words->has("json") ? json::serialize(differences_json(*found)) + '\n' : differences_text(*found);
  return answer;
}

Answer policy_history(Office& office, const Request& request) {
  const auto words = read_words(find_command("policy", "history")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("policy", "history"), words.error().detail);
  if (office.policies == nullptr) return no_history();
  const policies::Past past = office.policies->past();
  if (words->has("json")) {
    json::array all;
    for (const Change& change : past.changes) all.push_back(change_json(past, change));
    return {0,
            json::serialize(json::object{{"version", office.policies->policy()->version()},
                                         {"applied", !past.changes.empty()},
                                         {"changes", std::move(all)}}) +
                '\n',
            ""};
  }
  if (past.changes.empty())
    return {0,
            "chưa áp dụng bản nào: đang dùng tệp trong cấu hình (none was applied: the configuration's file is in "
            "force), " +
                office.policies->policy()->version() + '\n',
            ""};
  Table table({"", "Số", "Bản", "Từ lúc", "Việc", "Ai", "Kết quả", "Lý do"});
  for (auto one = past.changes.rbegin(); one != past.changes.rend(); ++one)
    table.add({&*one == past.last() ? "→" : "", std::to_string(one->number), one->version, minute_of(one->at), one->act,
               one->actor, one->result, shortened(printable(one->why), 60)});
  std::string out = table.text();
  if (past.trial)
    out += "đang thử tới (on trial until) " + minute_of(past.trial->until) +
           ": `vanthu policy confirm` để giữ (to keep it)\n";
  return {0, std::move(out), ""};
}

Answer show_policy(Office& office, const Request& request) {
  const auto words = read_words(find_command("policy", "show")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("policy", "show"), words.error().detail);
  if (office.policies == nullptr) return no_history();
  if (words->operands.size() > 1) return wrong_usage(*find_command("policy", "show"), "wants one version at most");
  if (words->operands.empty()) return {0, office.policies->policy()->text(), ""};
  const auto change = office.policies->past().named(words->operands[0]);
  if (!change) return failed(change.error());
  auto text = office.policies->text(change->version);
  if (!text) return failed(text.error());
  return {0, *std::move(text), ""};
}

// ---- changing

void log_change(const char* event, const Change& change) {
  log::Event(event).with("version", change.version).with("number", change.number).with("actor", change.actor);
}

std::string applied_text(const Change& change, const policies::Past& past) {
  std::string out = "bản (version) " + change.version + " có hiệu lực (in force), số (number) " +
                    std::to_string(change.number) + '\n';
  if (past.trial)
    out += "tự quay lại bản cũ lúc (goes back by itself at) " + minute_of(past.trial->until) +
           " nếu không có (unless) `vanthu policy confirm`\n";
  return out;
}

Answer apply_policy(Office& office, const Request& request) {
  const Command& self = *find_command("policy", "apply");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (words->operands.size() != 1) return wrong_usage(self, "wants one policy file");
  if (office.policies == nullptr) return no_history();
  std::chrono::seconds trial{0};
  if (const auto span = words->value("confirm")) {
    const auto read = read_span(*span);
    if (!read) return wrong_usage(self, "--confirm: " + read.error().detail);
    if (read->count() < 1 || *read > std::chrono::hours(24 * 31)) return wrong_usage(self, "--confirm: from 1s to 31d");
    trial = *read;
  }
  const std::string& file = words->operands[0];
  const auto content = request.files.find(file);
  if (content == request.files.end()) return {EX_NOINPUT, "", file + ": cannot be read\n"};
  const auto policy = Policy::parse(content->second, file);
  if (!policy) return {EX_DATAERR, "", policy.error().detail + '\n'};
  const auto report = run_tests(*policy, file, request.files, office);
  if (!report) return failed(report.error());
  const auto found = filters::differences(office.policies->policy()->text(), content->second);
  Answer answer;
  if (found) answer.out = differences_text(*found);
  if (!report->failed.empty()) {
    for (const std::string& one : report->failed) answer.out += "✗ " + one;
    answer.err =
        "chưa áp dụng, số bài thử hỏng (nothing was applied, failed tests): " + std::to_string(report->failed.size()) +
        '\n';
    answer.exit = EX_DATAERR;
    return answer;
  }
  if (report->passed > 0) answer.out += std::to_string(report->passed) + " bài thử đạt (tests passed)\n";
  if (!words->has("yes")) {
    answer.err = "chưa áp dụng; thêm --yes (nothing was applied; add --yes)\n";
    answer.exit = 1;
    return answer;
  }
  const auto change = office.policies->apply(*policy, {request.actor, file, words->value("why").value_or("")}, trial);
  if (!change) return failed(change.error());
  if (!*change) {
    answer.out = (*policy)->version() + ": đang có hiệu lực rồi (in force already)\n";
    return answer;
  }
  log_change("policy.applied", **change);
  answer.out += applied_text(**change, office.policies->past());
  return answer;
}

Answer confirm_policy(Office& office, const Request& request) {
  const auto words = read_words(find_command("policy", "confirm")->arguments, request.words);
  if (!words || !words->operands.empty())
    return wrong_usage(*find_command("policy", "confirm"), words ? "takes no words" : words.error().detail);
  if (office.policies == nullptr) return no_history();
  const auto change = office.policies->confirm({request.actor, "", ""});
  if (!change) return failed(change.error());
  log_change("policy.confirmed", *change);
  return {0, "bản (version) " + change->version + " được giữ (stays)\n", ""};
}

Answer roll_back_policy(Office& office, const Request& request) {
  const auto words = read_words(find_command("policy", "rollback")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("policy", "rollback"), words.error().detail);
  if (words->operands.size() > 1) return wrong_usage(*find_command("policy", "rollback"), "wants one version at most");
  if (office.policies == nullptr) return no_history();
  const std::string to = words->operands.empty() ? "" : words->operands[0];
  const auto change = office.policies->roll_back(to, {request.actor, "", words->value("why").value_or("")});
  if (!change) return failed(change.error());
  log_change("policy.rolled-back", *change);
  return {0, applied_text(*change, office.policies->past()), ""};
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto version_rows = std::to_array<Command>({
    {"policy", "diff", "[--json] FILE [FILE2]",
     "what differs from the policy in force (of two files: from FILE to FILE2), rule by rule; exit 1: something does",
     Where::office, Takes::files, diff_policies},
    {"policy", "apply", "[--confirm TIME] [--why TEXT] [--yes] FILE",
     "kiểm tra, chạy thử, rồi đưa vào hiệu lực ngay; --confirm 10m: tự quay lại nếu không có policy confirm; không có "
     "--yes: chỉ cho xem (check, test, put in force at once; on trial with --confirm; without --yes only shown)",
     Where::office, Takes::policies, apply_policy},
    {"policy", "confirm", "", "giữ bản đang thử (keep the policy that is on trial)", Where::office, Takes::nothing,
     confirm_policy},
    {"policy", "rollback", "[--why TEXT] [VERSION]",
     "quay lại bản trước, hoặc bản nêu tên (back to the policy before, or to a version of the history)", Where::office,
     Takes::nothing, roll_back_policy},
    {"policy", "history", "[--json]", "các bản đã có hiệu lực: khi nào, ai, vì sao (what was in force when, by whom)",
     Where::office, Takes::nothing, policy_history},
    {"policy", "show", "[VERSION]", "in bản đang có hiệu lực (print the policy in force, or a version of the history)",
     Where::office, Takes::nothing, show_policy},
});
}  // namespace

std::span<const Command> version_commands() { return version_rows; }

}  // namespace vanthu::admin
