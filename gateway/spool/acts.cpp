// SPDX-License-Identifier: GPL-3.0-or-later
// What an operator does to queued mail.
#include <set>

#include "gateway/base/log.hpp"
#include "gateway/spool/appender.hpp"
#include "gateway/spool/state.hpp"

namespace vanthu::spool {

void Queue::State::make_due(std::uint32_t number, Time at) {
  Share& share = shares[number];
  share.next = std::min(share.next, at);
  share.destination->paused_until = {};
  share.destination->failures = 0;
  share.watch = 0;
  ++tries_changes;
  wait(number, at);
}

/// The routes may have changed: what is not being delivered is sorted anew.
void Queue::State::resolve_again(std::uint32_t number, const Summary& summary, Time at) {
  struct Left {
    std::uint32_t index;
    bool told;
    Fate fate;
    std::uint8_t question;
  };
  std::vector<Left> pending;
  each_share(jobs[number], [&](std::uint32_t slot, const Share& share) {
    if (share.leased) return;
    for (const std::uint32_t index : share.pending.list())
      pending.push_back({index, share.told, share.fate, share.question});
    erase_share(slot);
  });
  std::vector<std::uint32_t> made;
  for (const auto& [index, told, fate, question] : pending) {
    // A damaged entry keeps what it had: there is nothing to resolve by.
    const std::string name = destination_of(summary.deliveries.at(index), summary.tls_optional);
    const std::uint32_t slot = share_for(number, name, fate, question);
    Share& share = shares[slot];
    if (share.pending.empty()) {
      made.push_back(slot);
      share.told = told;
      share.next = at;
    }
    share.pending.insert(index);
    share.told = share.told && told;
  }
  for (const std::uint32_t slot : made) make_due(slot, at);
}

Result<Queue::Acted> Queue::act(Act act, const Filter& filter, const std::string& why) {
  State& s = *state_;
  const std::lock_guard acts(s.acts);
  const Time at = now();
  Acted acted;
  std::set<std::string> due;
  Appender appender(s.spool);
  for (const State::Candidate& candidate : s.select(filter, at)) {
    std::optional<Result<Summary>> summary;
    if (filter.reads() || act == Act::requeue) summary = s.read(candidate);
    if (filter.reads() && (!*summary || !s.fits_read(candidate, filter, **summary))) continue;

    Progress progress{candidate.source, candidate.at.sequence};
    {
      const std::lock_guard lock(s.mutex);
      Job* job = s.find(candidate);
      if (job == nullptr) continue;
      bool busy = false;
      s.each_share(*job, [&](std::uint32_t, const Share& share) { busy = busy || share.leased; });
      const auto all_due = [&] {
        s.each_share(*job, [&](std::uint32_t slot, Share& share) {
          if (share.leased || s.parked(*job, share)) return;
          due.insert(share.destination->name);
          s.make_due(slot, at);
        });
      };
      switch (act) {
        case Act::flush:
          if (job->parked()) continue;
          all_due();
          break;
        case Act::requeue:
          if (job->parked() || !*summary) continue;
          s.resolve_again(candidate.job, **summary, at);
          all_due();
          break;
        case Act::hold:
          if (job->damaged) continue;
          progress.change.hold = why.empty() ? "operator" : why;  // empty would release it
          s.set_hold(*job, *progress.change.hold);
          s.each_share(*job, [](std::uint32_t, Share& share) { share.turn = share.watch = 0; });
          s.cool(candidate.job);
          break;
        case Act::release:
          if (job->hold == none) continue;
          progress.change.hold = "";
          s.set_hold(*job, "");
          all_due();
          break;
        case Act::expire:
          if (job->damaged) continue;
          progress.change.hold = "";
          progress.change.returned = true;
          s.set_hold(*job, "");
          job->returned = true;
          all_due();
          break;
        case Act::remove:
          if (busy) {
            ++acted.busy;
            continue;
          }
          progress.change.removed = true;
          s.erase_job(candidate.job);
          job = nullptr;
          break;
      }
      if (job != nullptr && progress.change != Change{}) job->touched = true;
      ++acted.done;
      if (busy) ++acted.busy;
    }
    if (progress.change != Change{}) appender.append(progress);
  }
  const auto written = appender.finish();
  if (s.due_call)
    for (const std::string& name : due) s.due_call(name);
  if (!written)
    return fail(
        written.error().reply,
        "done for now, but the spool log did not take it and a restart will forget it: " + written.error().detail);
  return acted;
}

}  // namespace vanthu::spool
