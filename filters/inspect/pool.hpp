// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

#include "filters/facts.hpp"
#include "gateway/base/octets.hpp"
#include "gateway/base/result.hpp"

namespace vanthu::inspect {

struct Options {
  std::filesystem::path program;  ///< vanthu-inspector
  unsigned processes = 2;
  std::chrono::seconds deadline{20};  ///< for one message, then the process is killed and replaced
};

/// Sandboxed inspector processes. The octets go over as a sealed memory file, facts come back as JSON.
class Pool {
 public:
  /// Starts the processes and waits until each has said that its sandbox stands.
  /// @par Errors  bad_configuration naming the program and what failed
  static Result<std::unique_ptr<Pool>> start(const Options& options);
  ~Pool();

  using Answer = std::function<void(Result<filters::Facts>)>;
  /// Queues a message; `answer` is called once, on a thread of the pool, quick and without throwing.
  /// @par Errors  inspection_failed: the process died, was killed at the deadline or answered nonsense. It is replaced.
  /// The second time the same octets (by SHA-256) do that, the answer is Facts with the finding "inspect.failed"
  /// instead, so that policy decides and the sender does not retry for days.
  void inspect(std::shared_ptr<const Octets> message, Answer answer);
  Result<filters::Facts> inspect_and_wait(std::shared_ptr<const Octets> message);

 private:
  struct State;
  explicit Pool(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vanthu::inspect
