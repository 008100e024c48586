// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/sink.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <unordered_map>
#include <utility>

namespace vanthu::bench {
namespace {
constexpr std::string_view mark = "\nX-Bench: ";
constexpr std::string_view final_dot = "\r\n.\r\n";
constexpr std::size_t mark_within = 32768;  // our field stands behind the trace fields of one server
constexpr std::size_t most_letters = 50'000'000;
}  // namespace

struct Sink::Guest {
  explicit Guest(int descriptor) : channel(descriptor) {}
  Channel channel;
  bool lmtp = false, in_data = false, leaving = false;
  std::size_t recipients = 0;
  std::uint64_t octets = 0;  ///< of this message so far
  std::string start;         ///< of this message, where our field is looked for
  std::string tail;          ///< its last octets, where the final dot may have begun
  std::string replies;       ///< of this turn, sent together
};

Sink::Sink(const Address& at)
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), stop_(::eventfd(0, EFD_CLOEXEC)) {
  const int on = 1;
  (void)::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(at.port);
  if (::inet_pton(AF_INET, at.host.c_str(), &where.sin_addr) != 1 ||
      ::bind(listener_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 ||
      ::listen(listener_, 4096) != 0) {
    const int code = errno;
    ::close(listener_);
    ::close(stop_);
    throw ChannelError("sink at " + at.host + ":" + std::to_string(at.port) + ": " + std::strerror(code));
  }
  thread_ = std::thread([this] { run(); });
}

Sink::~Sink() {
  const std::uint64_t one = 1;
  (void)!::write(stop_, &one, sizeof one);
  thread_.join();
  ::close(listener_);
  ::close(stop_);
}

void Sink::run() {
  const int poll = ::epoll_create1(EPOLL_CLOEXEC);
  const auto watch = [&](int descriptor, std::uint32_t events, int operation) {
    epoll_event event{};
    event.events = events;
    event.data.fd = descriptor;
    (void)::epoll_ctl(poll, operation, descriptor, &event);
  };
  watch(listener_, EPOLLIN, EPOLL_CTL_ADD);
  watch(stop_, EPOLLIN, EPOLL_CTL_ADD);
  std::unordered_map<int, Guest> guests;
  std::array<epoll_event, 256> events{};
  for (;;) {
    const int ready = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < ready; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      if (descriptor == stop_) {
        ::close(poll);
        return;
      }
      if (descriptor == listener_) {
        for (int one = 0; (one = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0;) {
          const int on = 1;
          (void)::setsockopt(one, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
          auto& guest = guests.try_emplace(one, one).first->second;
          guest.channel.write("220 sink.example ESMTP\r\n");
          watch(one, EPOLLIN, EPOLL_CTL_ADD);
          const std::lock_guard lock(mutex_);
          ++counts_.connections;
        }
        continue;
      }
      const auto found = guests.find(descriptor);
      if (found == guests.end()) continue;
      Guest& guest = found->second;
      bool stays = true;
      try {
        if ((events[static_cast<std::size_t>(i)].events & EPOLLIN) != 0) {
          stays = guest.channel.read();
          obey(guest);
        }
        if (!guest.channel.send())
          watch(descriptor, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
        else if ((events[static_cast<std::size_t>(i)].events & EPOLLOUT) != 0)
          watch(descriptor, EPOLLIN, EPOLL_CTL_MOD);
      } catch (const ChannelError&) {
        stays = false;  // its letter was not acknowledged and is not counted
      }
      if (!stays || guest.leaving) guests.erase(found);
    }
  }
}

void Sink::obey(Guest& guest) {
  for (;;) {
    if (guest.in_data && !take_octets(guest)) break;
    const std::string_view input = guest.channel.input();
    const std::size_t end = input.find("\r\n");
    if (end == std::string_view::npos) break;
    command(guest, input.substr(0, end));
    guest.channel.consume(end + 2);
  }
  if (!guest.replies.empty()) guest.channel.write(std::exchange(guest.replies, {}));
}

void Sink::command(Guest& guest, std::string_view line) {
  std::string verb(line.substr(0, 4));
  for (char& letter : verb) letter = static_cast<char>(letter & ~0x20);
  if (verb == "EHLO" || verb == "LHLO") {
    guest.lmtp = verb == "LHLO";
    guest.replies +=
        "250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES\r\n";
  } else if (verb == "RCPT") {
    ++guest.recipients;
    guest.replies += "250 2.1.5 ok\r\n";
  } else if (verb == "DATA") {
    guest.replies += "354 go\r\n";
    guest.in_data = true;
    guest.octets = 0;
    guest.start = "\n";
    guest.tail = "\r\n";  // a dot in the first line ends an empty message
  } else if (verb == "QUIT") {
    guest.replies += "221 2.0.0 bye\r\n";
    guest.leaving = true;
  } else {  // HELO, MAIL, RSET, NOOP
    if (verb == "RSET" || verb == "MAIL") guest.recipients = 0;
    guest.replies += "250 2.0.0 ok\r\n";
  }
}

/// Takes octets up to the final dot. False: it has not come yet.
bool Sink::take_octets(Guest& guest) {
  const std::string_view input = guest.channel.input();
  // The dot may have begun in what was taken before.
  const std::string joint = guest.tail + std::string(input.substr(0, final_dot.size() - 1));
  std::size_t end = joint.find(final_dot);  // octets of `input` up to and with the dot's line
  if (end != std::string::npos) {
    end = end + final_dot.size() - guest.tail.size();
  } else {
    end = input.find(final_dot);
    if (end != std::string_view::npos) end += final_dot.size();
  }
  const bool complete = end != std::string_view::npos;
  const std::string_view taken = input.substr(0, end);
  if (guest.start.size() < mark_within) guest.start += taken.substr(0, mark_within - guest.start.size());
  guest.octets += taken.size();
  if (!complete) {
    guest.tail += taken.substr(taken.size() - std::min(taken.size(), final_dot.size() - 1));
    if (guest.tail.size() >= final_dot.size()) guest.tail.erase(0, guest.tail.size() - (final_dot.size() - 1));
    guest.channel.consume(taken.size());
    return false;
  }
  std::size_t number = most_letters;
  if (const std::size_t at = guest.start.find(mark); at != std::string::npos) {
    const char* digits = guest.start.data() + at + mark.size();
    (void)std::from_chars(digits, guest.start.data() + guest.start.size(), number);
  }
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    ++counts_.messages;
    counts_.recipients += guest.recipients;
    counts_.octets += guest.octets;
    if (number < most_letters) {
      if (arrivals_.size() <= number) arrivals_.resize(number + 1 + number / 2);
      if (arrivals_[number] == Clock::time_point{}) {
        arrivals_[number] = Clock::now();
        ++counts_.letters;
      }
    }
    wake = awaited_;
  }
  if (wake) came_.notify_all();
  for (std::size_t i = 0; i < (guest.lmtp ? guest.recipients : 1); ++i) guest.replies += "250 2.0.0 taken\r\n";
  guest.recipients = 0;
  guest.in_data = false;
  guest.channel.consume(taken.size());
  return true;
}

Sink::Counts Sink::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::vector<Clock::time_point> Sink::arrivals() const {
  const std::lock_guard lock(mutex_);
  return arrivals_;
}

bool Sink::wait_for(const std::vector<std::size_t>& numbers, std::chrono::seconds at_most) {
  std::unique_lock lock(mutex_);
  awaited_ = true;
  std::size_t came = 0;
  return came_.wait_for(lock, at_most, [&] {
    while (came < numbers.size() && numbers[came] < arrivals_.size() && arrivals_[numbers[came]] != Clock::time_point{})
      ++came;
    return came == numbers.size();
  });
}

}  // namespace vanthu::bench
