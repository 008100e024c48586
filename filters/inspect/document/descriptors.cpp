// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/descriptors.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace vanthu::inspect {
namespace {

/// Waits until the socket can be used. False: the time is over.
bool wait_for(int socket, short events, Deadline deadline) {
  while (true) {
    int wait = -1;
    if (deadline != Deadline::max()) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
      if (left <= 0) return false;
      wait = static_cast<int>(std::min<std::int64_t>(left, 60'000));
    }
    pollfd one{socket, events, 0};
    const int ready = ::poll(&one, 1, wait);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

}  // namespace

bool send_all(int socket, std::string_view octets, Deadline deadline) {
  while (!octets.empty()) {
    const ssize_t sent = ::send(socket, octets.data(), octets.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      octets.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (sent < 0 && errno == EINTR) continue;
    if (sent == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) return false;
    if (!wait_for(socket, POLLOUT, deadline)) return false;
  }
  return true;
}

bool receive_all(int socket, char* into, std::size_t octets, Deadline deadline) {
  while (octets > 0) {
    const ssize_t got = ::recv(socket, into, octets, MSG_DONTWAIT);
    if (got > 0) {
      into += got;
      octets -= static_cast<std::size_t>(got);
      continue;
    }
    if (got == 0) return false;
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
    if (!wait_for(socket, POLLIN, deadline)) return false;
  }
  return true;
}

bool send_packed(int socket, std::string_view packed, Deadline deadline) {
  std::array<char, 8> head{};
  for (std::size_t i = 0; i < head.size(); ++i)
    head[i] = static_cast<char>(std::uint64_t{packed.size()} >> (8 * i) & 0xFFU);
  return send_all(socket, {head.data(), head.size()}, deadline) && send_all(socket, packed, deadline);
}

bool receive_packed(int socket, std::string& into, std::size_t most, Deadline deadline) {
  std::array<char, 8> head{};
  if (!receive_all(socket, head.data(), head.size(), deadline)) return false;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < head.size(); ++i) length |= std::uint64_t{static_cast<unsigned char>(head[i])} << (8 * i);
  if (length > most) return false;
  // In pieces: whoever only says that much will come must not cost that much memory.
  constexpr std::size_t piece = 1U << 20;
  into.clear();
  while (into.size() < length) {
    const std::size_t have = into.size();
    const std::size_t next = std::min<std::size_t>(std::max(piece, have), length - have);
    into.resize(have + next);
    if (!receive_all(socket, into.data() + have, next, deadline)) return false;
  }
  return true;
}

bool send_descriptor(int socket, char octet, int descriptor) {
  iovec vector{&octet, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  cmsghdr* rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
  ssize_t sent = 0;
  do sent = ::sendmsg(socket, &header, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == 1;
}

ssize_t receive_descriptor(int socket, char& octet, int& descriptor) {
  descriptor = -1;
  iovec vector{&octet, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  ssize_t got = 0;
  do got = ::recvmsg(socket, &header, 0);
  while (got < 0 && errno == EINTR);
  if (got <= 0) return got;
  const cmsghdr* rights = CMSG_FIRSTHDR(&header);
  if (rights != nullptr && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS &&
      rights->cmsg_len == CMSG_LEN(sizeof(int)))
    std::memcpy(&descriptor, CMSG_DATA(rights), sizeof descriptor);
  return got;
}

}  // namespace vanthu::inspect
