// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the spool log short: checkpoints, copy-forward, segments that go. Then the file of tries.
#include <algorithm>
#include <future>
#include <map>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/spool/appender.hpp"
#include "gateway/spool/state.hpp"

namespace vanthu::spool {

Result<Done> Queue::maintain() {
  const std::lock_guard acts(state_->acts);
  if (!state_->recovered) return done;  // it would declare all settled that is not in the view yet, and forget what is
  const auto moved = state_->copy_forward();
  Result<Done> kept = moved ? state_->write_checkpoint(*moved) : moved.error();
  const auto tries = state_->write_tries(false);
  return kept ? tries : kept;
}

/// Moves what is left in the oldest segments when it is little beside what they hold.
Result<bool> Queue::State::copy_forward() {
  const auto segments = spool.segments();
  if (segments.size() <= limits::queue_kept_segments + 1) return false;
  std::map<std::uint64_t, std::uint64_t> left;  // segment -> octets of frames that are still needed
  survey([&](std::uint32_t, const Job& job) {
    if (job.source == Source::spool) left[job.at.segment] += job.octets + job.meta_octets;
  });
  std::uint64_t held = 0;
  std::uint64_t needed = 0;
  std::uint64_t below = 0;  // segments that begin below it are emptied
  for (std::size_t i = 0; i + 1 + limits::queue_kept_segments < segments.size(); ++i) {
    held += segments[i].octets;
    needed += left[segments[i].first_sequence];
    if (needed > 0 && needed <= held / 4 && needed <= limits::queue_move_octets) below = segments[i + 1].first_sequence;
  }
  if (below == 0) return false;
  std::vector<Candidate> remnants;
  survey([&](std::uint32_t number, const Job& job) {
    if (job.source == Source::spool && job.at.segment < below)
      remnants.push_back({number, job.source, job.at, job.received});
  });
  std::sort(remnants.begin(), remnants.end(),
            [](const Candidate& a, const Candidate& b) { return a.at.sequence < b.at.sequence; });
  for (std::size_t first = 0; first < remnants.size();) {
    std::vector<Candidate> batch;
    for (; first < remnants.size() && batch.size() < 64; ++first) batch.push_back(remnants[first]);
    if (auto moved = move(batch); !moved) return moved.error();
  }
  return true;
}

/// Writes the frames once more at the end of the log. The new frame says itself from where it came and what was left:
/// from the moment it is on the disk it is the message, and before that moment the old one is. So nothing is lost and
/// nothing is there twice, wherever the power goes.
Result<Done> Queue::State::move(const std::vector<Candidate>& batch) {
  struct Moving {
    Candidate from;
    std::vector<std::uint32_t> shares;
    Change state;
  };
  std::vector<Moving> moving;
  {
    const std::lock_guard lock(mutex);
    for (const Candidate& candidate : batch) {
      Job* job = find(candidate);
      if (job == nullptr || job->damaged) continue;
      bool busy = false;
      each_share(*job, [&](std::uint32_t, const Share& share) { busy = busy || share.leased; });
      if (busy) continue;  // next time
      Moving one{candidate, {}, state_of(candidate.job)};
      each_share(*job, [&](std::uint32_t slot, Share& share) {
        share.leased = true;  // by us, until it has moved
        share.turn = share.watch = 0;
        one.shares.push_back(slot);
      });
      moving.push_back(std::move(one));
    }
  }
  std::vector<std::future<Result<journal::FrameHead>>> written;
  Result<Done> result = done;
  for (const Moving& one : moving) {
    auto promise = std::make_shared<std::promise<Result<journal::FrameHead>>>();
    written.push_back(promise->get_future());
    auto frame = spool.read(one.from.at, false);
    auto body = frame ? spool.read_body(one.from.at) : Result<Octets>(frame.error());
    auto meta = frame ? moved_meta(frame->meta, one.from.at.sequence, one.state) : Result<std::string>(frame.error());
    if (!body || !meta) {
      promise->set_value(body ? meta.error() : body.error());
      continue;
    }
    const std::uint32_t number = one.from.job;
    spool.append({journal::Kind::message, false, *std::move(meta), std::make_shared<const Octets>(*std::move(body))},
                 [this, number, promise](Result<journal::FrameHead> head) {
                   if (head) {
                     const std::lock_guard lock(mutex);
                     jobs[number].at = head->at;
                     jobs[number].meta_octets = head->meta_octets;
                     ++tries_changes;  // it goes by its sequence there
                     spool_added = head->at.sequence;
                   }
                   promise->set_value(std::move(head));
                 });
  }
  std::vector<std::string> due;
  const Time at = now();
  for (std::size_t i = 0; i < moving.size(); ++i) {
    const auto head = written[i].get();
    const std::lock_guard lock(mutex);
    if (!head) {
      if (head.error().reply == Reply(status::corrupt))
        jobs[moving[i].from.job].damaged = true;
      else
        result = head.error();
    }
    for (const std::uint32_t slot : moving[i].shares) {
      due.push_back(shares[slot].destination->name);
      wait(slot, at);
    }
  }
  if (due_call)
    for (const std::string& name : due) due_call(name);
  log::Event("queue.moved").with("messages", std::uint64_t(moving.size()));
  return result;
}

/// Says what is settled, so that neither the frames that said so before nor their segments are needed any more.
Result<Done> Queue::State::write_checkpoint(bool at_once) {
  Progress next;
  std::uint64_t last_record = 0;
  const std::uint64_t frames = spool.last_sequence() + records.last_sequence();
  {
    const std::lock_guard lock(mutex);
    const std::uint64_t worth = std::max<std::uint64_t>(limits::queue_checkpoint_frames, jobs.size() / 2);
    if (!at_once && frames < checkpoint_frames + worth) return done;
    next.spool_below = spool_added + 1;
    last_record = records_added;
  }
  Appender appender(spool);
  std::vector<std::uint64_t> waiting;  // records
  for (std::size_t page = 0;; ++page) {
    std::vector<Progress> states;
    {
      const std::lock_guard lock(mutex);
      if (page >= jobs.pages()) break;
      jobs.visit(page, [&](std::uint32_t number, const Job& job) {
        if (job.source == Source::spool) {
          next.spool_below = std::min(next.spool_below, job.at.sequence);
        } else {
          waiting.push_back(job.at.sequence);
          if (job.touched) states.push_back({job.source, job.at.sequence, state_of(number)});
        }
      });
    }
    for (const Progress& state : states) appender.append(state);
  }
  std::sort(waiting.begin(), waiting.end());
  while (!waiting.empty() && waiting.back() > last_record) waiting.pop_back();  // came while we looked
  next.records_below = waiting.empty() ? last_record + 1 : waiting.front();
  Progress settled;
  const auto flush = [&] {
    if (!settled.done.empty()) appender.append(std::exchange(settled, {}));
  };
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    const std::uint64_t first = waiting[i] + 1;
    const std::uint64_t last = i + 1 < waiting.size() ? waiting[i + 1] - 1 : last_record;
    if (first > last) continue;
    settled.done.emplace_back(first, last);
    if (settled.done.size() == limits::queue_done_ranges) flush();
  }
  flush();
  if (options.keep_settled) {
    // Callbacks come in the order of the log: behind this frame all endings of earlier ones have been told.
    Progress mark;
    mark.done.emplace_back(0, 0);
    appender.append(mark);
    const auto told_below = appender.finish();
    if (!told_below) return told_below.error();
    if (auto kept = options.keep_settled(); !kept) return kept;
    next.told_below = *told_below;
  }
  appender.append(next);
  const auto first = appender.finish();
  if (!first) return first.error();
  {
    const std::lock_guard lock(mutex);
    checkpoint = next;
    checkpoint_frames = frames;
  }
  return spool.drop_before(std::min(next.spool_below, *first));
}

}  // namespace vanthu::spool
