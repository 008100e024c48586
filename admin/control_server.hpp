// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <memory>

#include "admin/command.hpp"
#include "gateway/audit/trail.hpp"

namespace vanthu::admin {

/// The gateway's ear for the CLI: a Unix socket (mode 0660), a few threads of its own with blocking calls, so that no
/// io thread ever waits for a command. Asks the kernel who is calling (SO_PEERCRED): root and the gateway's own account
/// are served, everybody else gets exit 77. Every command goes through run_audited().
class ControlServer {
 public:
  /// Replaces a socket that a killed gateway left behind: the caller holds the data lock.
  /// @param office, trail  loans; outlive the server
  /// @par Errors  bad_configuration: the socket cannot be made
  static Result<std::unique_ptr<ControlServer>> start(const std::filesystem::path& socket, Office& office,
                                                      const audit::Trail& trail);
  /// stop()
  ~ControlServer();

  /// Takes no more, cuts requests that are still arriving, waits for commands that run, removes the socket.
  void stop();

 private:
  struct State;
  explicit ControlServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vanthu::admin
