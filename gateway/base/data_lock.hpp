// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <filesystem>

#include "gateway/base/result.hpp"

namespace vanthu {

/// The right to write a data folder: whoever holds `lock` in it (fcntl(2), an open file description lock) is the one
/// process that may open its logs and views for writing. The kernel frees it with the process, however that ends.
/// Move-only.
class DataLock {
 public:
  /// @param patience  how long to wait for another holder: a gateway that starts while a command of the CLI has the
  ///                  folder for a moment should wait limits::office_wait
  /// @par Errors  busy when another process holds it (the detail names its id); bad_configuration when the folder is
  ///              missing or not writable
  static Result<DataLock> take(const std::filesystem::path& data_folder, std::chrono::milliseconds patience = {});

  /// Whether some process holds it now. Makes and changes nothing.
  static bool held(const std::filesystem::path& data_folder);

  DataLock(DataLock&& other) noexcept;
  DataLock& operator=(DataLock&& other) noexcept;
  ~DataLock();

 private:
  explicit DataLock(int descriptor) noexcept : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace vanthu
