// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/sender.hpp"

#include <openssl/evp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <thread>

namespace vanthu::bench {
namespace {

std::string base64(const std::string& octets) {
  std::string out(4 * ((octets.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(octets.data()), static_cast<int>(octets.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

/// Takes one whole reply (its last line) off the front, or nothing.
std::optional<std::string> take_reply(Channel& channel, std::string* all) {
  const std::string_view input = channel.input();
  for (std::size_t begin = 0;;) {
    const std::size_t end = input.find("\r\n", begin);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = input.substr(begin, end - begin);
    if (line.size() <= 3 || line[3] != '-') {
      std::string last(line);
      if (all != nullptr) *all = std::string(input.substr(0, end));
      channel.consume(end + 2);
      return last;
    }
    begin = end + 2;
  }
}

bool positive(std::string_view reply) { return !reply.empty() && (reply[0] == '2' || reply[0] == '3'); }

/// What the sessions share.
struct Run {
  const Load& load;
  Outcome outcome;
  std::uint64_t next = 0;
  std::uint64_t left;  ///< messages without an outcome

  /// When the next message may go.
  Clock::time_point due() const {
    return outcome.begun + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(
                               load.rate > 0 ? static_cast<double>(next) / load.rate : 0));
  }
};

/// One connection: a state and what it waits for.
class Session {
 public:
  Session(Run& run) : run_(run), channel_(Channel::connect(run.load.to)) {
    if (run.load.tls == Load::Tls::implicit) channel_.start_tls();
  }
  Channel& channel() { return channel_; }
  bool over() const { return state_ == State::over; }
  bool idle() const { return state_ == State::idle; }
  bool greeted() const { return greeted_; }
  /// The next message, or QUIT, or nothing until the next message is due.
  void begin() {
    const Load& load = run_.load;
    if (run_.next == load.messages || (load.messages_a_session != 0 && sent_ == load.messages_a_session)) {
      channel_.write("QUIT\r\n");
      state_ = State::quit;
      return;
    }
    if (run_.due() > Clock::now()) {
      state_ = State::idle;
      return;
    }
    number_ = run_.next++;
    ++sent_;
    refusal_.clear();
    run_.outcome.messages[number_].asked = Clock::now();
    const std::string mail = "MAIL FROM:<" + load.reverse_path + ">\r\n";
    rcpt_ = "RCPT TO:<" + load.forward_paths[number_ % load.forward_paths.size()] + ">\r\n";
    channel_.write(pipelining_ ? mail + rcpt_ + "DATA\r\n" : mail);
    state_ = State::mail;
  }
  /// Something was read.
  void go() {
    while (state_ != State::over) {
      std::string all;
      const auto reply = take_reply(channel_, state_ == State::hello ? &all : nullptr);
      if (!reply) return;
      step(*reply, all);
    }
  }
  /// The connection is gone: the message under way has no outcome.
  void lost(const std::string& why) {
    if (state_ != State::over && under_way()) refuse(why);
    state_ = State::over;
  }

 private:
  enum class State : std::uint8_t { greeting, hello, tls, auth, idle, mail, rcpt, data, octets, reset, quit, over };
  bool under_way() const { return state_ >= State::mail && state_ <= State::octets; }

  void refuse(std::string_view words) {
    ++run_.outcome.refused[std::string(words.substr(0, 60))];
    --run_.left;
  }

  void step(const std::string& reply, const std::string& all) {
    const Load& load = run_.load;
    if (!under_way() && !positive(reply) && state_ != State::reset) {
      ++run_.outcome.refused[reply.substr(0, 60)];
      state_ = State::over;
      return;
    }
    switch (state_) {
      case State::greeting:
        greeted_ = true;
        channel_.write("EHLO bench.example\r\n");
        state_ = State::hello;
        break;
      case State::hello:
        pipelining_ = all.find("PIPELINING") != std::string::npos;
        if (load.tls == Load::Tls::starttls && !secure_) {
          channel_.write("STARTTLS\r\n");
          state_ = State::tls;
        } else if (!load.user.empty()) {
          channel_.write("AUTH PLAIN " + base64('\0' + load.user + '\0' + load.password) + "\r\n");
          state_ = State::auth;
        } else {
          begin();
        }
        break;
      case State::tls:
        secure_ = true;
        channel_.start_tls();
        channel_.write("EHLO bench.example\r\n");
        state_ = State::hello;
        break;
      case State::auth:
      case State::reset:
        begin();
        break;
      case State::mail:
      case State::rcpt:
      case State::data:
        on_envelope(reply);
        break;
      case State::octets:
        if (positive(reply)) {
          run_.outcome.messages[number_].answered = Clock::now();
          --run_.left;
        } else {
          refuse(reply);
        }
        begin();
        break;
      case State::idle:  // it says something that nobody asked for
      case State::quit:
      case State::over:
        state_ = State::over;
        break;
    }
  }

  void on_envelope(const std::string& reply) {
    if (!positive(reply) && refusal_.empty()) refusal_ = reply;
    if (state_ == State::data && positive(reply) && !refusal_.empty())
      throw ChannelError("DATA accepted after " + refusal_.substr(0, 40));
    if (state_ != State::data && (pipelining_ || refusal_.empty())) {
      if (!pipelining_) channel_.write(state_ == State::mail ? rcpt_ : "DATA\r\n");
      state_ = state_ == State::mail ? State::rcpt : State::data;
      return;
    }
    if (!refusal_.empty()) {
      refuse(refusal_);
      channel_.write("RSET\r\n");
      state_ = State::reset;
      return;
    }
    head_ = "X-Bench: " + std::to_string(number_) + "\r\n";
    run_.outcome.messages[number_].ended = Clock::now();
    channel_.write(head_, run_.load.octets);
    state_ = State::octets;
  }

  Run& run_;
  Channel channel_;
  State state_ = State::greeting;
  bool greeted_ = false, pipelining_ = false, secure_ = false;
  std::uint64_t number_ = 0, sent_ = 0;
  std::string rcpt_, head_, refusal_;
};
}  // namespace

Outcome send(const Load& given) {
  Load load = given;
  load.octets += ".\r\n";
  Run run{load, {}, 0, load.messages};
  run.outcome.messages.resize(load.messages);
  run.outcome.begun = Clock::now();
  const int poll = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<std::unique_ptr<Session>> sessions(load.connections);
  const auto watch = [&](std::size_t i, bool sending, int operation) {
    epoll_event event{};
    event.events = static_cast<std::uint32_t>(sending ? EPOLLIN | EPOLLOUT : EPOLLIN);
    event.data.u64 = i;
    (void)::epoll_ctl(poll, operation, sessions[i]->channel().descriptor(), &event);
  };
  std::vector<bool> sending(load.connections, true);
  const auto open = [&](std::size_t i) {
    sessions[i] = std::make_unique<Session>(run);
    sending[i] = true;
    watch(i, true, EPOLL_CTL_ADD);
  };
  Clock::time_point served = Clock::now();  // when a session was last greeted
  for (std::size_t i = 0; i < sessions.size(); ++i) open(i);
  std::array<epoll_event, 256> events{};
  while (run.left > 0) {
    const bool paced = run.next < load.messages && std::any_of(sessions.begin(), sessions.end(),
                                                               [](const auto& one) { return one && one->idle(); });
    const auto until_due = std::chrono::duration_cast<std::chrono::milliseconds>(run.due() - Clock::now()).count();
    const int patience = paced ? static_cast<int>(std::clamp<long>(until_due, 1, 1000)) : 300'000;
    const int ready = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), patience);
    if (paced)
      for (const auto& session : sessions)
        if (session && session->idle() && run.due() <= Clock::now()) session->begin();
    if (ready <= 0 && !paced) {
      run.outcome.refused["no answer for five minutes"] += run.left;
      break;
    }
    for (int e = 0; e < ready; ++e) {
      const std::size_t i = events[static_cast<std::size_t>(e)].data.u64;
      if (!sessions[i]) continue;
      Session& session = *sessions[i];
      try {
        const bool stays = session.channel().read();
        session.go();
        if (!stays) session.lost("connection lost");
        const bool more = !session.channel().send();
        if (more != sending[i]) watch(i, more, EPOLL_CTL_MOD);
        sending[i] = more;
      } catch (const ChannelError& error) {
        session.lost(error.what());
      }
      if (session.greeted()) served = Clock::now();
      if (session.over()) sessions[i].reset();
    }
    if (run.next == load.messages) continue;  // what is under way ends
    if (Clock::now() - served > load.patience) {
      run.outcome.refused["the server stays away"] += run.left;
      break;
    }
    if (std::find(sessions.begin(), sessions.end(), nullptr) == sessions.end()) continue;
    // One that is away would be asked for thousands of times a second.
    if (Clock::now() - served > std::chrono::milliseconds(5))
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    for (std::size_t i = 0; i < sessions.size(); ++i)
      if (!sessions[i]) open(i);
  }
  run.outcome.ended = Clock::now();
  ::close(poll);
  return std::move(run.outcome);
}

}  // namespace vanthu::bench
