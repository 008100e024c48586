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
  /// Starts the program; it is of use after become_ready().
  /// @par Errors  bad_configuration naming the program and what failed
  static Result<Process> launch(const std::filesystem::path& program);
  /// Waits until it says that its sandbox stands.
  /// @par Errors  bad_configuration saying what failed
  Result<Done> become_ready(std::chrono::milliseconds wait);

  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  /// Hands over a sealed message. False: the process ended before it took one, or the machine has no memory file left.
  bool send(const Octets& message) const;
  /// Waits for the answer, the text of a JSON document.
  /// @par Errors  inspection_failed: no answer within `wait`, the process ended, or it said too much. After an error
  /// the process is of no more use.
  Result<std::string> receive(std::chrono::milliseconds wait);

  pid_t id() const noexcept { return id_; }
  /// For another thread: ends whatever the process is doing; receive() then fails. Does not reap.
  void kill() const noexcept;

 private:
  Process(pid_t id, int socket) noexcept : id_(id), socket_(socket) {}
  pid_t id_ = -1;
  int socket_ = -1;
  std::chrono::milliseconds patience_{0};  ///< SO_RCVTIMEO of the socket
};

}  // namespace vanthu::inspect
