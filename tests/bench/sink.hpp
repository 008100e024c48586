// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/bench/channel.hpp"

namespace vanthu::bench {

using Clock = std::chrono::steady_clock;

/// An SMTP and LMTP server that takes everything, keeps nothing, and notes when it got which letter of a bench run
/// (header field X-Bench, which holds its number). One thread, one epoll. Listens from its construction on.
class Sink {
 public:
  /// @throws ChannelError  the port cannot be had
  explicit Sink(const Address& at);
  ~Sink();
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  struct Counts {
    std::uint64_t messages = 0;    ///< ends of DATA answered with 250
    std::uint64_t recipients = 0;  ///< of those messages
    std::uint64_t octets = 0;
    std::uint64_t connections = 0;
    std::uint64_t letters = 0;  ///< different X-Bench numbers
  };
  Counts counts() const;
  /// First arrival of each letter by its number; zero: it has not come. A letter that came again counts in messages.
  std::vector<Clock::time_point> arrivals() const;
  /// Waits until all letters with these numbers came. False when the time is over.
  bool wait_for(const std::vector<std::size_t>& numbers, std::chrono::seconds at_most);

 private:
  struct Guest;
  void run();
  void obey(Guest& guest);
  void command(Guest& guest, std::string_view line);
  bool take_octets(Guest& guest);

  int listener_ = -1;
  int stop_ = -1;  ///< an eventfd that ends the loop
  mutable std::mutex mutex_;
  std::condition_variable came_;
  bool awaited_ = false;  ///< somebody waits and wants to be woken
  std::vector<Clock::time_point> arrivals_;
  Counts counts_;
  std::thread thread_;
};

}  // namespace vanthu::bench
