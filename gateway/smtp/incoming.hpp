// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>

#include "gateway/base/octets.hpp"
#include "gateway/intake/door.hpp"
#include "gateway/smtp/command.hpp"
#include "gateway/smtp/data.hpp"
#include "gateway/smtp/peer.hpp"
#include "gateway/smtp/wire.hpp"

namespace vanthu::smtp {

/// How long a client may take over a message: limits.data-seconds for the next octets, and never slower on the whole
/// than limits.data-rate once those seconds are over, so that a message's time is bounded by its size.
class Pace {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Pace(const Config& config) : config_(&config), begun_(Clock::now()) {}
  /// For the next read; zero: too slow.
  std::chrono::milliseconds wait(std::uint64_t octets_so_far, Clock::time_point now = Clock::now()) const;

 private:
  const Config* config_;
  Clock::time_point begun_;
};

/// The octets of one message while they arrive: in memory (invariant 3), bounded by limits.message-octets each and by
/// the door's budget all together.
class Incoming {
 public:
  static Result<Incoming> begin(intake::Door& door, const Peer& peer);
  Incoming(Incoming&& other) noexcept;
  Incoming& operator=(Incoming&&) = delete;
  ~Incoming();

  /// Reads what follows 354 up to the final dot. What cannot be kept is read away, so that the refusal reaches a
  /// client that listens only then.
  /// @return a reply: the message is refused; `wire.over()`: the session has ended
  boost::asio::awaitable<std::optional<Reply>> read_data(Wire& wire);

  /// Reads the octets of one BDAT chunk (RFC 3030); what cannot be kept is read away all the same.
  /// @param binary  BODY=BINARYMIME: lines have no rule
  /// @return a reply: the message is refused; `wire.over()`: the session has ended
  boost::asio::awaitable<std::optional<Reply>> read_chunk(Wire& wire, Bdat chunk, bool binary);

  std::uint64_t size() const { return octets_.size(); }
  /// Seals and hands out the octets. @par Errors  4.3.x
  Result<std::shared_ptr<const Octets>> finish();

 private:
  Incoming(intake::Door& door, const Peer& peer, Octets octets)
      : door_(&door), peer_(&peer), octets_(std::move(octets)), pace_(door.services().config) {}
  std::optional<Reply> keep(std::string_view piece);
  boost::asio::awaitable<bool> read_more(Wire& wire);

  intake::Door* door_;
  const Peer* peer_;
  Octets octets_;
  Pace pace_;
  ChunkLines lines_;
  std::uint64_t taken_ = 0;  // kept or not
  std::uint64_t held_ = 0;   // of the door's budget
};

/// Reads octets away that belong to no message: of a BDAT that was refused. At the pace of a message.
boost::asio::awaitable<void> read_away(Wire& wire, const Config& config, std::uint64_t octets);

}  // namespace vanthu::smtp
