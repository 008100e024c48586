// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "tests/bench/wire.hpp"

namespace vanthu::bench {

using Clock = std::chrono::steady_clock;

/// An SMTP and LMTP server that takes everything, keeps nothing, and notes when it got which letter of a bench run
/// (header field X-Bench). Listens from its construction on.
class Sink {
 public:
  /// @throws WireError  the port cannot be had
  explicit Sink(const Address& at);
  ~Sink();
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  struct Counts {
    std::uint64_t messages = 0;    ///< ends of DATA answered with 250
    std::uint64_t recipients = 0;  ///< of those messages
    std::uint64_t octets = 0;
    std::uint64_t connections = 0;
  };
  Counts counts() const;
  /// First arrival of each letter, by its X-Bench value; a letter that came again is counted in counts() alone.
  std::map<std::string, Clock::time_point> arrivals() const;
  /// Waits until so many different letters came. False when the time is over.
  bool wait_for(std::size_t letters, std::chrono::seconds at_most) const;

 private:
  void listen();
  void serve(int descriptor);
  void note(const std::string& id, std::size_t recipients, std::uint64_t octets);

  int listener_ = -1;
  mutable std::mutex mutex_;
  mutable std::condition_variable came_;
  std::map<std::string, Clock::time_point> arrivals_;
  Counts counts_;
  std::thread thread_;
};

}  // namespace vanthu::bench
