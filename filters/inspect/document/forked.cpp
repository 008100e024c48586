// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/forked.hpp"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <utility>

#include "filters/inspect/document/descriptors.hpp"
#include "filters/inspect/document/packed.hpp"
#include "filters/inspect/sandbox.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

constexpr char reader_wanted = 'r';
constexpr char reader_late = 'k';
constexpr char stands = '+';
constexpr std::size_t task_octets = limits::expanded_octets + (16U << 20);

/// The end of a reader's life, from birth on.
[[noreturn]] void be_a_reader(int channel, const Sandbox& sandbox) {
  if (!sandbox.enter_as_reader()) ::_exit(3);
  std::string packed;
  if (!receive_packed(channel, packed, task_octets, Deadline::max())) ::_exit(4);
  const auto asked = unpack_task(packed);
  if (!asked) ::_exit(4);
  const Document document = read_document(asked->task, asked->octets);
  const std::string answer = pack(document);
  ::_exit(send_packed(channel, answer, Deadline::max()) ? 0 : 5);
}

/// Forks readers until the worker has gone. Parses nothing, so nothing of one document is there for the next.
[[noreturn]] void be_the_nursery(int worker) {
  auto sandbox = Sandbox::prepare();
  if (!sandbox || !sandbox->enter_as_nursery()) ::_exit(1);
  if (::send(worker, &stands, 1, MSG_NOSIGNAL) != 1) ::_exit(1);
  pid_t reader = -1;
  const auto end_reader = [&] {
    if (reader < 0) return;
    ::kill(reader, SIGKILL);  // one that has answered is dead or about to be
    while (::waitpid(reader, nullptr, 0) < 0 && errno == EINTR) {
    }
    reader = -1;
  };
  while (true) {
    char word = 0;
    ssize_t got = 0;
    do got = ::recv(worker, &word, 1, 0);
    while (got < 0 && errno == EINTR);
    if (got != 1) break;
    end_reader();
    if (word != reader_wanted) continue;
    std::array<int, 2> channel{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, channel.data()) != 0) break;
    const pid_t nursery = ::getpid();
    reader = ::fork();
    if (reader == 0) {
      ::close(worker);
      ::close(channel[0]);
      // Whoever made this process may have died while it was made.
      if (!die_with_parent(nursery)) ::_exit(2);
      be_a_reader(channel[1], *sandbox);
    }
    ::close(channel[1]);
    const bool sent = reader > 0 && send_descriptor(worker, stands, channel[0]);
    ::close(channel[0]);
    if (!sent) break;
  }
  end_reader();
  ::_exit(0);
}

Document failed(std::string_view why) {
  Document document;
  note(document.notes, "inspect.failed", why);
  return document;
}

}  // namespace

Result<Forked> Forked::start() {
  const auto wrong = [](const std::string& what) {
    return fail(status::bad_configuration, "reader of documents: " + what);
  };
  std::array<int, 2> pair{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) return wrong(std::strerror(errno));
  const pid_t worker = ::getpid();
  const pid_t nursery = ::fork();
  if (nursery == 0) {
    // The worker's own channel to the gateway is none of its business.
    if (!die_with_parent(worker) || !close_all_but(pair[1])) ::_exit(1);
    be_the_nursery(pair[1]);
  }
  const int error = errno;
  ::close(pair[1]);
  Forked forked(pair[0]);
  if (nursery < 0) return wrong(std::strerror(error));
  char word = 0;
  if (!receive_all(pair[0], &word, 1, Clock::now() + limits::inspector_start_wait) || word != stands)
    return wrong("its sandbox does not stand");
  return forked;
}

Forked::Forked(Forked&& other) noexcept : nursery_(std::exchange(other.nursery_, -1)), deadline_(other.deadline_) {}

Forked::~Forked() {
  if (nursery_ >= 0) ::close(nursery_);
}

Document Forked::read(const Task& task, std::string_view octets) {
  const auto deadline = std::min(deadline_, Clock::now() + limits::document_wait);
  if (deadline <= Clock::now()) return failed("time");
  if (!send_all(nursery_, {&reader_wanted, 1}, deadline)) return failed("no reader");
  char word = 0;
  int channel = -1;
  if (receive_descriptor(nursery_, word, channel) != 1 || channel < 0) return failed("no reader");
  std::string answer;
  const bool read = send_packed(channel, pack(task, octets), deadline) &&
                    receive_packed(channel, answer, limits::document_answer_octets, deadline);
  ::close(channel);
  if (!read) {
    (void)send_all(nursery_, {&reader_late, 1}, deadline + limits::document_wait);
    return failed(Clock::now() >= deadline ? "time" : task.mime);
  }
  auto document = unpack_document(answer);
  return document ? *std::move(document) : failed(task.mime);
}

}  // namespace vanthu::inspect
