// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "head.hpp"
#include "tree.hpp"

namespace verify {

/// A whole log: every frame's checksums and digest, sequences and record numbers without gaps, and the tree over them.
class LogCheck {
 public:
  LogCheck(std::uint64_t until, std::uint64_t first) : until_(until), next_(first), first_(first) {}

  void segment(const std::filesystem::path& file);
  /// Prints what was seen; throws Stop where something was wrong.
  int end(const Head* head);

 private:
  void frame(std::size_t at, std::string_view head, std::string_view meta, std::string_view body);
  void fault(std::size_t at, const std::string& what);
  std::uint64_t until_, next_, first_;
  std::string file_;
  Tree tree_;
  std::uint64_t last_record_ = 0, records_ = 0, octets_ = 0, faults_ = 0;
};

/// @param folder  with the segments of a log
int check_log(const std::filesystem::path& folder, const Head* head, std::uint64_t first);

}  // namespace verify
