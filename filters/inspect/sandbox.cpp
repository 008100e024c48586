// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/sandbox.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <span>
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

struct Limit {
  __rlimit_resource resource;
  rlim_t most;
  const char* name;
};

/// Of every process of ours.
constexpr std::array common_limits{Limit{RLIMIT_CORE, 0, "RLIMIT_CORE"},    // a core file would hold somebody's mail
                                   Limit{RLIMIT_FSIZE, 0, "RLIMIT_FSIZE"},  // no file grows
                                   Limit{RLIMIT_NOFILE, 16, "RLIMIT_NOFILE"},
                                   Limit{RLIMIT_MEMLOCK, 0, "RLIMIT_MEMLOCK"},
                                   Limit{RLIMIT_AS, limits::inspector_memory, "RLIMIT_AS"}};
constexpr std::array worker_limits{Limit{RLIMIT_NPROC, 0, "RLIMIT_NPROC"},
                                   Limit{RLIMIT_CPU, limits::inspector_cpu_seconds, "RLIMIT_CPU"}};

/// The limit that could not be set, or null.
const Limit* limit_resources(std::span<const Limit> wanted) {
  for (const Limit& limit : wanted) {
    if (sanitized && limit.resource == RLIMIT_AS) continue;
    const rlimit value{limit.most, limit.most};
    if (::setrlimit(limit.resource, &value) != 0) return &limit;
  }
  return nullptr;
}

/// To take octets, to think about them in its own memory, to answer, to end.
constexpr std::array everybody{
    SCMP_SYS(read),         SCMP_SYS(write),       SCMP_SYS(recvfrom),        SCMP_SYS(sendto),
    SCMP_SYS(poll),         SCMP_SYS(munmap),      SCMP_SYS(mremap),          SCMP_SYS(brk),
    SCMP_SYS(madvise),      SCMP_SYS(futex),       SCMP_SYS(fstat),           SCMP_SYS(lseek),
    SCMP_SYS(pread64),      SCMP_SYS(close),       SCMP_SYS(clock_gettime),   SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),   SCMP_SYS(rt_sigreturn),    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(exit),
    SCMP_SYS(exit_group),   SCMP_SYS(getpid),      SCMP_SYS(gettid),          SCMP_SYS(sched_yield),
    SCMP_SYS(tgkill)};
/// Besides, with descriptors beside the octets.
constexpr std::array worker_calls{SCMP_SYS(recvmsg), SCMP_SYS(sendmsg)};
/// Besides, to make readers, give them away and reap them.
constexpr std::array nursery_calls{SCMP_SYS(sendmsg),        SCMP_SYS(socketpair), SCMP_SYS(wait4),
                                   SCMP_SYS(getppid),        SCMP_SYS(prlimit64),  SCMP_SYS(seccomp),
                                   SCMP_SYS(set_robust_list)};

/// No library of ours has a reason for these: whoever calls them has taken the process over.
constexpr std::array deadly{SCMP_SYS(execve),
                            SCMP_SYS(execveat),
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
constexpr std::array forking{SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(clone), SCMP_SYS(clone3)};

enum class Tier : std::uint8_t { worker, nursery, reader };

struct Release {
  void operator()(void* context) const noexcept { seccomp_release(context); }
};
using Filter = std::unique_ptr<void, Release>;

/// What is on no list (open, socket, connect, …) is refused with EACCES, because libraries ask for files they can do
/// without.
Result<Filter> make_filter(Tier tier) {
  Filter filter(seccomp_init(SCMP_ACT_ERRNO(EACCES)));
  if (filter == nullptr) return wrong("seccomp_init", ENOMEM);
  int code = 0;
  const auto rules = [&](std::uint32_t action, std::span<const int> calls) {
    for (const int call : calls)
      if (code == 0) code = seccomp_rule_add(filter.get(), action, call, 0);
  };
  const auto allow_if = [&](int call, const scmp_arg_cmp& argument) {
    if (code == 0) code = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 1, argument);
  };
  rules(SCMP_ACT_ALLOW, everybody);
  rules(SCMP_ACT_KILL_PROCESS, deadly);
  // Memory may be readable or writable, never executable. tgkill(2) is there for abort().
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)})
    allow_if(call, SCMP_A2(SCMP_CMP_MASKED_EQ, static_cast<scmp_datum_t>(PROT_EXEC), 0));
  if (tier == Tier::worker) rules(SCMP_ACT_ALLOW, worker_calls);
  if (tier != Tier::nursery) {
    rules(SCMP_ACT_KILL_PROCESS, forking);
  } else {
    rules(SCMP_ACT_ALLOW, nursery_calls);
    // fork(2) as the C library calls it: no thread, no namespace.
    allow_if(SCMP_SYS(clone), SCMP_A0(SCMP_CMP_EQ, CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD));
    allow_if(SCMP_SYS(kill), SCMP_A1(SCMP_CMP_EQ, SIGKILL));
    allow_if(SCMP_SYS(prctl), SCMP_A0(SCMP_CMP_EQ, PR_SET_PDEATHSIG));
  }
  if (code != 0) return wrong("a rule of the system call filter", -code);
  return filter;
}

/// A domain without any right to files, ports, or signals to processes outside. Best effort: old kernels know none of
/// it, and the filter refuses the calls themselves.
void enter_landlock() {
  struct Rights {  // as the newest ABI has it; an older kernel is given the front of it
    std::uint64_t files, ports, scopes;
  };
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return;
  const unsigned kinds = abi >= 5 ? 16 : abi >= 3 ? 15 : abi == 2 ? 14 : 13;
  const Rights none{(std::uint64_t{1} << kinds) - 1, abi >= 4 ? 3U : 0U, abi >= 6 ? 3U : 0U};
  const std::size_t size = abi >= 6 ? sizeof none : abi >= 4 ? 2 * sizeof none.files : sizeof none.files;
  const long rules = ::syscall(SYS_landlock_create_ruleset, &none, size, 0);
  if (rules < 0) return;
  (void)::syscall(SYS_landlock_restrict_self, rules, 0);
  ::close(static_cast<int>(rules));
}

/// @param own  limits besides the common ones
Result<Done> enter(Tier tier, std::span<const Limit> own) {
  const pid_t parent = ::getppid();
  // Best effort: containers often refuse, and the filter below already denies what these would hide.
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC) != 0)
    (void)::unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return wrong("no_new_privs", errno);
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return wrong("PR_SET_DUMPABLE", errno);
  // New credentials cleared the death signal (prctl(2)); look whether the parent went in between.
  if (!die_with_parent(parent)) return fail(status::bad_configuration, "sandbox: the parent is gone");
  enter_landlock();
  for (const std::span<const Limit> some : {std::span<const Limit>(common_limits), own})
    if (const Limit* const missing = limit_resources(some)) return wrong(missing->name, errno);
  const auto filter = make_filter(tier);
  if (!filter) return filter.error();
  if (const int code = seccomp_load(filter->get()); code != 0) return wrong("seccomp_load", -code);
  return done;
}

}  // namespace

Result<Sandbox> Sandbox::prepare() {
  const auto filter = make_filter(Tier::reader);
  if (!filter) return filter.error();
  const int file = ::memfd_create("filter", MFD_CLOEXEC);
  if (file < 0) return wrong("memfd_create", errno);
  std::vector<sock_filter> program;
  const int code = seccomp_export_bpf(filter->get(), file);
  const off_t size = code == 0 ? ::lseek(file, 0, SEEK_END) : -1;
  if (size > 0) {
    program.resize(static_cast<std::size_t>(size) / sizeof(sock_filter));
    if (::pread(file, program.data(), program.size() * sizeof(sock_filter), 0) != size) program.clear();
  }
  ::close(file);
  if (program.empty()) return wrong("seccomp_export_bpf", code == 0 ? EIO : -code);
  return Sandbox(std::move(program));
}

Result<Done> Sandbox::enter_as_worker() const { return enter(Tier::worker, worker_limits); }

Result<Done> Sandbox::enter_as_nursery() const { return enter(Tier::nursery, {}); }

bool Sandbox::enter_as_reader(std::uint64_t cpu_seconds) const {
  const std::array own{Limit{RLIMIT_NPROC, 0, "RLIMIT_NPROC"}, Limit{RLIMIT_CPU, cpu_seconds, "RLIMIT_CPU"}};
  if (limit_resources(own) != nullptr) return false;
  const sock_fprog program{static_cast<unsigned short>(reader_.size()), const_cast<sock_filter*>(reader_.data())};
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

bool die_with_parent(pid_t parent) { return ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && ::getppid() == parent; }

bool close_all_but(int descriptor) {
  const auto one = static_cast<unsigned>(descriptor);
  return (one <= 3 || ::close_range(3, one - 1, 0) == 0) && ::close_range(one + 1, ~0U, 0) == 0;
}

}  // namespace vanthu::inspect
