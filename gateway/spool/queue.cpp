// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/spool/queue.hpp"

#include <algorithm>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/spool/state.hpp"

namespace vanthu::spool {

/// Doubled from first_retry to last_retry, less up to a fifth so that what failed together does not come back together.
std::chrono::microseconds Queue::State::back_off(unsigned attempts) {
  std::chrono::seconds wait = options.first_retry;
  for (unsigned i = 0; i < attempts && wait < options.last_retry; ++i) wait *= 2;
  const std::chrono::microseconds exact = std::min(wait, options.last_retry);
  return exact - exact * static_cast<int>(random() % 20) / 100;
}

void Queue::State::wait(std::uint32_t number, Time at) {
  Share& share = shares[number];
  const Job& job = jobs[share.job];
  share.leased = false;
  if (parked(job, share)) {
    share.turn = share.watch = 0;
    return;
  }
  Destination& d = *share.destination;
  share.turn = next_stamp();
  d.due[job.lane].push({share.next, number, share.turn});
  d.due[job.lane].tidy(d.shares, counts_due());
  if (share.watch != 0) return;
  // Who could not be told when it was time (or at all, before a restart) is asked about again after a while.
  const Time from = since(share);
  Time deadline = from + options.lifetime + std::chrono::microseconds(1);
  if (!share.told && options.delay_warning.count() > 0) deadline = std::min(deadline, from + options.delay_warning);
  if (job.returned || share.fate == Fate::refuse) deadline = share.next;
  if (deadline < at) deadline = at + options.first_retry;
  share.watch = next_stamp();
  d.watch.push({deadline, number, share.watch});
  d.watch.tidy(d.shares, counts_watch());
}

Lease Queue::State::lease(std::uint32_t number, Time at, bool deliver) {
  Share& share = shares[number];
  const Job& job = jobs[share.job];
  share.leased = true;
  share.turn = 0;
  Lease lease{job.id(),
              share.destination->name,
              job.source,
              job.at,
              job.received,
              share.attempts,
              share.pending.list(),
              {},
              false,
              deliver,
              job.returned || share.fate == Fate::refuse,
              number,
              share.reply != none ? names.text(share.reply) : std::string()};
  lease.since = since(share);
  if (share.fate == Fate::refuse && !job.returned) {
    const Standing& refusal = questions.at(share.job).standing[share.question - 1U];
    lease.refused_by = refusal.by;
    if (!refusal.turned) lease.refused_why = refusal.why;
  }
  lease.refused = share.fate == Fate::refuse && !job.returned;
  lease.warn_delay =
      options.delay_warning.count() > 0 && !share.told && at - lease.since >= options.delay_warning && !lease.returned;
  if (job.warm) lease.warm = warm.at(share.job);
  return lease;
}

Share* Queue::State::leased(const Lease& lease) {
  Share* share = shares.find(lease.share);
  if (share == nullptr || !share->leased) return nullptr;
  const Job& job = jobs[share->job];
  return job.source == lease.source && job.at.sequence == lease.at.sequence ? share : nullptr;
}

/// The highest lane that has something due, unless one below it was passed over for long enough.
std::optional<std::size_t> Queue::State::lane_to_serve(Destination& d, Time at) {
  // Two lower lanes may have to be served one after the other, so the first of them goes a take early.
  constexpr unsigned patience = limits::queue_lane_turn - 2;
  std::optional<std::size_t> chosen;
  std::array<bool, lanes> due{};
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const Turn* turn = d.due[lane].front(counts_due());
    due[lane] = turn != nullptr && turn->at <= at;
    if (!due[lane]) d.passed[lane] = 0;
    if (due[lane] && (!chosen || (d.passed[lane] >= patience && d.passed[lane] > d.passed[*chosen]))) chosen = lane;
  }
  for (std::size_t lane = 0; lane < lanes; ++lane)
    if (due[lane]) d.passed[lane] = lane == chosen ? 0 : d.passed[lane] + 1;
  return chosen;
}

void Queue::State::write(const Progress& progress, const std::string& id) {
  auto written = [self = shared_from_this(), id, record = progress.sequence,
                  endings = progress.endings](const Result<journal::FrameHead>& head) {
    if (!head)
      log::Event("queue.progress-lost", log::Level::error).with("message", id).with("why", head.error().detail);
    if (!endings.empty() && self->options.settled) self->options.settled(record, endings);
  };
  spool.append({journal::Kind::progress, false, to_json(progress), nullptr}, std::move(written));
}

Queue::Queue(journal::Log& spool, const journal::Log& records, const Options& options)
    : state_(std::make_shared<State>(spool, records, options)) {}
Queue::~Queue() = default;

void Queue::on_due(std::function<void(const std::string&)> call) { state_->due_call = std::move(call); }

void Queue::add(Source source, const journal::FrameHead& head, std::shared_ptr<const Payload> payload) {
  const Summary summary = summary_of(payload->accepted);
  std::vector<std::string> due;
  {
    State& s = *state_;
    const std::lock_guard lock(s.mutex);
    const std::uint32_t number = s.insert(source, head, summary);
    Job& job = s.jobs[number];
    if (s.warm_octets + job.octets <= s.options.warm_octets && !job.parked()) {
      s.warm_octets += job.octets;
      s.warm.emplace(number, std::move(payload));
      job.warm = true;
    }
    s.each_share(job, [&](std::uint32_t slot, Share& share) {
      s.wait(slot, job.received);
      if (!s.parked(job, share)) due.push_back(share.destination->name);
    });
    (source == Source::spool ? s.spool_added : s.records_added) = head.at.sequence;
  }
  if (state_->due_call)
    for (const std::string& name : due) state_->due_call(name);
}

std::optional<Lease> Queue::take(const std::string& destination, Time at) {
  State& s = *state_;
  const std::lock_guard lock(s.mutex);
  const auto found = s.destinations.find(destination);
  if (found == s.destinations.end()) return std::nullopt;
  Destination& d = *found->second;
  if (const Turn* turn = d.watch.front(s.counts_watch()); turn != nullptr && turn->at <= at) {
    const std::uint32_t number = turn->share;
    Share& share = s.shares[number];
    if (!share.leased) {
      d.watch.pop();
      share.watch = 0;
      const bool turn_too = share.next <= at && d.paused_until <= at;
      return s.lease(number, at, turn_too);
    }
    share.watch = 0;  // whoever has it sees for itself that the time has come; it is watched again when it is back
  }
  if (d.paused_until > at) return std::nullopt;
  const auto lane = s.lane_to_serve(d, at);
  if (!lane) return std::nullopt;
  const std::uint32_t number = d.due[*lane].front(s.counts_due())->share;
  d.due[*lane].pop();
  return s.lease(number, at, true);
}

std::optional<Time> Queue::next_due(const std::string& destination) const {
  State& s = *state_;
  const std::lock_guard lock(s.mutex);
  const auto found = s.destinations.find(destination);
  if (found == s.destinations.end()) return std::nullopt;
  Destination& d = *found->second;
  std::optional<Time> next;
  for (Schedule& lane : d.due)
    if (const Turn* turn = lane.front(s.counts_due())) {
      const Time due = std::max(turn->at, d.paused_until);
      next = next ? std::min(*next, due) : due;
    }
  // Leased ones are looked after by whoever has them.
  const auto counts = [&](const Turn& turn) { return s.counts_watch()(turn) && !s.shares[turn.share].leased; };
  while (const Turn* turn = d.watch.front(s.counts_watch())) {
    if (counts(*turn)) {
      next = next ? std::min(*next, turn->at) : turn->at;
      break;
    }
    s.shares[turn->share].watch = 0;
  }
  return next;
}

std::vector<std::string> Queue::destinations() const {
  std::vector<std::string> names;
  const std::lock_guard lock(state_->mutex);
  for (const auto& [name, destination] : state_->destinations) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::shared_ptr<const Payload>> Queue::load(const Lease& lease) const {
  if (lease.warm) return lease.warm;
  State& s = *state_;
  const auto damaged = [&](const Error& error) -> Result<std::shared_ptr<const Payload>> {
    if (error.reply == Reply(status::corrupt)) {
      const std::lock_guard lock(s.mutex);
      if (const Share* share = s.leased(lease)) s.jobs[share->job].damaged = true;
    }
    return error;
  };
  const journal::Log& log = s.log_of(lease.source);
  auto frame = log.read(lease.at, false);
  if (!frame) return damaged(frame.error());
  auto accepted = mail::parse_accepted(frame->meta);
  if (!accepted) return damaged(accepted.error());
  auto octets = log.read_body(lease.at);
  if (!octets) return damaged(octets.error());
  if (accepted->original_octets != 0) {
    octets = Octets::of(mail::as_delivered(*accepted, octets->view()));
    if (!octets) return octets.error();
  }
  auto payload = std::make_shared<Payload>();
  payload->accepted = *std::move(accepted);
  payload->accepted.facts = nullptr;
  payload->accepted.verdict = nullptr;
  payload->octets = std::make_shared<const Octets>(*std::move(octets));
  if (lease.source == Source::records && s.options.record_field)
    payload->record_field = s.options.record_field(frame->head.ordinal);
  return std::shared_ptr<const Payload>(std::move(payload));
}

void Queue::settle(const Lease& lease, const std::vector<Outcome>& outcomes, Time at) {
  State& s = *state_;
  Progress progress{lease.source, lease.at.sequence};
  const Outcome* deferred = nullptr;
  for (const Outcome& outcome : outcomes) {
    if (outcome.settled) {
      progress.change.settled.push_back(outcome.index);
      if (lease.source == Source::records)
        progress.endings.push_back({outcome.index, outcome.reply.code, format(outcome.reply.enhanced), at});
    } else {
      deferred = &outcome;
    }
  }
  bool wake = false;
  {
    const std::lock_guard lock(s.mutex);
    Share* share = s.leased(lease);
    if (share == nullptr) return;
    if (lease.deliver && !outcomes.empty() && !expired(lease, at)) {  // it spoke to us
      if (share->destination->failures > 0) ++s.tries_changes;
      share->destination->failures = 0;
      share->destination->paused_until = {};
    }
    const std::uint32_t number = share->job;
    for (const std::uint32_t index : progress.change.settled) share->pending.erase(index);
    if (share->pending.empty()) {
      s.erase_share(lease.share);
    } else {
      share->next = at + s.back_off(share->attempts);
      if (share->attempts < UINT16_MAX) ++share->attempts;
      if (deferred != nullptr) s.set_reply(*share, deferred->reply);
      ++s.tries_changes;
      s.wait(lease.share, at);
      wake = !s.parked(s.jobs[number], *share);
    }
    Job& job = s.jobs[number];
    s.cool(number);
    if (!progress.change.settled.empty()) job.touched = true;
    if (job.first == none && !job.damaged) s.erase_job(number);
  }
  if (!progress.change.settled.empty()) s.write(progress, lease.id);
  if (wake && s.due_call) s.due_call(lease.destination);
}

void Queue::hop_failed(const std::string& destination, const Lease& lease, const Reply& reply, Time at) {
  State& s = *state_;
  {
    const std::lock_guard lock(s.mutex);
    ++s.tries_changes;
    if (const auto found = s.destinations.find(destination); found != s.destinations.end()) {
      Destination& d = *found->second;
      if (d.paused_until <= at) d.paused_until = at + s.back_off(d.failures++);
    }
    if (Share* share = s.leased(lease)) {
      s.set_reply(*share, reply);
      s.cool(share->job);
      s.wait(lease.share, at);  // its turn stays: the hop is at fault, not the message
    }
  }
  if (s.due_call) s.due_call(destination);
}

void Queue::give_back(const Lease& lease, Time at) {
  State& s = *state_;
  {
    const std::lock_guard lock(s.mutex);
    if (s.leased(lease) == nullptr) return;
    s.wait(lease.share, at);
  }
  if (s.due_call) s.due_call(lease.destination);
}

void Queue::delay_told(const Lease& lease) {
  State& s = *state_;
  {
    const std::lock_guard lock(s.mutex);
    Share* share = s.leased(lease);
    if (share == nullptr) return;
    share->told = true;
    share->watch = 0;
    s.jobs[share->job].touched = true;
  }
  s.write({lease.source, lease.at.sequence, {.told = lease.pending}}, lease.id);
}

bool Queue::expired(const Lease& lease, Time at) const {
  return lease.returned || at - lease.since > state_->options.lifetime;
}

std::size_t Queue::size() const {
  const std::lock_guard lock(state_->mutex);
  return state_->jobs.size();
}

}  // namespace vanthu::spool
