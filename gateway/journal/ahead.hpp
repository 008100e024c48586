// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "gateway/journal/segment.hpp"

/// Room for a log made ahead of its committer, on a thread of its own.
namespace vanthu::journal {

/// Name of the segment that is made but not begun. Once it has a head it is a segment whatever it is called.
inline constexpr const char* next_name = "next";

/// Makes the next segment file before the current one is full, and writes zeros over what is allocated and not written:
/// a commit into blocks that were written before changes no metadata, so its sync is one flush and not a journal's
/// commit too. Zeros go through a descriptor of their own: a failed write that the kernel told to this thread could
/// otherwise be kept from the committer's sync. Commits of much at once are not worth it: for them the zeros would cost
/// more than the metadata, so filling rests while they go on. All but the constructor: called by the committer alone.
class Ahead {
 public:
  Ahead(Disk& disk, std::filesystem::path folder, std::string name, std::uint64_t segment_octets,
        std::uint64_t reserve_octets);
  ~Ahead();  ///< stop(), and removes a file that was not taken
  /// Ends the thread: nothing is written after it. Only the destructor comes behind.
  void stop();

  struct Prepared {
    std::unique_ptr<File> file;
    std::uint64_t octets = 0;  ///< allocated
  };

  /// The current segment: fill it from `clear` up to `octets`. Nothing is filled before this is called.
  void follow(const std::filesystem::path& file, std::uint64_t clear, std::uint64_t octets);
  /// Before every write of that many octets into the current segment up to `end`: waits while zeros are being written
  /// there.
  void claim(std::uint64_t end, std::uint64_t octets);
  /// Starts making the next file unless it is there or failed to be made since the last take(). One that would leave
  /// less than the reserve free is not made.
  void want_next();
  /// The next file, waiting while it is being made; nothing: none was asked for or it could not be made. The file is
  /// still called next_name: rename it, then adopt() it.
  std::optional<Prepared> take();
  /// What take() gave is the current segment now, under this name and of this size.
  void adopt(std::uint64_t octets);
  /// Gives the unused end of a full segment back to the disk and closes it.
  void retire(std::unique_ptr<File> file, std::uint64_t end);
  /// Octets of the next file, 0: none.
  std::uint64_t waiting_octets() const;
  /// Makes one now, on the caller's thread: for a log that just begins, or where the thread could not.
  static Result<Prepared> make(Disk& disk, const std::filesystem::path& folder, std::uint64_t octets);

 private:
  struct Target {
    std::unique_ptr<File> file;  // of this thread's own
    std::uint64_t clear = 0;     // all before it is written or zeroed
    std::uint64_t octets = 0;
    bool wants() const { return file && clear < octets; }
  };
  struct Retired {
    std::unique_ptr<File> file;
    std::uint64_t end;
  };

  bool worth_it() const;
  void start();
  template <class Ready>
  void pause(std::unique_lock<std::mutex>& lock, Ready ready);
  void run();
  void make_next(std::unique_lock<std::mutex>& lock);
  void fill(std::unique_lock<std::mutex>& lock, Target& target, std::uint64_t piece);

  Disk& disk_;
  const std::filesystem::path folder_;
  const std::string name_;
  const std::uint64_t segment_octets_, reserve_octets_;

  mutable std::mutex mutex_;  // guards all that follows
  std::condition_variable work_, progress_;
  Target current_, next_;
  std::optional<Prepared> prepared_;
  std::vector<Retired> retired_;
  const Target* filling_ = nullptr;  // octets from its `clear` on are being zeroed
  std::uint64_t usual_commit_ = 0;   // octets of a commit, the last ones counting most
  unsigned waiting_ = 0;             // callers that wait for a pause in the filling
  bool wanted_ = false, making_ = false, failed_ = false, stopping_ = false;
  std::thread thread_;
};

}  // namespace vanthu::journal
