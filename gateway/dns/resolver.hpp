// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/dns/answer.hpp"

namespace vanthu::dns {

/// Asks the DNS for everybody: libunbound with its cache, its validator where there is a trust anchor, and a thread of
/// ours that hears its answers. Any thread; nobody waits but the coroutine that asked.
class Resolver {
 public:
  struct Options {
    std::vector<std::string> servers;         ///< HOST[:PORT], addresses; none: those of /etc/resolv.conf
    std::string trust_anchor;                 ///< file of DS or DNSKEY records; empty: nothing is validated
    std::chrono::milliseconds timeout{5000};  ///< of one look-up, all retries and CNAMEs included
  };
  /// @par Errors  bad_configuration: a server or the trust anchor that cannot be used
  static Result<std::unique_ptr<Resolver>> start(Options options);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  /// Whoever still waits gets `failed`.
  ~Resolver();

  /// At most limits::dns_look_ups at once; the next one is `failed` at once. Answers with more than
  /// limits::dns_records records are `failed`: nobody gets to use a part of them unknowingly.
  /// @param name  in A-labels, with or without the last dot
  boost::asio::awaitable<Answer> look_up(std::string name, Type type);
  /// The same by callback: once, from any thread, possibly before this returns.
  void look_up(std::string name, Type type, std::function<void(Answer)> call);
  /// look_up() as a value; the resolver must outlive it.
  LookUp function();

 private:
  class Engine;
  explicit Resolver(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

/// "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]:5353" in libunbound's spelling ("192.0.2.1@5353").
/// @par Errors  bad_arguments
Result<std::string> parse_server(std::string_view text);

}  // namespace vanthu::dns
