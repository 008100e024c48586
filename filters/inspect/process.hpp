// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "gateway/base/octets.hpp"
#include "gateway/base/result.hpp"

namespace vanthu::inspect {

/// One inspector process, as its owner in the pool sees it. Start and use it on one thread: the kernel kills the
/// process when the thread that started it ends (PR_SET_PDEATHSIG). Killed and reaped when this object goes.
class Process {
 public:
  /// Starts the program and waits until it says that its sandbox stands.
  /// @par Errors  bad_configuration naming the program and what failed
  static Result<Process> start(const std::filesystem::path& program, std::chrono::milliseconds wait);

  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  /// Hands over a sealed message and waits for the answer, the text of a JSON document.
  /// @par Errors  inspection_failed: no answer within `wait`, the process ended, or it said too much. After an error
  /// the process is of no more use.
  Result<std::string> ask(const Octets& message, std::chrono::milliseconds wait);

  pid_t id() const noexcept { return id_; }
  /// False when the process has ended behind our back. Only between messages.
  bool alive() const noexcept;
  /// For another thread: ends whatever the process is doing; ask() then fails. Does not reap.
  void kill() const noexcept;

 private:
  Process(pid_t id, int socket) noexcept : id_(id), socket_(socket) {}
  pid_t id_ = -1;
  int socket_ = -1;
};

}  // namespace vanthu::inspect
