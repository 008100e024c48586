// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>

#include "gateway/base/octets.hpp"
#include "gateway/intake/door.hpp"
#include "gateway/smtp/peer.hpp"
#include "gateway/smtp/wire.hpp"

namespace vanthu::smtp {

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

  /// Seals and hands out the octets. @par Errors  4.3.x
  Result<std::shared_ptr<const Octets>> finish();

 private:
  Incoming(intake::Door& door, const Peer& peer, Octets octets)
      : door_(&door), peer_(&peer), octets_(std::move(octets)) {}
  std::optional<Reply> keep(std::string_view piece);

  intake::Door* door_;
  const Peer* peer_;
  Octets octets_;
  std::uint64_t held_ = 0;  // of the door's budget
};

}  // namespace vanthu::smtp
