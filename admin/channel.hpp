// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <sys/socket.h>
#include <sys/un.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/octets.hpp"
#include "gateway/base/result.hpp"

namespace vanthu::admin {

/// A connected Unix stream socket with blocking calls and deadlines. Move-only; one thread at a time.
class Channel {
 public:
  using Clock = std::chrono::steady_clock;
  using Deadline = std::optional<Clock::time_point>;  ///< empty: wait as long as it takes

  explicit Channel(int descriptor) noexcept : descriptor_(descriptor) {}
  Channel(Channel&& other) noexcept;
  Channel& operator=(Channel&& other) noexcept;
  ~Channel();

  /// @par Errors  not_found: no socket there, or nobody listens; refused: the caller may not; store_failed
  static Result<Channel> connect(const std::filesystem::path& socket);

  /// @par Errors  timed_out; store_failed: the peer is gone
  Result<Done> send(std::string_view octets, Deadline deadline);
  /// Exactly that many octets; memory grows with what really came.
  Result<std::string> receive(std::size_t octets, Deadline deadline);

  /// The same, into octets that are then sealed: of a big message there is one copy, outside every heap.
  Result<Octets> receive_octets(std::uint64_t octets, Deadline deadline);

  int descriptor() const noexcept { return descriptor_; }

 private:
  Result<Done> wait_for(short events, Deadline deadline) const;
  int descriptor_ = -1;
};

/// An address for bind(2) and connect(2) of a path of any length: one that is too long for sun_path is reached through
/// an open descriptor of its folder.
class SocketAddress {
 public:
  /// @par Errors  bad_configuration
  static Result<SocketAddress> of(const std::filesystem::path& socket);
  SocketAddress(SocketAddress&& other) noexcept;
  SocketAddress& operator=(SocketAddress&&) = delete;
  ~SocketAddress();
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  static constexpr unsigned size() { return sizeof(sockaddr_un); }

 private:
  SocketAddress() = default;
  sockaddr_un address_{};
  int folder_ = -1;
};

}  // namespace vanthu::admin
