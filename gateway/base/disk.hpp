// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <sys/uio.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"

namespace vanthu {

/// The disk as the logs use it, so that a test can make any call fail. Every method: store_full on ENOSPC/EDQUOT,
/// store_failed on anything else, the detail naming call, path and errno's words. Any thread.
class Disk {
 public:
  virtual ~Disk() = default;
  enum class Open : std::uint8_t {
    read,
    write,
    create,   ///< must not exist yet
    replace,  ///< made when missing, emptied when not
  };
  virtual Result<int> open(const std::filesystem::path& file, Open mode) = 0;
  virtual Result<Done> allocate(int descriptor, std::uint64_t octets) = 0;
  /// All of it, at that offset, or an error; whatever part got there.
  virtual Result<Done> write(int descriptor, std::span<iovec> parts, std::uint64_t offset) = 0;
  virtual Result<Done> sync_data(int descriptor) = 0;
  virtual Result<Done> truncate(int descriptor, std::uint64_t octets) = 0;
  virtual Result<Done> sync_folder(const std::filesystem::path& folder) = 0;
  virtual Result<Done> remove(const std::filesystem::path& file) = 0;
  virtual Result<Done> rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  /// Writes beside, syncs, renames over, syncs the folder, by the calls above: after a crash the file is the old or the
  /// new one.
  Result<Done> replace(const std::filesystem::path& file, std::string_view content);
  virtual Result<std::uint64_t> free_octets(const std::filesystem::path& folder) = 0;
  virtual void close(int descriptor) = 0;
};

/// The real one; stateless.
Disk& real_disk();

}  // namespace vanthu
