// SPDX-License-Identifier: GPL-3.0-or-later
// The view rebuilt from both logs: one thread reads, all cores parse, and what was parsed is applied in the log's
// order.
#include <algorithm>
#include <deque>
#include <future>
#include <map>
#include <thread>
#include <variant>

#include "gateway/base/log.hpp"
#include "gateway/spool/state.hpp"

namespace vanthu::spool {
namespace {

struct Parsed {
  journal::FrameHead head;
  std::variant<Summary, Progress, Error> what;
};

class Pipeline {
 public:
  explicit Pipeline(std::function<void(Parsed&)> apply) : apply_(std::move(apply)) {}

  void feed(const journal::Frame& frame) {
    batch_.push_back({frame.head, frame.meta});
    octets_ += frame.meta.size();
    if (batch_.size() >= batch_frames || octets_ >= batch_octets) launch();
  }
  void finish() {
    if (!batch_.empty()) launch();
    while (!under_way_.empty()) apply_oldest();
  }

 private:
  struct Raw {
    journal::FrameHead head;
    std::string meta;
  };
  static constexpr std::size_t batch_frames = 4096;
  static constexpr std::size_t batch_octets = 8U << 20;

  static std::vector<Parsed> parse(const std::vector<Raw>& batch) {
    std::vector<Parsed> parsed;
    parsed.reserve(batch.size());
    for (const Raw& raw : batch) {
      if (raw.head.kind == journal::Kind::message) {
        auto summary = read_summary(raw.meta);
        if (summary)
          parsed.push_back({raw.head, *std::move(summary)});
        else
          parsed.push_back({raw.head, summary.error()});
      } else {
        auto progress = parse_progress(raw.meta);
        if (progress)
          parsed.push_back({raw.head, *std::move(progress)});
        else
          parsed.push_back({raw.head, progress.error()});
      }
    }
    return parsed;
  }
  void launch() {
    if (under_way_.size() >= std::max(2U, std::thread::hardware_concurrency())) apply_oldest();
    under_way_.push_back(std::async(std::launch::async, [batch = std::exchange(batch_, {})] { return parse(batch); }));
    octets_ = 0;
  }
  void apply_oldest() {
    std::vector<Parsed> parsed = under_way_.front().get();
    under_way_.pop_front();
    for (Parsed& one : parsed) apply_(one);
  }

  std::function<void(Parsed&)> apply_;
  std::vector<Raw> batch_;
  std::size_t octets_ = 0;
  std::deque<std::future<std::vector<Parsed>>> under_way_;
};

/// Where the spool log's messages are in the view; sequences rise as they come.
class Places {
 public:
  void add(std::uint64_t sequence, std::uint32_t job) { places_.emplace_back(sequence, job); }
  /// none: it never came, or it is settled.
  std::uint32_t* find(std::uint64_t sequence) {
    const auto place = std::lower_bound(places_.begin(), places_.end(), sequence,
                                        [](const auto& one, std::uint64_t wanted) { return one.first < wanted; });
    return place == places_.end() || place->first != sequence || place->second == none ? nullptr : &place->second;
  }

 private:
  std::deque<std::pair<std::uint64_t, std::uint32_t>> places_;
};

/// What the spool log says about records, which are read after it.
class Records {
 public:
  void note(std::uint64_t record, const Change& change) {
    Change& known = changes_[record];
    known.settled.insert(known.settled.end(), change.settled.begin(), change.settled.end());
    known.told.insert(known.told.end(), change.told.begin(), change.told.end());
    if (change.pending) known.pending = change.pending;
    if (change.hold) known.hold = change.hold;
    known.questions.insert(known.questions.end(), change.questions.begin(), change.questions.end());
    known.returned |= change.returned;
    known.removed |= change.removed;
  }
  void note_done(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& ranges) {
    coming_.insert(coming_.end(), ranges.begin(), ranges.end());
  }
  void checkpoint(std::uint64_t below) {
    done_ = std::exchange(coming_, {});
    std::sort(done_.begin(), done_.end());
    std::erase_if(changes_, [&](const auto& one) { return one.first < below || done_until(one.first) != 0; });
  }
  /// The last record of the stretch of done ones that this one lies in; 0: it is not done.
  std::uint64_t done_until(std::uint64_t record) const {
    auto range = std::upper_bound(done_.begin(), done_.end(), std::pair(record, UINT64_MAX));
    if (range == done_.begin()) return 0;
    --range;
    return record <= range->second ? range->second : 0;
  }
  const Change* change(std::uint64_t record) const {
    const auto found = changes_.find(record);
    return found == changes_.end() ? nullptr : &found->second;
  }

 private:
  std::unordered_map<std::uint64_t, Change> changes_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> done_, coming_;
};

/// A record is written before anything is said of it: these are gone. Of a frame that is gone nobody can say whether it
/// had a number, but hardly one has none.
Error lost_end(const journal::Log& log, std::uint64_t known) {
  const std::uint64_t last = log.last_ordinal();
  return fail(
      status::bad_configuration,
      "the spool log knows " + std::to_string(known - log.last_sequence()) +
          " frames more of the record log than there are, and the record log ends at " + std::to_string(last) +
          ": segments were removed or an older backup was put back. Put the missing files back into the " +
          "records folder. If records " + std::to_string(last + 1) + " to " +
          std::to_string(last + known - log.last_sequence()) +
          " are lost for good, start vanthu-gateway once with --accept-loss: it goes on behind them, gives no " +
          "number twice, and archive verify names what is missing");
}

void tell_unreadable(const journal::FrameHead& head, const Error& error) {
  log::Event("queue.unreadable", log::Level::error).with("sequence", head.at.sequence).with("why", error.detail);
}
}  // namespace

Result<std::uint64_t> last_record_known(const journal::Log& spool) {
  std::uint64_t last = 0;
  const auto scanned = spool.scan(1, [&](const journal::Frame& frame) {
    if (frame.head.kind == journal::Kind::progress) {
      if (const auto progress = parse_progress(frame.meta)) last = std::max(last, last_record_in(*progress));
    } else if (frame.meta.find("\"carries\":{") != std::string::npos) {
      if (const auto summary = read_summary(frame.meta); summary && summary->carried)
        last = std::max(last, last_record_in(*summary->carried));
    }
    return true;
  });
  if (!scanned) return scanned.error();
  return last;
}

Result<Done> Queue::recover() {
  State& s = *state_;
  const std::lock_guard acts(s.acts);
  if (s.spool.last_sequence() == 0 && s.records.last_ordinal() > 0)
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
  const std::lock_guard lock(s.mutex);
  Places places;
  Records records;
  std::uint64_t known_record = 0;

  std::vector<std::pair<std::uint64_t, Progress>> untold;  // sequence of the frame, and what it says
  const auto apply = [&](const Progress& progress) {
    known_record = std::max(known_record, last_record_in(progress));
    if (progress.source == Source::records) {
      if (progress.sequence >= s.checkpoint.records_below) records.note(progress.sequence, progress.change);
    } else if (std::uint32_t* job = places.find(progress.sequence)) {
      if (s.apply(*job, progress.change)) *job = none;
    }
  };
  // The spool log first: its last checkpoint says from where on the record log matters.
  Pipeline spool([&](Parsed& parsed) {
    const journal::FrameHead& head = parsed.head;
    if (const auto* error = std::get_if<Error>(&parsed.what)) {
      tell_unreadable(head, *error);
      if (head.kind == journal::Kind::message) places.add(head.at.sequence, s.insert_damaged(Source::spool, head));
    } else if (const auto* summary = std::get_if<Summary>(&parsed.what)) {
      const std::uint32_t job = s.insert(Source::spool, head, *summary);
      places.add(head.at.sequence, job);
      if (summary->moved_from != 0) {
        // What it says of itself holds, whatever is still said of the frame that it replaces.
        if (std::uint32_t* before = places.find(summary->moved_from)) s.erase_job(std::exchange(*before, none));
        if (s.apply(job, summary->moved)) *places.find(head.at.sequence) = none;
      }
      if (summary->carried && summary->carried->sequence != 0) apply(*summary->carried);
    } else {
      const Progress& progress = std::get<Progress>(parsed.what);
      if (progress.sequence != 0) {
        if (!progress.endings.empty() && s.options.settled) untold.emplace_back(head.at.sequence, progress);
        return apply(progress);
      }
      known_record = std::max(known_record, last_record_in(progress));
      if (!progress.done.empty()) {
        records.note_done(progress.done);
      } else {
        s.checkpoint = progress;
        s.checkpoint_frames = head.at.sequence + progress.records_below;
        records.checkpoint(progress.records_below);
        std::erase_if(untold, [&](const auto& one) { return one.first < progress.told_below; });
      }
    }
  });
  auto scanned = s.spool.scan(1, [&](const journal::Frame& frame) {
    if (frame.head.kind == journal::Kind::message || frame.head.kind == journal::Kind::progress) spool.feed(frame);
    return true;
  });
  spool.finish();
  if (!scanned) return scanned;
  if (known_record > s.records.last_sequence()) return lost_end(s.records, known_record);
  for (const auto& [sequence, progress] : untold) s.options.settled(progress.sequence, progress.endings);
  s.jobs.visit([&](std::uint32_t number, const Job& job) {
    if (job.at.sequence < s.checkpoint.spool_below) s.erase_job(number);
  });

  Pipeline letters([&](Parsed& parsed) {
    const journal::FrameHead& head = parsed.head;
    std::uint32_t job = none;
    if (const auto* error = std::get_if<Error>(&parsed.what)) {
      tell_unreadable(head, *error);
      job = s.insert_damaged(Source::records, head);
    } else if (std::get<Summary>(parsed.what).deliveries.empty()) {
      return;  // imported: it was delivered long ago, by others
    } else {
      job = s.insert(Source::records, head, std::get<Summary>(parsed.what));
    }
    if (const Change* change = records.change(head.at.sequence)) s.apply(job, *change);
  });
  // A long stretch of done records is not even read.
  constexpr std::uint64_t worth_a_jump = 10'000;
  for (std::uint64_t from = std::max<std::uint64_t>(1, s.checkpoint.records_below); from != 0;) {
    std::uint64_t next = 0;
    scanned = s.records.scan(from, [&](const journal::Frame& frame) {
      const std::uint64_t sequence = frame.head.at.sequence;
      if (const std::uint64_t last = records.done_until(sequence); last != 0) {
        if (last - sequence > worth_a_jump) next = last + 1;
        return next == 0;
      }
      if (frame.head.kind == journal::Kind::message) letters.feed(frame);
      return true;
    });
    if (!scanned) break;
    from = next;
  }
  letters.finish();
  if (!scanned) return scanned;

  const Time at = now();
  s.restore_tries(at);
  s.jobs.visit([&](std::uint32_t, const Job& job) {
    s.each_share(job, [&](std::uint32_t slot, const Share&) { s.wait(slot, at); });
  });
  s.spool_added = s.spool.last_sequence();
  s.records_added = s.records.last_sequence();
  s.recovered = true;
  log::Event("queue.recovered").with("messages", std::uint64_t(s.jobs.size()));
  return done;
}

}  // namespace vanthu::spool
