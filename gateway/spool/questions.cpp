// SPDX-License-Identifier: GPL-3.0-or-later
// What a message waits for beside its turn: somebody's answer.
#include <algorithm>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/spool/state.hpp"

namespace vanthu::spool {

/// Nobody is asked to review: it is known where to look for what is held, and its time runs from the acceptance on.
Standing Queue::State::first_standing(const mail::Question& question, std::uint32_t index, Time received) {
  Standing standing{.question = index};
  if (question.kind == "review") {
    standing.asked = received;
    standing.mailed = true;
  }
  return standing;
}

void Queue::State::put_questions(std::uint32_t number, const Summary& summary) {
  if (summary.questions.empty()) return;
  Questions& all = questions[number];
  all.user = summary.user;
  all.asked = summary.questions;
  if (all.asked.size() > limits::decisions) all.asked.resize(limits::decisions);  // the door lets no more in
  for (std::uint32_t i = 0; i < all.asked.size(); ++i) {
    all.standing.push_back(first_standing(all.asked[i], i, jobs[number].received));
    plan(number, i, all.standing[i].mailed ? asked(number, i).deadline() : Time{});
  }
}

void Queue::State::drop_questions(std::uint32_t number) {
  const auto known = questions.find(number);
  if (known == questions.end()) return;
  for (const Standing& standing : known->second.standing) {
    for (const std::string& token : standing.tokens) tokens.erase(token);
    plan(number, standing.question, std::nullopt);
  }
  questions.erase(known);
}

void Queue::State::plan(std::uint32_t number, std::uint32_t question, std::optional<Time> at) {
  const auto key = std::pair(number, question);
  if (const auto known = agenda_times.find(key); known != agenda_times.end()) {
    agenda.erase({known->second, number, question});
    agenda_times.erase(known);
  }
  if (!at) return;
  agenda.emplace(*at, number, question);
  agenda_times.emplace(key, *at);
}

void Queue::State::set_standing(std::uint32_t number, const Standing& standing) {
  const auto known = questions.find(number);
  if (known == questions.end() || standing.question >= known->second.standing.size()) return;
  Standing& mine = known->second.standing[standing.question];
  for (const std::string& token : mine.tokens) tokens.erase(token);
  mine = standing;
  if (!mine.answer.empty()) {
    mine.tokens.clear();
    return plan(number, mine.question, std::nullopt);
  }
  for (const std::string& token : mine.tokens) tokens[token] = {number, mine.question};
  // Who was not asked yet is asked at once.
  plan(number, mine.question, mine.mailed ? asked(number, mine.question).deadline() : Time{});
}

/// A decision is the last word: of two frames that crossed on their way to the log it holds, whichever came last.
bool Queue::State::reopens(std::uint32_t number, const Standing& standing) const {
  const auto known = questions.find(number);
  return known != questions.end() && standing.question < known->second.standing.size() && standing.answer.empty() &&
         !known->second.standing[standing.question].answer.empty();
}

bool Queue::State::open(std::uint32_t number, std::uint32_t question) const {
  const auto known = questions.find(number);
  if (known == questions.end() || question >= known->second.standing.size()) return false;
  const Job& job = jobs[number];
  return known->second.standing[question].answer.empty() && !job.returned && !job.damaged;
}

bool Queue::State::is_open(const Asked& asked) const {
  const Job* job = jobs.find(asked.job);
  return job != nullptr && asked.id == job->id() && open(asked.job, asked.standing.question);
}

Asked Queue::State::asked(std::uint32_t number, std::uint32_t question) const {
  const Questions& all = questions.at(number);
  const Job& job = jobs[number];
  Asked one{job.id(), job.source, job.at.sequence, all.user, all.asked[question], all.standing[question], number};
  if (one.standing.turned) {  // an administrator has put it to the sender
    one.question.kind = "confirm";
    one.question.on_timeout = "return";
    if (!one.standing.why.empty()) one.question.why += (one.question.why.empty() ? "" : ": ") + one.standing.why;
  }
  return one;
}

std::pair<Fate, std::uint8_t> Queue::State::fate_of(std::uint32_t number, std::uint32_t delivery) const {
  const auto known = questions.find(number);
  if (known == questions.end()) return {Fate::go, std::uint8_t{0}};
  std::uint8_t waits = 0, refused = 0, released = 0;
  Time last{};
  for (std::size_t i = 0; i < known->second.asked.size(); ++i) {
    const auto& deliveries = known->second.asked[i].deliveries;
    if (std::find(deliveries.begin(), deliveries.end(), delivery) == deliveries.end()) continue;
    const Standing& standing = known->second.standing[i];
    const auto mine = static_cast<std::uint8_t>(i + 1);
    if (standing.answer == "no") {
      if (refused == 0) refused = mine;
    } else if (standing.answer.empty()) {
      if (waits == 0) waits = mine;
    } else if (standing.answered >= last) {
      last = standing.answered;
      released = mine;
    }
  }
  if (refused != 0) return {Fate::refuse, refused};
  if (waits != 0) return {Fate::wait, waits};
  return {Fate::go, released};
}

std::vector<std::uint32_t> Queue::State::sort_by_fate(std::uint32_t number) {
  std::vector<std::pair<std::uint32_t, std::string>> waiting;  // index, destination
  each_share(jobs[number], [&](std::uint32_t slot, const Share& share) {
    if (share.fate != Fate::wait || share.leased) return;
    for (const std::uint32_t index : share.pending.list()) waiting.emplace_back(index, share.destination->name);
    erase_share(slot);
  });
  std::vector<std::uint32_t> made;
  for (const auto& [index, name] : waiting) {
    const auto [fate, question] = fate_of(number, index);
    const std::uint32_t slot = share_for(number, name, fate, question);
    if (shares[slot].pending.empty()) made.push_back(slot);
    shares[slot].pending.insert(index);
  }
  return made;
}

Time Queue::State::since(const Share& share) const {
  const Time received = jobs[share.job].received;
  if (share.question == 0 || share.fate == Fate::wait) return received;
  return std::max(received, questions.at(share.job).standing[share.question - 1U].answered);
}

std::string Queue::State::held_for(const Job& job, const Share& share) const {
  if (job.hold != none) return names.text(job.hold);
  if (share.fate != Fate::wait || job.returned) return {};
  const Asked open = asked(share.job, share.question - 1U);
  const bool review = open.question.kind == "review";
  std::string why = open.question.kind + ": " + (review ? open.question.rule : open.decider());
  if (review && open.question.persons > 1)
    why += ' ' + std::to_string(open.standing.released.size()) + '/' + std::to_string(open.question.persons);
  if (open.standing.asked != Time{}) why += " until " + rfc3339(open.deadline());
  return why;
}

std::vector<Asked> Queue::questions_due(Time at, std::size_t most) const {
  const State& s = *state_;
  std::vector<Asked> due;
  const std::lock_guard lock(state_->mutex);
  for (const auto& [when, job, question] : s.agenda) {
    if (when > at || due.size() >= most) break;
    if (s.open(job, question)) due.push_back(s.asked(job, question));
  }
  return due;
}

std::optional<Time> Queue::next_question() const {
  const State& s = *state_;
  const std::lock_guard lock(state_->mutex);
  for (const auto& [when, job, question] : s.agenda)
    if (s.open(job, question)) return when;
  return std::nullopt;
}

void Queue::postpone(const Asked& asked, Time until) {
  State& s = *state_;
  const std::lock_guard lock(s.mutex);
  if (s.is_open(asked)) s.plan(asked.job, asked.standing.question, until);
}

std::optional<Asked> Queue::now_of(const Asked& asked) const {
  const State& s = *state_;
  const std::lock_guard lock(state_->mutex);
  if (!s.is_open(asked)) return std::nullopt;
  return s.asked(asked.job, asked.standing.question);
}

std::optional<Asked> Queue::question_of(const std::string& digest) const {
  const State& s = *state_;
  const std::lock_guard lock(state_->mutex);
  const auto known = s.tokens.find(digest);
  if (known == s.tokens.end() || !s.open(known->second.first, known->second.second)) return std::nullopt;
  return s.asked(known->second.first, known->second.second);
}

Result<std::vector<Asked>> Queue::questions_of(const std::string& id) const {
  State& s = *state_;
  const auto found = s.select({.ids = {id}}, now());
  if (found.empty()) return fail(status::not_found, id + ": not in the queue");
  std::vector<Asked> open;
  const std::lock_guard lock(s.mutex);
  if (s.find(found.front()) == nullptr) return fail(status::not_found, id + ": it has just left the queue");
  const std::uint32_t job = found.front().job;
  if (const auto known = s.questions.find(job); known != s.questions.end())
    for (std::uint32_t i = 0; i < known->second.asked.size(); ++i)
      if (s.open(job, i)) open.push_back(s.asked(job, i));
  return open;
}

/// Under `acts`, so that of two answers that come at once one finds the question answered, and no housekeeping moves
/// the message between the look and the writing.
Result<Done> Queue::set_standing(const Asked& asked, const Standing& standing) {
  State& s = *state_;
  const std::lock_guard acts(s.acts);
  const std::uint32_t number = asked.job;
  Progress progress;
  {
    const std::lock_guard lock(s.mutex);
    if (!s.is_open(asked)) return fail(status::not_found, asked.id + ": this question is answered");
    progress.source = s.jobs[number].source;
    progress.sequence = s.jobs[number].at.sequence;
  }
  progress.change.questions.push_back(standing);
  if (auto written = s.spool.append_and_wait({journal::Kind::progress, false, to_json(progress), nullptr}); !written)
    return written.error();
  std::set<std::string> due;
  {
    const std::lock_guard lock(s.mutex);
    Job& job = s.jobs[number];
    job.touched = true;
    s.set_standing(number, standing);
    if (!standing.answer.empty()) {
      const Time at = now();
      for (const std::uint32_t slot : s.sort_by_fate(number)) {
        s.shares[slot].next = at;
        s.wait(slot, at);
        if (!s.parked(job, s.shares[slot])) due.insert(s.shares[slot].destination->name);
      }
    }
  }
  if (s.due_call)
    for (const std::string& name : due) s.due_call(name);
  return done;
}

}  // namespace vanthu::spool
