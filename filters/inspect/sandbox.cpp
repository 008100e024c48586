// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/sandbox.hpp"

#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "gateway/base/limits.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define VANTHU_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define VANTHU_SANITIZED 1
#endif
#endif

namespace vanthu::inspect {
namespace {

#ifdef VANTHU_SANITIZED
constexpr bool sanitized = true;  // shadow memory is terabytes of address space
#else
constexpr bool sanitized = false;
#endif

Error wrong(const std::string& step, int error) {
  return fail(status::bad_configuration, "sandbox: " + step + ": " + std::strerror(error));
}

Result<Done> limit_resources() {
  struct Limit {
    __rlimit_resource resource;
    rlim_t most;
    const char* name;
  };
  static constexpr std::array limits_of_ours{
      Limit{RLIMIT_CORE, 0, "RLIMIT_CORE"},    // a core file would hold somebody's mail
      Limit{RLIMIT_FSIZE, 0, "RLIMIT_FSIZE"},  // no file grows
      Limit{RLIMIT_NPROC, 0, "RLIMIT_NPROC"},
      Limit{RLIMIT_NOFILE, 16, "RLIMIT_NOFILE"},
      Limit{RLIMIT_MEMLOCK, 0, "RLIMIT_MEMLOCK"},
      Limit{RLIMIT_CPU, limits::inspector_cpu_seconds, "RLIMIT_CPU"},
      Limit{RLIMIT_AS, limits::inspector_memory, "RLIMIT_AS"}};
  for (const Limit& limit : limits_of_ours) {
    if (sanitized && limit.resource == RLIMIT_AS) continue;
    const rlimit value{limit.most, limit.most};
    if (::setrlimit(limit.resource, &value) != 0) return wrong(limit.name, errno);
  }
  return done;
}

/// Everything a standing process needs: to take a message, to think about it in its own memory, to answer, to end.
constexpr std::array allowed{SCMP_SYS(read),          SCMP_SYS(write),        SCMP_SYS(recvmsg),
                             SCMP_SYS(recvfrom),      SCMP_SYS(sendmsg),      SCMP_SYS(sendto),
                             SCMP_SYS(munmap),        SCMP_SYS(mremap),       SCMP_SYS(brk),
                             SCMP_SYS(madvise),       SCMP_SYS(futex),        SCMP_SYS(fstat),
                             SCMP_SYS(lseek),         SCMP_SYS(pread64),      SCMP_SYS(close),
                             SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday),
                             SCMP_SYS(getrandom),     SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
                             SCMP_SYS(rt_sigaction),  SCMP_SYS(sigaltstack),  SCMP_SYS(restart_syscall),
                             SCMP_SYS(exit),          SCMP_SYS(exit_group),   SCMP_SYS(getpid),
                             SCMP_SYS(gettid),        SCMP_SYS(sched_yield),  SCMP_SYS(tgkill)};

/// No library of ours has a reason for these: whoever calls them has taken the process over.
constexpr std::array deadly{SCMP_SYS(execve),
                            SCMP_SYS(execveat),
                            SCMP_SYS(fork),
                            SCMP_SYS(vfork),
                            SCMP_SYS(clone),
                            SCMP_SYS(clone3),
                            SCMP_SYS(ptrace),
                            SCMP_SYS(process_vm_readv),
                            SCMP_SYS(process_vm_writev),
                            SCMP_SYS(bpf),
                            SCMP_SYS(unshare),
                            SCMP_SYS(setns),
                            SCMP_SYS(mount),
                            SCMP_SYS(keyctl),
                            SCMP_SYS(init_module),
                            SCMP_SYS(io_uring_setup)};

/// What is on neither list (open, socket, connect, …) is refused with EACCES, because libraries ask for files they
/// can do without.
Result<Done> filter_system_calls() {
  struct Release {
    void operator()(void* context) const noexcept { seccomp_release(context); }
  };
  const std::unique_ptr<void, Release> context(seccomp_init(SCMP_ACT_ERRNO(EACCES)));
  if (context == nullptr) return wrong("seccomp_init", ENOMEM);
  for (const int call : allowed)
    if (const int code = seccomp_rule_add(context.get(), SCMP_ACT_ALLOW, call, 0); code != 0)
      return wrong("allow a system call", -code);
  for (const int call : deadly)
    if (const int code = seccomp_rule_add(context.get(), SCMP_ACT_KILL_PROCESS, call, 0); code != 0)
      return wrong("forbid a system call", -code);
  // Memory may be readable or writable, never executable. tgkill(2) is there for abort().
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)})
    if (const int code = seccomp_rule_add(context.get(), SCMP_ACT_ALLOW, call, 1,
                                          SCMP_A2(SCMP_CMP_MASKED_EQ, static_cast<scmp_datum_t>(PROT_EXEC), 0));
        code != 0)
      return wrong("allow memory", -code);
  if (const int code = seccomp_load(context.get()); code != 0) return wrong("seccomp_load", -code);
  return done;
}

}  // namespace

Result<Done> enter_sandbox() {
  const pid_t parent = ::getppid();
  // Best effort: containers often refuse, and the filter below already denies what these would hide.
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC) != 0)
    (void)::unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return wrong("no_new_privs", errno);
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return wrong("PR_SET_DUMPABLE", errno);
  // New credentials cleared the death signal (prctl(2)); look whether the parent went in between.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return wrong("PR_SET_PDEATHSIG", errno);
  if (::getppid() != parent) return fail(status::bad_configuration, "sandbox: the gateway is gone");
  if (auto limited = limit_resources(); !limited) return limited;
  return filter_system_calls();
}

}  // namespace vanthu::inspect
