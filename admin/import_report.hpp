// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"

namespace vanthu::admin {

/// As JSON can hold it: what is no UTF-8 becomes U+FFFD.
std::string as_utf8(const std::string& text);

/// What is told of one item of an import.
struct ImportLine {
  std::string source{}, folder{}, item{};
  std::vector<std::string> flags{};
  std::string date{}, note{};
  std::string outcome{};  ///< "new", "same-octets", "same-id", "error"
  std::uint64_t record = 0, other = 0, octets = 0;
  std::string sha256{}, why{};
  bool earlier = false;  ///< done before a stop, by this import
};

/// One JSON object a line (JSONL), in FILE.part until all is told: a whole report or none under its name.
class ImportReport {
 public:
  /// @param file  empty: none is wanted
  /// @par Errors  store_failed
  static Result<std::unique_ptr<ImportReport>> open(const std::filesystem::path& file);
  ~ImportReport();
  ImportReport(const ImportReport&) = delete;
  ImportReport& operator=(const ImportReport&) = delete;
  /// @par Errors  store_failed
  Result<Done> add(const ImportLine& line);
  Result<Done> finish();

 private:
  ImportReport() = default;
  std::filesystem::path file_, part_;
  std::FILE* out_ = nullptr;
};

struct ImportCounts {
  std::uint64_t fresh = 0, same_octets = 0, same_id = 0, errors = 0;
  std::uint64_t all() const { return fresh + same_octets + same_id + errors; }
};

/// One line on a terminal that is written over and over: how many, how quickly, how much is left.
class ImportProgress {
 public:
  explicit ImportProgress(bool shown) : shown_(shown) {}
  /// @param part  of all, from 0 to 1, where `total` is not known
  void show(const ImportCounts& counts, std::optional<std::uint64_t> total, double part);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  bool shown_;
  bool written_ = false;
  Clock::time_point begun_ = Clock::now(), last_{};
};

std::string import_totals(const ImportCounts& counts, bool dry, bool as_json);

}  // namespace vanthu::admin
