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
[[noreturn]] void become(const char* program, int socket, int null, pid_t parent) {
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
  std::array<char*, 2> arguments{const_cast<char*>(program), nullptr};  // NOLINT: execve's signature
  std::array<char*, 1> environment{nullptr};
  ::execve(program, arguments.data(), environment.data());
  ::_exit(127);
}

/// Reads exactly `wanted` octets or says why not.
Result<std::string> read_exactly(int socket, std::size_t wanted, Clock::time_point deadline) {
  std::string octets(wanted, '\0');
  for (std::size_t have = 0; have < wanted;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return gone("no answer before the deadline");
    pollfd poll{socket, POLLIN, 0};
    const int ready = ::poll(&poll, 1, static_cast<int>(std::min<long long>(left, 1'000'000)));
    if (ready < 0 && errno != EINTR) return gone(std::string("poll: ") + std::strerror(errno));
    if (ready <= 0) continue;
    const ssize_t got = ::recv(socket, octets.data() + have, wanted - have, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return gone(std::string("recv: ") + std::strerror(errno));
    if (got == 0) return gone("the process ended");
    have += static_cast<std::size_t>(got);
  }
  return octets;
}

Result<std::string> read_frame(int socket, Clock::time_point deadline) {
  const auto head = read_exactly(socket, 4, deadline);
  if (!head) return head.error();
  const std::uint32_t length = wire::frame_length(head->data());
  if (length > limits::facts_octets) return gone("the answer is too long");
  return read_exactly(socket, length, deadline);
}

}  // namespace

Result<Process> Process::start(const std::filesystem::path& program, std::chrono::milliseconds wait) {
  const auto wrong = [&](const std::string& what) {
    return fail(status::bad_configuration, "inspector " + program.string() + ": " + what);
  };
  if (::access(program.c_str(), X_OK) != 0) return wrong(std::strerror(errno));
  std::array<int, 2> pair{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) return wrong(std::strerror(errno));
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const std::string path = program.string();
  const pid_t parent = ::getpid();
  const pid_t id = null < 0 ? -1 : ::fork();
  if (id == 0) become(path.c_str(), pair[1], null, parent);
  const int fork_error = errno;
  ::close(pair[1]);
  if (null >= 0) ::close(null);
  if (id < 0) {
    ::close(pair[0]);
    return wrong(std::string("cannot start: ") + std::strerror(fork_error));
  }
  Process process(id, pair[0]);
  const auto word = read_frame(process.socket_, Clock::now() + wait);
  if (!word) return wrong("did not become ready: " + word.error().detail);
  if (*word != wire::ready) return wrong(*word);
  return process;
}

Process::Process(Process&& other) noexcept
    : id_(std::exchange(other.id_, -1)), socket_(std::exchange(other.socket_, -1)) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(socket_, other.socket_);
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

bool Process::alive() const noexcept {
  pollfd poll{socket_, POLLIN, 0};  // it has nothing to say now: readable means that it is gone
  return ::poll(&poll, 1, 0) == 0;
}

Result<std::string> Process::ask(const Octets& message, std::chrono::milliseconds wait) {
  const auto deadline = Clock::now() + wait;
  char word = wire::request;
  iovec vector{&word, 1};
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
  const int descriptor = message.descriptor();
  if (descriptor < 0) return fail(status::inspection_failed, "no memory file for the message");
  std::memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
  ssize_t sent = 0;
  do sent = ::sendmsg(socket_, &header, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent != 1) return gone(std::string("sendmsg: ") + std::strerror(errno));
  return read_frame(socket_, deadline);
}

}  // namespace vanthu::inspect
