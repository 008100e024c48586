// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "gateway/archive/archive.hpp"
#include "gateway/fixity/rounds.hpp"
#include "gateway/journal/log.hpp"
#include "gateway/transparency/log_tree.hpp"

namespace vanthu::fixity {

struct Options {
  std::filesystem::path file;  ///< where rounds are kept
  unsigned days = 30;          ///< for all records once; 0: only when it is asked for
  Disk* disk = &real_disk();
  std::function<Time()> clock = now;
  /// Told of a record that is found wrong and was not the last time, or is wrong in another way; of the log as a whole
  /// as of record 0. May be empty.
  std::function<void(std::uint64_t record, const std::string& what)> incident{};
};

/// Reads records again, one after the other, round after round. Any thread.
class Fixity {
 public:
  /// @param tree  of the records; null: leaves are not looked at. All outlive it
  Fixity(const archive::Archive& archive, const journal::Log& records, const transparency::LogTree* tree,
         Options options);
  ~Fixity() { stop(); }
  Fixity(const Fixity&) = delete;
  Fixity& operator=(const Fixity&) = delete;

  /// Looks at so many records now, from where the round is; a round that ends begins again only the next time. At its
  /// end the whole log is held against the signed tree: events and decisions are no records, and are believed as long.
  /// @return how many it looked at
  /// @par Errors  store_full, store_failed: where it is could not be kept; it goes on all the same
  Result<std::uint64_t> check(std::uint64_t most);
  Rounds rounds() const;
  /// Until the next record's turn, so that all of them are read in Options::days. Never less than a hundredth of a
  /// second, never more than an hour: what comes later is looked at, too.
  std::chrono::milliseconds pause() const;

  /// A thread that goes on by itself; nothing where Options::days is 0.
  void start();
  void stop();

 private:
  /// What is wrong with a record; empty: nothing, or it was disposed of.
  std::string look_at(std::uint64_t record) const;
  /// The same of the whole log, but for records that are known to be wrong; nothing: it was not to be found out.
  std::optional<std::string> look_at_log(const Rounds& rounds) const;
  /// Remembers what was seen, and tells of what is new.
  void note(Rounds& rounds, std::uint64_t record, const std::string& what) const;
  bool ends() const;
  void run();

  const archive::Archive& archive_;
  const journal::Log& records_;
  const transparency::LogTree* tree_;
  const Options options_;
  std::mutex checking_;  ///< one check() at a time
  mutable std::mutex mutex_;
  Rounds rounds_;  ///< guarded by mutex_
  mutable std::condition_variable wake_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace vanthu::fixity
