// SPDX-License-Identifier: GPL-3.0-or-later
// What was tried in vain, over a restart: the file of tries written and read (TRIES.md).
#include <algorithm>
#include <fstream>
#include <iterator>
#include <tuple>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/spool/state.hpp"
#include "gateway/spool/tries.hpp"

namespace vanthu::spool {
namespace {
constexpr int rests = 100;  // after each writing, as many times as long as that took

HopState hop_of(const Destination& destination) {
  return {destination.name, destination.paused_until, destination.failures};
}
}  // namespace

Result<Done> Queue::keep_tries() {
  const std::lock_guard acts(state_->acts);
  return state_->write_tries(true);
}

/// A page at a time, so that deliveries go on meanwhile and a million lines never lie in memory at once.
Result<Done> Queue::State::write_tries(bool at_once) {
  if (!recovered || options.tries_file.empty()) return done;
  const auto begun = std::chrono::steady_clock::now();
  if (!at_once && begun < tries_pause) return done;
  std::uint64_t changes = 0;
  TriesWriter writer;
  {
    const std::lock_guard lock(mutex);
    changes = tries_changes;
    if (changes == tries_written) return done;
    for (const auto& [name, destination] : destinations)
      if (destination->failures > 0) writer.hop(hop_of(*destination));
  }
  Disk& disk = *options.disk;
  const std::filesystem::path beside = options.tries_file.string() + ".new";
  const auto file = disk.open(beside, Disk::Open::replace);
  if (!file) return file.error();
  Result<Done> result = done;
  std::uint64_t offset = 0;
  const auto put = [&](std::string text) {
    if (text.empty()) return;  // a page where nothing was tried in vain
    iovec part{text.data(), text.size()};
    result = disk.write(*file, {&part, 1}, offset);
    offset += text.size();
  };
  for (std::size_t page = 0; result; ++page) {
    {
      const std::lock_guard lock(mutex);
      if (page >= jobs.pages()) break;
      jobs.visit(page, [&](std::uint32_t, const Job& job) {
        each_share(job, [&](std::uint32_t, const Share& share) {
          if (share.attempts == 0 && share.reply == none && share.next == job.received) return;
          writer.add({job.source, job.at.sequence, job.received, writer.hop(hop_of(*share.destination)),
                      share.pending.list().front(), share.attempts, share.next,
                      share.reply == none ? Try::no_reply : writer.reply(names.text(share.reply))});
        });
      });
    }
    put(writer.take());
  }
  if (result) put(writer.finish());
  if (result) result = disk.sync_data(*file);
  disk.close(*file);
  if (result) result = disk.rename(beside, options.tries_file);
  if (result) result = disk.sync_folder(options.tries_file.parent_path());
  // A long queue is written less often: a hundredth of the time at most.
  const auto ended = std::chrono::steady_clock::now();
  tries_pause = ended + rests * (ended - begun);
  if (result) tries_written = changes;
  return result;
}

void Queue::State::restore_tries(Time at) {
  if (options.tries_file.empty() || !std::filesystem::exists(options.tries_file)) return;
  std::ifstream file(options.tries_file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto tries = parse_tries(text);
  if (!tries) {
    log::Event("queue.tries-unreadable", log::Level::warning)
        .with("file", options.tries_file.string())
        .with("why", tries.error().detail)
        .with("hint", "everything is tried again at once");
    return;
  }
  // A clock that ran ahead before must not keep mail back now.
  const auto sane = [&](Time time) { return std::min(time, at + std::chrono::microseconds(options.last_retry)); };
  for (const HopState& hop : tries->hops) {
    const auto known = destinations.find(hop.name);
    if (known == destinations.end()) continue;
    known->second->failures = hop.failures;
    known->second->paused_until = sane(hop.paused_until);
  }
  std::vector<std::tuple<Source, std::uint64_t, std::uint32_t>> places;
  places.reserve(jobs.size());
  jobs.visit([&](std::uint32_t number, const Job& job) { places.emplace_back(job.source, job.at.sequence, number); });
  std::sort(places.begin(), places.end());
  for (const Try& one : tries->tries) {
    const auto place = std::lower_bound(places.begin(), places.end(), std::tuple(one.source, one.sequence, 0U));
    if (place == places.end() || std::get<0>(*place) != one.source || std::get<1>(*place) != one.sequence) continue;
    const Job& job = jobs[std::get<2>(*place)];
    if (job.received != one.received) continue;
    each_share(job, [&](std::uint32_t, Share& share) {
      // Where the routes lead elsewhere by now there was no try yet.
      if (!share.pending.contains(one.index) || share.destination->name != tries->hops[one.hop].name) return;
      share.attempts = static_cast<std::uint16_t>(std::min<unsigned>(one.attempts, UINT16_MAX));
      if (!job.returned) share.next = sane(one.next);  // what an operator gave up goes back now
      if (one.reply == Try::no_reply || share.reply != none) return;
      const std::string& words = tries->replies[one.reply];
      if (names.size() < limits::queue_names || names.has(words)) share.reply = names.add(words);
    });
  }
}

}  // namespace vanthu::spool
