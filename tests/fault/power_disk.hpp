// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gateway/base/disk.hpp"

namespace vanthu::fault {

/// What goes wrong at one call.
enum class Kind : std::uint8_t {
  broken,   ///< EIO and nothing done; a sync loses what was not synced
  full,     ///< ENOSPC and nothing done; a sync loses what was not synced
  partial,  ///< EIO and part of it done: a shorter write, a sync of some sectors; elsewhere all of it
  before,   ///< the process dies before the call
  after,    ///< the process dies when it is done and has told nobody
};
inline constexpr std::array kinds{Kind::broken, Kind::full, Kind::partial, Kind::before, Kind::after};
const char* name(Kind kind);

/// Where calls are counted, so that threads do not shift each other's counts.
enum class Line : std::uint8_t {
  main,   ///< opening, and the committers
  ahead,  ///< the threads that make room ahead
  view,   ///< commits of LMDB
};
inline constexpr std::array lines{Line::main, Line::ahead, Line::view};
const char* name(Line line);

struct Fault {
  Line line = Line::main;
  int nth = 0;  ///< from 0
  Kind kind = Kind::broken;
};

/// A disk with a page cache, whose power can be cut. The files are real, and show what the page cache shows; what has
/// reached stable storage is kept beside them: the content at the last sync, the writes since, and the folder changes
/// since the folder's last sync. Any thread.
class PowerDisk : public Disk {
 public:
  explicit PowerDisk(std::uint32_t seed) : random_(seed) {}

  void arm(std::vector<Fault> faults);
  /// Faults neither happen nor count while suspended.
  void suspend(bool suspended);
  int calls(Line line) const;
  std::size_t fired() const;  ///< how many faults have happened
  /// Asked for LMDB's commits, which do not come by the calls below: what is wrong with this one, if anything.
  std::optional<Kind> commit_fault();

  /// The process is gone: every call fails and changes nothing. The page cache lives on.
  void kill();
  bool dead() const;
  /// The next process.
  void revive();
  /// Leaves on the real disk what a power loss may leave: some of the folder changes, in their order; of each file what
  /// was synced and any sectors of 512 octets of what was not.
  void lose_power();

  Result<int> open(const std::filesystem::path& file, Open mode) override;
  Result<Done> allocate(int descriptor, std::uint64_t octets) override;
  Result<Done> write(int descriptor, std::span<iovec> parts, std::uint64_t offset) override;
  Result<Done> sync_data(int descriptor) override;
  Result<Done> truncate(int descriptor, std::uint64_t octets) override;
  Result<Done> sync_folder(const std::filesystem::path& folder) override;
  Result<Done> remove(const std::filesystem::path& file) override;
  Result<Done> rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  Result<std::uint64_t> free_octets(const std::filesystem::path& folder) override;
  void close(int descriptor) override;

 private:
  struct Change {
    enum class What : std::uint8_t { write, truncate, allocate } what = What::write;
    std::uint64_t offset = 0;  // of a write; else the new size
    std::string octets;
  };
  struct Inode {
    std::string stable;           // on stable storage
    std::vector<Change> changes;  // in the page cache, in order
    unsigned errors = 0;          // syncs that failed
  };
  struct Opened {
    std::shared_ptr<Inode> inode;
    unsigned errors_seen = 0;  // each descriptor is told of an error once
  };
  struct Renaming {
    std::filesystem::path from, to;  // no `from`: made; no `to`: removed
    std::shared_ptr<Inode> inode;    // made
  };
  using Names = std::map<std::filesystem::path, std::shared_ptr<Inode>>;

  std::optional<Kind> next(Line line);  // holding the lock
  template <class Act>
  Result<Done> call(const char* what, Act act);
  static void apply(Names& names, const Renaming& renaming);
  static void apply(std::string& content, const Change& change, std::uint64_t from, std::uint64_t to);
  void settle(Inode& inode, bool all);
  bool chance(unsigned percent) { return random_() % 100 < percent; }

  mutable std::mutex mutex_;
  std::mt19937 random_;
  std::vector<Fault> faults_;
  std::array<int, lines.size()> calls_{};
  std::size_t fired_ = 0;
  bool suspended_ = false, dead_ = false;
  Names names_, stable_names_;
  std::vector<Renaming> renamings_;
  std::map<int, Opened> open_;
};

}  // namespace vanthu::fault
