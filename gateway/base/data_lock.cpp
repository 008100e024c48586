// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/data_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace vanthu {

Result<DataLock> DataLock::take(const std::filesystem::path& data_folder) {
  const std::filesystem::path file = data_folder / "lock";
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (descriptor < 0)
    return fail(status::bad_configuration, "cannot open " + file.string() + ": " + std::strerror(errno));
  DataLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return fail(status::bad_configuration, "cannot lock " + file.string() + ": " + std::strerror(errno));
    std::array<char, 32> holder{};
    const ssize_t octets = ::pread(descriptor, holder.data(), holder.size() - 1, 0);
    std::string detail = data_folder.string() + " is in use by another process";
    if (octets > 1) detail += " (" + std::string(holder.data(), static_cast<std::size_t>(octets - 1)) + ")";
    return fail(status::busy, std::move(detail));
  }
  // For people only; the lock itself is the kernel's. A failure to write it is no reason not to work.
  const std::string mine = "pid " + std::to_string(::getpid()) + '\n';
  if (::ftruncate(descriptor, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(descriptor, mine.data(), mine.size(), 0);
  }
  return lock;
}

DataLock::DataLock(DataLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

DataLock& DataLock::operator=(DataLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

DataLock::~DataLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace vanthu
