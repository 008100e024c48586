// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <linux/filter.h>
#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "gateway/base/result.hpp"

namespace vanthu::inspect {

/// Gives up for good whatever a parser of hostile octets must not have: new privileges, core dumps, files, network,
/// other processes, executable memory, more memory or time than the limits say. One of the three is entered once, on
/// the only thread, after every library has loaded what it needs.
///
/// Namespaces of its own and a Landlock domain are taken where the kernel lets us; the system call filter must always
/// stand.
class Sandbox {
 public:
  /// Makes the filter of readers: they are born too often to make it each time.
  /// @par Errors  bad_configuration naming the step that failed
  static Result<Sandbox> prepare();

  /// For the standing process, which reads messages.
  /// @par Errors  bad_configuration naming the step that failed
  Result<Done> enter_as_worker() const;
  /// For the process that forks readers: it may do that besides, and nothing is parsed in it.
  Result<Done> enter_as_nursery() const;
  /// For a process that the nursery has forked: it may take a task, think, answer and end. False: it must not go on.
  /// @param cpu_seconds  it may use
  bool enter_as_reader(std::uint64_t cpu_seconds) const;

 private:
  explicit Sandbox(std::vector<sock_filter> reader) : reader_(std::move(reader)) {}
  std::vector<sock_filter> reader_;
};

/// Has the kernel kill this process when its parent goes. False: it has gone already.
bool die_with_parent(pid_t parent);
/// Closes every descriptor but 0, 1, 2 and that one.
bool close_all_but(int descriptor);

/// For `vanthu-inspector --self-test`: tries in each sandbox what must not work, prints a line for each attempt.
/// @return 0 when every attempt was refused
int prove_sandbox();

}  // namespace vanthu::inspect
