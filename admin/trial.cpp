// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/trial.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "admin/inspecting.hpp"
#include "admin/table.hpp"
#include "filters/attachments/attachments.hpp"
#include "filters/chain.hpp"
#include "filters/official/official.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::admin {
namespace json = boost::json;
namespace {
using filters::Facts;
using filters::Language;
using filters::Policy;
using filters::say;
using filters::Verdict;

bool is_ours(const Config& config, const std::string& domain) {
  return std::any_of(config.domains.begin(), config.domains.end(), [&](const std::string& ours) {
    const auto ascii = text::domain_to_ascii(ours);
    return ascii && *ascii == domain;
  });
}

/// Envelope and direction as the options say; what they leave open as the message's own fields say.
void address(Trial& trial, const Question& question, const Config& config) {
  trial.envelope.reverse_path = question.from;
  if (!question.from && !trial.facts.from.empty())
    if (auto author = mail::parse_mailbox(trial.facts.from.front().address, true))
      trial.envelope.reverse_path = *std::move(author);
  trial.envelope.forward_paths = question.to;
  if (question.to.empty())
    for (const auto* field : {&trial.facts.to, &trial.facts.cc})
      for (const filters::Author& one : *field)
        if (auto mailbox = mail::parse_mailbox(one.address, true)) {
          auto& paths = trial.envelope.forward_paths;
          if (std::find(paths.begin(), paths.end(), *mailbox) == paths.end()) paths.push_back(*std::move(mailbox));
        }
  const bool ours = trial.envelope.reverse_path && is_ours(config, trial.envelope.reverse_path->domain);
  trial.direction = question.direction.value_or(ours ? mail::Direction::out : mail::Direction::in);
}

}  // namespace

directory::Login login_of(const directory::Directory& directory, const mail::Mailbox& from, Date today) {
  directory::Login login;
  login.address = mail::key(from);
  auto mailbox = directory.mailbox(login.address);
  if (!mailbox) {
    const auto resolution = directory.resolve(login.address, today);
    if (resolution.kind == directory::Resolution::Kind::mailbox && !resolution.targets.empty())
      mailbox = resolution.targets.front().mailbox;
  }
  if (!mailbox) return login;
  login.address = mailbox->address;
  login.person = mailbox->person;
  login.unit = mailbox->unit;
  if (const auto person = directory.person(mailbox->person)) login.name = person->name;
  return login;
}

bool Trial::accepted() const {
  const auto good = [](const Verdict& verdict) { return verdict.reply.positive(); };
  return good(message) && (!reverse_path || good(*reverse_path)) &&
         std::all_of(recipients.begin(), recipients.end(), [&](const auto& one) { return good(one.verdict); });
}

namespace {
void judge_trial(Trial& trial, const Question& question, const Office& office,
                 const std::shared_ptr<const Policy>& policy) {
  std::vector<mail::Delivery> deliveries;
  filters::Context context;
  context.direction = trial.direction;
  context.envelope = &trial.envelope;
  context.deliveries = &deliveries;
  context.facts = &trial.facts;
  context.directory = office.directory;
  context.today = question.today;
  if (office.directory == nullptr) {  // addressing has nobody to ask; content and kind of paper need no directory
    for (const mail::Mailbox& path : trial.envelope.forward_paths)
      if (!is_ours(*office.config, path.domain)) deliveries.push_back({path, mail::format(path), "outside", "", ""});
    trial.message = attachments::judge(context, *policy);
    if (!trial.message.secret)
      trial.message = merge(std::move(trial.message), official::judge(context, policy->book()));
    return;
  }
  const filters::Chain chain(*office.config, *office.directory, policy);
  directory::Login login;
  if (trial.direction == mail::Direction::append) {  // nobody sends it: whose mailbox is it?
    filters::Filing filing{"", question.folder, question.special_use};
    if (question.from) {
      login = login_of(*office.directory, *question.from, question.today);
      trial.login = filing.mailbox = login.address;
      context.login = &login;
    }
    context.filing = &filing;
    trial.message = chain.judge_message(context);
    return;
  }
  if (trial.direction == mail::Direction::out && trial.envelope.reverse_path) {
    login = login_of(*office.directory, *trial.envelope.reverse_path, question.today);
    trial.login = login.address;
    context.login = &login;
  }
  trial.reverse_path =
      chain.judge_reverse_path(trial.direction, context.login, trial.envelope.reverse_path, question.today);
  for (const mail::Mailbox& path : trial.envelope.forward_paths) {
    const mail::Mailbox* from = trial.envelope.reverse_path ? &*trial.envelope.reverse_path : nullptr;
    trial.recipients.push_back(chain.judge_forward_path(trial.direction, context.login, path, question.today, from));
    const auto& more = trial.recipients.back().deliveries;
    deliveries.insert(deliveries.end(), more.begin(), more.end());
  }
  trial.message = chain.judge_message(context);
}

std::string word(const Verdict& verdict, Language language) {
  switch (verdict.action) {
    case filters::Action::accept:
      return say(language, "nhận", "accepted");
    case filters::Action::hold:
      return say(language, "nhận nhưng giữ lại", "held");
    case filters::Action::defer:
      return say(language, "tạm từ chối", "deferred");
    case filters::Action::reject:
      break;
  }
  return say(language, "từ chối", "refused");
}

std::string reply_line(const Reply& reply) {
  return std::to_string(reply.code) + ' ' + format(reply.enhanced) + ' ' + reply.text;
}

/// "accepted (own mailbox)", "refused 550 5.1.1 …": the judgement of one command.
std::string one_line(const Verdict& verdict, Language language) {
  std::string line = word(verdict, language);
  if (!verdict.reply.positive()) return line + ' ' + reply_line(verdict.reply);
  if (!verdict.steps.empty() && !verdict.steps[0].because.empty()) line += " (" + verdict.steps[0].because + ')';
  return line;
}

std::string address_or_null(const std::optional<mail::Mailbox>& mailbox) {
  return mailbox ? mail::format(*mailbox) : std::string();
}

void print_steps(std::string& out, const Verdict& verdict) {
  for (const filters::Step& step : verdict.steps) {
    const bool decided = step.matched && step.rule == verdict.rule;
    out += std::string("    ") + (decided ? "✗ " : step.matched ? "● " : "· ") + printable(step.rule);
    if (!step.because.empty()) out += ": " + printable(step.because);
    out += '\n';
  }
}

/// What is not settled when the message is accepted: who has to decide, what its sender will be told.
void print_decisions(std::string& out, const Verdict& verdict, Language language) {
  const auto list = [](const std::vector<std::string>& items) {
    std::string all;
    for (const std::string& item : items) all += (all.empty() ? "" : ", ") + printable(item);
    return all;
  };
  for (const filters::Decision& decision : verdict.decisions) {
    out += decision.kind == "moderate" ? say(language, "    chờ người điều hành nhóm: ", "    moderators decide: ")
           : decision.kind == "review"
               ? say(language, "    giữ chờ quản trị xem (held) ", "    held for an administrator ")
               : say(language, "    chờ người gửi xác nhận: ", "    sender confirms: ");
    if (decision.kind == "review") {
      out += "[" + printable(decision.rule) + ']';
      if (decision.persons > 1) out += ", " + std::to_string(decision.persons) + say(language, " người", " persons");
    }
    out += list(decision.deciders) + ", " + std::to_string(decision.hours) + say(language, " giờ", " hours");
    if (!decision.recipients.empty()) out += say(language, ", về ", ", about ") + list(decision.recipients);
    out += ": " + printable(decision.why) + '\n';
  }
  for (const filters::Notice& notice : verdict.notices)
    out += say(language, "    báo người gửi: ", "    sender is told: ") +
           printable(language == Language::vi ? notice.text_vi : notice.text_en) + '\n';
}

void print_facts(std::string& out, const Facts& facts, Language language) {
  for (const filters::Part& part : facts.parts) {
    out += say(language, "    phần ", "    part ") + printable(part.path) + ' ' + printable(part.type);
    if (!part.declared_type.empty() && part.declared_type != part.type)
      out += say(language, " (khai là ", " (declared ") + printable(part.declared_type) + ')';
    if (!part.name.empty()) out += " \"" + printable(part.name) + '"';
    out += ", " + std::to_string(part.octets) + say(language, " byte", " octets");
    if (part.text_read) out += say(language, ", đã đọc chữ", ", text read");
    out += '\n';
  }
  for (const filters::Finding& finding : facts.findings) {
    out += say(language, "    phát hiện ", "    finding ") + printable(finding.id);
    if (!finding.part.empty()) out += say(language, " trong ", " in ") + printable(finding.part);
    if (!finding.detail.empty()) out += ": " + printable(finding.detail);
    out += '\n';
  }
  for (const filters::Paper& paper : facts.papers) {
    out += say(language, "    văn bản ", "    paper ") + printable(paper.number + '-' + paper.symbol);
    for (const std::string* field : {&paper.kind, &paper.date, &paper.issuer})
      if (!field->empty()) out += ", " + printable(*field);
    out += say(language, ", chắc chắn ", ", confidence ") +
           std::to_string(static_cast<int>(paper.confidence * 100 + 0.5)) + " %\n";
  }
}

void print_addresses(std::string& out, const Trial& trial, Language language) {
  if (!trial.reverse_path) {
    out += say(language, "  địa chỉ: không xét vì không có danh bạ (nêu cấu hình bằng --config)\n",
               "  addresses: not judged, there is no directory (name a configuration with --config)\n");
    return;
  }
  out += "  MAIL FROM:<" + printable(address_or_null(trial.envelope.reverse_path)) +
         ">: " + printable(one_line(*trial.reverse_path, language)) + '\n';
  for (std::size_t i = 0; i < trial.recipients.size(); ++i) {
    const filters::Recipient& recipient = trial.recipients[i];
    out += "  RCPT TO:<" + printable(mail::format(trial.envelope.forward_paths[i])) +
           ">: " + printable(one_line(recipient.verdict, language)) + '\n';
    for (const mail::Delivery& delivery : recipient.deliveries) {
      out += "    → " + printable(mail::format(delivery.to)) + ' ' + delivery.next_hop;
      if (!delivery.unit.empty()) out += say(language, ", đơn vị ", ", unit ") + printable(delivery.unit);
      if (!delivery.holder.empty()) out += say(language, ", người giữ ", ", holder ") + printable(delivery.holder);
      out += '\n';
    }
  }
}
}  // namespace

void judge_facts(Trial& trial, const Question& question, const Office& office,
                 const std::shared_ptr<const Policy>& policy) {
  address(trial, question, *office.config);
  judge_trial(trial, question, office, policy);
}

std::string facts_text(const Facts& facts, Language language) {
  std::string out;
  print_facts(out, facts, language);
  return out;
}

std::string verdict_text(const Verdict& verdict, Language language) {
  std::string out;
  out += say(language, "  thư: ", "  message: ") + word(verdict, language) + '\n';
  if (!verdict.reply.positive())
    out += say(language, "    trả lời: ", "    reply: ") + printable(reply_line(verdict.reply)) + '\n';
  out += say(language, "    quy tắc: ", "    rule: ") + printable(verdict.rule) + '\n';
  print_decisions(out, verdict, language);
  out += say(language, "    lớp hồ sơ: ", "    record class: ") +
         (verdict.record_class.empty() ? say(language, "không lưu trữ", "not archived")
                                       : printable(verdict.record_class)) +
         '\n';
  return out;
}

std::string steps_text(const Verdict& verdict, Language language) {
  std::string out;
  out +=
      say(language, "  các bước (✗ quyết định, ● áp dụng, · không):\n", "  steps (✗ decided, ● applied, · did not):\n");
  print_steps(out, verdict);
  return out;
}

std::string trial_text(const Trial& trial, const Policy& policy) {
  const Language language = policy.book().language;
  const Verdict& verdict = trial.message;
  std::string out = printable(trial.file) + ": " +
                    (trial.accepted() ? word(verdict, language) : say(language, "không nhận", "not accepted")) + '\n';
  out += trial.direction == mail::Direction::out  ? say(language, "  chiều: đi", "  direction: out")
         : trial.direction == mail::Direction::in ? say(language, "  chiều: đến", "  direction: in")
                                                  : say(language, "  cất vào hộp thư", "  direction: append");
  if (!trial.login.empty()) out += say(language, ", đăng nhập ", ", logged in as ") + printable(trial.login);
  out += '\n';
  if (trial.converted)
    out += say(language, "  cuối dòng: tệp dùng LF, đã đổi thành CRLF như phần mềm thư vẫn làm\n",
               "  line ends: LF in the file, made CRLF as a mail program does\n");
  print_addresses(out, trial, language);
  if (trial.rewritten)
    out += say(language, "  viết lại: cổng viết lại thư về một cách đọc duy nhất rồi xét lại\n",
               "  rewritten: the gateway brings it to its strict reading and judges that\n");
  out += verdict_text(verdict, language);
  out += say(language, "    chính sách: ", "    policy: ") + printable(policy.book().name) +
         say(language, ", phiên bản ", ", version ") + policy.version() + '\n';
  out += steps_text(verdict, language);
  out += say(language, "  dữ kiện: ", "  facts: ") + std::to_string(trial.facts.octets) +
         say(language, " byte, SHA-256 ", " octets, SHA-256 ") + printable(trial.facts.sha256) + '\n';
  if (!verdict.secret) print_facts(out, trial.facts, language);
  return out;
}

json::value trial_json(const Trial& trial) {
  json::object object{{"file", trial.file},
                      {"accepted", trial.accepted()},
                      {"direction", trial.direction == mail::Direction::out  ? "out"
                                    : trial.direction == mail::Direction::in ? "in"
                                                                             : "append"},
                      {"login", trial.login},
                      {"line_ends_converted", trial.converted},
                      {"rewritten", trial.rewritten},
                      {"reverse_path", address_or_null(trial.envelope.reverse_path)}};
  object["mail"] = trial.reverse_path ? filters::to_json(*trial.reverse_path) : json::value(nullptr);
  json::array recipients;
  for (std::size_t i = 0; i < trial.recipients.size(); ++i) {
    json::array deliveries;
    for (const mail::Delivery& delivery : trial.recipients[i].deliveries)
      deliveries.push_back(json::object{{"to", mail::format(delivery.to)},
                                        {"next_hop", delivery.next_hop},
                                        {"unit", delivery.unit},
                                        {"holder", delivery.holder}});
    recipients.push_back(json::object{{"forward_path", mail::format(trial.envelope.forward_paths[i])},
                                      {"verdict", filters::to_json(trial.recipients[i].verdict)},
                                      {"deliveries", std::move(deliveries)}});
  }
  object["recipients"] = std::move(recipients);
  object["message"] = filters::to_json(trial.message);
  if (trial.message.secret)
    object["facts"] = json::object{{"sha256", trial.facts.sha256}, {"octets", trial.facts.octets}};
  else
    object["facts"] = filters::to_json(trial.facts);
  return object;
}

Result<Trial> run_trial(const std::string& file, std::string message, const Question& question, const Office& office,
                        const std::shared_ptr<const Policy>& policy, inspect::Pool& pool) {
  Trial trial;
  trial.file = file == "-" ? "standard input" : file;
  if (message.empty()) return fail(status::bad_arguments, trial.file + ": is empty, a message was expected");
  trial.converted = to_crlf(message);
  if (message.size() > office.config->message_octets)
    return fail(status::message_too_big, trial.file + ": " + std::to_string(message.size()) +
                                             " octets, more than limits.message-octets; the gateway answers 552 5.3.4");
  auto octets = Octets::of(message);
  if (!octets) return octets.error();
  const auto arrived = std::make_shared<const Octets>(*std::move(octets));
  auto facts = pool.inspect_and_wait(arrived);
  if (!facts) return fail(facts.error().reply, trial.file + ": " + facts.error().detail + "; the gateway answers 451");
  trial.facts = *std::move(facts);
  judge_facts(trial, question, office, policy);
  if (trial.message.rewrite && trial.message.action <= filters::Action::hold) {
    auto anew = pool.rewrite_and_wait(arrived);
    if (!anew) return fail(anew.error().reply, trial.file + ": " + anew.error().detail + "; the gateway answers 451");
    std::optional<Verdict> second;
    if (*anew) {
      auto strict = pool.inspect_and_wait(std::make_shared<const Octets>(**std::move(anew)));
      if (!strict) return fail(strict.error().reply, trial.file + ": " + strict.error().detail);
      Trial again = trial;
      again.facts = *std::move(strict);
      again.recipients.clear();
      judge_trial(again, question, office, policy);
      second = std::move(again.message);
      trial.rewritten = true;
    }
    trial.message = filters::after_rewriting(std::move(trial.message), std::move(second));
  }
  return trial;
}

}  // namespace vanthu::admin
