// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/base/octets.hpp"

namespace vanthu::intake {

/// Letters that our users have sent, official or not: what a mail program then files as the copy of one is known by its
/// sender, its Message-ID and its content (same_letter.hpp). In memory, of a bounded size; any thread. Nothing of a
/// letter is kept but its digest.
class SentLetters {
 public:
  using Clock = std::chrono::steady_clock;
  /// @param slow  where digests are made
  /// @param most  so many; the one that was sent first makes room  @param kept  so long
  SentLetters(boost::asio::thread_pool& slow, std::size_t most, Clock::duration kept)
      : slow_(slow), most_(most), kept_(kept) {}

  /// Quick.
  void note(const std::string& user, std::string_view message_id, std::shared_ptr<const Octets> octets,
            Clock::time_point at = Clock::now());
  /// Whether this is the copy of one. Reads all of it.
  bool has(const std::string& user, std::string_view message_id, std::string_view letter,
           Clock::time_point at = Clock::now());

 private:
  struct Sent {
    std::string key;
    Clock::time_point at;
    std::mutex mutex;
    std::shared_ptr<const Octets> octets;  // guarded by mutex, as what follows: until there is a digest of them
    std::string digest;
    const std::string& content();
  };
  static std::string key_of(const std::string& user, std::string_view message_id);

  boost::asio::thread_pool& slow_;
  const std::size_t most_;
  const Clock::duration kept_;
  std::mutex mutex_;
  std::deque<std::shared_ptr<Sent>> in_order_;  // guarded by mutex_, as what follows
  /// Shared with the threads that make their digests, who may come behind us.
  std::unordered_multimap<std::string, std::shared_ptr<Sent>> by_key_;
};

}  // namespace vanthu::intake
