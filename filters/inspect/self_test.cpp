// SPDX-License-Identifier: GPL-3.0-or-later
// Tries in each sandbox what must not work. Each attempt has a process of its own, because some are punished by death.
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "filters/inspect/sandbox.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

struct Attempt {
  const char* what;
  bool (*works)();           ///< true: the sandbox leaks
  bool nursery_may = false;  ///< the one process that forks and cleans up after what it forked
  int refusal = EACCES;      ///< any other one is not the sandbox's
};

constexpr std::array attempts {
  Attempt{"open a file to read", [] { return ::open("/etc/passwd", O_RDONLY) >= 0; }},
      Attempt{"make a file", [] { return ::open("/tmp/vanthu-self-test", O_WRONLY | O_CREAT, 0600) >= 0; }},
      Attempt{"look at a file",
              [] {
                struct stat seen {};
                return ::stat("/etc/passwd", &seen) == 0;
              }},
      Attempt{"list a folder", [] { return ::open("/", O_RDONLY | O_DIRECTORY) >= 0; }},
      Attempt{"remove a file", [] { return ::unlink("/tmp/vanthu-self-test") == 0; }},
      Attempt{"rename a file", [] { return ::rename("/tmp/vanthu-self-test", "/tmp/vanthu-self-test-2") == 0; }},
      Attempt{"make a link", [] { return ::symlink("/etc/passwd", "/tmp/vanthu-self-test") == 0; }},
      Attempt{"make a memory file", [] { return ::memfd_create("x", 0) >= 0; }},
      Attempt{"make an internet socket", [] { return ::socket(AF_INET, SOCK_STREAM, 0) >= 0; }},
      Attempt{"make a unix socket", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
      Attempt{"connect",
              [] {
                const sockaddr_in nowhere{};
                return ::connect(0, reinterpret_cast<const sockaddr*>(&nowhere), sizeof nowhere) == 0;
              }},
      Attempt{"listen", [] { return ::listen(0, 1) == 0; }}, Attempt{"fork", [] { return ::fork() >= 0; }, true},
      Attempt{"make a thread",
              [] { return ::syscall(SYS_clone, CLONE_VM | CLONE_THREAD | CLONE_SIGHAND, 0, 0, 0, 0) >= 0; }},
      Attempt{"run a program",
              [] {
                char* const nothing[] = {nullptr};
                return ::execve("/bin/true", nothing, nothing) == 0;
              }},
      Attempt{"trace a process", [] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0; }},
      Attempt{"signal another process", [] { return ::kill(::getpid(), 0) == 0; }},
      Attempt{"end another process", [] { return ::kill(1, SIGKILL) == 0; }, true},
      Attempt{"map executable memory",
              [] {
                return ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
              }},
      Attempt{"make memory executable",
              [] {
                void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                return ::mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
              }},
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
      Attempt{"take more memory than allowed",
              [] {
                return ::mmap(nullptr, limits::inspector_memory, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                              -1, 0) != MAP_FAILED;
              },
              false, ENOMEM},
#endif
      Attempt{"raise a limit",
              [] {
                const rlimit much{RLIM_INFINITY, RLIM_INFINITY};
                return ::setrlimit(RLIMIT_NOFILE, &much) == 0;
              },
              true},
      Attempt{"make a namespace", [] { return ::unshare(CLONE_NEWNS) == 0; }},
      Attempt{"mount", [] { return ::mount("none", "/tmp", "tmpfs", 0, nullptr) == 0; }},
      Attempt{"load a system call filter", [] { return ::syscall(SYS_seccomp, 1, 0, nullptr) == 0; }, true},
      Attempt{"become another user", [] { return ::setuid(12345) == 0; }},
      Attempt{"dump its memory", [] { return ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0; }},
      Attempt{"set up io_uring", [] { return ::syscall(SYS_io_uring_setup, 1, nullptr) >= 0; }}, Attempt {
    "load a kernel program", [] { return ::syscall(SYS_bpf, 0, nullptr, 0) >= 0; }
  }
};

constexpr int refused = 40;
constexpr int leaked = 41;
constexpr int no_sandbox = 42;

enum class Kind { worker, nursery, reader };

bool enter(Kind kind) {
  const auto sandbox = Sandbox::prepare();
  if (!sandbox) return false;
  if (kind == Kind::worker) return bool(sandbox->enter_as_worker());
  if (!sandbox->enter_as_nursery()) return false;
  return kind == Kind::nursery || sandbox->enter_as_reader(limits::document_cpu_seconds);
}

/// True when the sandbox held.
bool held(Kind kind, const char* who, const Attempt& attempt) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!enter(kind)) ::_exit(no_sandbox);
    errno = 0;
    ::_exit(attempt.works() || errno != attempt.refusal ? leaked : refused);
  }
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const bool killed = child > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
  const bool denied = child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == refused;
  const char* outcome = killed ? "killed" : denied ? "refused" : "NOT STOPPED";
  if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == no_sandbox) outcome = "NO SANDBOX";
  std::printf("%-8s %-30s %s\n", who, attempt.what, outcome);
  return killed || denied;
}

/// True when the kernel ends a reader that only burns time.
bool stopped_in_time() {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!enter(Kind::reader)) ::_exit(no_sandbox);
    for (volatile bool on = true; on;) {
    }
  }
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const bool ended = child > 0 && WIFSIGNALED(status);
  std::printf("%-8s %-30s %s\n", "reader", "run for ever", ended ? "killed" : "NOT STOPPED");
  return ended;
}

}  // namespace

int prove_sandbox() {
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  int faults = 0;
  for (const Attempt& attempt : attempts) {
    if (!held(Kind::worker, "worker", attempt)) ++faults;
    if (!attempt.nursery_may && !held(Kind::nursery, "nursery", attempt)) ++faults;
    if (!held(Kind::reader, "reader", attempt)) ++faults;
  }
  if (!stopped_in_time()) ++faults;
  return faults == 0 ? 0 : 1;
}

}  // namespace vanthu::inspect
