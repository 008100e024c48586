// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "filters/inspect/wire.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/octets.hpp"
#include "gateway/base/result.hpp"

namespace vanthu::inspect {

/// One inspector process and our end of its socket. One thread at a time; the kernel kills the process when the thread
/// that started it ends (PR_SET_PDEATHSIG). Killed and reaped when this object goes.
class Process {
 public:
  /// Starts the program with these arguments; it is of use after become_ready().
  /// @par Errors  bad_configuration naming the program and what failed
  static Result<Process> launch(const std::filesystem::path& program, const std::vector<std::string>& arguments);
  /// Waits until it says that its sandbox stands.
  /// @par Errors  bad_configuration saying what failed
  Result<Done> become_ready(std::chrono::milliseconds wait);

  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  /// Hands over a sealed message. False: the process ended before it took one, or the machine has no memory file left.
  /// @param kind  wire::request for facts, wire::rewrite_request, wire::texts_request
  bool send(const Octets& message, char kind = wire::request) const;
  /// What has come of the answer, `most` octets at most; nothing: not all of it yet. Never waits.
  /// @par Errors  inspection_failed: the process ended, or it said too much; it is of no more use
  Result<std::optional<std::string>> take(std::size_t most = limits::facts_octets);
  /// To wait for readability before take(); stays ours.
  int socket() const noexcept { return socket_; }
  /// take() met the end of the process.
  bool ended() const noexcept { return ended_; }

  pid_t id() const noexcept { return id_; }
  /// For another thread: ends whatever the process is doing; take() then fails. Does not reap.
  void kill() const noexcept;

 private:
  Process(pid_t id, int socket) noexcept : id_(id), socket_(socket) {}
  pid_t id_ = -1;
  int socket_ = -1;
  std::string answer_;                      // what has come of it, with its head
  std::size_t wanted_ = wire::head_octets;  // octets of it; the head's alone until they are there
  bool ended_ = false;
};

}  // namespace vanthu::inspect
