// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/decisions.hpp"

#include <algorithm>

#include "filters/policy/policy.hpp"
#include "filters/policy/words.hpp"
#include "gateway/base/ids.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"
#include "gateway/intake/about.hpp"
#include "gateway/net/offload.hpp"

namespace vanthu::intake {
namespace asio = boost::asio;
namespace {
constexpr std::chrono::seconds longest_sleep{30};  // a clock that jumps is noticed so soon

filters::Language language_of(const Door& door) { return door.services().chain()->policy().book().language; }

Error refusal(int code, std::array<int, 3> enhanced, std::string words) {
  Reply reply(code, enhanced, std::move(words));
  return Error{reply, reply.text};
}
}  // namespace

Decisions::Decisions(Services services) : services_(std::move(services)) {
  const std::string whole = services_.config.decision_mailbox();
  const std::size_t at = whole.rfind('@');
  local_part_ = text::ascii_lower(whole.substr(0, at));
  domain_ = text::ascii_lower(whole.substr(at + 1));
}

Decisions::~Decisions() { stop(); }

void Decisions::start() {
  thread_ = std::thread([this] { run(); });
}

void Decisions::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Decisions::poke() {
  {
    const std::lock_guard lock(mutex_);
    poked_ = true;
  }
  wake_.notify_one();
}

void Decisions::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    poked_ = false;
    lock.unlock();
    const auto wait =
        std::clamp<std::chrono::microseconds>(look(now()) - now(), std::chrono::milliseconds(10), longest_sleep);
    lock.lock();
    wake_.wait_for(lock, wait, [&] { return poked_ || ending_; });
  }
}

Time Decisions::look(Time at) {
  try {
    for (const spool::Asked& asked : services_.queue.questions_due(at, limits::decisions_at_once)) {
      {
        const std::lock_guard lock(mutex_);
        if (ending_) break;
      }
      handle(asked, at);
    }
  } catch (const std::exception& error) {
    log::Event("decision.failed", log::Level::error).with("why", error.what());
    return at + longest_sleep;
  }
  return services_.queue.next_question().value_or(at + longest_sleep);
}

void Decisions::handle(const spool::Asked& seen, Time at) {
  const std::lock_guard deciding(deciding_);
  // What was seen may be over, or stand elsewhere by now.
  const auto asked = services_.queue.now_of(seen);
  if (!asked) return;
  // Who cannot be asked, because the mail cannot be written, has no more time than who can.
  const bool begun = asked->standing.mailed || asked->standing.asked != Time{};
  Result<Done> result = done;
  try {
    if (begun && at >= asked->deadline())
      result = pass_on(*asked);
    else if (!asked->standing.mailed)
      result = ask(*asked, at);
  } catch (const std::exception& error) {
    result = fail(status::store_failed, error.what());
  }
  if (result || result.error().reply == Reply(status::not_found)) return;
  log::Event("decision.postponed", log::Level::error).with("message", seen.id).with("why", result.error().detail);
  Time until = at + limits::decision_pause;
  const auto left = services_.queue.now_of(seen);
  if (left && left->standing.asked != Time{} && left->deadline() > at) until = std::min(until, left->deadline());
  services_.queue.postpone(seen, until);
}

/// The token is known before its mail is out: an answer can come at once. The mail and the note that it was written are
/// one write, so nobody is asked twice.
Result<Done> Decisions::ask(spool::Asked asked, Time at) {
  spool::Standing& standing = asked.standing;
  const std::string decider = asked.decider();
  const std::string token = new_token();
  if (standing.asked == Time{}) standing.asked = at;
  standing.tokens.push_back(digest_of(token));
  if (standing.tokens.size() > limits::decision_tokens) standing.tokens.erase(standing.tokens.begin());
  if (auto noted = services_.queue.set_standing(asked, standing); !noted) return noted;

  bool told = false;
  const auto to =
      decider.empty() ? Result<mail::Mailbox>(fail(status::not_found, "")) : mail::parse_mailbox(decider, true);
  if (to) {
    auto letter = about(asked);
    if (!letter) return letter.error();
    const bool last = asked.question.kind == "confirm" || standing.decider + 1 >= asked.question.deciders.size();
    mail::Asking asking;
    asking.kind = asked.question.kind;
    asking.why = asked.question.why;
    asking.deadline = asked.deadline();
    asking.on_timeout = asked.question.on_timeout == "next" && last ? "return" : asked.question.on_timeout;
    asking.reply = address(token);
    asking.yes = address(token + ".yes");
    asking.no = address(token + ".no");
    const mail::Letterhead head{services_.config.hostname, address(""), mail::format(*to), message_id(), now()};
    spool::Progress note{asked.source, asked.sequence};
    note.change.questions.push_back(standing);
    note.change.questions.back().mailed = true;
    auto written = services_.door.notify(asked.id, *to, mail::asking_mail(head, *letter, asking), head.id, note);
    if (!written) return written.error();
    told = *written;
  }
  log::Event(told ? "decision.asked" : "decision.unreachable", told ? log::Level::info : log::Level::warning)
      .with("message", asked.id)
      .with("kind", asked.question.kind)
      .with("decider", decider)
      .with("until", rfc3339(asked.deadline()));
  // Who cannot be reached costs no time where there is somebody else to ask; where there is not, an administrator can
  // still decide until the time is over.
  if (!told && asked.question.kind != "confirm" && standing.decider + 1 < asked.question.deciders.size()) {
    ++standing.decider;
    standing.asked = {};
    standing.tokens.clear();
  } else {
    standing.mailed = true;
  }
  return services_.queue.set_standing(asked, standing);
}

/// The time is over.
Result<Done> Decisions::pass_on(const spool::Asked& asked) {
  const bool another = asked.question.kind != "confirm" && asked.standing.decider + 1 < asked.question.deciders.size();
  log::Event("decision.timeout")
      .with("message", asked.id)
      .with("kind", asked.question.kind)
      .with("decider", asked.decider())
      .with("then", asked.question.on_timeout);
  if (asked.question.on_timeout == "next" && another) {
    spool::Standing standing = asked.standing;
    ++standing.decider;
    standing.asked = {};
    standing.tokens.clear();
    standing.mailed = false;
    return services_.queue.set_standing(asked, standing);
  }
  return end(asked, asked.question.on_timeout == "release", "", "gateway");
}

/// @param by  whose mailbox the report names; empty: nobody's, the time was over
Result<Done> Decisions::end(const spool::Asked& asked, bool yes, const std::string& by, const std::string& actor) {
  const auto act = [&](const char* outcome) {
    audit::Act entry;
    entry.actor = actor;
    entry.act = "queue.decide";
    entry.subject = "message " + asked.id;
    entry.outcome = outcome;
    entry.details = {{"question", asked.question.kind},
                     {"decider", asked.decider()},
                     {"answer", yes ? "yes" : "no"},
                     {"why", by.empty() ? "time-out" : "answer"}};
    if (!asked.question.rule.empty()) entry.details["rule"] = asked.question.rule;
    return entry;
  };
  const auto begun = services_.trail.record(act("begun"));
  if (!begun) return begun.error();
  spool::Standing standing = asked.standing;
  standing.answer = yes ? "yes" : "no";
  standing.by = by;
  standing.answered = now();
  // The sender's word stands beside the others' that the rule wants, and in no one's place.
  const bool more = yes && standing.turned && asked.question.persons > 1;
  const auto set = more ? back_to_review(asked) : services_.queue.set_standing(asked, standing);
  audit::Act outcome = act(set ? "done" : "failed");
  outcome.details["begun"] = *begun;
  if (auto recorded = services_.trail.record(std::move(outcome)); !recorded)
    log::Event("audit.failed", log::Level::error).with("act", "queue.decide").with("why", recorded.error().detail);
  if (!set) return set;
  log::Event("decision.made")
      .with("message", asked.id)
      .with("kind", asked.question.kind)
      .with("answer", yes ? "yes" : "no")
      .with("by", by.empty() ? "time-out" : by)
      .with("actor", actor);
  return done;
}

Result<Done> Decisions::back_to_review(const spool::Asked& asked) {
  spool::Standing standing = asked.standing;
  standing.turned = false;
  standing.tokens.clear();
  standing.why.clear();
  standing.confirmed = standing.asked = now();
  return services_.queue.set_standing(asked, standing);
}

Result<mail::About> Decisions::about(const spool::Asked& asked) const {
  const auto detail = services_.queue.show(asked.id);
  if (!detail) return detail.error();
  const auto facts = filters::parse_facts(detail->accepted.facts);
  if (!facts) return facts.error();
  return about_letter(detail->accepted, *facts, services_.config.decision_quote, asked.question.deliveries);
}

bool Decisions::is_ours(const mail::Mailbox& forward_path) const {
  if (!text::ascii_iequals(forward_path.domain, domain_)) return false;
  const std::string local = text::ascii_lower(forward_path.local_part);
  return local == local_part_ || local.starts_with(local_part_ + "+");
}

std::string Decisions::address(const std::string& tag) const {
  return local_part_ + (tag.empty() ? "" : "+" + tag) + '@' + domain_;
}

bool Decisions::may_answer(const directory::Login& login, const spool::Asked& asked, Date today) const {
  if (asked.question.kind == "confirm") return text::ascii_iequals(login.address, asked.user);
  const std::string decider = asked.decider();
  return !decider.empty() && services_.directory.may_send_as(login, decider, today).allowed;
}

Result<Slip> Decisions::judge(const directory::Login* login, const mail::Mailbox& forward_path, Date today) const {
  const filters::Language language = language_of(services_.door);
  if (login == nullptr)
    return refusal(550, {5, 7, 1},
                   filters::say(language, "địa chỉ này chỉ nhận trả lời của người dùng trong hệ thống",
                                "only users of this system may answer here"));
  const std::string& local = forward_path.local_part;
  const auto slip = local.size() > local_part_.size()
                        ? read_slip(std::string_view(local).substr(local_part_.size() + 1))
                        : std::nullopt;
  if (!slip)
    return refusal(550, {5, 1, 1},
                   filters::say(language, "hãy trả lời thẳng vào thư hỏi ý kiến; địa chỉ này không nhận thư khác",
                                "reply to the mail that asks; this address takes no other mail"));
  if (slip->record != 0 && services_.acknowledging != nullptr)
    return services_.acknowledging->judge(*login, *slip, today);
  const auto asked = services_.queue.question_of(digest_of(slip->token));
  if (!asked)
    return refusal(550, {5, 7, 1},
                   filters::say(language, "câu hỏi này đã được trả lời hoặc đã hết hạn",
                                "this question was answered already, or its time is over"));
  if (!may_answer(*login, *asked, today)) {
    log::Event("decision.wrong-login", log::Level::warning)
        .with("message", asked->id)
        .with("user", login->address)
        .with("decider", asked->decider());
    return refusal(550, {5, 7, 1},
                   filters::say(language, "câu hỏi này dành cho người khác; tài khoản của bạn không được trả lời",
                                "this question was put to somebody else; your account may not answer it"));
  }
  return *slip;
}

std::string Decisions::slip_address(std::uint64_t record, const std::string& unit) const {
  constexpr std::size_t local_part = 64;  // RFC 5321 §4.5.3.1.1
  return address(registration_tag(record, unit, local_part - local_part_.size() - 1));
}

asio::awaitable<Outcome> Decisions::answer(Arrival arrival, Slip slip) {
  if (slip.record != 0 && services_.acknowledging != nullptr) {
    auto acknowledged = services_.acknowledging->answer(std::move(arrival), std::move(slip));
    co_return co_await std::move(acknowledged);
  }
  const auto refused = [&](const Reply& reply) {
    log::Event("decision.unanswered")
        .with("session", arrival.session)
        .with("user", arrival.login ? arrival.login->address : "")
        .with("status", format(reply.enhanced))
        .with("why", reply.text);
    return Outcome{reply, {}, 0};
  };
  try {
    const filters::Language language = language_of(services_.door);
    // What the letter says is read where untrusted content is read, and nothing of it is kept.
    auto facts = co_await services_.door.services().inspectors.inspect(arrival.octets);
    arrival.place.reset();
    if (!facts) co_return refused(facts.error().reply);
    const auto line = read_answer(facts->opening);
    const auto subject = read_answer(without_reply_mark(facts->subject));
    std::optional<bool> yes = slip.yes;
    if (!yes) yes = line;
    if (!yes && facts->opening.empty()) yes = subject;
    const bool two_minds = slip.yes && line && *slip.yes != *line;
    if (!yes || two_minds || facts->from_fields != 1)
      co_return refused({554,
                         {5, 6, 0},
                         filters::say(language, "chưa rõ ý kiến: hãy viết ở dòng đầu tiên ĐỒNG Ý hoặc KHÔNG",
                                      "neither yes nor no: write YES or NO in the first line")});
    const auto decide = [&]() -> Result<Done> {
      const std::lock_guard deciding(deciding_);
      // Asked again: the time between RCPT and the last octet may be long.
      const auto asked = services_.queue.question_of(digest_of(slip.token));
      if (!asked || !arrival.login || !may_answer(*arrival.login, *asked, day_of(now())))
        return fail(status::not_found, "no such question");
      return end(*asked, *yes, asked->decider(), arrival.login->address);
    };
    const auto decided = co_await net::offload(services_.slow, decide);
    if (!decided && decided.error().reply == Reply(status::not_found))
      co_return refused({550,
                         {5, 7, 1},
                         filters::say(language, "câu hỏi này đã được trả lời hoặc đã hết hạn",
                                      "this question was answered already, or its time is over")});
    if (!decided) co_return refused(decided.error().reply);
    std::string words = *yes ? filters::say(language, "đã ghi nhận: ĐỒNG Ý", "noted: YES")
                             : filters::say(language, "đã ghi nhận: KHÔNG", "noted: NO");
    co_return Outcome{Reply(250, {2, 0, 0}, std::move(words)), {}, 0};
  } catch (const std::exception& error) {
    log::Event("decision.failed", log::Level::error).with("session", arrival.session).with("why", error.what());
    co_return Outcome{status::store_failed, {}, 0};
  }
}

Result<std::size_t> Decisions::decide(const std::string& id, bool yes, const std::string& actor) {
  const std::lock_guard deciding(deciding_);
  const auto open = services_.queue.questions_of(id);
  if (!open) return open.error();
  std::size_t ended = 0;
  const auto held = [](const spool::Asked& asked) { return asked.question.kind == "review" || asked.standing.turned; };
  if (!open->empty() && std::all_of(open->begin(), open->end(), held))
    return fail(status::refused,
                id + ": do quy tắc giữ (is held by a rule): `vanthu held release`, `vanthu held reject`");
  for (const spool::Asked& asked : *open) {
    if (held(asked)) continue;
    const auto set =
        end(asked, yes, services_.config.postmaster.empty() ? "administrator" : services_.config.postmaster, actor);
    if (set)
      ++ended;
    else if (set.error().reply != Reply(status::not_found))
      return set.error();
  }
  return ended;
}

Result<Reviewed> Decisions::review(const Review& review) {
  const std::lock_guard deciding(deciding_);
  const auto open = services_.queue.questions_of(review.id);
  if (!open) return open.error();
  for (const spool::Asked& asked : *open) {
    const bool several = asked.question.persons > 1 && (asked.question.kind == "review" || asked.standing.turned);
    if (several && review.act == Review::Act::release && review.person.empty())
      return fail(status::refused, review.id + ": quy tắc này cần " + std::to_string(asked.question.persons) +
                                       " người khác nhau; hãy dùng --login của chính mình (its rule wants different "
                                       "persons: say who you are, with --login)");
  }
  // A person with two logins is one person.
  const auto same = [&](const spool::Standing::Voice& voice) {
    return voice.person.empty() ? text::ascii_iequals(voice.actor, review.actor) : voice.person == review.person;
  };
  const bool login = review.actor.find('@') != std::string::npos;
  const std::string office = services_.config.postmaster.empty() ? "administrator" : services_.config.postmaster;
  const std::string& by = login ? review.actor : office;
  Reviewed reviewed;
  bool any = false;
  std::size_t repeated = 0;
  for (spool::Asked asked : *open) {
    spool::Standing& standing = asked.standing;
    if (asked.question.kind != "review" && !standing.turned) continue;
    any = true;
    if (is_own(asked, review))
      return fail(
          status::refused,
          review.id +
              ": là thư của chính mình, để người khác quyết định (is your own letter; somebody else decides about it)");
    Result<Done> set = done;
    if (review.act == Review::Act::ask) {
      if (asked.user.empty())
        return fail(
            status::bad_arguments,
            review.id + ": thư từ ngoài vào, không hỏi được người gửi (came from outside, nobody there can be asked)");
      if (standing.turned)
        return fail(status::bad_arguments, review.id + ": đã hỏi người gửi rồi (its sender is asked already)");
      standing.turned = true;
      standing.mailed = false;
      standing.asked = {};
      standing.why = filters::shown(review.why, limits::decision_why_octets / 4);
      set = services_.queue.set_standing(asked, standing);
    } else {
      standing.turned = false;  // an administrator's word need not wait for the sender's
      standing.tokens.clear();
      asked.question.kind = "review";
      if (review.act == Review::Act::reject) {
        standing.why = filters::shown(review.why, limits::decision_why_octets / 4);
        set = end(asked, false, by, review.actor);
      } else if (asked.question.persons > 1 && std::any_of(standing.released.begin(), standing.released.end(), same)) {
        ++repeated;
        continue;
      } else {
        standing.released.push_back({review.actor, review.person});
        if (standing.released.size() < asked.question.persons) {
          standing.asked = standing.asked == Time{} ? now() : standing.asked;
          standing.mailed = true;
          set = services_.queue.set_standing(asked, standing);
          if (set) ++reviewed.waiting;
          if (set) continue;
        } else {
          set = end(asked, true, by, review.actor);
        }
      }
    }
    if (!set) return set.error();
    ++reviewed.done;
  }
  if (!any) return fail(status::not_found, review.id + ": không quy tắc nào giữ (no rule holds it)");
  if (repeated > 0 && reviewed.done == 0 && reviewed.waiting == 0)
    return fail(status::refused, review.id +
                                     ": đồng chí đã cho đi rồi, còn chờ người khác (you have released it already; it "
                                     "waits for another administrator)");
  reviewed.waiting += repeated;
  if (review.act == Review::Act::ask) poke();
  return reviewed;
}

/// Sent under the reviewer's login, under another mailbox of that person, or under one that the person writes for: a
/// position's, a registry's.
bool Decisions::is_own(const spool::Asked& asked, const Review& review) const {
  if (asked.user.empty()) return false;
  if (text::ascii_iequals(asked.user, review.actor)) return true;
  if (review.person.empty()) return false;
  const auto mailbox = services_.directory.mailbox(asked.user);
  if (mailbox && mailbox->person == review.person) return true;
  const directory::Login who{review.actor, review.person, "", ""};
  return services_.directory.may_send_as(who, asked.user, day_of(now())).allowed;
}

}  // namespace vanthu::intake
