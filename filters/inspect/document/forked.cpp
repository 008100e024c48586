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
#include "filters/inspect/ocr/engine.hpp"
#include "filters/inspect/sandbox.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

constexpr char reader_wanted = 'r';
constexpr char reader_late = 'k';
constexpr char stands = '+';
constexpr char no_model = 'o';
constexpr std::size_t task_octets = limits::expanded_octets + (16U << 20);

/// The end of a reader's life, from birth on.
/// @param seconds  of CPU time that it may take
[[noreturn]] void be_a_reader(int channel, const Sandbox& sandbox, std::uint64_t seconds) {
  if (!sandbox.enter_as_reader(seconds)) ::_exit(3);
  std::string packed;
  if (!receive_packed(channel, packed, task_octets, Deadline::max())) ::_exit(4);
  if (!send_all(channel, {&stands, 1}, Deadline::max())) ::_exit(4);  // from here on it is the document's doing
  const auto asked = unpack_task(packed);
  if (!asked) ::_exit(4);
  const Document document = read_document(asked->task, asked->octets);
  const std::string answer = pack(document);
  ::_exit(send_packed(channel, answer, Deadline::max()) ? 0 : 5);
}

/// A process that reads one document, and our end of its channel.
struct Reader {
  pid_t id = -1;
  int channel = -1;
};

/// @return without an id when none could be made
Reader make_reader(int worker, const Sandbox& sandbox, std::uint64_t seconds) {
  std::array<int, 2> channel{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, channel.data()) != 0) return {};
  const pid_t nursery = ::getpid();
  const pid_t id = ::fork();
  if (id == 0) {
    ::close(worker);
    ::close(channel[0]);
    // Whoever made this process may have died while it was made.
    if (!die_with_parent(nursery)) ::_exit(2);
    be_a_reader(channel[1], sandbox, seconds);
  }
  ::close(channel[1]);
  if (id < 0) ::close(channel[0]);
  return id < 0 ? Reader{} : Reader{id, channel[0]};
}

void end_reader(pid_t& id) {
  if (id < 0) return;
  ::kill(id, SIGKILL);  // one that has answered is dead or about to be
  while (::waitpid(id, nullptr, 0) < 0 && errno == EINTR) {
  }
  id = -1;
}

/// Forks readers until the worker has gone, the next one ahead of its document. Parses nothing, so nothing of one
/// document is there for the next.
[[noreturn]] void be_the_nursery(int worker, std::chrono::milliseconds ocr_time) {
  if (ocr_time.count() > 0 && !load_ocr()) {
    (void)::send(worker, &no_model, 1, MSG_NOSIGNAL);
    ::_exit(1);
  }
  auto sandbox = Sandbox::prepare();
  if (!sandbox || !sandbox->enter_as_nursery()) ::_exit(1);
  // With OCR the clock on the wall is over before that of the processor: then it is known that it was for the time.
  const std::uint64_t seconds =
      ocr_time.count() == 0
          ? limits::document_cpu_seconds
          : static_cast<std::uint64_t>((limits::document_wait + ocr_time + std::chrono::seconds(1)).count()) / 1000;
  const auto make = [&] { return make_reader(worker, *sandbox, seconds); };
  Reader next = make();
  if (next.id < 0 || ::send(worker, &stands, 1, MSG_NOSIGNAL) != 1) ::_exit(1);
  pid_t at_work = -1;
  while (true) {
    char word = 0;
    ssize_t got = 0;
    do got = ::recv(worker, &word, 1, 0);
    while (got < 0 && errno == EINTR);
    if (got != 1) break;
    if (word != reader_wanted) {
      end_reader(at_work);
      continue;
    }
    if (next.id < 0) next = make();
    const bool sent = next.id > 0 && send_descriptor(worker, stands, next.channel);
    if (next.channel >= 0) ::close(next.channel);
    end_reader(at_work);
    at_work = next.id;
    if (!sent) break;
    next = make();
  }
  end_reader(at_work);
  end_reader(next.id);
  ::_exit(0);
}

Document failed(std::string_view why) {
  Document document;
  note(document.notes, "inspect.failed", why);
  return document;
}

}  // namespace

Result<Forked> Forked::start(std::chrono::milliseconds ocr_time) {
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
    be_the_nursery(pair[1], ocr_time);
  }
  const int error = errno;
  ::close(pair[1]);
  Forked forked(pair[0], ocr_time);
  if (nursery < 0) return wrong(std::strerror(error));
  char word = 0;
  if (!receive_all(pair[0], &word, 1, Clock::now() + limits::inspector_start_wait)) word = 0;
  if (word == no_model) return wrong("inspector.ocr: no model for Vietnamese; install the package tesseract-ocr-vie");
  if (word != stands) return wrong("its sandbox does not stand");
  return forked;
}

Forked::Forked(Forked&& other) noexcept
    : Documents(other.ocr_time()), nursery_(std::exchange(other.nursery_, -1)), deadline_(other.deadline_) {}

Forked::~Forked() {
  if (nursery_ >= 0) ::close(nursery_);
}

bool Forked::converse(std::string_view task, std::string& answer, Deadline deadline, bool& taken) const {
  taken = false;
  if (!send_all(nursery_, {&reader_wanted, 1}, deadline)) return false;
  char word = 0;
  int channel = -1;
  if (receive_descriptor(nursery_, word, channel) != 1 || channel < 0) return false;
  taken = send_packed(channel, task, deadline) && receive_all(channel, &word, 1, deadline) && word == stands;
  const bool read = taken && receive_packed(channel, answer, limits::document_answer_octets, deadline);
  ::close(channel);
  return read;
}

Document Forked::read(const Task& task, std::string_view octets) {
  const auto deadline = std::min(deadline_, Clock::now() + limits::document_wait + task.room.ocr);
  if (deadline <= Clock::now()) return failed("time");
  const auto begin = Clock::now();
  const std::string packed = pack(task, octets);
  std::string answer;
  bool taken = false;
  bool read = converse(packed, answer, deadline, taken);
  // One that was killed while it waited has seen nothing of the document.
  if (!read && !taken && Clock::now() < deadline) read = converse(packed, answer, deadline, taken);
  if (!read) {
    (void)send_all(nursery_, {&reader_late, 1}, deadline + limits::document_wait);
    Document nothing = failed(Clock::now() >= deadline ? std::string_view("time") : task.mime);
    nothing.ocr = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
    return nothing;
  }
  auto document = unpack_document(answer);
  return document ? *std::move(document) : failed(task.mime);
}

}  // namespace vanthu::inspect
