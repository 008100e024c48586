// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/channel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace vanthu::admin {
namespace {
constexpr std::size_t step_octets = 1U << 20;
Error channel_fault(const char* call) {
  return fail(status::store_failed, std::string(call) + ": " + std::strerror(errno));
}
}  // namespace

Channel::Channel(Channel&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Channel& Channel::operator=(Channel&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Channel::~Channel() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<Channel> Channel::connect(const std::filesystem::path& socket) {
  auto address = SocketAddress::of(socket);
  if (!address) return fail(status::not_found, address.error().detail);
  Channel channel(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (channel.descriptor_ < 0) return channel_fault("socket");
  if (::connect(channel.descriptor_, address->get(), SocketAddress::size()) != 0) {
    const std::string detail = socket.string() + ": " + std::strerror(errno);
    if (errno == ENOENT || errno == ECONNREFUSED) return fail(status::not_found, detail);
    if (errno == EACCES || errno == EPERM) return fail(status::refused, detail);
    return fail(status::store_failed, detail);
  }
  return channel;
}

Result<Done> Channel::wait_for(short events, Deadline deadline) const {
  while (true) {
    int wait = -1;
    if (deadline) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Clock::now()).count();
      if (left <= 0) return fail(status::timed_out, "the other side of the control socket is too slow");
      wait = static_cast<int>(std::min<std::int64_t>(left, 1 << 30));
    }
    pollfd one{descriptor_, events, 0};
    const int ready = ::poll(&one, 1, wait);
    if (ready > 0) return done;
    if (ready < 0 && errno != EINTR) return channel_fault("poll");
  }
}

Result<Done> Channel::send(std::string_view octets, Deadline deadline) {
  while (!octets.empty()) {
    const ssize_t sent =
        ::send(descriptor_, octets.data(), std::min(octets.size(), step_octets), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      octets.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return channel_fault("send");
    if (auto ready = wait_for(POLLOUT, deadline); !ready) return ready;
  }
  return done;
}

Result<std::string> Channel::receive(std::size_t octets, Deadline deadline) {
  std::string received;
  while (received.size() < octets) {
    const std::size_t have = received.size();
    const std::size_t want = std::min(octets - have, step_octets);
    received.resize(have + want);
    const ssize_t got = ::recv(descriptor_, received.data() + have, want, MSG_DONTWAIT);
    const int code = errno;
    received.resize(have + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got > 0) continue;
    if (got == 0) return fail(status::store_failed, "the other side closed the control socket");
    errno = code;
    if (code == EINTR) continue;
    if (code != EAGAIN) return channel_fault("recv");
    if (auto ready = wait_for(POLLIN, deadline); !ready) return ready.error();
  }
  return received;
}

Result<Octets> Channel::receive_octets(std::uint64_t octets, Deadline deadline) {
  auto received = Octets::create();
  if (!received) return received;
  for (std::uint64_t left = octets; left > 0;) {
    const auto piece = receive(static_cast<std::size_t>(std::min<std::uint64_t>(left, step_octets)), deadline);
    if (!piece) return piece.error();
    if (auto added = received->append(*piece); !added) return added.error();
    left -= piece->size();
  }
  if (auto sealed = received->seal(); !sealed) return sealed.error();
  return received;
}

Result<SocketAddress> SocketAddress::of(const std::filesystem::path& socket) {
  SocketAddress address;
  address.address_.sun_family = AF_UNIX;
  std::string path = socket.string();
  if (path.size() >= sizeof(address.address_.sun_path)) {
    address.folder_ = ::open(socket.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (address.folder_ < 0)
      return fail(status::bad_configuration, socket.parent_path().string() + ": " + std::strerror(errno));
    path = "/proc/self/fd/" + std::to_string(address.folder_) + '/' + socket.filename().string();
    if (path.size() >= sizeof(address.address_.sun_path))
      return fail(status::bad_configuration, socket.string() + ": name too long for a socket");
  }
  std::copy(path.begin(), path.end(), address.address_.sun_path);
  return address;
}

SocketAddress::SocketAddress(SocketAddress&& other) noexcept
    : address_(other.address_), folder_(std::exchange(other.folder_, -1)) {}

SocketAddress::~SocketAddress() {
  if (folder_ >= 0) ::close(folder_);
}

}  // namespace vanthu::admin
