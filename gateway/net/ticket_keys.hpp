// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <openssl/ssl.h>

#include <array>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace vanthu::net {

/// The keys that seal session tickets (RFC 5077 §4, RFC 8446 §4.6.1), shared by every thread and every certificate. A
/// new one is made every limits::ticket_key_time; the last limits::ticket_keys of them still open tickets. They are
/// never written anywhere: with the oldest gone nobody can read what was said under its tickets. Any thread.
class TicketKeys {
 public:
  using Clock = std::chrono::steady_clock;
  struct Key {
    std::array<unsigned char, 16> name{};
    std::array<unsigned char, 32> cipher{}, mac{};
    Clock::time_point born;
  };
  explicit TicketKeys(std::function<Clock::time_point()> now = Clock::now) : now_(std::move(now)) {}
  /// The key that seals now. @throws std::runtime_error without random numbers
  Key newest();
  struct Found {
    Key key;
    bool newest;  ///< false: the ticket is good, the client gets a new one
  };
  std::optional<Found> find(const unsigned char* name);

  /// Tickets of this context are sealed with our keys. The context holds its share of `keys`.
  static void attach(SSL_CTX* context, std::shared_ptr<TicketKeys> keys);

 private:
  void turn();
  std::function<Clock::time_point()> now_;
  std::mutex mutex_;
  std::deque<Key> keys_;  // newest first
};

}  // namespace vanthu::net
