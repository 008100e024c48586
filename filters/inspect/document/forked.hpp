// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>

#include "filters/inspect/document/documents.hpp"
#include "gateway/base/result.hpp"

namespace vanthu::inspect {

/// Reads each document in a process of its own, forked from one that is warm and has never seen a document: whatever a
/// document does to its reader ends with it. Sandboxed: sandbox.hpp.
///
/// The worker asks the nursery for a reader by one octet and gets back a descriptor (SCM_RIGHTS): its end of a channel
/// to a process that waits for it. Over that it sends the length of a packed task and the task, and gets an octet that
/// says it was taken, the length of a packed document and the document; then the process is gone. A reader that takes
/// too long is killed by the next word to the nursery.
class Forked final : public Documents {
 public:
  using Clock = std::chrono::steady_clock;
  /// Forks the nursery. Everything that readers need is loaded before; what only they need, the model for OCR, the
  /// nursery loads.
  /// @param ocr_time  what the pictures of one message may take; none: they are not read
  /// @par Errors  bad_configuration saying what failed; the nursery's own sandbox among it, and a model that is missing
  static Result<Forked> start(std::chrono::milliseconds ocr_time = {});
  Forked(Forked&& other) noexcept;
  ~Forked() override;

  Document read(const Task& task, std::string_view octets) override;

  /// When the message's time for reading documents is over.
  void set_deadline(Clock::time_point deadline) { deadline_ = deadline; }

 private:
  /// One task over to a reader and its answer back.
  /// @param taken  whether the reader got all of the task
  bool converse(std::string_view task, std::string& answer, Clock::time_point deadline, bool& taken) const;
  Forked(int nursery, std::chrono::milliseconds ocr_time) : Documents(ocr_time), nursery_(nursery) {}
  int nursery_;
  Clock::time_point deadline_ = Clock::time_point::max();
};

}  // namespace vanthu::inspect
