// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gateway/archive/archive.hpp"
#include "gateway/journal/log.hpp"
#include "gateway/spool/queue.hpp"
#include "tests/fault/power_disk.hpp"

namespace vanthu::fault {

/// One message as the world outside knows it.
struct Sent {
  spool::Source source = spool::Source::spool;
  std::string meta, body;
  std::size_t deliveries = 0;
  bool acknowledged = false;      ///< somebody was told 250, or it was found in the log after a start
  journal::FrameHead head;        ///< if acknowledged
  std::set<std::uint32_t> given;  ///< delivered
  std::set<std::uint32_t> kept;   ///< delivered, and the log says so durably
};

/// The stores of a gateway over one disk, traffic at random, and what must be true of them. Faults of the promise are
/// collected as sentences.
class Plant {
 public:
  Plant(PowerDisk& disk, std::filesystem::path folder, std::uint32_t seed);
  ~Plant();
  Plant(const Plant&) = delete;
  Plant& operator=(const Plant&) = delete;

  /// A start of the process.
  Result<Done> open();
  bool opened() const { return archive_ != nullptr; }
  /// An end of the process, in order unless the disk is dead.
  void close();
  /// A power loss while it is closed.
  void lose_power();
  /// Some traffic; ends early when the disk is dead.
  void work(int steps);
  /// Looks at all that was promised. Takes what the log has beyond that as promised from now on.
  void check(const std::string& when);
  /// On a disk that is well: everything is accepted.
  void must_work(const std::string& when);

  const std::vector<std::string>& faults() const { return faults_; }
  std::size_t acknowledged() const;
  std::size_t duplicates() const { return duplicates_; }  ///< deliveries that are queued though they were given

 private:
  void send(std::size_t count);
  void deliver();
  void index();
  void check_log(spool::Source source, const std::string& when);
  void check_queue(const std::string& when);
  void check_archive(const std::string& when);
  unsigned any(unsigned below) { return static_cast<unsigned>(random_() % below); }
  journal::Log& log(spool::Source source) { return source == spool::Source::spool ? *spool_ : *records_; }
  void wrong(const std::string& when, const std::string& what) { faults_.push_back(when + ": " + what); }

  PowerDisk& disk_;
  std::filesystem::path folder_;
  std::mt19937 random_;
  std::map<std::string, Sent> sent_;  // by queue id
  unsigned next_id_ = 0;
  std::size_t duplicates_ = 0;
  std::vector<std::string> faults_;
  std::unique_ptr<journal::Log> spool_, records_;
  std::unique_ptr<spool::Queue> queue_;
  std::unique_ptr<archive::Archive> archive_;
};

}  // namespace vanthu::fault
