// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/sink.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace vanthu::bench {
namespace {
constexpr std::string_view mark = "X-Bench: ";

/// Reads to the lone dot. False when the peer went away before it.
bool read_data(Wire& wire, std::string& id, std::uint64_t& octets) {
  std::string line;
  while (wire.read_line(line)) {
    if (line == ".") return true;
    octets += line.size() + 2;
    if (id.empty() && line.starts_with(mark)) id = line.substr(mark.size());
  }
  return false;
}
}  // namespace

Sink::Sink(const Address& at) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const int on = 1;
  (void)::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(at.port);
  if (::inet_pton(AF_INET, at.host.c_str(), &where.sin_addr) != 1 ||
      ::bind(listener_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 ||
      ::listen(listener_, 512) != 0) {
    const int code = errno;
    ::close(listener_);
    throw WireError("sink at " + at.host + ":" + std::to_string(at.port) + ": " + std::strerror(code));
  }
  thread_ = std::thread([this] { listen(); });
}

Sink::~Sink() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

void Sink::listen() {
  struct Guest {
    std::thread thread;
    int descriptor;
  };
  std::vector<Guest> guests;
  for (;;) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) break;
    const int on = 1;
    (void)::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // A second descriptor of the same socket, so that the end of the sink can wake a thread that waits for its peer.
    guests.push_back({std::thread([this, descriptor] { serve(descriptor); }), ::dup(descriptor)});
  }
  for (Guest& guest : guests) {
    ::shutdown(guest.descriptor, SHUT_RDWR);
    guest.thread.join();
    ::close(guest.descriptor);
  }
}

void Sink::serve(int descriptor) try {
  {
    const std::lock_guard lock(mutex_);
    ++counts_.connections;
  }
  Wire wire(descriptor);
  wire.write("220 sink.example ESMTP\r\n");
  bool lmtp = false;
  std::size_t recipients = 0;
  std::string line;
  while (wire.read_line(line)) {
    std::string verb = line.substr(0, 4);
    for (char& letter : verb) letter = static_cast<char>(letter & ~0x20);
    if (verb == "EHLO" || verb == "LHLO") {
      lmtp = verb == "LHLO";
      wire.write("250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n");
    } else if (verb == "RCPT") {
      ++recipients;
      wire.write("250 2.1.5 ok\r\n");
    } else if (verb == "DATA") {
      wire.write("354 go\r\n");
      std::string id;
      std::uint64_t octets = 0;
      if (!read_data(wire, id, octets)) return;
      note(id, recipients, octets);
      std::string replies;
      for (std::size_t i = 0; i < (lmtp ? recipients : 1); ++i) replies += "250 2.0.0 taken\r\n";
      wire.write(replies);
      recipients = 0;
    } else if (verb == "QUIT") {
      wire.write("221 2.0.0 bye\r\n");
      return;
    } else {  // HELO, MAIL, RSET, NOOP
      if (verb == "RSET" || verb == "MAIL") recipients = 0;
      wire.write("250 2.0.0 ok\r\n");
    }
  }
} catch (const WireError&) {
  // The peer went away: its letter was not acknowledged and is not counted.
}

void Sink::note(const std::string& id, std::size_t recipients, std::uint64_t octets) {
  const std::lock_guard lock(mutex_);
  ++counts_.messages;
  counts_.recipients += recipients;
  counts_.octets += octets;
  if (!id.empty()) arrivals_.try_emplace(id, Clock::now());
  came_.notify_all();
}

Sink::Counts Sink::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::map<std::string, Clock::time_point> Sink::arrivals() const {
  const std::lock_guard lock(mutex_);
  return arrivals_;
}

bool Sink::wait_for(std::size_t letters, std::chrono::seconds at_most) const {
  std::unique_lock lock(mutex_);
  return came_.wait_for(lock, at_most, [&] { return arrivals_.size() >= letters; });
}

}  // namespace vanthu::bench
