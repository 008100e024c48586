// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/door.hpp"

#include <algorithm>
#include <array>
#include <future>

#include "filters/policy/policy.hpp"
#include "filters/policy/words.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/ids.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/intake/about.hpp"
#include "gateway/mail/asking.hpp"
#include "gateway/mail/record_field.hpp"
#include "gateway/mail/trace.hpp"
#include "gateway/net/await_call.hpp"

namespace vanthu::intake {
namespace {

/// What keeps every inspector at work while the commits before it are written, and no more.
std::size_t places(const Config& config) { return 4 * std::size_t(config.inspector_processes); }

std::string reverse_path(const mail::Envelope& envelope) {
  return envelope.reverse_path ? mail::format(*envelope.reverse_path) : "<>";
}

/// What the urgency that stands on an official paper is worth in the queue (RFC 6710 counts from -9 to 9).
int urgency_priority(const filters::Facts& facts) {
  struct Row {
    std::string_view urgency;
    int priority;
  };
  static constexpr auto rows = std::to_array<Row>({{"khan", 3}, {"thuong-khan", 5}, {"hoa-toc", 7}});
  int priority = 0;
  for (const filters::Paper& paper : facts.papers)
    for (const Row& row : rows)
      if (paper.urgency == row.urgency) priority = std::max(priority, row.priority);
  return priority;
}

/// Copies of what was sent are asked for only where folders are for reading.
bool has_reading_folders(const filters::Chain& chain) {
  const auto& rules = chain.policy().book().mailboxes.rules;
  return std::any_of(rules.begin(), rules.end(), [](const filters::MailboxRule& rule) {
    return rule.mode == filters::MailboxRule::Mode::read_only;
  });
}

bool is_review(const mail::Question& question) { return question.kind == "review"; }

/// Mail of our own users that goes outside: what carries our signature (RFC 6376).
bool leaves(const mail::Accepted& accepted) {
  return accepted.direction == mail::Direction::out &&
         std::any_of(accepted.deliveries.begin(), accepted.deliveries.end(),
                     [](const mail::Delivery& delivery) { return delivery.next_hop != "local"; });
}

opinion::Envelope envelope_for_opinions(const Arrival& arrival) {
  opinion::Envelope envelope{arrival.client,
                             arrival.helo,
                             arrival.login ? arrival.login->address : "",
                             arrival.envelope.reverse_path ? mail::format(*arrival.envelope.reverse_path) : "",
                             {},
                             arrival.session};
  for (const mail::Mailbox& path : arrival.envelope.forward_paths) envelope.recipients.push_back(mail::format(path));
  return envelope;
}

/// A refusal, told in the log: rule, status, envelope, size, digest. Never subject, file name or text (invariant 3).
void log_refusal(const Arrival& arrival, const filters::Verdict& verdict, const std::string& digest) {
  log::Event(verdict.secret ? "message.secret-refused" : "message.refused")
      .with("session", arrival.session)
      .with("client", arrival.client)
      .with("user", arrival.login ? arrival.login->address : "")
      .with("from", reverse_path(arrival.envelope))
      .with("recipients", std::uint64_t(arrival.envelope.forward_paths.size()))
      .with("octets", std::uint64_t(arrival.octets->size()))
      .with("sha256", digest)
      .with("status", format(verdict.reply.enhanced))
      .with("rule", verdict.rule);
}
mail::Receipts receipts_of(const filters::ReceiptRules& rules) {
  mail::Receipts receipts;
  for (const auto& [wanted, kind] : {std::pair{rules.acceptance, "acceptance"},
                                     {rules.delivery, "delivery"},
                                     {rules.opening, "opening"},
                                     {rules.registration, "registration"},
                                     {rules.slip, "slip"}})
    if (wanted) receipts.kinds.emplace_back(kind);
  if (rules.opening || rules.registration) receipts.remind_hours = static_cast<std::uint32_t>(rules.remind_after_hours);
  return receipts;
}

/// What an archive keeps of a message that is delivered in its strict reading: first as it came, then as it goes on.
Result<Octets> both_readings(const Octets& original, const Octets& delivered) {
  auto both = Octets::create();
  if (!both) return both;
  if (auto added = both->append(original.view()); !added) return added.error();
  if (auto added = both->append(delivered.view()); !added) return added.error();
  if (auto sealed = both->seal(); !sealed) return sealed.error();
  return both;
}

}  // namespace

Door::Door(Services services)
    : services_(std::move(services)),
      budget_(services_.config.octets_in_memory),
      gate_(Gate::Terms{places(services_.config)}),
      full_(std::chrono::seconds(services_.config.full_mailbox_seconds), limits::full_mailboxes) {}

boost::asio::awaitable<Outcome> Door::receive(Arrival arrival) {
  const auto failed = [&](const Error& error) {
    log::Event("message.deferred", log::Level::warning)
        .with("session", arrival.session)
        .with("status", format(error.reply.enhanced))
        .with("why", error.detail);
    return Outcome{error.reply, {}, 0};
  };
  try {
    std::shared_ptr<mailauth::Service::Check> check;
    if (services_.mailauth != nullptr && arrival.direction == mail::Direction::in) {
      mailauth::Subject subject{arrival.client, arrival.helo, arrival.envelope.reverse_path, arrival.octets, now()};
      check = co_await services_.mailauth->begin(std::move(subject));
    }
    auto facts = co_await services_.inspectors.inspect(arrival.octets);
    arrival.place.reset();  // who waits for names or opinions holds up nobody else
    if (!facts) co_return failed(facts.error());
    std::optional<filters::Authentication> authentication;
    if (check) {
      authentication = co_await services_.mailauth->finish(check);
      mailauth::reconcile(*authentication, *facts);
    }
    filters::Opinions opinions;
    const auto chain = services_.chain();  // one for all that follows: a policy may be applied in between
    const auto judge = [&] {
      const filters::Context context{arrival.direction,
                                     arrival.login ? &*arrival.login : nullptr,
                                     &arrival.envelope,
                                     &arrival.deliveries,
                                     &*facts,
                                     &services_.directory,
                                     day_of(now()),
                                     authentication ? &*authentication : nullptr,
                                     opinions.empty() ? nullptr : &opinions};
      return chain->judge_message(context);
    };
    filters::Verdict verdict = judge();
    std::optional<filters::Verdict> as_it_came;  // where its strict reading goes on instead
    if (verdict.rewrite && (verdict.action == filters::Action::accept || verdict.action == filters::Action::hold)) {
      auto anew = co_await services_.inspectors.rewrite(arrival.octets);
      if (!anew) co_return failed(anew.error());
      std::optional<filters::Verdict> second;
      if (*anew) {
        arrival.original = std::exchange(arrival.octets, std::make_shared<const Octets>(**std::move(anew)));
        const std::string digest = facts->sha256;
        facts = co_await services_.inspectors.inspect(arrival.octets);
        if (!facts) co_return failed(facts.error());
        facts->sha256 = digest;  // of what came: the archive stands on it
        if (authentication) mailauth::reconcile(*authentication, *facts);
        second = judge();
      }
      as_it_came = verdict;
      verdict = filters::after_rewriting(std::move(verdict), std::move(second));
    }
    const bool goes_on =
        !verdict.secret && (verdict.action == filters::Action::accept || verdict.action == filters::Action::hold);
    if (goes_on && services_.opinion != nullptr && services_.opinion->any()) {
      opinion::Envelope envelope = envelope_for_opinions(arrival);
      opinions = co_await services_.opinion->ask(arrival.octets, std::move(envelope));
      for (const filters::Opinion& one : opinions)
        if (one.result == "absent")
          log::Event("opinion.absent", log::Level::warning)
              .with("session", arrival.session)
              .with("source", one.source)
              .with("why", one.detail);
      verdict = judge();
      if (as_it_came) verdict = filters::after_rewriting(*as_it_came, std::move(verdict));
    }
    // What an opinion alone wants in its strict reading was not written anew.
    if (verdict.rewrite && (verdict.action == filters::Action::accept || verdict.action == filters::Action::hold))
      verdict = filters::after_rewriting(std::move(verdict), std::nullopt);
    // A hold accepts and keeps back; a secrecy marking is never kept (invariant 3).
    const bool held = verdict.action == filters::Action::hold && !verdict.secret;
    if (verdict.action != filters::Action::accept && !held) {
      log_refusal(arrival, verdict, facts->sha256);
      if (verdict.reply.positive())  // a rule that refuses without saying how must not let the message through
        verdict.reply =
            verdict.action == filters::Action::reject ? Reply(status::refused) : Reply(status::inspection_failed);
      co_return Outcome{std::move(verdict.reply), {}, 0};
    }
    boost::json::value said = opinions.empty() ? boost::json::value() : filters::to_json(opinions);
    co_return co_await commit(std::move(arrival), *std::move(facts), std::move(authentication), std::move(verdict),
                              std::move(said));
  } catch (const std::exception& error) {
    co_return failed(fail(status::store_failed, error.what()));  // an outage is never a "no"
  }
}

boost::asio::awaitable<Outcome> Door::commit(Arrival arrival, filters::Facts facts,
                                             std::optional<filters::Authentication> authentication,
                                             filters::Verdict verdict, boost::json::value opinions) {
  auto payload = std::make_shared<spool::Payload>();
  payload->octets = arrival.octets;
  mail::Accepted& accepted = payload->accepted;
  accepted.id = message_id();
  accepted.received = now();
  accepted.session = arrival.session;
  accepted.client = arrival.client;
  accepted.helo = arrival.helo;
  accepted.name = arrival.name;
  accepted.protocol = arrival.protocol;
  accepted.tls = arrival.tls;
  accepted.user = arrival.login ? arrival.login->address : "";
  accepted.direction = arrival.direction;
  accepted.envelope = std::move(arrival.envelope);
  accepted.deliveries = std::move(arrival.deliveries);
  accepted.sha256 = facts.sha256;
  accepted.trace = mail::received_field(accepted, services_.config.hostname);
  if (accepted.direction == mail::Direction::out)
    accepted.trace += mail::missing_fields(accepted, arrival.octets->view(), services_.config.hostname);
  if (verdict.on_behalf && verdict.on_behalf->add_sender)
    accepted.trace += mail::sender_field(verdict.on_behalf->login);
  if (authentication) {
    accepted.trace.insert(0, services_.mailauth->results_field(*authentication));
    accepted.authentication = filters::to_json(*authentication);
  }
  accepted.opinions = std::move(opinions);
  if (services_.mailauth != nullptr && leaves(accepted)) {
    const std::string author = mailauth::author_domain(facts).value_or("");
    std::string signatures =
        co_await services_.mailauth->sign(accepted.trace, arrival.octets, author, accepted.received);
    accepted.trace.insert(0, signatures);
  }
  accepted.trace.insert(0, mail::RecordField::neutral(arrival.octets->view()));
  accepted.questions = questions_of(verdict, accepted, services_.config.decision_seconds);
  const bool held = verdict.action == filters::Action::hold;
  // What a rule holds is a question to the administrators; whatever else holds waits without an end.
  if (held && std::none_of(accepted.questions.begin(), accepted.questions.end(), is_review))
    accepted.hold = verdict.rule;
  if (accepted.questions.size() > limits::decisions)
    co_return Outcome{Reply(452, {4, 5, 3}, "too many decisions are needed for this message"), {}, 0};
  accepted.record_class = verdict.record_class;
  if (!accepted.record_class.empty() && accepted.direction == mail::Direction::out)
    accepted.envelope.priority = std::max(accepted.envelope.priority, urgency_priority(facts));
  const bool official = !accepted.record_class.empty();
  std::shared_ptr<const Octets> kept = arrival.octets;
  if (official && arrival.original) {
    auto both = both_readings(*arrival.original, *arrival.octets);
    if (!both) co_return Outcome{both.error().reply, {}, 0};
    kept = std::make_shared<const Octets>(*std::move(both));
    accepted.original_octets = arrival.original->size();
  }
  if (official && accepted.direction == mail::Direction::out)
    accepted.receipts = receipts_of(services_.chain()->policy().book().receipts);
  facts.opening.clear();  // read for answers to our questions alone
  std::optional<Prepared> notice = remarks(accepted, facts, verdict);
  journal::Draft draft{journal::Kind::message, official,
                       mail::to_json(accepted, filters::to_text(facts), filters::to_text(verdict)), kept,
                       accepted.record_class};
  accepted.authentication = nullptr;  // the queue does not need them
  accepted.opinions = nullptr;

  journal::Log& log = official ? services_.record_log : services_.spool_log;
  const auto head = co_await net::await_call<Result<journal::FrameHead>>([&](auto call) {
    // The queue learns of it on the committer's thread: a session that dies now must not take the message with it.
    log.append(std::move(draft), [this, official, payload, call = std::move(call)](Result<journal::FrameHead> result) {
      if (result) {
        if (official && services_.record_field) payload->record_field = services_.record_field(result->ordinal);
        services_.queue.add(official ? spool::Source::records : spool::Source::spool, *result, payload);
        if (official && services_.archived) services_.archived();
        if (!payload->accepted.questions.empty() && services_.asks) services_.asks();
      }
      call(std::move(result));
    });
  });
  if (!head) {
    log::Event("message.deferred", log::Level::error)
        .with("session", arrival.session)
        .with("status", format(head.error().reply.enhanced))
        .with("why", head.error().detail);
    co_return Outcome{head.error().reply, {}, 0};
  }
  if (services_.sent != nullptr && arrival.login && accepted.direction == mail::Direction::out &&
      has_reading_folders(*services_.chain()))
    services_.sent->note(accepted.user, facts.message_id, arrival.octets);
  if (notice) {
    // Before the 250: who hears that his letter was taken will hear what was remarked.
    const std::shared_ptr<const spool::Payload> remark = notice->payload;
    const auto told = co_await net::await_call<Result<journal::FrameHead>>([&](auto call) {
      services_.spool_log.append({journal::Kind::message, false, mail::to_json(remark->accepted), remark->octets},
                                 [this, remark, call = std::move(call)](Result<journal::FrameHead> result) {
                                   if (result) services_.queue.add(spool::Source::spool, *result, remark);
                                   call(std::move(result));
                                 });
    });
    log::Event sent(told ? "notice.sent" : "notice.lost", told ? log::Level::info : log::Level::error);
    sent.with("message", accepted.id).with("notice", remark->accepted.id).with("to", notice->address);
    if (!told) sent.with("why", told.error().detail);
  }
  log::Event event("message.accepted");
  event.with("session", arrival.session)
      .with("message", accepted.id)
      .with("user", accepted.user)
      .with("from", reverse_path(accepted.envelope))
      .with("recipients", std::uint64_t(accepted.envelope.forward_paths.size()))
      .with("deliveries", std::uint64_t(accepted.deliveries.size()))
      .with("octets", std::uint64_t(arrival.octets->size()));
  if (authentication)
    event.with("spf", authentication->spf.result)
        .with("dkim", filters::dkim_result(*authentication))
        .with("dmarc", authentication->dmarc.result);
  if (arrival.original) event.with("rewritten", verdict.steps.empty() ? std::string() : verdict.steps.front().rule);
  if (official) event.with("record", head->ordinal).with("class", accepted.record_class);
  if (held) event.with("held", verdict.rule);
  if (!accepted.questions.empty()) event.with("questions", std::uint64_t(accepted.questions.size()));
  std::string words = accepted.id + " accepted";
  if (held) words += ", held for review";
  for (const mail::Question& question : accepted.questions)
    if (!is_review(question))
      words += question.kind == "confirm" ? ", waits for your confirmation" : ", waits for a moderator";
  if (official) words += ", record " + std::to_string(head->ordinal);
  co_return Outcome{Reply(250, {2, 0, 0}, std::move(words)), accepted.id, head->ordinal};
}

Result<std::optional<Door::Prepared>> Door::prepare(const mail::Mailbox& to, const std::string& text,
                                                    const std::string& id) const {
  auto payload = std::make_shared<spool::Payload>();
  mail::Accepted& notice = payload->accepted;
  const std::string address = mail::format(to);
  const auto add = [&](mail::Mailbox mailbox, const char* next_hop, std::string unit, std::string holder) {
    mail::Delivery delivery;
    delivery.to = std::move(mailbox);
    delivery.original = address;
    delivery.next_hop = next_hop;
    delivery.unit = std::move(unit);
    delivery.holder = std::move(holder);
    delivery.notify = mail::Notify::never;  // a notice asks for no notice (RFC 3461 §6.1)
    notice.deliveries.push_back(std::move(delivery));
  };
  const auto resolution = services_.directory.resolve(mail::key(to), day_of(now()));
  if (resolution.kind == directory::Resolution::Kind::mailbox) {
    for (const auto& target : resolution.targets) {
      const std::string& mailbox = target.mailbox.address;
      const std::size_t at = mailbox.rfind('@');
      add({mailbox.substr(0, at), mailbox.substr(at + 1)}, "local", target.mailbox.unit, target.holder);
    }
  } else {
    const std::vector<std::string>& ours = services_.config.domains;
    if (std::find(ours.begin(), ours.end(), to.domain) != ours.end() || !services_.config.reaches(to.domain))
      return std::optional<Prepared>();
    add(to, "outside", "", "");
  }
  const auto ascii = [](std::string_view octets) {
    return std::all_of(octets.begin(), octets.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  };
  notice.id = id;
  notice.received = now();
  notice.helo = services_.config.hostname;
  notice.direction = mail::Direction::out;
  notice.envelope.forward_paths.push_back(to);
  notice.envelope.body = ascii(text) ? mail::Envelope::Body::seven_bit : mail::Envelope::Body::eight_bit;
  notice.envelope.utf8 = !ascii(address);
  notice.sha256 = hex(sha256(text));
  auto octets = Octets::of(text);
  if (!octets) return octets.error();
  payload->octets = std::make_shared<const Octets>(*std::move(octets));
  return std::optional(Prepared{std::move(payload), address});
}

Result<Done> Door::write(const Prepared& mail, std::string meta) {
  const auto payload = mail.payload;
  std::promise<Result<journal::FrameHead>> promise;
  services_.spool_log.append({journal::Kind::message, false, std::move(meta), payload->octets},
                             [&](Result<journal::FrameHead> result) {
                               if (result) services_.queue.add(spool::Source::spool, *result, payload);
                               promise.set_value(std::move(result));
                             });
  if (auto head = promise.get_future().get(); !head) return head.error();
  return done;
}

Result<bool> Door::notify(const std::string& about, const mail::Mailbox& to, std::string text, const std::string& id,
                          const spool::Progress& carries) {
  auto prepared = prepare(to, text, id);
  if (!prepared) return prepared.error();
  if (!*prepared) return false;
  auto written = write(**prepared, spool::carrying_meta(mail::to_json((*prepared)->payload->accepted), carries));
  if (!written) return written.error();
  log::Event("dsn.sent").with("message", about).with("notice", id).with("to", (*prepared)->address);
  return true;
}

Result<bool> Door::tell(const std::string& about, const mail::Mailbox& to, const std::string& text,
                        const std::string& id) {
  auto prepared = prepare(to, text, id);
  if (!prepared) return prepared.error();
  if (!*prepared) return false;
  auto written = write(**prepared, mail::to_json((*prepared)->payload->accepted));
  if (!written) return written.error();
  log::Event("receipt.sent").with("message", about).with("notice", id).with("to", (*prepared)->address);
  return true;
}

std::optional<Door::Prepared> Door::remarks(const mail::Accepted& accepted, const filters::Facts& facts,
                                            const filters::Verdict& verdict) const {
  // Strangers are told nothing: what they say of themselves may be somebody else's address.
  if (verdict.notices.empty() || accepted.direction != mail::Direction::out || !accepted.envelope.reverse_path)
    return std::nullopt;
  std::vector<mail::Remark> all;
  for (const filters::Notice& notice : verdict.notices) {
    if (all.size() == limits::notices) {
      const std::string more = std::to_string(verdict.notices.size() - all.size());
      all.push_back({"và " + more + " lưu ý khác", "and " + more + " more"});
      break;
    }
    constexpr std::size_t most = 500;  // code points
    all.push_back({filters::shown(notice.text_vi, most), filters::shown(notice.text_en, most)});
  }
  const mail::Mailbox& to = *accepted.envelope.reverse_path;
  const mail::Letterhead head{services_.config.hostname, "postmaster@" + services_.config.hostname, mail::format(to),
                              message_id(), now()};
  const mail::About about = about_letter(accepted, facts, services_.config.decision_quote, {});
  auto prepared = prepare(to, mail::notice_mail(head, about, all), head.id);
  if (prepared && *prepared) return *std::move(prepared);
  log::Event("notice.nobody", log::Level::warning).with("message", accepted.id).with("to", head.to);
  return std::nullopt;
}

}  // namespace vanthu::intake
