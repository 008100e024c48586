// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/spool/queue.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <unordered_map>

#include "gateway/base/log.hpp"

namespace vanthu::spool {
namespace {
using Key = std::pair<Source, std::uint64_t>;  // log and sequence: what a message is known by

/// What remains to be done of a message for one next hop.
struct Share {
  std::vector<std::uint32_t> pending;
  Time next{};
  unsigned attempts = 0;
  bool leased = false;
  bool told = false;  // the sender knows of the delay
  std::string last_reply;
};

struct Job {
  std::string id;
  std::string reverse_path;
  journal::Position at;
  std::uint64_t octets = 0;
  Time received{};
  std::map<std::string, Share> shares;
  std::shared_ptr<const Payload> warm;
};

struct Hop {
  std::set<std::pair<Time, Key>> due;
  Time paused_until{};
  unsigned failures = 0;
};

std::string words(const Reply& reply) {
  return std::to_string(reply.code) + ' ' + format(reply.enhanced) + ' ' + reply.text;
}
}  // namespace

struct Queue::State : std::enable_shared_from_this<Queue::State> {
  State(journal::Log& s, const journal::Log& r, const Options& o) : spool(s), records(r), options(o) {}
  journal::Log& spool;
  const journal::Log& records;
  Options options;
  std::function<void(const std::string&)> due_call;

  mutable std::mutex mutex;  // guards all that follows
  std::map<Key, Job> jobs;
  std::map<std::string, Hop> hops;
  std::uint64_t warm_octets = 0;
  Progress checkpoint;
  std::uint64_t spool_added = 0, records_added = 0;  // every message up to here is or was in `jobs`
  std::map<std::uint64_t, std::uint64_t>
      record_progress;  // record not below the checkpoint -> its oldest progress frame
  std::minstd_rand random{std::random_device{}()};

  /// Doubled from first_retry to last_retry, less up to a fifth so that what failed together does not come back
  /// together.
  std::chrono::microseconds back_off(unsigned attempts) {
    std::chrono::seconds wait = options.first_retry;
    for (unsigned i = 0; i < attempts && wait < options.last_retry; ++i) wait *= 2;
    wait = std::min(wait, options.last_retry);
    const std::chrono::microseconds exact = wait;
    return exact - exact * static_cast<int>(random() % 20) / 100;
  }

  void write(const Progress& progress, const std::string& id);

  void cool(Job& job) {
    if (!job.warm) return;
    warm_octets -= job.octets;
    job.warm.reset();
  }

  void insert(Key key, Job job) {
    for (auto& [hop, share] : job.shares) hops[hop].due.emplace(share.next, key);
    jobs.emplace(key, std::move(job));
  }

  std::string destination_of(const mail::Delivery& delivery) const {
    return options.destination ? options.destination(delivery) : delivery.next_hop;
  }

  Job job_of(const journal::FrameHead& head, const mail::Accepted& accepted) const {
    Job job;
    job.id = accepted.id;
    job.reverse_path = accepted.envelope.reverse_path ? mail::format(*accepted.envelope.reverse_path) : "";
    job.at = head.at;
    job.octets = head.body_octets;
    job.received = accepted.received;
    for (std::uint32_t i = 0; i < accepted.deliveries.size(); ++i) {
      Share& share = job.shares[destination_of(accepted.deliveries[i])];
      share.pending.push_back(i);
      share.next = accepted.received;
    }
    return job;
  }

  void note(const Progress& progress, std::uint64_t frame) {
    if (progress.source == Source::records && progress.sequence >= checkpoint.records_below)
      record_progress.emplace(progress.sequence, frame);
  }

  void apply(const Progress& progress, std::uint64_t frame) {
    note(progress, frame);
    const auto found = jobs.find({progress.source, progress.sequence});
    if (found == jobs.end()) return;
    Job& job = found->second;
    for (auto share = job.shares.begin(); share != job.shares.end();) {
      share->second.told |= std::any_of(progress.told.begin(), progress.told.end(), [&](std::uint32_t index) {
        const auto& pending = share->second.pending;
        return std::find(pending.begin(), pending.end(), index) != pending.end();
      });
      std::erase_if(share->second.pending, [&](std::uint32_t index) {
        return std::find(progress.settled.begin(), progress.settled.end(), index) != progress.settled.end();
      });
      share = share->second.pending.empty() ? job.shares.erase(share) : std::next(share);
    }
    if (job.shares.empty()) jobs.erase(found);
  }
};

/// Nobody waits for this: if it is lost with the power, the next hop gets the message a second time (RFC 5321 §6.1).
void Queue::State::write(const Progress& progress, const std::string& id) {
  spool.append({journal::Kind::progress, false, to_json(progress), nullptr}, [weak = weak_from_this(), progress,
                                                                              id](Result<journal::FrameHead> head) {
    if (!head) {
      log::Event("queue.progress-lost", log::Level::error).with("message", id).with("why", head.error().detail);
      return;
    }
    if (const auto state = weak.lock()) {
      const std::lock_guard lock(state->mutex);
      state->note(progress, head->at.sequence);
    }
  });
}

Queue::Queue(journal::Log& spool, const journal::Log& records, const Options& options)
    : state_(std::make_shared<State>(spool, records, options)) {}
Queue::~Queue() = default;

void Queue::on_due(std::function<void(const std::string&)> call) { state_->due_call = std::move(call); }

Result<Done> Queue::recover() {
  State& s = *state_;
  if (s.spool.last_sequence() == 0 && s.records.last_sequence() > 0)
    return fail(status::bad_configuration,
                "the spool log is missing but the record log is not: without it every record would be delivered again; "
                "restore the spool folder from the same backup as the records");
  if (s.spool.last_sequence() == 0) {
    // A spool log that was begun has a frame from here on, whatever its disk does to the first message: an empty one
    // beside records is a lost one.
    Progress begun;
    begun.spool_below = begun.records_below = 1;
    auto written = s.spool.append_and_wait({journal::Kind::progress, false, to_json(begun), nullptr});
    if (!written) return written.error();
  }
  // The checkpoint first: it says from where on the record log matters.
  std::vector<std::pair<std::uint64_t, Progress>> progress;
  std::vector<std::pair<Key, Job>> found;
  Result<Done> result = done;
  const auto read_message = [&](Source source, const journal::Frame& frame) {
    auto accepted = mail::parse_accepted(frame.meta);
    if (!accepted) {  // one bad entry never stops the others
      log::Event("queue.unreadable", log::Level::error)
          .with("sequence", frame.head.at.sequence)
          .with("why", accepted.error().detail);
      return;
    }
    found.emplace_back(Key{source, frame.head.at.sequence}, s.job_of(frame.head, *accepted));
  };
  result = s.spool.scan(1, [&](const journal::Frame& frame) {
    if (frame.head.kind == journal::Kind::message) {
      read_message(Source::spool, frame);
    } else if (frame.head.kind == journal::Kind::progress) {
      auto read = parse_progress(frame.meta);
      if (!read)
        log::Event("queue.unreadable", log::Level::error)
            .with("sequence", frame.head.at.sequence)
            .with("why", read.error().detail);
      else if (read->sequence == 0)
        s.checkpoint = *read;
      else
        progress.emplace_back(frame.head.at.sequence, *std::move(read));
    }
    return true;
  });
  if (!result) return result;
  result = s.records.scan(std::max<std::uint64_t>(1, s.checkpoint.records_below), [&](const journal::Frame& frame) {
    if (frame.head.kind == journal::Kind::message) read_message(Source::records, frame);
    return true;
  });
  if (!result) return result;

  const std::lock_guard lock(s.mutex);
  for (auto& [key, job] : found)
    if (key.first == Source::records || key.second >= s.checkpoint.spool_below) s.jobs.emplace(key, std::move(job));
  for (const auto& [frame, entry] : progress) s.apply(entry, frame);
  for (auto& [key, job] : s.jobs)
    for (auto& [hop, share] : job.shares) s.hops[hop].due.emplace(share.next, key);
  s.spool_added = s.spool.last_sequence();
  s.records_added = s.records.last_sequence();
  log::Event("queue.recovered").with("messages", std::uint64_t(s.jobs.size()));
  return done;
}

void Queue::add(Source source, const journal::FrameHead& head, std::shared_ptr<const Payload> payload) {
  std::vector<std::string> hops;
  {
    const std::lock_guard lock(state_->mutex);
    Job job = state_->job_of(head, payload->accepted);
    if (state_->warm_octets + job.octets <= state_->options.warm_octets) {
      state_->warm_octets += job.octets;
      job.warm = std::move(payload);
    }
    for (const auto& [hop, share] : job.shares) hops.push_back(hop);
    (source == Source::spool ? state_->spool_added : state_->records_added) = head.at.sequence;
    state_->insert({source, head.at.sequence}, std::move(job));
  }
  if (state_->due_call)
    for (const std::string& hop : hops) state_->due_call(hop);
}

std::optional<Lease> Queue::take(const std::string& destination, Time at) {
  const std::lock_guard lock(state_->mutex);
  Hop& hop = state_->hops[destination];
  if (hop.due.empty() || hop.due.begin()->first > at || hop.paused_until > at) return std::nullopt;
  const Key key = hop.due.begin()->second;
  hop.due.erase(hop.due.begin());
  Job& job = state_->jobs.at(key);
  Share& share = job.shares.at(destination);
  share.leased = true;
  const bool late =
      state_->options.delay_warning.count() > 0 && !share.told && at - job.received >= state_->options.delay_warning;
  return Lease{job.id, destination, key.first, job.at, job.received, share.attempts, share.pending, job.warm, late};
}

std::optional<Time> Queue::next_due(const std::string& destination) const {
  const std::lock_guard lock(state_->mutex);
  const auto hop = state_->hops.find(destination);
  if (hop == state_->hops.end() || hop->second.due.empty()) return std::nullopt;
  return std::max(hop->second.due.begin()->first, hop->second.paused_until);
}

Result<std::shared_ptr<const Payload>> Queue::load(const Lease& lease) const {
  if (lease.warm) return lease.warm;
  const journal::Log& log = lease.source == Source::spool ? state_->spool : state_->records;
  auto frame = log.read(lease.at, true);
  if (!frame) return frame.error();
  auto accepted = mail::parse_accepted(frame->meta);
  if (!accepted) return accepted.error();
  auto octets = Octets::of(frame->body);
  if (!octets) return octets.error();
  auto payload = std::make_shared<Payload>();
  payload->accepted = *std::move(accepted);
  payload->octets = std::make_shared<const Octets>(*std::move(octets));
  return std::shared_ptr<const Payload>(std::move(payload));
}

void Queue::settle(const Lease& lease, const std::vector<Outcome>& outcomes, Time at) {
  Progress progress{lease.source, lease.at.sequence, {}, {}, 0, 0};
  const Outcome* deferred = nullptr;
  for (const Outcome& outcome : outcomes) {
    if (outcome.settled)
      progress.settled.push_back(outcome.index);
    else
      deferred = &outcome;
  }
  bool wake = false;
  {
    const std::lock_guard lock(state_->mutex);
    Hop& hop = state_->hops[lease.destination];
    hop.failures = 0;  // it spoke to us
    const Key key{lease.source, lease.at.sequence};
    const auto found = state_->jobs.find(key);
    if (found == state_->jobs.end()) return;
    Job& job = found->second;
    Share& share = job.shares.at(lease.destination);
    share.leased = false;
    std::erase_if(share.pending, [&](std::uint32_t index) {
      return std::find(progress.settled.begin(), progress.settled.end(), index) != progress.settled.end();
    });
    if (share.pending.empty()) {
      job.shares.erase(lease.destination);
    } else {
      share.next = at + state_->back_off(share.attempts);
      ++share.attempts;
      if (deferred != nullptr) share.last_reply = words(deferred->reply);
      hop.due.emplace(share.next, key);
      wake = true;
    }
    state_->cool(job);
    if (job.shares.empty()) state_->jobs.erase(found);
  }
  if (!progress.settled.empty()) {
    state_->write(progress, lease.id);
  }
  if (wake && state_->due_call) state_->due_call(lease.destination);
}

void Queue::hop_failed(const std::string& destination, const Lease& lease, const Reply& reply, Time at) {
  {
    const std::lock_guard lock(state_->mutex);
    Hop& hop = state_->hops[destination];
    if (hop.paused_until <= at) hop.paused_until = at + state_->back_off(hop.failures++);
    const Key key{lease.source, lease.at.sequence};
    if (const auto job = state_->jobs.find(key); job != state_->jobs.end()) {
      Share& share = job->second.shares.at(destination);
      share.leased = false;
      share.last_reply = words(reply);
      hop.due.emplace(share.next, key);  // its turn stays: the hop is at fault, not the message
      state_->cool(job->second);
    }
  }
  if (state_->due_call) state_->due_call(destination);
}

void Queue::give_back(const Lease& lease, Time at) {
  {
    const std::lock_guard lock(state_->mutex);
    const Key key{lease.source, lease.at.sequence};
    const auto job = state_->jobs.find(key);
    if (job == state_->jobs.end()) return;
    Share& share = job->second.shares.at(lease.destination);
    share.leased = false;
    state_->hops[lease.destination].due.emplace(share.next, key);
    if (share.next > at) return;
  }
  if (state_->due_call) state_->due_call(lease.destination);
}

void Queue::delay_told(const Lease& lease) {
  {
    const std::lock_guard lock(state_->mutex);
    const auto job = state_->jobs.find({lease.source, lease.at.sequence});
    if (job == state_->jobs.end()) return;
    job->second.shares.at(lease.destination).told = true;
  }
  state_->write({lease.source, lease.at.sequence, {}, lease.pending, 0, 0}, lease.id);
}

std::vector<std::string> Queue::destinations() const {
  std::vector<std::string> names;
  const std::lock_guard lock(state_->mutex);
  for (const auto& [name, hop] : state_->hops)
    if (!hop.due.empty()) names.push_back(name);
  return names;
}

bool Queue::expired(const Lease& lease, Time at) const { return at - lease.received > state_->options.lifetime; }

std::size_t Queue::flush() {
  std::vector<std::string> hops;
  std::size_t count = 0;
  {
    const std::lock_guard lock(state_->mutex);
    const Time at = now();
    for (auto& [name, hop] : state_->hops) {
      hop.paused_until = {};
      hop.failures = 0;
      std::set<std::pair<Time, Key>> due;
      for (const auto& [time, key] : hop.due) {
        Share& share = state_->jobs.at(key).shares.at(name);
        share.next = std::min(share.next, at);
        due.emplace(share.next, key);
        ++count;
      }
      hop.due = std::move(due);
      hops.push_back(name);
    }
  }
  if (state_->due_call)
    for (const std::string& hop : hops) state_->due_call(hop);
  return count;
}

std::vector<Entry> Queue::list(std::size_t most) const {
  std::vector<Entry> entries;
  const std::lock_guard lock(state_->mutex);
  for (const auto& [key, job] : state_->jobs)
    for (const auto& [hop, share] : job.shares) {
      if (entries.size() == most) return entries;
      const auto paused = state_->hops.find(hop);
      const Time next = paused == state_->hops.end() ? share.next : std::max(share.next, paused->second.paused_until);
      entries.push_back({job.id,
                         job.reverse_path,
                         hop,
                         share.last_reply,
                         {},
                         job.received,
                         next,
                         job.octets,
                         share.attempts,
                         share.pending.size(),
                         share.leased});
    }
  return entries;
}

std::size_t Queue::size() const {
  const std::lock_guard lock(state_->mutex);
  return state_->jobs.size();
}

Result<Done> Queue::maintain() {
  constexpr std::uint64_t worth_a_frame = 10'000;  // messages to skip at the next start
  State& s = *state_;
  Progress next;
  std::uint64_t needed = 0;  // the oldest spool frame that somebody still needs
  {
    const std::lock_guard lock(s.mutex);
    next.spool_below = s.spool_added + 1;
    next.records_below = s.records_added + 1;
    for (const auto& [key, job] : s.jobs) {
      std::uint64_t& below = key.first == Source::spool ? next.spool_below : next.records_below;
      below = std::min(below, key.second);
    }
    if (next.spool_below + next.records_below < s.checkpoint.spool_below + s.checkpoint.records_below + worth_a_frame)
      return done;
    needed = next.spool_below;
    s.record_progress.erase(s.record_progress.begin(), s.record_progress.lower_bound(next.records_below));
    for (const auto& [record, frame] : s.record_progress) needed = std::min(needed, frame);
  }
  auto written = s.spool.append_and_wait({journal::Kind::progress, false, to_json(next), nullptr});
  if (!written) return written.error();
  {
    const std::lock_guard lock(s.mutex);
    s.checkpoint = next;
  }
  return s.spool.drop_before(needed);
}

}  // namespace vanthu::spool
