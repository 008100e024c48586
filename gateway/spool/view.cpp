// SPDX-License-Identifier: GPL-3.0-or-later
// What an operator sees, and how a filter chooses.
#include <algorithm>
#include <cstring>
#include <map>

#include "gateway/spool/state.hpp"

namespace vanthu::spool {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool holds(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char x, char y) { return lower(x) == lower(y); }) != text.end();
}

/// "a@b" is that address, "@b" every address there.
bool meets(std::string_view address, std::string_view wanted) {
  if (!wanted.starts_with('@')) return same(address, wanted);
  const std::size_t at = address.rfind('@');
  return at != std::string_view::npos && same(address.substr(at), wanted);
}

std::size_t age_column(Time received, Time at) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(at - received).count();
  std::size_t column = 0;
  for (std::int64_t bound = 5; column + 1 < Waiting::ages && minutes >= bound; bound *= 2) ++column;
  return column;
}
}  // namespace

bool Queue::State::fits(const Share& share, const Filter& filter) {
  if (!filter.destination.empty() && !same(share.destination->name, filter.destination)) return false;
  if (filter.reason.empty()) return true;
  const Job& job = jobs[share.job];
  return (share.reply != none && holds(names.text(share.reply), filter.reason)) ||
         holds(held_for(job, share), filter.reason);
}

bool Queue::State::fits(const Job& job, const Filter& filter, Time at) {
  if (filter.held && job.hold == none) {
    bool waits = false;
    each_share(job, [&](std::uint32_t, const Share& share) { waits = waits || parked(job, share); });
    if (!waits || job.damaged) return false;
  }
  if (filter.age.count() > 0 && at - job.received < filter.age) return false;
  if (!filter.ids.empty() &&
      std::none_of(filter.ids.begin(), filter.ids.end(), [&](const std::string& id) { return same(id, job.id()); }))
    return false;
  if (!filter.sender.empty()) {
    const std::string path = reverse_path(job);
    if (filter.sender == "<>" ? !path.empty() || job.damaged : !meets(path, filter.sender)) return false;
  }
  if (filter.destination.empty() && filter.reason.empty()) return true;
  bool any = false;
  each_share(job, [&](std::uint32_t, const Share& share) { any = any || fits(share, filter); });
  return any;
}

std::vector<Queue::State::Candidate> Queue::State::select(const Filter& filter, Time at) {
  std::vector<Candidate> found;
  survey([&](std::uint32_t number, const Job& job) {
    if (fits(job, filter, at)) found.push_back({number, job.source, job.at, job.received});
  });
  std::sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.received, a.source, a.at.sequence) < std::tie(b.received, b.source, b.at.sequence);
  });
  return found;
}

Job* Queue::State::find(const Candidate& candidate) {
  Job* job = jobs.find(candidate.job);
  return job != nullptr && job->source == candidate.source && job->at.sequence == candidate.at.sequence ? job : nullptr;
}

Result<Summary> Queue::State::read(const Candidate& candidate) const {
  auto frame = log_of(candidate.source).read(candidate.at, false);
  if (!frame) return frame.error();
  return read_summary(frame->meta);
}

bool Queue::State::fits_read(const Candidate& candidate, const Filter& filter, const Summary& summary) {
  const std::lock_guard lock(mutex);
  const Job* job = find(candidate);
  if (job == nullptr) return false;
  bool any = false;
  each_share(*job, [&](std::uint32_t, const Share& share) {
    for (const std::uint32_t index : share.pending.list()) {
      if (index >= summary.deliveries.size()) continue;
      const mail::Delivery& delivery = summary.deliveries[index];
      any = any || ((filter.unit.empty() || same(delivery.unit, filter.unit)) &&
                    (filter.recipient.empty() || meets(mail::format(delivery.to), filter.recipient) ||
                     meets(delivery.original, filter.recipient)));
    }
  });
  return any;
}

Queue::Listing Queue::list(const Filter& filter, std::size_t most) const {
  State& s = *state_;
  const Time at = now();
  Listing listing;
  for (const State::Candidate& candidate : s.select(filter, at)) {
    const auto summary = s.read(candidate);
    if (filter.reads() && (!summary || !s.fits_read(candidate, filter, *summary))) continue;
    const std::lock_guard lock(s.mutex);
    const Job* job = s.find(candidate);
    if (job == nullptr) continue;
    Entry about;
    about.id = job->id();
    about.reverse_path = s.reverse_path(*job);
    if (job->hold != none) about.hold = s.names.text(job->hold);
    about.received = job->received;
    about.octets = job->octets;
    about.damaged = job->damaged;
    std::vector<Entry> entries;
    s.each_share(*job, [&](std::uint32_t, const Share& share) {
      if (!s.fits(share, filter)) return;
      Entry entry = about;
      entry.destination = share.destination->name;
      entry.hold = s.held_for(*job, share);
      if (share.reply != none) entry.last_reply = s.names.text(share.reply);
      entry.next = std::max(share.next, share.destination->paused_until);
      entry.attempts = share.attempts;
      entry.leased = share.leased;
      entry.told = share.told;
      const auto pending = share.pending.list();
      entry.pending = pending.size();
      if (summary)
        for (const std::uint32_t index : pending)
          if (index < summary->deliveries.size())
            entry.recipients.push_back(mail::format(summary->deliveries[index].to));
      entries.push_back(std::move(entry));
    });
    if (entries.empty()) entries.push_back(about);  // damaged from the start: nobody knows for whom it was
    for (Entry& entry : entries) {
      listing.more = listing.entries.size() == most;
      if (listing.more) return listing;
      listing.entries.push_back(std::move(entry));
    }
  }
  return listing;
}

Result<Detail> Queue::show(const std::string& id) const {
  State& s = *state_;
  const auto found = s.select({.ids = {id}}, now());
  if (found.empty()) return fail(status::not_found, id + ": not in the queue");
  const State::Candidate& candidate = found.front();
  auto frame = s.log_of(candidate.source).read(candidate.at, false);
  auto accepted = frame ? mail::parse_accepted(frame->meta) : Result<mail::Accepted>(frame.error());
  Detail detail;
  if (accepted) detail.accepted = *std::move(accepted);
  if (frame) detail.record = frame->head.ordinal;
  const std::lock_guard lock(s.mutex);
  const Job* job = s.find(candidate);
  if (job == nullptr) return fail(status::not_found, id + ": it has just left the queue");
  detail.accepted.id = job->id();
  detail.accepted.received = job->received;
  detail.octets = job->octets;
  detail.source = job->source;
  if (job->hold != none) detail.hold = s.names.text(job->hold);
  detail.damaged = job->damaged || !frame || !accepted;
  detail.returned = job->returned;
  if (const auto known = s.questions.find(candidate.job); known != s.questions.end())
    for (std::size_t i = 0; i < known->second.asked.size(); ++i)
      detail.questions.push_back({known->second.asked[i], known->second.standing[i]});
  for (std::uint32_t i = 0; i < detail.accepted.deliveries.size(); ++i) detail.recipients.push_back({.index = i});
  s.each_share(*job, [&](std::uint32_t, const Share& share) {
    for (const std::uint32_t index : share.pending.list()) {
      if (index >= detail.recipients.size()) continue;
      Detail::Recipient& recipient = detail.recipients[index];
      recipient.pending = true;
      recipient.hold = s.held_for(*job, share);
      recipient.destination = share.destination->name;
      if (share.reply != none) recipient.last_reply = s.names.text(share.reply);
      recipient.next = std::max(share.next, share.destination->paused_until);
      recipient.attempts = share.attempts;
      recipient.leased = share.leased;
      recipient.told = share.told;
    }
  });
  return detail;
}

std::vector<Waiting> Queue::waiting(bool by_sender) const {
  State& s = *state_;
  const Time at = now();
  std::map<std::string, Waiting> rows;
  s.survey([&](std::uint32_t, const Job& job) {
    const auto count = [&](const std::string& name, bool leased, bool held, Time paused_until) {
      Waiting& row = rows[name];
      ++row.messages;
      if (held) ++row.held;
      if (leased) ++row.leased;
      ++row.by_age[age_column(job.received, at)];
      row.paused_until = paused_until;
    };
    if (by_sender) {
      bool leased = false;
      bool held = job.hold != none;
      s.each_share(job, [&](std::uint32_t, const Share& share) {
        leased = leased || share.leased;
        held = held || !s.held_for(job, share).empty();
      });
      count(job.domain == none ? "<>" : s.names.text(job.domain), leased, held, {});
      return;
    }
    s.each_share(job, [&](std::uint32_t, const Share& share) {
      count(share.destination->name, share.leased, !s.held_for(job, share).empty(), share.destination->paused_until);
    });
    if (job.first == none) count("", false, job.hold != none, {});
  });
  std::vector<Waiting> all;
  for (auto& [name, row] : rows) {
    row.name = name;
    all.push_back(std::move(row));
  }
  std::stable_sort(all.begin(), all.end(), [](const Waiting& a, const Waiting& b) { return a.messages > b.messages; });
  return all;
}

}  // namespace vanthu::spool
