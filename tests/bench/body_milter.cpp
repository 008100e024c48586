// SPDX-License-Identifier: GPL-3.0-or-later
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <iostream>
#include <string>
#include <thread>

#include "tests/bench/channel.hpp"

/// body_milter SOCKET — the cheapest milter that is handed every body and lets all pass: what Postfix pays for asking
/// one at all. Milter protocol version 6, a thread a connection.
namespace {
constexpr std::uint32_t version = 6;
/// Nothing but bodies: no connect, HELO, MAIL, RCPT, header, end of header, unknown command, DATA.
constexpr std::uint32_t unwanted = 0x01 | 0x02 | 0x04 | 0x08 | 0x20 | 0x40 | 0x100 | 0x200;

std::string number(std::uint32_t value) {
  const std::uint32_t order = htonl(value);
  return {reinterpret_cast<const char*>(&order), sizeof order};
}

bool read_all(int peer, char* octets, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::recv(peer, octets, size, 0);
    if (got <= 0) return false;
    octets += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

void answer(int peer, const std::string& packet) {
  const std::string framed = number(static_cast<std::uint32_t>(packet.size())) + packet;
  (void)::send(peer, framed.data(), framed.size(), MSG_NOSIGNAL);
}

void serve(int peer) {
  std::string packet;
  std::array<char, 4> head{};
  while (read_all(peer, head.data(), head.size())) {
    std::uint32_t size = 0;
    std::copy(head.begin(), head.end(), reinterpret_cast<char*>(&size));
    size = ntohl(size);
    if (size == 0 || size > (1U << 20)) break;
    packet.resize(size);
    if (!read_all(peer, packet.data(), size)) break;
    const char command = packet[0];
    if (command == 'Q') break;
    if (command == 'O')
      answer(peer, "O" + number(version) + number(0) + number(unwanted));
    else if (command != 'A' && command != 'D' && command != 'K')  // abort, macros, end of one connection's use
      answer(peer, "c");
  }
  ::close(peer);
}
}  // namespace

int main(int count, char** words) try {
  sockaddr_un where{};
  const std::string path = count == 2 ? words[1] : "";
  if (path.empty() || path.size() >= sizeof where.sun_path) {
    std::cerr << "body_milter SOCKET\n";
    return 64;
  }
  // No TCP: its delayed acknowledgements would cost Postfix 40 ms a letter that are not the milter's fault.
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  where.sun_family = AF_UNIX;
  path.copy(where.sun_path, path.size());
  (void)::unlink(path.c_str());
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 ||
      ::chmod(path.c_str(), 0777) != 0 || ::listen(listener, 512) != 0)
    throw vanthu::bench::ChannelError(path + " cannot be had");
  for (int peer = 0; (peer = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;)
    std::thread(serve, peer).detach();
  return 1;
} catch (const std::exception& error) {
  std::cerr << "body_milter: " << error.what() << '\n';
  return 1;
}
