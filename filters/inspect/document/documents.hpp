// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "filters/inspect/document/document.hpp"

namespace vanthu::inspect {

/// One document to be read.
struct Task {
  Format format = Format::zip;
  std::string mime;        ///< its true type
  std::string_view aside;  ///< what a detached signature is over, else empty
  Room room;
};

/// Whoever reads documents for an examination. Never throws for bad octets: a reader that dies leaves a Document with
/// the note "inspect.failed".
class Documents {
 public:
  Documents() = default;
  Documents(const Documents&) = delete;
  Documents& operator=(const Documents&) = delete;
  virtual ~Documents() = default;
  virtual Document read(const Task& task, std::string_view octets) = 0;

  /// What the pictures of one message may take; none: they are not read.
  std::chrono::milliseconds ocr_time() const { return ocr_time_; }

 protected:
  explicit Documents(std::chrono::milliseconds ocr_time) : ocr_time_(ocr_time) {}

 private:
  std::chrono::milliseconds ocr_time_{0};
};

/// Reads a document in this process: the one that is thrown away afterwards, tests and fuzzers.
Document read_document(const Task& task, std::string_view octets);

class DocumentsHere final : public Documents {
 public:
  /// @param ocr_time  what the pictures of one message may take; load_ocr() goes before
  explicit DocumentsHere(std::chrono::milliseconds ocr_time = {}) : Documents(ocr_time) {}
  Document read(const Task& task, std::string_view octets) override { return read_document(task, octets); }
};

}  // namespace vanthu::inspect
