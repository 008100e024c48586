// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>

#include "admin/commands.hpp"
#include "admin/inspecting.hpp"
#include "admin/policy_tests.hpp"
#include "admin/record_text.hpp"
#include "admin/sights.hpp"
#include "admin/table.hpp"
#include "admin/trial.hpp"
#include "admin/words.hpp"
#include "filters/chain.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/policies/in_force.hpp"
#include "gateway/spool/queue.hpp"

/// policy: explain (why a letter was judged so), replay (what another policy would have said of archived letters).
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using filters::Policy;
using filters::Verdict;

// ---- explain

struct Told {
  mail::Accepted accepted;
  std::uint64_t record = 0;
  std::vector<std::string> waits{};  ///< why it is kept back, if it is
};

Result<Told> told_of(const Office& office, const std::string& which) {
  const bool number = !which.empty() && which.find_first_not_of("0123456789") == std::string::npos;
  if (number) {
    if (office.archive == nullptr) return fail(status::busy, "the archive is not open");
    if (which.size() > 18) return fail(status::bad_arguments, which + ": không có số bản ghi dài thế (no such record)");
    auto record = office.archive->show(std::stoull(which));
    if (!record) return record.error();
    return Told{std::move(record->accepted), record->number};
  }
  if (office.queue == nullptr) return fail(status::busy, which + ": no gateway runs, the queue is in its memory");
  auto detail = office.queue->show(which);
  if (detail) {
    Told told{std::move(detail->accepted), detail->record};
    for (const spool::Detail::Recipient& one : detail->recipients)
      if (one.pending && !one.hold.empty() &&
          std::find(told.waits.begin(), told.waits.end(), one.hold) == told.waits.end())
        told.waits.push_back(one.hold);
    return told;
  }
  // Delivered already: then the archive may have it.
  if (office.archive != nullptr) {
    static_cast<void>(office.archive->catch_up());
    archive::Query query;
    query.queue_id = which;
    if (const auto found = office.archive->search(query); found && !found->records.empty())
      return told_of(office, std::to_string(found->records[0].number));
  }
  return detail.error();
}

/// @param records  gets the record's number, if it is one
Result<std::string> explained(const Office& office, const std::string& which, bool as_json, const Sights& sights,
                              json::array& records) {
  const auto told = told_of(office, which);
  if (!told) return told.error();
  if (told->record != 0) {
    if (auto may = sights.may_read(told->record); !may) return may.error();
    records.emplace_back(told->record);
  }
  const mail::Accepted& a = told->accepted;
  const auto facts = filters::parse_facts(a.facts);
  if (!facts) return facts.error();
  if (as_json) {
    json::object object{{"id", a.id},
                        {"record", told->record == 0 ? json::value(nullptr) : json::value(told->record)},
                        {"waits", json::value_from(told->waits)},
                        {"verdict", a.verdict},
                        {"facts", filters::to_json(*facts)},
                        {"authentication", a.authentication},
                        {"opinions", a.opinions}};
    return json::serialize(object) + '\n';
  }
  const auto verdict = filters::parse_verdict(a.verdict);
  if (!verdict) return verdict.error();
  const filters::Language language =
      office.policies == nullptr ? filters::Language::vi : office.policies->policy()->book().language;
  const auto say = [&](const char* vi, const char* en) { return filters::say(language, vi, en); };
  std::string out = say("thư ", "message ") + printable(a.id);
  if (told->record != 0) out += say(", bản ghi ", ", record ") + std::to_string(told->record);
  out += "\n  " + local_minute(rfc3339(a.received)) + ", " +
         (a.imported                            ? say("nhập vào lưu trữ", "imported")
          : a.filed                             ? say("cất vào hộp thư bằng IMAP", "filed by IMAP")
          : a.direction == mail::Direction::out ? say("chiều đi", "out")
                                                : say("chiều đến", "in")) +
         ", " + (a.envelope.reverse_path ? printable(mail::format(*a.envelope.reverse_path)) : "<>");
  for (std::size_t i = 0; i < a.envelope.forward_paths.size() && i < 5; ++i)
    out += (i == 0 ? " → " : ", ") + printable(mail::format(a.envelope.forward_paths[i]));
  if (a.envelope.forward_paths.size() > 5) out += " + " + std::to_string(a.envelope.forward_paths.size() - 5);
  out += '\n';
  for (const std::string& one : told->waits) out += say("  đang giữ: ", "  kept back: ") + printable(one) + '\n';
  const std::string now_in_force = office.policies == nullptr ? "" : office.policies->policy()->version();
  return out + verdict_text(*verdict, language) + say("    chính sách: ", "    policy: ") +
         printable(verdict->policy_version) +
         (verdict->policy_version == now_in_force ? ""
                                                  : say(" (không phải bản đang dùng)", " (not the one in force)")) +
         '\n' + steps_text(*verdict, language) + say("  dữ kiện:\n", "  facts:\n") + facts_text(*facts, language);
}

Answer explain_judgement(Office& office, const Request& request) {
  const Command& self = *find_command("policy", "explain");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  const bool one_is_empty = std::ranges::any_of(words->operands, &std::string::empty);
  if (words->operands.empty() || one_is_empty) return wrong_usage(self, "wants queue ids, record numbers or files");
  Answer answer;
  const Sights sights(office, request, *words);
  json::array records;  // whose facts are told: that they were seen
  std::unique_ptr<inspect::Pool> own;
  for (const std::string& which : words->operands) {
    Result<std::string> text = std::string();
    if (const auto file = request.files.find(which); file != request.files.end()) {
      if (office.policies == nullptr) return {EX_UNAVAILABLE, "", "no policy is open\n"};
      if (office.inspectors == nullptr && !own) {
        auto started = start_inspector(*office.config);
        if (!started) return {EX_UNAVAILABLE, "", "inspector: " + started.error().detail + '\n'};
        own = *std::move(started);
      }
      Question question;
      question.today = day_of(now());
      const auto policy = office.policies->policy();
      const auto trial = run_trial(which, file->second, question, office, policy, own ? *own : *office.inspectors);
      if (!trial)
        text = trial.error();
      else
        text = words->has("json") ? json::serialize(trial_json(*trial)) + '\n' : trial_text(*trial, *policy);
    } else {
      text = explained(office, which, words->has("json"), sights, records);
    }
    if (text) {
      answer.out += *text;
      continue;
    }
    const Answer wrong = failed(text.error());
    answer.exit = wrong.exit;
    answer.err += wrong.err;
  }
  if (!records.empty()) answer.audit["record"] = std::move(records);
  return answer;
}

// ---- replay

/// An archived letter, as it stood before the judges.
struct Letter {
  mail::Accepted accepted;
  filters::Facts facts;
  std::optional<filters::Authentication> authentication;
  filters::Opinions opinions;
  Date day{};
};

Result<Letter> letter_of(mail::Accepted accepted, std::optional<Date> at) {
  Letter letter;
  auto facts = filters::parse_facts(accepted.facts);
  if (!facts) return facts.error();
  letter.facts = *std::move(facts);
  if (!accepted.authentication.is_null()) {
    auto authentication = filters::parse_authentication(accepted.authentication);
    if (!authentication) return authentication.error();
    letter.authentication = *std::move(authentication);
  }
  if (!accepted.opinions.is_null()) {
    auto opinions = filters::parse_opinions(accepted.opinions);
    if (!opinions) return opinions.error();
    letter.opinions = *std::move(opinions);
  }
  letter.day = at.value_or(day_of(accepted.received));
  letter.accepted = std::move(accepted);
  return letter;
}

/// What becomes of it under one policy.
struct Replayed {
  std::string outcome, rule, record_class;
  std::vector<std::string> applied;  ///< rules
  friend bool operator==(const Replayed& a, const Replayed& b) {
    return a.outcome == b.outcome && a.rule == b.rule && a.record_class == b.record_class;
  }
  std::string words() const { return outcome + (rule.empty() || rule == "none" ? "" : " [" + rule + ']'); }
};

void note(Replayed& fate, const Verdict& verdict) {
  for (const filters::Step& step : verdict.steps)
    if (step.matched && std::find(fate.applied.begin(), fate.applied.end(), step.rule) == fate.applied.end())
      fate.applied.push_back(step.rule);
}

/// Of a letter that nothing refuses, the rule that its outcome comes from.
std::string rule_behind(const Verdict& verdict) {
  if (verdict.rule != "none") return verdict.rule;
  for (const filters::Decision& one : verdict.decisions) {
    const std::size_t open = one.why.rfind('[');
    if (open != std::string::npos && one.why.ends_with(']')) return one.why.substr(open + 1, one.why.size() - open - 2);
  }
  if (verdict.rewrite) return verdict.rewrite->rule;
  return verdict.notices.empty() ? std::string("none") : verdict.notices.front().id;
}

Replayed fate_of(const filters::Chain& chain, const directory::Directory& directory, const Letter& letter) {
  const mail::Accepted& a = letter.accepted;
  Replayed fate;
  std::optional<directory::Login> login;
  if (a.direction != mail::Direction::in)
    if (const auto user = mail::parse_mailbox(a.user, true)) login = login_of(directory, *user, letter.day);
  const directory::Login* who = login ? &*login : nullptr;
  const auto refused = [&](const Verdict& verdict) {
    note(fate, verdict);
    if (verdict.reply.positive()) return false;
    if (fate.outcome.empty()) {
      fate.outcome = outcome_of(verdict);
      fate.rule = verdict.rule;
    }
    return true;
  };
  bool over = !a.filed && refused(chain.judge_reverse_path(a.direction, who, a.envelope.reverse_path, letter.day));
  const mail::Mailbox* from = a.envelope.reverse_path ? &*a.envelope.reverse_path : nullptr;
  for (const mail::Mailbox& path : a.envelope.forward_paths)
    over = refused(chain.judge_forward_path(a.direction, who, path, letter.day, from).verdict) || over;
  filters::Context context;
  context.direction = a.direction;
  context.login = who;
  context.envelope = &a.envelope;
  context.deliveries = &a.deliveries;
  context.facts = &letter.facts;
  context.directory = &directory;
  context.today = letter.day;
  const filters::Filing filing =
      a.filed ? filters::Filing{a.filed->mailbox, a.filed->folder, a.filed->special_use} : filters::Filing{};
  if (a.filed) context.filing = &filing;
  context.authentication = letter.authentication ? &*letter.authentication : nullptr;
  context.opinions = letter.opinions.empty() ? nullptr : &letter.opinions;
  const Verdict verdict = chain.judge_message(context);
  note(fate, verdict);
  if (over) return fate;
  fate.outcome = outcome_of(verdict);
  fate.rule = rule_behind(verdict);
  fate.record_class = verdict.record_class;
  return fate;
}

struct Changed {
  std::uint64_t number = 0;
  Time received{};
  std::string from;
  Replayed before, after;
};
struct Replay {
  std::uint64_t judged = 0, unreadable = 0;
  std::vector<Changed> changed;
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> rules;  ///< how often each applied, before and after
};

std::string replay_text(const Replay& replay) {
  constexpr std::size_t most = 200;
  std::string out;
  if (!replay.changed.empty()) {
    Table table({"SỐ", "NHẬN LÚC", "NGƯỜI GỬI", "ĐANG DÙNG (IN FORCE)", "BẢN MỚI (NEW)"});
    for (std::size_t i = 0; i < replay.changed.size() && i < most; ++i) {
      const Changed& one = replay.changed[i];
      const bool kept = one.before.outcome == one.after.outcome && one.before.rule == one.after.rule;
      const auto words = [&](const Replayed& fate) {
        return kept ? "lớp (class) " + (fate.record_class.empty() ? "-" : fate.record_class) : fate.words();
      };
      table.add({std::to_string(one.number), local_minute(rfc3339(one.received)), one.from, words(one.before),
                 words(one.after)});
    }
    out += table.text();
    if (replay.changed.size() > most)
      out += "và " + std::to_string(replay.changed.size() - most) + " thư khác (more; --json names all)\n";
    out += '\n';
  }
  Table rules({"QUY TẮC (RULE)", "ĐANG DÙNG", "BẢN MỚI"});
  for (const auto& [rule, counts] : replay.rules)
    rules.add({rule + (counts.first == counts.second ? "" : "  *"), std::to_string(counts.first),
               std::to_string(counts.second)});
  out += rules.text() + '\n' + std::to_string(replay.judged) + " bản ghi đã xét (records judged), " +
         std::to_string(replay.changed.size()) + " đổi kết quả (would change)";
  if (replay.unreadable > 0) out += ", " + std::to_string(replay.unreadable) + " không đọc được (unreadable)";
  return out + '\n';
}

json::object fate_json(const Replayed& fate) {
  return {{"outcome", fate.outcome}, {"rule", fate.rule}, {"record_class", fate.record_class}};
}

std::string replay_json(const Replay& replay) {
  json::array changed;
  for (const Changed& one : replay.changed)
    changed.push_back(json::object{{"record", one.number},
                                   {"received", rfc3339(one.received)},
                                   {"from", one.from},
                                   {"before", fate_json(one.before)},
                                   {"after", fate_json(one.after)}});
  json::array rules;
  for (const auto& [rule, counts] : replay.rules)
    rules.push_back(json::object{{"rule", rule}, {"before", counts.first}, {"after", counts.second}});
  return json::serialize(json::object{{"judged", replay.judged},
                                      {"unreadable", replay.unreadable},
                                      {"changed", std::move(changed)},
                                      {"rules", std::move(rules)}}) +
         '\n';
}

Answer replay_policy(Office& office, const Request& request) {
  const Command& self = *find_command("policy", "replay");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (words->operands.size() != 1) return wrong_usage(self, "wants one policy file");
  if (office.archive == nullptr || office.directory == nullptr || office.policies == nullptr)
    return {EX_UNAVAILABLE, "", "archive, directory or policy is not open; the reason stands in the gateway's log\n"};
  archive::Query query;
  std::optional<Date> at;
  query.most = 1000;
  for (const auto& [option, day] :
       {std::pair{"since", &query.since}, std::pair{"until", &query.until}, std::pair{"at", &at}})
    if (const auto text = words->value(option)) {
      const auto date = read_date(*text);
      if (!date) return wrong_usage(self, date.error().detail);
      *day = *date;
    }
  if (const auto text = words->value("limit")) {
    const auto most = read_number(*text);
    if (!most) return wrong_usage(self, most.error().detail);
    query.most = static_cast<std::size_t>(*most);
  }
  const std::string& file = words->operands[0];
  const auto content = request.files.find(file);
  if (content == request.files.end()) return {EX_NOINPUT, "", file + ": cannot be read\n"};
  const auto policy = Policy::parse(content->second, file);
  if (!policy) return {EX_DATAERR, "", policy.error().detail + '\n'};
  std::unique_ptr<inspect::Pool> own;
  if (words->has("inspect") && office.inspectors == nullptr) {
    auto started = start_inspector(*office.config);
    if (!started) return {EX_UNAVAILABLE, "", "inspector: " + started.error().detail + '\n'};
    own = *std::move(started);
  }
  if (auto caught_up = office.archive->catch_up(); !caught_up) return failed(caught_up.error());
  const auto found = office.archive->search(query);
  if (!found) return failed(found.error());

  const filters::Chain before(*office.config, *office.directory, office.policies->policy());
  const filters::Chain after(*office.config, *office.directory, *policy);
  Replay report;
  for (const archive::Summary& summary : found->records) {
    if (summary.direction == "import") continue;  // no door judged it
    auto record = office.archive->show(summary.number);
    auto letter = record ? letter_of(std::move(record->accepted), at) : Result<Letter>(record.error());
    if (letter && words->has("inspect")) {
      const auto octets = office.archive->get(summary.number);
      auto message = octets ? Octets::of(*octets) : Result<Octets>(octets.error());
      auto facts =
          message
              ? (own ? *own : *office.inspectors).inspect_and_wait(std::make_shared<const Octets>(*std::move(message)))
              : Result<filters::Facts>(message.error());
      if (facts)
        letter->facts = *std::move(facts);
      else
        letter = facts.error();
    }
    if (!letter) {
      ++report.unreadable;
      continue;
    }
    ++report.judged;
    Replayed old = fate_of(before, *office.directory, *letter);
    Replayed now = fate_of(after, *office.directory, *letter);
    for (const std::string& rule : old.applied) ++report.rules[rule].first;
    for (const std::string& rule : now.applied) ++report.rules[rule].second;
    if (!(old == now))
      report.changed.push_back(
          {summary.number, letter->accepted.received, summary.from, std::move(old), std::move(now)});
  }
  Answer answer;
  answer.exit = report.changed.empty() ? EX_OK : 1;
  answer.out = words->has("json") ? replay_json(report) : replay_text(report);
  if (found->more) answer.err = "còn bản ghi cũ hơn (there are older records): --limit N, --until DATE\n";
  return answer;
}

constexpr auto replay_rows = std::to_array<Command>({
    {"policy", "explain", "[--purpose TEXT] [--json] WHICH…",
     "vì sao một thư được xét như vậy: mã thư, số bản ghi hoặc tệp (why a letter was judged so: queue id, record or "
     "file)",
     Command::Where::office, Command::Takes::found, explain_judgement},
    {"policy", "replay", "[--since DATE] [--until DATE] [--limit N] [--at DATE] [--inspect] [--json] FILE",
     "xét lại thư lưu trữ theo bản mới: thư nào đổi kết quả, mỗi quy tắc mấy lần (archived letters under another "
     "policy: "
     "which verdicts change, how often each rule applies); exit 1: some do",
     Command::Where::office, Command::Takes::files, replay_policy},
});
}  // namespace

std::span<const Command> replay_commands() { return replay_rows; }

}  // namespace vanthu::admin
