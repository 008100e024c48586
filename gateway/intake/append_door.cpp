// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/append_door.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/json.hpp>

#include "gateway/base/digest.hpp"
#include "gateway/base/ids.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"
#include "gateway/intake/append_limits.hpp"
#include "gateway/intake/same_letter.hpp"
#include "gateway/net/offload.hpp"

namespace vanthu::intake {
namespace {
namespace asio = boost::asio;
using What = AppendDoor::Judged::What;
constexpr std::size_t hashed_here = 256U << 10;  // octets that a session's thread hashes itself
constexpr std::size_t candidates = 8;            // records with one Message-ID that are compared

std::string fit(const std::string& given) { return text::is_utf8(given) ? given : text::nfc(given); }

boost::json::object who(const Filer& filer, const FiledLetter& letter) {
  boost::json::object details{{"mailbox", fit(filer.mailbox)},
                              {"folder", fit(letter.folder)},
                              {"session", filer.session},
                              {"client", filer.client},
                              {"octets", letter.octets->size()}};
  if (!filer.login.person.empty()) details["person"] = fit(filer.login.person);
  return details;
}

AppendDoor::Judged later(Reply reply) {
  AppendDoor::Judged judged;
  judged.reply = std::move(reply);
  return judged;
}
}  // namespace

AppendDoor::AppendDoor(Services services) : services_(services), refused_(limits::refused_letters) {}

asio::awaitable<AppendDoor::Judged> AppendDoor::judge(const Filer& filer, const FiledLetter& letter,
                                                      std::optional<Gate::Place>& place) {
  const Door::Services& door = services_.door.services();
  try {
    std::string digest;
    const auto hash = [&] { return hex(sha256(letter.octets->view())); };
    if (letter.octets->size() <= hashed_here)
      digest = hash();
    else
      digest = co_await net::offload(services_.slow, hash);
    const auto chain = door.chain();
    if (auto seen = refused_.again(digest, chain->policy().version())) {
      Judged judged;
      judged.what = What::refuse;
      judged.secret = true;
      judged.reply = std::move(seen->reply);
      judged.verdict.rule = std::move(seen->rule);
      co_return co_await refused(filer, letter, std::move(judged), std::move(digest), seen->times);
    }
    auto facts = co_await door.inspectors.inspect(letter.octets);
    place.reset();
    if (!facts) {
      log::Event("append.deferred", log::Level::warning)
          .with("session", filer.session)
          .with("why", facts.error().detail);
      co_return later(facts.error().reply);
    }
    filters::Opinions opinions;
    Judged judged = judge_facts(filer, letter, *facts, opinions);
    if (judged.what == What::file && door.opinion != nullptr && door.opinion->any()) {
      opinion::Envelope envelope{filer.client, "", filer.login.address, "", {filer.mailbox}, filer.session};
      opinions = co_await door.opinion->ask(letter.octets, std::move(envelope));
      judged = judge_facts(filer, letter, *facts, opinions);
    }
    if (judged.what != What::refuse) co_return judged;
    if (judged.secret) refused_.note(digest, chain->policy().version(), judged.verdict.rule, judged.reply);
    co_return co_await refused(filer, letter, std::move(judged), std::move(digest), 1);
  } catch (const std::exception& error) {
    log::Event("append.deferred", log::Level::error).with("session", filer.session).with("why", error.what());
    co_return later(status::inspection_failed);  // an outage is never a "no"
  }
}

AppendDoor::Judged AppendDoor::judge_facts(const Filer& filer, const FiledLetter& letter, filters::Facts facts,
                                           const filters::Opinions& opinions) const {
  const Door::Services& door = services_.door.services();
  const auto chain = door.chain();
  const mail::Envelope envelope;
  const std::vector<mail::Delivery> nobody;
  const filters::Filing filing{filer.mailbox, letter.folder, letter.special_use};
  filters::Context context;
  context.direction = mail::Direction::append;
  context.login = &filer.login;
  context.envelope = &envelope;
  context.deliveries = &nobody;
  context.facts = &facts;
  context.directory = &door.directory;
  context.today = day_of(now());
  context.opinions = opinions.empty() ? nullptr : &opinions;
  context.filing = &filing;
  Judged judged;
  judged.verdict = chain->judge_message(context);
  const filters::Verdict& verdict = judged.verdict;
  judged.secret = verdict.secret;
  judged.reply = verdict.reply;
  if (verdict.secret || verdict.action == filters::Action::reject) {
    judged.what = What::refuse;
    if (judged.reply.positive()) judged.reply = Reply(status::refused);
  } else if (verdict.action == filters::Action::hold) {
    // Nobody can keep a letter back that a mail program wants to see in its folder.
    judged.what = What::refuse;
    judged.reply = Reply(550, {5, 7, 1}, "quy tắc giữ thư này lại chờ người xem nên không cất được");
  } else if (verdict.action == filters::Action::defer) {
    judged.what = What::later;
    if (judged.reply.positive()) judged.reply = Reply(status::inspection_failed);
  } else {
    judged.what = What::file;
    judged.facts = std::move(facts);
    const std::vector<std::string>& left_out = chain->policy().book().mailboxes.not_archived;
    if (std::find(left_out.begin(), left_out.end(), letter.special_use) != left_out.end())
      judged.verdict.record_class.clear();
  }
  return judged;
}

/// A refusal, told in the log and, for a secrecy marking, in the audit log: rule, size, digest, never a word of it.
asio::awaitable<AppendDoor::Judged> AppendDoor::refused(const Filer& filer, const FiledLetter& letter, Judged judged,
                                                        std::string digest, std::uint64_t times) {
  log::Event event(judged.secret ? "append.secret-refused" : "append.refused", log::Level::warning);
  event.with("session", filer.session)
      .with("client", filer.client)
      .with("user", filer.login.address)
      .with("mailbox", filer.mailbox)
      .with("folder", letter.folder)
      .with("octets", std::uint64_t(letter.octets->size()))
      .with("sha256", digest)
      .with("rule", judged.verdict.rule);
  if (times > 1) event.with("times", times);
  // The first, and then by powers of two: a program that tries for ever must not fill the audit log.
  if (judged.secret && (times & (times - 1)) == 0) {
    audit::Act act{{}, filer.login.address, "imap.append", "sha256 " + digest, "no", who(filer, letter)};
    act.details["rule"] = judged.verdict.rule;
    act.details["times"] = times;
    const auto write = [&] { return services_.trail.record(act); };
    const auto written = co_await net::offload(services_.slow, write);
    if (!written)
      log::Event("audit.failed", log::Level::error).with("act", act.act).with("why", written.error().detail);
  }
  co_return judged;
}

asio::awaitable<Result<AppendDoor::Kept>> AppendDoor::keep(const Filer& filer, const FiledLetter& letter,
                                                           Judged& judged) {
  if (judged.verdict.record_class.empty()) co_return Kept{};
  const auto work = [&]() -> Result<Kept> {
    try {
      return keep_now(filer, letter, judged);
    } catch (const std::exception& error) {
      return fail(status::store_failed, error.what());
    }
  };
  co_return co_await net::offload(services_.slow, work);
}

asio::awaitable<bool> AppendDoor::was_sent(const Filer& filer, const FiledLetter& letter, const Judged& judged) {
  SentLetters* sent = services_.door.services().sent;
  if (sent == nullptr) co_return false;
  const auto look = [&] { return sent->has(filer.login.address, judged.facts.message_id, letter.octets->view()); };
  co_return co_await net::offload(services_.slow, look);
}

/// A record that holds this letter already, if there is one. The view is brought up to the log before it is asked: a
/// sent copy comes right behind its letter.
AppendDoor::Kept AppendDoor::known(const FiledLetter& letter, const filters::Facts& facts) const {
  const archive::Archive& archive = services_.archive;
  if (const auto same = archive.search({.sha256 = facts.sha256}); same && !same->records.empty())
    return {same->records.back().number, false, same->records.back().direction == "append"};
  const std::string id(bare_message_id(facts.message_id));
  if (id.empty()) return {};
  const auto found = archive.search({.message_id = id, .most = candidates});
  if (!found || found->records.empty()) return {};
  const std::string mine = content_digest(letter.octets->view());
  for (const archive::Summary& one : found->records) {
    const std::uint64_t here = letter.octets->size();
    const std::uint64_t apart = one.octets > here ? one.octets - here : here - one.octets;
    if (apart > limits::header_block_octets) continue;  // more than headers differ by
    const auto octets = archive.octets(one.number);
    if (octets && content_digest(octets->view()) == mine) return {one.number, false, one.direction == "append"};
  }
  return {};
}

Result<AppendDoor::Kept> AppendDoor::keep_now(const Filer& filer, const FiledLetter& letter, Judged& judged) {
  const std::lock_guard one(one_);
  const Door::Services& door = services_.door.services();
  if (auto caught = services_.archive.catch_up(); !caught) return caught.error();
  if (const Kept kept = known(letter, judged.facts); kept.record != 0) return kept;

  mail::Accepted accepted;
  accepted.id = message_id();
  accepted.received = now();
  accepted.session = filer.session;
  accepted.client = filer.client;
  accepted.protocol = "IMAP";
  accepted.tls = filer.tls;
  accepted.user = filer.login.address;
  accepted.direction = mail::Direction::append;
  accepted.sha256 = judged.facts.sha256;
  accepted.record_class = judged.verdict.record_class;
  const auto mailbox = door.directory.mailbox(filer.mailbox);
  accepted.filed = mail::Filed{filer.mailbox,      mailbox ? mailbox->unit : "", filer.login.person,
                               fit(letter.folder), fit(letter.special_use),      fit(letter.flags)};
  judged.facts.opening.clear();
  journal::Draft draft{journal::Kind::message, true,
                       mail::to_json(accepted, filters::to_text(judged.facts), filters::to_text(judged.verdict)),
                       letter.octets, accepted.record_class};
  const auto head = door.record_log.append_and_wait(std::move(draft));
  if (!head) return head.error();
  if (door.archived) door.archived();
  log::Event("append.archived", log::Level::warning)
      .with("session", filer.session)
      .with("user", filer.login.address)
      .with("mailbox", filer.mailbox)
      .with("folder", letter.folder)
      .with("message", accepted.id)
      .with("record", head->ordinal)
      .with("class", accepted.record_class)
      .with("octets", std::uint64_t(letter.octets->size()));
  audit::Act act{{},      filer.login.address, "imap.append", "record " + std::to_string(head->ordinal),
                 "begun", who(filer, letter)};
  act.details["class"] = accepted.record_class;
  if (auto written = services_.trail.record(std::move(act)); !written) {
    concluded(filer, letter, head->ordinal, false, "the audit log could not be written");
    return written.error();
  }
  return Kept{head->ordinal, true, true};
}

void AppendDoor::concluded(const Filer& filer, const FiledLetter& letter, std::uint64_t record, bool stored,
                           std::string how) {
  archive::Event event;
  event.what = stored ? "append.stored" : "append.refused";
  event.record = record;
  event.actor = filer.login.address;
  event.details = {{"mailbox", fit(filer.mailbox)}, {"folder", fit(letter.folder)}, {"session", filer.session}};
  if (!how.empty()) event.details[stored ? "uid" : "why"] = fit(how);
  asio::post(services_.slow, [this, event = std::move(event)] {
    const auto written = services_.archive.act([&](const lmdb::Transaction&) { return std::vector{event}; });
    if (written) return;
    log::Event("append.unfinished", log::Level::error)
        .with("record", event.record)
        .with("what", event.what)
        .with("why", written.error().detail);
  });
}

}  // namespace vanthu::intake
