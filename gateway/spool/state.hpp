// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <tuple>
#include <unordered_map>

#include "gateway/spool/indices.hpp"
#include "gateway/spool/names.hpp"
#include "gateway/spool/queue.hpp"
#include "gateway/spool/schedule.hpp"
#include "gateway/spool/slab.hpp"
#include "gateway/spool/summary.hpp"

/// The queue's view, for the files of this folder alone. What stands here once a message is kept small.
namespace vanthu::spool {

inline constexpr std::size_t lanes = 3;  // urgent, normal, bulk
inline std::uint8_t lane_of(int priority) { return priority > 0 ? 0 : priority == 0 ? 1 : 2; }

struct Destination;

/// What is to be done with some recipients: what a question leaves open is kept back, what was refused goes back.
enum class Fate : std::uint8_t { go, wait, refuse };

/// What remains to be done of a message for one destination.
struct Share {
  Time next{};
  Indices pending;
  Destination* destination = nullptr;
  std::uint32_t job = none;
  std::uint32_t sibling = none;  // the job's next share
  std::uint32_t turn = 0;        // stamp of its turn in a lane; 0: it has none
  std::uint32_t watch = 0;       // stamp of its turn in the watch; 0: it has none
  std::uint32_t reply = none;    // name of the last reply
  std::uint16_t attempts = 0;
  std::uint8_t question = 0;  // 1 + the index of the one that decides its fate, or that let it go last; 0: none
  bool leased : 1 = false;
  bool told : 1 = false;  // the sender knows of the delay
  Fate fate : 2 = Fate::go;
};

/// One message.
struct Job {
  std::unique_ptr<char[]> text;  // id, NUL, local-part of the reverse-path, NUL
  journal::Position at;
  Time received{};
  std::uint32_t octets = 0;       // of the body; a frame's limit fits
  std::uint32_t meta_octets = 0;  // of the meta part
  std::uint32_t domain = none;    // name of the reverse-path's domain; none: the null reverse-path
  std::uint32_t hold = none;      // name of why it is held; none: it is not
  std::uint32_t first = none;     // share
  Source source = Source::spool;
  std::uint8_t lane = 1;
  bool damaged : 1 = false;
  bool returned : 1 = false;
  bool touched : 1 = false;  // a progress frame speaks of it
  bool warm : 1 = false;     // its payload is in State::warm

  const char* id() const { return text.get(); }
  bool parked() const { return damaged || hold != none; }
};

/// What a message waits for beside its turn.
struct Questions {
  std::string user;  // the login that sent it
  std::vector<mail::Question> asked;
  std::vector<Standing> standing;  // one for each
};

/// What shares a fate while a hop is away.
struct Destination {
  std::string name;
  std::array<Schedule, lanes> due;
  std::array<unsigned, lanes> passed{};  // takes since this lane was served while it had something due
  Schedule watch;                        // when a sender is to be told of a delay or gets it back, due or not
  Time paused_until{};
  unsigned failures = 0;
  std::size_t shares = 0;
};

struct Queue::State : std::enable_shared_from_this<Queue::State> {
  State(journal::Log& s, const journal::Log& r, const Options& o) : spool(s), records(r), options(o) {}
  journal::Log& spool;
  const journal::Log& records;
  const Options options;
  std::function<void(const std::string&)> due_call;

  /// Serialises what operators and housekeeping write, so that the order in the log is the order in the view. Taken
  /// before `mutex`.
  std::mutex acts;
  bool recovered = false;                               // guarded by `acts`, like the next two
  std::uint64_t tries_written = 0;                      // `tries_changes` when the file of tries was written
  std::chrono::steady_clock::time_point tries_pause{};  // it is not written again before

  mutable std::mutex mutex;  // guards all that follows; the caller of what follows holds it
  Slab<Job> jobs;
  Slab<Share> shares;
  Names names;
  std::unordered_map<std::string, std::unique_ptr<Destination>> destinations;
  std::unordered_map<std::uint32_t, std::shared_ptr<const Payload>> warm;  // by job
  std::uint64_t warm_octets = 0;
  // Few messages have any, so they stand beside the jobs.
  std::unordered_map<std::uint32_t, Questions> questions;                           // by job
  std::unordered_map<std::string, std::pair<std::uint32_t, std::uint32_t>> tokens;  // digest: job, question
  std::set<std::tuple<Time, std::uint32_t, std::uint32_t>> agenda;                  // when, job, question
  std::map<std::pair<std::uint32_t, std::uint32_t>, Time> agenda_times;             // where it stands there
  std::uint64_t spool_added = 0, records_added = 0;  // every message up to here is or was in `jobs`
  Progress checkpoint;
  std::uint64_t checkpoint_frames = 0;  // last sequences of both logs together when it was written
  std::uint64_t tries_changes = 0;      // counts what changes the file of tries
  std::uint32_t stamp = 0;
  std::minstd_rand random{std::random_device{}()};

  std::chrono::microseconds back_off(unsigned attempts);
  std::string destination_of(const mail::Delivery& delivery, bool tls_optional) const;
  Destination& destination(const std::string& name);
  const journal::Log& log_of(Source source) const { return source == Source::spool ? spool : records; }

  // jobs.cpp: a message comes, changes, goes. None of these gives a turn.
  std::uint32_t insert(Source source, const journal::FrameHead& head, const Summary& summary);
  std::uint32_t insert_damaged(Source source, const journal::FrameHead& head);
  /// @return the new share of the job
  std::uint32_t add_share(std::uint32_t job, const std::string& destination);
  /// The job's share of that kind that is not being delivered, a new one where it has none.
  std::uint32_t share_for(std::uint32_t job, const std::string& destination, Fate fate, std::uint8_t question);
  void erase_share(std::uint32_t share);
  void erase_job(std::uint32_t job);
  /// The job goes with its last recipient. @return whether it went
  bool apply(std::uint32_t job, const Change& change);
  void set_hold(Job& job, const std::string& why);
  void set_reply(Share& share, const Reply& reply);
  void cool(std::uint32_t job);
  std::string reverse_path(const Job& job) const;
  /// All that a restart must know beside the message's own frame.
  Change state_of(std::uint32_t job) const;

  // questions.cpp
  void put_questions(std::uint32_t job, const Summary& summary);
  void drop_questions(std::uint32_t job);
  void set_standing(std::uint32_t job, const Standing& standing);
  bool reopens(std::uint32_t job, const Standing& standing) const;
  /// Where it stands before anybody has done anything about it.
  static Standing first_standing(const mail::Question& question, std::uint32_t index, Time received);
  /// When something is to be done about it; nothing: never again.
  void plan(std::uint32_t job, std::uint32_t question, std::optional<Time> at);
  std::pair<Fate, std::uint8_t> fate_of(std::uint32_t job, std::uint32_t delivery) const;
  /// Sorts what waits by what was answered. @return the shares that were made
  std::vector<std::uint32_t> sort_by_fate(std::uint32_t job);
  Asked asked(std::uint32_t job, std::uint32_t question) const;
  /// From when its lifetime counts: what waited for an answer did not wait for a hop.
  Time since(const Share& share) const;
  bool parked(const Job& job, const Share& share) const {
    return job.parked() || (share.fate == Fate::wait && !job.returned);
  }
  /// Why it is held; empty: it is not.
  std::string held_for(const Job& job, const Share& share) const;
  bool open(std::uint32_t job, std::uint32_t question) const;
  bool is_open(const Asked& asked) const;  // it may have gone, and its place may be another message's
  template <class Visit>
  void each_share(const Job& job, Visit&& visit) {
    for (std::uint32_t share = job.first; share != none;) {
      const std::uint32_t next = shares[share].sibling;
      visit(share, shares[share]);
      share = next;
    }
  }

  // queue.cpp: turns
  std::uint32_t next_stamp() { return ++stamp == 0 ? ++stamp : stamp; }
  auto counts_due() {
    return [this](const Turn& turn) {
      const Share* share = shares.find(turn.share);
      return share != nullptr && share->turn == turn.stamp;
    };
  }
  auto counts_watch() {
    return [this](const Turn& turn) {
      const Share* share = shares.find(turn.share);
      return share != nullptr && share->watch == turn.stamp;
    };
  }
  /// Gives the share its turns, as far as the job may have any.
  void wait(std::uint32_t share, Time at);
  Lease lease(std::uint32_t share, Time at, bool deliver);
  Share* leased(const Lease& lease);
  std::optional<std::size_t> lane_to_serve(Destination& destination, Time at);

  /// Nobody waits for this frame: if it is lost with the power, somebody gets a message or a notice a second time (RFC
  /// 5321 §6.1).
  void write(const Progress& progress, const std::string& id);

  /// Visits all jobs, a page at a time under the lock: what comes or goes meanwhile is seen or not. The caller does not
  /// hold `mutex`.
  template <class Visit>
  void survey(const Visit& visit) {
    for (std::size_t page = 0;; ++page) {
      const std::lock_guard lock(mutex);
      if (page >= jobs.pages()) return;
      jobs.visit(page, visit);
    }
  }

  // view.cpp
  struct Candidate {
    std::uint32_t job = none;
    Source source = Source::spool;
    journal::Position at;
    Time received{};
  };
  bool fits(const Job& job, const Filter& filter, Time at);
  bool fits(const Share& share, const Filter& filter);
  /// By what is in memory; oldest first. Without `mutex`.
  std::vector<Candidate> select(const Filter& filter, Time at);
  /// By what is on the disk. Without `mutex`.
  bool fits_read(const Candidate& candidate, const Filter& filter, const Summary& summary);
  Result<Summary> read(const Candidate& candidate) const;
  /// Null when it went meanwhile.
  Job* find(const Candidate& candidate);

  // acts.cpp
  /// Due now, and the destination is asked again.
  void make_due(std::uint32_t share, Time at);
  void resolve_again(std::uint32_t job, const Summary& summary, Time at);

  // maintain.cpp
  /// @return whether anything moved
  Result<bool> copy_forward();
  Result<Done> move(const std::vector<Candidate>& batch);
  Result<Done> write_checkpoint(bool at_once);

  // remember.cpp
  /// With `acts`, without `mutex`. @param at_once  however long the last time took
  Result<Done> write_tries(bool at_once);
  /// Before anything has a turn.
  void restore_tries(Time at);
};

}  // namespace vanthu::spool
