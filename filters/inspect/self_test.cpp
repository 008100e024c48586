// SPDX-License-Identifier: GPL-3.0-or-later
// Tries in the sandbox what must not work. Each attempt has a process of its own, because some are punished by death.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "filters/inspect/sandbox.hpp"

namespace vanthu::inspect {
namespace {

struct Attempt {
  const char* what;
  bool (*works)();  ///< true: the sandbox leaks
};

constexpr std::array attempts{
    Attempt{"open a file to read", [] { return ::open("/etc/passwd", O_RDONLY) >= 0; }},
    Attempt{"make a file", [] { return ::open("/tmp/vanthu-self-test", O_WRONLY | O_CREAT, 0600) >= 0; }},
    Attempt{"look at a file",
            [] {
              struct stat seen {};
              return ::stat("/etc/passwd", &seen) == 0;
            }},
    Attempt{"make an internet socket", [] { return ::socket(AF_INET, SOCK_STREAM, 0) >= 0; }},
    Attempt{"make a unix socket", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
    Attempt{"connect",
            [] {
              const sockaddr_in nowhere{};
              return ::connect(0, reinterpret_cast<const sockaddr*>(&nowhere), sizeof nowhere) == 0;
            }},
    Attempt{"fork", [] { return ::fork() >= 0; }},
    Attempt{"run a program",
            [] {
              char* const nothing[] = {nullptr};
              return ::execve("/bin/true", nothing, nothing) == 0;
            }},
    Attempt{"trace a process", [] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0; }},
    Attempt{"signal another process", [] { return ::kill(::getpid(), 0) == 0; }},
    Attempt{"map executable memory", [] {
              return ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
            }}};

constexpr int refused = 40;
constexpr int leaked = 41;
constexpr int no_sandbox = 42;

/// True when the sandbox held.
bool held(const Attempt& attempt) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!enter_sandbox()) ::_exit(no_sandbox);
    errno = 0;
    ::_exit(attempt.works() || errno != EACCES ? leaked : refused);  // any other refusal is not the sandbox's
  }
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const bool killed = child > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
  const bool denied = child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == refused;
  const char* outcome = killed ? "killed" : denied ? "refused" : "NOT STOPPED";
  if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == no_sandbox) outcome = "NO SANDBOX";
  std::printf("%-26s %s\n", attempt.what, outcome);
  return killed || denied;
}

}  // namespace

int prove_sandbox() {
  std::setvbuf(stdout, nullptr, _IONBF, 0);
  int faults = 0;
  for (const Attempt& attempt : attempts)
    if (!held(attempt)) ++faults;
  return faults == 0 ? 0 : 1;
}

}  // namespace vanthu::inspect
