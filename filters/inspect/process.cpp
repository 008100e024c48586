// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/process.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "filters/inspect/wire.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

using Clock = std::chrono::steady_clock;

Error gone(std::string detail) { return fail(status::inspection_failed, std::move(detail)); }

/// In the child, between fork and exec: only what is async-signal-safe. Leaves exactly 0, 1, 2 and the socket open.
[[noreturn]] void become(char* const* arguments, int socket, int null, pid_t parent) {
  // The socket may sit on a number that is about to be overwritten: move it out of the way first.
  const int moved = ::fcntl(socket, F_DUPFD, 10);
  const int nothing = ::fcntl(null, F_DUPFD, 10);
  if (moved < 0 || nothing < 0) ::_exit(126);
  for (int standard = 0; standard < 3; ++standard)
    if (::dup2(nothing, standard) < 0) ::_exit(126);
  if (::dup2(moved, wire::descriptor) < 0) ::_exit(126);
  if (::close_range(wire::descriptor + 1, ~0U, 0) != 0) ::_exit(126);
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent) ::_exit(126);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  // Symbols are looked up once, before readers are forked, and not by each of them.
  char bind_now[] = "LD_BIND_NOW=1";
  // Read when the library is loaded: setting it later is of no use. One core for one document.
  char one_thread[] = "OMP_THREAD_LIMIT=1";
  std::array<char*, 3> environment{bind_now, one_thread, nullptr};
  ::execve(arguments[0], arguments, environment.data());
  ::_exit(127);
}

}  // namespace

Result<Process> Process::launch(const std::filesystem::path& program, const std::vector<std::string>& arguments) {
  const auto wrong = [&](const std::string& what) {
    return fail(status::bad_configuration, "inspector " + program.string() + ": " + what);
  };
  if (::access(program.c_str(), X_OK) != 0) return wrong(std::strerror(errno));
  std::array<int, 2> pair{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) return wrong(std::strerror(errno));
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  std::vector<std::string> words{program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t id = null < 0 ? -1 : ::fork();
  if (id == 0) become(pointers.data(), pair[1], null, parent);
  const int fork_error = errno;
  ::close(pair[1]);
  if (null >= 0) ::close(null);
  if (id < 0) {
    ::close(pair[0]);
    return wrong(std::string("cannot start: ") + std::strerror(fork_error));
  }
  const int room = 2 * static_cast<int>(limits::inspector_inline_octets);  // the kernel counts its own overhead too
  ::setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  return Process(id, pair[0]);
}

Result<Done> Process::become_ready(std::chrono::milliseconds wait) {
  const auto deadline = Clock::now() + wait;
  while (true) {
    auto word = take();
    if (!word) return fail(status::bad_configuration, "did not become ready: " + word.error().detail);
    if (*word) {
      if (**word != wire::ready) return fail(status::bad_configuration, **word);
      return done;
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return fail(status::bad_configuration, "did not become ready in time");
    pollfd readable{socket_, POLLIN, 0};
    ::poll(&readable, 1, static_cast<int>(left.count()));
  }
}

Process::Process(Process&& other) noexcept
    : id_(std::exchange(other.id_, -1)),
      socket_(std::exchange(other.socket_, -1)),
      answer_(std::move(other.answer_)),
      wanted_(other.wanted_),
      ended_(other.ended_) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(socket_, other.socket_);
  std::swap(answer_, other.answer_);
  std::swap(wanted_, other.wanted_);
  std::swap(ended_, other.ended_);
  return *this;
}

Process::~Process() {
  kill();
  if (socket_ >= 0) ::close(socket_);
  if (id_ > 0)
    while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

void Process::kill() const noexcept {
  if (id_ > 0) ::kill(id_, SIGKILL);
}

bool Process::send(const Octets& message, char kind) const {
  const std::string_view octets = message.view();
  const bool small = kind == wire::request && octets.size() <= limits::inspector_inline_octets;
  std::string head(1, small ? wire::inline_request : kind);
  if (small) head += wire::frame_head(static_cast<std::uint32_t>(octets.size()));
  // sendmsg(2) does not write there.
  std::array<iovec, 2> vectors{iovec{head.data(), head.size()}, iovec{const_cast<char*>(octets.data()), octets.size()}};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};
  header.msg_iov = vectors.data();
  header.msg_iovlen = small ? 2 : 1;
  if (!small) {
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    const int descriptor = message.descriptor();
    if (descriptor < 0) return false;
    std::memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
  }
  // A process that waits has an empty socket, whose buffer holds a small message as a whole; one that has not read what
  // it answered must not hold us up.
  ssize_t sent = 0;
  do sent = ::sendmsg(socket_, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(head.size() + (small ? octets.size() : 0));
}

Result<std::optional<std::string>> Process::take(std::size_t most) {
  std::array<char, 16384> buffer;
  while (answer_.size() < wanted_) {
    const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return std::optional<std::string>();
    if (got <= 0) {
      ended_ = true;
      return gone(got == 0 ? "the process ended" : std::string("recv: ") + std::strerror(errno));
    }
    const bool headed = answer_.size() >= wire::head_octets;
    answer_.append(buffer.data(), static_cast<std::size_t>(got));
    if (headed || answer_.size() < wire::head_octets) continue;
    const std::uint32_t length = wire::frame_length(answer_.data());
    if (length > most) return gone("the answer is too long");
    wanted_ += length;
    answer_.reserve(wanted_);
  }
  if (answer_.size() > wanted_) return gone("more than an answer");
  answer_.erase(0, wire::head_octets);
  wanted_ = wire::head_octets;
  return std::optional<std::string>(std::exchange(answer_, std::string()));
}

}  // namespace vanthu::inspect
